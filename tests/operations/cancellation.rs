//! Operations of the async driver cut off after each of their polls. Whatever comes next must work and
//! give right results.

use crate::both::rig::{Rig, pattern};
use atecc608::asynch::Atecc608;
use atecc608::command::{CounterId, InfoState, NonceFixed, SelfTest, Tests};
use atecc608::config::preset;
use atecc608::irreversible::*;
use atecc608::{LowPower, PublicKey, Slot, config::ConfigError};
use atecc608_sim::Chip;
use atecc608_sim::chip::{PowerState, Timing};
use atecc608_sim::hal::SimI2c;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use embassy_futures::block_on;
use testkit::hook::HookDelay;
use testkit::{Failure, Locks, known_public_key, message, public_of, sha256, verifies};

pub(crate) type Driver = Atecc608<SimI2c, HookDelay>;

const DIGEST: [u8; 32] = [0xD1; 32];

/// The same rig, whose bus and delay pend once a call.
pub(crate) fn yielding(mut rig: Rig) -> Rig {
    rig.chip = Atecc608::new(rig.bus.i2c().yielding(), HookDelay::new(&rig.bus, &rig.hook).yielding());
    rig
}

/// Polls so often and then drops the future; the output if it was done before.
fn cut_off<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..polls {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
    }
    None
}

/// Cuts `work` off after every number of polls (above 100, every few per cent) until it gets through,
/// each time on a fresh rig, and then runs `check` on it.
pub(crate) fn at_every_poll(
    rig: impl Fn() -> Rig,
    work: impl AsyncFn(&mut Driver) -> bool,
    mut check: impl FnMut(&mut Rig),
) {
    let mut polls = 0;
    loop {
        let mut rig = yielding(rig());
        // A driver that knows the chip's state.
        block_on(rig.chip.revision()).unwrap();
        let done = cut_off(work(&mut rig.chip), polls);
        assert_ne!(done, Some(false), "failed without being cut off");
        check(&mut rig);
        rig.assert_at_rest();
        if done.is_some() {
            assert!(polls > 10, "{polls}: never cut off");
            return;
        }
        polls += 1 + polls / 100 * (1 + polls / 500);
    }
}

fn signs(rig: &mut Rig, key: &PublicKey) {
    let digest = sha256(key.as_bytes());
    let signature = block_on(rig.chip.sign_digest(Slot::S2, &digest)).unwrap();
    assert!(verifies(key, &digest, &signature));
}

#[test]
fn signing() {
    let rig = || Rig::workbench(Locks::Both);
    at_every_poll(
        rig,
        async |chip| chip.sign_digest(Slot::S2, &DIGEST).await.is_ok(),
        |rig| {
            signs(rig, &known_public_key());
        },
    );
    // Another operation first.
    at_every_poll(
        rig,
        async |chip| chip.sign_message(Slot::S2, &message(130)).await.is_ok(),
        |rig| {
            assert_eq!(block_on(rig.chip.sha256(b"abc")), Ok(sha256(b"abc")));
            signs(rig, &known_public_key());
        },
    );
}

/// At the times of the slowest chip with the fastest clock divider.
#[test]
fn signing_with_a_slow_chip() {
    let slow = || {
        let mut timing = Timing::default();
        timing.percent = 100;
        Rig::of(Chip::with_eeprom(Rig::workbench(Locks::Both).eeprom()).with_timing(timing))
    };
    at_every_poll(
        slow,
        async |chip| chip.sign_digest(Slot::S2, &DIGEST).await.is_ok(),
        |rig| signs(rig, &known_public_key()),
    );
}

#[test]
fn reading() {
    at_every_poll(
        || Rig::open(Locks::Both),
        async |chip| chip.read_slot(Slot::S8, 3, &mut [0; 200]).await.is_ok(),
        |rig| {
            let mut bytes = [0; 100];
            block_on(rig.chip.read_slot(Slot::S9, 0, &mut bytes[..72])).unwrap();
            assert_eq!(bytes[..72], pattern(9));
            block_on(rig.chip.read_slot(Slot::S8, 100, &mut bytes)).unwrap();
            assert_eq!(bytes, pattern(8)[100..200]);
            let zone = block_on(rig.chip.read_config()).unwrap();
            assert_eq!(zone, rig.config());
        },
    );
}

#[test]
fn writing() {
    at_every_poll(
        || Rig::open(Locks::Both),
        async |chip| chip.write_slot(Slot::S9, 0, &[0x99; 72]).await.is_ok(),
        |rig| {
            // From the front, in whole blocks.
            let slot = rig.eeprom().slot(9).to_vec();
            let written = slot.iter().take_while(|byte| **byte == 0x99).count();
            assert!(matches!(written, 0 | 32 | 64 | 72), "{written}");
            assert_eq!(slot[written..], pattern(9)[written..]);
            block_on(rig.chip.write_slot(Slot::S9, 0, &[0xAA; 72])).unwrap();
            assert_eq!(rig.eeprom().slot(9), [0xAA; 72]);
        },
    );
}

