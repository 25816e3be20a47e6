//! What went over the bus, by sessions.

use atecc608_sim::Bus;
use atecc608_sim::chip::Ack;
use atecc608_sim::trace::Event;

/// Something that a master told the chips.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// The wake pulse.
    Wake,
    Sleep,
    Idle,
    /// Nonce, with the first byte of what it takes.
    Nonce(u8),
    /// Another command, by its opcode.
    Command(u8),
}

pub(crate) const SIGN: u8 = 0x41;

/// What was told and acknowledged. Polls and reads are left out.
pub(crate) fn told(bus: &Bus) -> Vec<Told> {
    let trace = bus.trace();
    assert_eq!(trace.dropped(), 0, "the trace is too short for this test");
    let (mut told, mut written) = (Vec::new(), Vec::new());
    let mut zero = false;
    for entry in trace.entries() {
        match entry.event {
            Event::Address { byte, .. } => {
                zero = byte == 0;
                written.clear();
            }
            Event::Write { byte, ack: Ack::Ack } => written.push(byte),
            Event::Stop => {
                told.extend(match (zero, &written[..]) {
                    (true, _) => Some(Told::Wake),
                    (_, [0x01]) => Some(Told::Sleep),
                    (_, [0x02]) => Some(Told::Idle),
                    (_, [0x03, _, 0x16, _, _, _, first, ..]) => Some(Told::Nonce(*first)),
                    (_, [0x03, _, opcode, ..]) => Some(Told::Command(*opcode)),
                    _ => None,
                });
                (zero, written) = (false, Vec::new());
            }
            _ => {}
        }
    }
    told
}

/// The signatures in their order, by what was signed, if each is one session from its wake to its sleep.
///
/// # Errors
///
/// What was told in a session that is none.
pub(crate) fn signatures(told: &[Told]) -> Result<Vec<u8>, &[Told]> {
    let mut signed = Vec::new();
    for session in told.split_inclusive(|told| *told == Told::Sleep) {
        match session {
            // A handle that knows nothing of the chip puts it to sleep first.
            [Told::Wake, Told::Sleep] | [Told::Sleep] => {}
            [Told::Wake, Told::Nonce(first), Told::Command(SIGN), Told::Sleep] => signed.push(*first),
            // One that was held.
            [Told::Wake, Told::Nonce(key), Told::Nonce(first), Told::Command(SIGN), Told::Sleep]
                if key == first =>
            {
                signed.push(*first)
            }
            other => return Err(other),
        }
    }
    Ok(signed)
}

/// What a handle counts is what the simulated bus counts, apart from addresses that nobody took.
#[test]
fn a_handle_counts_its_traffic() {
    let chip = atecc608_linux::SharedChip::open("sim:tngtls", None).unwrap();
    let bus = chip.simulated_bus().unwrap();
    assert_eq!(chip.traffic(), atecc608_linux::Traffic::default());
    chip.sign_digest(atecc608::Slot::S0, &[1; 32]).unwrap();
    let (traffic, counters) = (chip.traffic(), bus.counters());
    assert_eq!(traffic.transfers + traffic.unanswered, counters.transactions);
    assert_eq!(traffic.bytes + traffic.unanswered, counters.bytes);
    assert!(traffic.unanswered > 2 && traffic.bytes > 120, "{traffic:?}");
}
