//! Whatever the bus says, a transaction ends, soon, and sends no command more often than it may.

mod every;

use super::*;
use crate::wire::Reply;
use embedded_hal::i2c::NoAcknowledgeSource;
use std::{vec, vec::Vec};

type Bus = embedded_hal::i2c::ErrorKind;

const NACK: Bus = Bus::NoAcknowledge(NoAcknowledgeSource::Unknown);
const NOTHING: Request<'static> = Request::NONE;

/// A generator that is good enough (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed >> 32) % limit
    }

    fn result(&mut self) -> Result<(), ErrorKind<Bus>> {
        match self.below(8) {
            0..4 => Ok(()),
            4..7 => Err(ErrorKind::Bus(NACK)),
            _ => Err(ErrorKind::Bus(Bus::ArbitrationLoss)),
        }
    }

    /// What a chip may have said: a status, a result, an old answer, noise.
    fn answer(&mut self, buffer: &mut Buffer) {
        let bytes: &[u8] = match self.below(8) {
            0 => &[0x04, 0x00, 0x03, 0x40],
            1 => &[0x04, 0x11, 0x33, 0x43],
            2 => &[0x04, 0x07, 0x40, 0xC2],
            3 => &[0x04, 0xFF, 0x01, 0x42],
            4 => &[0x04, 0xEE, 0x31, 0x41],
            5 => &[0x07, 0x00, 0x00, 0x60, 0x02, 0x80, 0x38],
            6 => &[0xFF; 7],
            _ => &[0x43, 0x12, 0x34, 0x56],
        };
        for (to, from) in buffer.iter_mut().zip(bytes) {
            *to = *from;
        }
    }
}

/// Goes on until the transaction ends; what was written, and the time that was waited.
fn walk(random: &mut Random, chip: &mut ChipState, part: Part) -> (Vec<Vec<u8>>, u32) {
    let request = Request::new(Opcode::Info, 0, 0, Reply::Data(4));
    let request = if part == Part::Begin { &NOTHING } else { &request };
    let (mut result, mut buffer) = ([0; 4], Buffer::new());
    let mut transaction = Transaction::new(part, LowPower::Sleep, request, &mut result);
    let (mut last, mut written, mut waited) = (Ok(()), vec![], 0);
    for _ in 0..3_000 {
        let Some(action) = transaction.next(chip, &mut buffer, last, None) else { return (written, waited) };
        waited += core::mem::take(&mut chip.wait_us);
        last = random.result();
        match action {
            Action::Write => written.push(buffer.to_vec()),
            Action::Read => random.answer(&mut buffer),
            Action::Pulse => {}
        }
    }
    panic!("no end");
}

#[test]
fn whatever_the_bus_says_it_ends() {
    let mut random = Random(608);
    for round in 0..20_000 {
        let mut chip = ChipState::NOTHING;
        for part in
            [Part::Whole, Part::Begin, Part::Middle, Part::Middle, Part::Pause, Part::Whole, Part::End]
        {
            let (written, waited) = walk(&mut random, &mut chip, part);
            let sent = written.iter().filter(|bytes| bytes[0] == WordAddress::Command as u8).count();
            // Once more if the chip turned out not to have acknowledged its last idle or sleep.
            assert!(sent <= 2 * usize::from(SEND_MAX), "{round}: sent {sent} times");
            assert!(waited < 2_000_000, "{round}: {waited} us");
        }
    }
}

#[test]
fn a_chip_at_rest_gets_pulse_command_and_rest_and_nothing_else() {
    let mut chip = ChipState { in_low_power: true, ..ChipState::NOTHING };
    let request = Request::new(Opcode::Info, 0, 0, Reply::Data(4));
    let (mut result, mut buffer) = ([0; 4], Buffer::new());
    let mut transaction = Transaction::<Bus>::new(Part::Whole, LowPower::Sleep, &request, &mut result);
    let mut next = |buffer: &mut Buffer| {
        let action = transaction.next(&mut chip, buffer, Ok(()), None);
        (action, core::mem::take(&mut chip.wait_us))
    };
    assert_eq!(next(&mut buffer), (Some(Action::Pulse), 0));
    assert_eq!(next(&mut buffer), (Some(Action::Write), 1_500));
    assert_eq!(buffer[..], [0x03, 0x07, 0x30, 0, 0, 0, 0x03, 0x5D]);
    assert_eq!(next(&mut buffer), (Some(Action::Read), 625));
    assert_eq!(buffer.len(), 7);
    buffer.copy_from_slice(&[0x07, 0x00, 0x00, 0x60, 0x02, 0x80, 0x38]);
    assert_eq!(next(&mut buffer), (Some(Action::Write), 0));
    assert_eq!(buffer[..], [0x01]);
    assert_eq!(next(&mut buffer), (None, 0));
    assert_eq!(transaction.outcome, Ok(()));
    assert_eq!((result, chip.in_low_power), ([0x00, 0x00, 0x60, 0x02], true));
}

#[test]
fn a_chip_of_which_nothing_is_known_is_sent_to_sleep_before_the_pulse() {
    let (mut chip, mut buffer) = (ChipState::NOTHING, Buffer::new());
    let mut transaction = Transaction::<Bus>::new(Part::Begin, LowPower::Sleep, &NOTHING, &mut []);
    assert_eq!(transaction.next(&mut chip, &mut buffer, Ok(()), None), Some(Action::Write));
    assert_eq!(buffer[..], [WordAddress::Sleep as u8]);
    // Whether it heard or not.
    assert_eq!(
        transaction.next(&mut chip, &mut buffer, Err(ErrorKind::Bus(NACK)), None),
        Some(Action::Pulse)
    );
}

