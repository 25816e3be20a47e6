//! Whatever the bus says, a transaction ends, soon, and sends no command more often than it may.

mod every;

use super::*;
use crate::wire::{Opcode, Reply, timing};
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
    let request = if part == Part::Begin { &NOTHING } else { &INFO };
    let mut transaction = Transaction::new(part, LowPower::Sleep, request, chip);
    let (mut last, mut written, mut waited) = (Ok(()), vec![], 0);
    for _ in 0..3_000 {
        let action = transaction.next(last, None);
        waited += action.wait_us;
        last = random.result();
        match action.kind {
            Kind::Write => written.push(transaction.buffer.to_vec()),
            Kind::Read => random.answer(&mut transaction.buffer),
            Kind::Pulse => {}
            Kind::Done => return (written, waited),
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

const SLEEP: &[u8] = &[WordAddress::Sleep as u8];
const SEND_INFO: &[u8] = &[0x03, 0x07, 0x30, 0, 0, 0, 0x03, 0x5D];
const REVISION: [u8; 7] = [0x07, 0x00, 0x00, 0x60, 0x02, 0x80, 0x38];

#[test]
fn a_chip_asleep_gets_pulse_command_and_sleep_and_nothing_else() {
    let mut chip = ChipState { in_low_power: true, ..ChipState::NOTHING };
    let mut transaction = Transaction::<Bus>::new(Part::Whole, LowPower::Sleep, &INFO, &mut chip);
    let action = |wait_us, kind| Action { wait_us, kind };
    assert_eq!(transaction.next(Ok(()), None), action(0, Kind::Pulse));
    assert_eq!(transaction.next(Ok(()), None), action(1_500, Kind::Write));
    assert_eq!(transaction.buffer[..], *SEND_INFO);
    assert_eq!(transaction.next(Ok(()), None), action(625, Kind::Read));
    transaction.buffer.copy_from_slice(&REVISION);
    assert_eq!(transaction.next(Ok(()), None), action(0, Kind::Write));
    assert_eq!(transaction.buffer[..], *SLEEP);
    assert_eq!(transaction.next(Ok(()), None), action(0, Kind::Done));
    assert_eq!(transaction.result(), Ok(&[0x00, 0x00, 0x60, 0x02][..]));
    assert!(chip.in_low_power);
}

#[test]
fn a_chip_of_which_nothing_is_known_is_sent_to_sleep_before_the_pulse() {
    let mut chip = ChipState::NOTHING;
    let mut transaction = Transaction::<Bus>::new(Part::Begin, LowPower::Sleep, &NOTHING, &mut chip);
    assert_eq!(transaction.next(Ok(()), None).kind, Kind::Write);
    assert_eq!(transaction.buffer[..], *SLEEP);
    // Whether it acknowledged or not.
    assert_eq!(transaction.next(Err(ErrorKind::Bus(NACK)), None).kind, Kind::Pulse);
}

/// It was known to be idle or asleep, and did not acknowledge the command. What it says then may be what it said last, or the
/// answer: the command is not sent again.
#[test]
fn a_command_that_may_have_run_is_not_sent_again() {
    const STALE: [u8; 4] = [0x04, 0x00, 0x03, 0x40];
    const RESET: &[u8] = &[WordAddress::Reset as u8];
    let mut chip = ChipState { in_low_power: true, ..ChipState::NOTHING };
    let mut transaction = Transaction::new(Part::Whole, LowPower::Sleep, &INFO, &mut chip);
    let script = [
        (Kind::Pulse, None, Ok(()), &[][..]),
        (Kind::Write, Some(SEND_INFO), Err(NACK), &[]),
        (Kind::Write, Some(RESET), Ok(()), &[]),
        (Kind::Read, None, Ok(()), &STALE),
        (Kind::Write, Some(SLEEP), Err(NACK), &[]),
        (Kind::Write, Some(SLEEP), Ok(()), &[]),
    ];
    let mut last = Ok(());
    for (index, (kind, written, how, answer)) in script.into_iter().enumerate() {
        assert_eq!(transaction.next(last, None).kind, kind, "{index}");
        if let Some(written) = written {
            assert_eq!(transaction.buffer[..], *written, "{index}");
        }
        transaction.buffer.iter_mut().zip(answer).for_each(|(to, from)| *to = *from);
        last = how.map_err(ErrorKind::Bus);
    }
    assert_eq!(transaction.next(last, None).kind, Kind::Done);
    assert_eq!(transaction.result(), Err(Error::new(Opcode::Info, ErrorKind::Bus(NACK))));
}

const INFO: Request<'static> = Request::new(Opcode::Info, 0, 0).answered_by(Reply::Data(4));

/// What a session begins its next command with, the chip having been awake for so long, and the pause before.
fn begins(request: &Request<'_>, mut chip: ChipState, now: Option<u32>) -> (u8, u32) {
    let mut transaction = Transaction::<Bus>::new(Part::Middle, LowPower::Sleep, request, &mut chip);
    let action = transaction.next(Ok(()), now);
    assert_eq!(action.kind, Kind::Write);
    (transaction.buffer[0], action.wait_us)
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
        let request = Request::new(opcode, 0, 0);
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
    let mut chip = ChipState::NOTHING;
    let mut transaction = Transaction::<Bus>::new(Part::Middle, LowPower::Sleep, &INFO, &mut chip);
    let (mut last, mut waited) = (Ok(()), 0);
    loop {
        let action = transaction.next(last, None);
        waited += action.wait_us;
        last = Ok(());
        match action.kind {
            Kind::Read if waited < 50_000 => last = Err(ErrorKind::Bus(NACK)),
            Kind::Read => transaction.buffer.copy_from_slice(&REVISION),
            Kind::Done => break,
            Kind::Pulse | Kind::Write => {}
        }
    }
    assert!(transaction.result().is_ok());
    assert!(chip.slow && chip.awake_us > waited, "{waited} us, {} us of them thought of", chip.awake_us);
}
