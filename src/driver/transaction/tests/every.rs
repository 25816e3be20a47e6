//! All that the bus can say, not a sample of it: no state of a transaction comes twice, so it ends.

use super::*;
use crate::wire::nack::may_be_address_nack;
use std::collections::HashMap;
use std::vec::Vec;

/// What the chip may have said: statuses, a result, noise, nothing that drives the line.
const ANSWERS: [&[u8]; 9] = [
    &[0x04, 0x00, 0x03, 0x40],
    &[0x04, 0x11, 0x33, 0x43],
    &[0x04, 0x07, 0x40, 0xC2],
    &[0x04, 0x0F, 0x23, 0x42],
    &[0x04, 0xFF, 0x01, 0x42],
    &[0x04, 0xEE, 0x31, 0x41],
    &[0x07, 0x00, 0x00, 0x60, 0x02, 0x80, 0x38],
    &[0xFF; 7],
    &[0x43, 0x12, 0x34, 0x56],
];

/// A transaction and what is known of the chip, after an action that is not done yet.
#[derive(Clone, Copy)]
struct State {
    step: Step,
    /// Of what is to be read.
    len: usize,
    counts: [u8; 2],
    flags: [bool; 5],
    waited_us: u32,
    outcome: Result<(), Error<Bus>>,
    in_low_power: bool,
    answered: bool,
    wake_response_read: bool,
    awake_us: u32,
    busy_us: u32,
}

/// Without the time awake, which decides at the start only, and with no more of an error than is asked of it.
type Key = (u8, usize, [u8; 2], [bool; 5], u32, u8, [bool; 3], u32);

impl State {
    fn key(&self) -> Key {
        let outcome = match &self.outcome {
            Ok(()) => 0,
            Err(Error { kind: ErrorKind::Bus(error), .. }) => 1 + u8::from(may_be_address_nack(error)),
            Err(_) => 3,
        };
        let chip = [self.in_low_power, self.answered, self.wake_response_read];
        (self.step as u8, self.len, self.counts, self.flags, self.waited_us, outcome, chip, self.busy_us)
    }

    fn chip(&self) -> ChipState {
        let Self { in_low_power, answered, wake_response_read, awake_us, busy_us, .. } = *self;
        ChipState { in_low_power, answered, wake_response_read, awake_us, busy_us, ..ChipState::NOTHING }
    }
}

/// The most that can follow a state.
#[derive(Clone, Copy, Default)]
struct Most {
    sent: u32,
    us: u32,
}

/// From where every answer of the bus is tried.
struct Every {
    part: Part,
    request: Request<'static>,
    /// `None`: on the way there.
    seen: HashMap<Key, Option<Most>>,
}

impl Every {
    fn go(&mut self, state: State, last: Result<(), ErrorKind<Bus>>, answer: &[u8]) -> Most {
        let mut chip = state.chip();
        let mut transaction = Transaction::new(self.part, LowPower::Sleep, &self.request, &mut chip);
        transaction.buffer.resize(state.len);
        transaction.buffer.iter_mut().zip(answer).for_each(|(to, from)| *to = *from);
        transaction.step = state.step;
        [transaction.tries, transaction.damaged] = state.counts;
        [
            transaction.sent,
            transaction.not_acknowledged,
            transaction.idle,
            transaction.slept,
            transaction.lost,
        ] = state.flags;
        (transaction.waited_us, transaction.outcome) = (state.waited_us, state.outcome);
        let action = transaction.next(last, None);
        if action.kind == Kind::Done {
            return Most::default();
        }
        let after = State {
            step: transaction.step,
            len: if action.kind == Kind::Read { transaction.buffer.len() } else { 0 },
            counts: [transaction.tries, transaction.damaged],
            flags: [
                transaction.sent,
                transaction.not_acknowledged,
                transaction.idle,
                transaction.slept,
                transaction.lost,
            ],
            waited_us: transaction.waited_us,
            outcome: transaction.outcome,
            in_low_power: chip.in_low_power,
            answered: chip.answered,
            wake_response_read: chip.wake_response_read,
            awake_us: chip.awake_us,
            busy_us: chip.busy_us,
        };
        let us = action.wait_us;
        let most = self.most(after, action.kind);
        let sent = most.sent + u32::from(after.step == Step::Send);
        Most { sent, us: most.us + us }
    }

    fn most(&mut self, state: State, action: Kind) -> Most {
        match self.seen.insert(state.key(), None) {
            Some(Some(most)) => {
                self.seen.insert(state.key(), Some(most));
                return most;
            }
            Some(None) => panic!("no end: {:?} comes twice", state.key()),
            None => {}
        }
        let answers = if action == Kind::Read { &ANSWERS[..] } else { &[&[][..]] };
        let mut ways: Vec<_> = answers.iter().map(|answer| (Ok(()), *answer)).collect();
        ways.extend(
            [NACK, Bus::Other, Bus::ArbitrationLoss].map(|error| (Err(ErrorKind::Bus(error)), &[][..])),
        );
        let mut most = Most::default();
        for (last, answer) in ways {
            let this = self.go(state, last, answer);
            most.sent = most.sent.max(this.sent);
            most.us = most.us.max(this.us);
        }
        self.seen.insert(state.key(), Some(most));
        most
    }
}

fn every_start(part: Part) {
    let request = if part == Part::Begin { NOTHING } else { INFO };
    let mut every = Every { part, request, seen: HashMap::new() };
    for bits in 0..8 {
        let [in_low_power, answered, long] = [1, 2, 4].map(|bit| bits & bit != 0);
        for busy_us in [0, request.times.bound_us(), timing::bound_us(Opcode::SelfTest)] {
            let state = State {
                step: Step::Start,
                len: 0,
                counts: [0; 2],
                flags: [false; 5],
                waited_us: 0,
                outcome: Ok(()),
                in_low_power,
                answered,
                wake_response_read: false,
                awake_us: if long { timing::WATCHDOG_MIN_US } else { 0 },
                busy_us,
            };
            let most = every.go(state, Ok(()), &[]);
            assert!(most.sent <= u32::from(SEND_MAX), "{part:?}: sent {} times", most.sent);
            // The time it may be busy may be waited for before Idle, for the wake response, and for the answer; and the chip is sought
            // four times at most.
            assert!(most.us <= 3 * busy_us + 600_000, "{part:?}, {busy_us} us busy: {} us", most.us);
        }
    }
}

#[test]
fn whatever_the_bus_says_no_state_comes_twice() {
    // As deep as the longest transaction is long.
    let walk = || {
        for part in [Part::Whole, Part::Begin, Part::Middle, Part::End, Part::Pause] {
            every_start(part);
        }
    };
    std::thread::Builder::new().stack_size(64 << 20).spawn(walk).unwrap().join().unwrap();
}