#[test]
fn making_keys() {
    at_every_poll(
        || Rig::workbench(Locks::Both),
        async |chip| chip.generate_key(Slot::S2, OldKeyIsLost).await.is_ok(),
        |rig| {
            // The key is stored when the command that was cut off ends.
            rig.bus.advance(200_000_000);
            let stored: [u8; 32] = rig.eeprom().slot(2)[4..].try_into().unwrap();
            let key = PublicKey::from_bytes(public_of(&stored));
            assert_eq!(block_on(rig.chip.public_key(Slot::S2)), Ok(key));
            signs(rig, &key);
        },
    );
    at_every_poll(
        || Rig::gcp(Locks::Config),
        async |chip| chip.ensure_key(Slot::S0).await.is_ok(),
        |rig| {
            let (key, _) = block_on(rig.chip.ensure_key(Slot::S0)).unwrap();
            assert_eq!(block_on(rig.chip.public_key(Slot::S0)), Ok(key));
            let made = rig.log().iter().filter(|c| (c.opcode, c.p1) == (0x40, 0x04)).count();
            assert_eq!(made, 1, "one key, ever");
        },
    );
}

#[test]
fn counting() {
    at_every_poll(
        || Rig::workbench(Locks::Both),
        async |chip| chip.increment_counter(CounterId::Counter1, CountIsSpent).await.is_ok(),
        |rig| {
            let value = block_on(rig.chip.counter(CounterId::Counter1)).unwrap();
            assert!(value <= 1);
            let next = block_on(rig.chip.increment_counter(CounterId::Counter1, CountIsSpent));
            assert_eq!(next, Ok(value + 1));
        },
    );
}

#[test]
fn configuring() {
    let wanted = preset::gcp_device(&Rig::blank().config());
    at_every_poll(
        Rig::blank,
        async |chip| chip.write_config(&wanted).await.is_ok(),
        |rig| {
            block_on(rig.chip.write_config(&wanted)).unwrap();
            assert_eq!(rig.config(), wanted);
        },
    );
}

#[test]
fn locking() {
    let zone = Rig::gcp(Locks::Nothing).config();
    at_every_poll(
        || Rig::gcp(Locks::Nothing),
        async |chip| chip.lock_config(&zone, NoMoreConfigWrites).await.is_ok(),
        |rig| {
            let locked = block_on(rig.chip.lock_state()).unwrap().config;
            assert_eq!(locked, rig.config().is_config_locked());
            let again = block_on(rig.chip.lock_config(&zone, NoMoreConfigWrites));
            assert_eq!(again, if locked { Err(ConfigError::AlreadyLocked) } else { Ok(()) });
            let locks = rig.log().iter().filter(|c| c.opcode == 0x17).count();
            assert_eq!(locks, 1);
        },
    );
}

#[test]
fn self_testing() {
    at_every_poll(
        || Rig::workbench(Locks::Both),
        async |chip| chip.self_test(Tests::all()).await.is_ok(),
        |rig| {
            block_on(rig.chip.revision()).unwrap();
            assert_eq!(block_on(rig.chip.self_test(Tests::all())), Ok(Tests::empty()));
        },
    );
}

/// A stream that was cut off gives no digest; a new one gives the right one.
#[test]
fn streaming() {
    for polls in 0..200 {
        let mut rig = yielding(Rig::workbench(Locks::Both));
        let message = message(150);
        let mut stream = rig.chip.sha256_stream();
        block_on(stream.update(&message[..70])).unwrap();
        let done = cut_off(stream.update(&message[70..]), polls).is_some();
        let digest = block_on(stream.finish());
        if polls == 0 || done {
            let expected = if done { sha256(&message) } else { sha256(&message[..70]) };
            assert_eq!(digest, Ok(expected), "{polls}");
        } else {
            digest.unwrap_err();
        }
        assert_eq!(block_on(rig.chip.sha256(&message)), Ok(sha256(&message)), "{polls}");
        rig.assert_at_rest();
    }
}

/// What an interrupted session left in the chip is gone before the next begins, also for a driver that
/// leaves the chip idle.
#[test]
fn nothing_of_an_interrupted_session_is_left() {
    for low_power in [LowPower::Sleep, LowPower::Idle] {
        for polls in 0..120 {
            let mut rig = yielding(Rig::workbench(Locks::Both)).with_low_power(low_power);
            let session = rig.chip.session(async |chip| {
                chip.execute(&NonceFixed::TempKey(&[7; 32])).await?;
                chip.execute(&InfoState).await
            });
            let done: Option<Result<_, Failure>> = cut_off(session, polls);
            let state = block_on(rig.chip.execute(&InfoState)).unwrap();
            assert_eq!(
                state.temp_key_valid,
                done.is_some() && low_power == LowPower::Idle,
                "{low_power:?} {polls}"
            );
            rig.assert_at_rest();
            signs(&mut rig, &known_public_key());
        }
    }
}

/// The same in a session so long that the watchdog is restarted in the middle, TempKey kept: cut off
/// there, the chip looks as if just woken.
#[test]
fn nothing_of_a_renewed_session_is_left() {
    for polls in 0..1_500 {
        let mut rig = yielding(Rig::workbench(Locks::Both));
        let session = rig.chip.session(async |chip| {
            chip.execute(&NonceFixed::TempKey(&[7; 32])).await?;
            for _ in 0..6 {
                chip.execute(&SelfTest(Tests::SHA)).await?;
            }
            chip.execute(&InfoState).await
        });
        let done: Option<Result<_, Failure>> = cut_off(session, polls);
        if let Some(result) = &done {
            assert!(result.unwrap().temp_key_valid);
        }
        if done.is_none() && matches!(rig.state(), PowerState::Idle | PowerState::Waking) {
            // Idle or waking, it does not hear that it should sleep.
            continue;
        }
        let state = block_on(rig.chip.execute(&InfoState)).unwrap();
        assert!(!state.temp_key_valid, "{polls}");
        if done.is_some() {
            return;
        }
    }
    panic!("never got through");
}