/// It was known to be idle or asleep, and did not acknowledge the command. What it says then may be what it said last, or the
/// answer: the command is not sent again.
#[test]
fn a_command_that_may_have_run_is_not_sent_again() {
    const STALE: [u8; 4] = [0x04, 0x00, 0x03, 0x40];
    let mut chip = ChipState { in_low_power: true, ..ChipState::NOTHING };
    let request = Request::new(Opcode::Info, 0, 0, Reply::Data(4));
    let (mut result, mut buffer) = ([0; 4], Buffer::new());
    let mut transaction = Transaction::new(Part::Whole, LowPower::Sleep, &request, &mut result);
    let (reset, sleep, command) =
        (Some(&[0x00][..]), Some(&[0x01][..]), Some(&[0x03, 0x07, 0x30, 0, 0, 0, 0x03, 0x5D][..]));
    let script = [
        (Action::Pulse, None, Ok(()), &[][..]),
        (Action::Write, command, Err(NACK), &[]),
        (Action::Write, reset, Ok(()), &[]),
        (Action::Read, None, Ok(()), &STALE),
        (Action::Write, sleep, Err(NACK), &[]),
        (Action::Write, sleep, Ok(()), &[]),
    ];
    let mut last = Ok(());
    for (index, (action, written, how, answer)) in script.into_iter().enumerate() {
        assert_eq!(transaction.next(&mut chip, &mut buffer, last, None), Some(action), "{index}");
        if let Some(written) = written {
            assert_eq!(buffer[..], *written, "{index}");
        }
        buffer.iter_mut().zip(answer).for_each(|(to, from)| *to = *from);
        chip.wait_us = 0;
        last = how.map_err(ErrorKind::Bus);
    }
    assert_eq!(transaction.next(&mut chip, &mut buffer, last, None), None);
    assert_eq!(transaction.outcome, Err(Error::new(Opcode::Info, ErrorKind::Bus(NACK))));
}

const INFO: Request<'static> = Request::new(Opcode::Info, 0, 0, Reply::Data(4));

/// What a session begins its next command with, the chip having been awake for so long, and the pause before.
fn begins(request: &Request<'_>, mut chip: ChipState, now: Option<u32>) -> (u8, u32) {
    let mut buffer = Buffer::new();
    let mut transaction = Transaction::<Bus>::new(Part::Middle, LowPower::Sleep, request, &mut []);
    assert_eq!(transaction.next(&mut chip, &mut buffer, Ok(()), now), Some(Action::Write));
    (buffer[0], chip.wait_us)
}

/// Of the watchdog's 700 ms are kept free: what the command takes at most, 150 ms for its way and its answer's on the
/// slowest bus, and what a command before may still take.
#[test]
fn a_command_begins_only_if_it_can_end_before_the_watchdog_bites() {
    const SEND: u8 = WordAddress::Command as u8;
    const RENEW: u8 = WordAddress::Idle as u8;
    for (opcode, busy_us, last_us) in [
        (Opcode::Info, 0, 700_000 - 5_000 - 150_000),
        (Opcode::Sha, 0, 700_000 - 36_000 - 150_000),
        (Opcode::SelfTest, 0, 700_000 - 250_000 - 150_000),
        (Opcode::Info, 86_000, 700_000 - 5_000 - 150_000 - 86_000),
    ] {
        let request = Request::new(opcode, 0, 0, Reply::Status);
        for (awake_us, word) in [(last_us, SEND), (last_us + 1, RENEW)] {
            let chip = ChipState { awake_us, busy_us, ..ChipState::NOTHING };
            assert_eq!(begins(&request, chip, None), (word, busy_us), "{opcode:?}: {awake_us} us");
            let chip = ChipState { woken_us: u32::MAX - 9, busy_us, ..ChipState::NOTHING };
            assert_eq!(
                begins(&request, chip, Some(awake_us - 10)),
                (word, busy_us),
                "{opcode:?}: {awake_us} us"
            );
        }
    }
}

/// Longer than anything takes at the fastest clock divider: neither that nor the chip's next commands come as a
/// surprise to the account.
#[test]
fn a_command_that_took_long_is_in_the_watchdogs_account() {
    let (mut chip, mut result, mut buffer) = (ChipState::NOTHING, [0; 4], Buffer::new());
    let mut transaction = Transaction::<Bus>::new(Part::Middle, LowPower::Sleep, &INFO, &mut result);
    let (mut last, mut waited) = (Ok(()), 0);
    while let Some(action) = transaction.next(&mut chip, &mut buffer, last, None) {
        waited += core::mem::take(&mut chip.wait_us);
        last = Ok(());
        if action == Action::Read && waited < 50_000 {
            last = Err(ErrorKind::Bus(NACK));
        } else if action == Action::Read {
            buffer.copy_from_slice(&[0x07, 0x00, 0x00, 0x60, 0x02, 0x80, 0x38]);
        }
    }
    assert_eq!(transaction.outcome, Ok(()));
    assert!(chip.slow && chip.awake_us > waited, "{waited} us, {} us of them thought of", chip.awake_us);
}
