//! Delays that come back late, early or at once, on slow and fast buses, at every clock divider: the bounds that
//! `guide::bus` states, with a clock and without.

use super::rig::{Bare, Rig};
use super::{Atecc608, SdaPulse};
use atecc608::irreversible::OldKeyIsLost;
use atecc608::{Error, ErrorKind, LowPower, Slot, Status};
use atecc608::{
    command::{InfoState, MessageSource, NonceFixed, SignExternal},
    wire::Opcode,
};
use atecc608_sim::chip::Timing;
use atecc608_sim::{Bus, Chip, ChipId};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use testkit::{Failure, Locks, NACK, known_public_key, message, sha256, verifies};

/// How a delay keeps time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pauses {
    /// To the microsecond.
    Exact,
    /// To the next tick of an operating system's clock, in microseconds.
    Ticks(u64),
    /// By so many microseconds.
    Late(u64),
    /// After half of the time, but for the pulse that wakes the chip.
    Half,
    /// It does not wait at all, but for that pulse.
    None,
}

/// A delay that keeps time in its own way, and counts.
struct Pausing {
    bus: Bus,
    pauses: Pauses,
    count: Arc<AtomicU32>,
}

impl Pausing {
    fn pass(&self, us: u32) {
        self.count.fetch_add(1, Ordering::Relaxed);
        let us = u64::from(us);
        let pulse = us == 80;
        let now = self.bus.now() / 1_000;
        self.bus.advance(
            1_000
                * match self.pauses {
                    _ if pulse => us,
                    Pauses::Exact => us,
                    Pauses::Ticks(tick) => (now + us).div_ceil(tick) * tick - now,
                    Pauses::Late(late) => us + late,
                    Pauses::Half => us / 2,
                    Pauses::None => 0,
                },
        );
    }
}

impl embedded_hal::delay::DelayNs for Pausing {
    fn delay_ns(&mut self, ns: u32) {
        self.pass(ns.div_ceil(1_000));
    }

    fn delay_us(&mut self, us: u32) {
        self.pass(us);
    }
}

impl embedded_hal_async::delay::DelayNs for Pausing {
    async fn delay_ns(&mut self, ns: u32) {
        self.pass(ns.div_ceil(1_000));
    }

    async fn delay_us(&mut self, us: u32) {
        self.pass(us);
    }
}

/// The driver for a chip, and how often it has paused. With a clock, or without.
macro_rules! driver {
    ($bus:expr, $pauses:expr) => {{
        let (bus, count): (&Bus, _) = (&$bus, Arc::new(AtomicU32::new(0)));
        let delay = Pausing { bus: bus.clone(), pauses: $pauses, count: count.clone() };
        (Atecc608::new(bus.i2c(), delay).with_wake(SdaPulse(bus.sda_pin())), count)
    }};
    ($bus:expr, $pauses:expr, clock) => {{
        let (chip, _) = driver!($bus, $pauses);
        let bus = $bus.clone();
        chip.with_clock(move || (bus.now() / 1_000) as u32)
    }};
}

/// Two signatures, a new key, a longer signature: how each went.
macro_rules! rolls_and_signs {
    ($chip:ident) => {{
        let results: [Result<(), Failure>; 4] = [
            go!($chip.sign_digest(Slot::S2, &[7; 32])).map(drop),
            go!($chip.sign_digest(Slot::S2, &[8; 32])).map(drop),
            go!($chip.generate_key(Slot::S2, OldKeyIsLost)).map(drop),
            go!($chip.sign_message(Slot::S2, &message(300))).map(drop),
        ];
        results
    }};
}

fn workbench(hz: u32, divider: u8, timing: Timing) -> Bus {
    let rig = Rig::workbench_but(Locks::Both, |zone| zone[19] = divider);
    let rig = Rig::of(Chip::with_eeprom(rig.eeprom()).with_timing(timing));
    rig.bus.set_clock_hz(hz);
    rig.bus
}

/// Nobody there: what `Atecc608` says of it, however late the delay comes.
#[test]
fn an_absent_chip_is_noticed_in_time() {
    let kept = [
        (Pauses::Exact, 240),
        (Pauses::Ticks(10_000), 500),
        (Pauses::Late(10_000), 520),
        (Pauses::Late(20_000), 800),
        (Pauses::Half, 300),
        (Pauses::None, 300),
    ];
    for (pauses, ms) in kept {
        let bus = Bus::new();
        let (mut chip, count) = driver!(bus, pauses);
        let before = bus.now();
        let nobody: Failure = Error::without_command(ErrorKind::NoDevice(NACK));
        assert_eq!(go!(chip.revision()), Err(nobody));
        let took = (bus.now() - before) / 1_000_000;
        println!("absent, {pauses:?}: {took} ms, {count:?} pauses");
        assert!(took <= ms, "{pauses:?}: {took} ms");
        assert!(count.load(Ordering::Relaxed) <= 29, "{count:?}");
        let mut chip = driver!(bus, pauses, clock);
        let before = bus.now();
        assert_eq!(go!(chip.revision()), Err(nobody));
        assert!((bus.now() - before) / 1_000_000 <= 400, "{pauses:?}");
    }
}

/// A chip that falls silent at work: the number of questions is bounded, and with it the time.
#[test]
fn a_silent_chip_is_given_up_in_time() {
    for (pauses, ms) in [(Pauses::Exact, 800), (Pauses::Late(10_000), 3_000), (Pauses::Late(20_000), 5_200)] {
        for clock in [false, true] {
            let bus = workbench(100_000, 0, Timing::default());
            let at_work = bus.clone();
            // Never done.
            bus.with_chip(ChipId::FIRST, |chip| {
                let mut timing = Timing::default();
                timing.set_execution(Opcode::Sign.to_byte(), [3_600_000_000_000; 3]);
                timing.watchdog = 7_200_000_000_000;
                *chip = Chip::with_eeprom(chip.eeprom().clone()).with_timing(timing);
            });
            let before = bus.now();
            let sign = SignExternal { slot: Slot::S2, source: MessageSource::MessageDigest };
            let nonce = NonceFixed::MessageDigest(&[7; 32]);
            let result: Result<_, Failure> = if clock {
                let mut bare = Bare { chip: driver!(bus, pauses, clock) };
                session!(bare, |chip| {
                    wait!(chip.execute(&nonce))?;
                    wait!(chip.execute(&sign))
                })
            } else {
                let (chip, count) = driver!(bus, pauses);
                let mut bare = Bare { chip };
                let result = session!(bare, |chip| {
                    wait!(chip.execute(&nonce))?;
                    wait!(chip.execute(&sign))
                });
                assert!(count.load(Ordering::Relaxed) <= 330, "{count:?}");
                result
            };
            assert_eq!(result, Err(Error::new(Opcode::Sign, ErrorKind::Timeout(NACK))));
            let took = (at_work.now() - before) / 1_000_000;
            println!("silent, {pauses:?}, clock: {clock}: {took} ms");
            assert!(took <= if clock { 900 } else { ms }, "{pauses:?} {clock}: {took} ms");
        }
    }
}

/// Long sequences keep the watchdog away on every bus, however late the delay comes, at the fastest divider: without a
/// clock as with one.
#[test]
fn long_sequences_outlive_the_watchdog() {
    let text = message(4_000);
    for hz in [10_000, 30_000, 100_000, 400_000, 1_000_000] {
        for pauses in
            [Pauses::Exact, Pauses::Ticks(10_000), Pauses::Late(10_000), Pauses::Late(20_000), Pauses::Half]
        {
            for timing in [Timing::typical(), Timing::slowest()] {
                let bus = workbench(hz, 0, timing.clone());
                let (mut chip, _) = driver!(bus, pauses);
                let told = format!("{hz} Hz, {pauses:?}, watchdog {} ms", timing.watchdog / 1_000_000);
                let signature = go!(chip.sign_message(Slot::S2, &text)).expect(&told);
                assert!(verifies(&known_public_key(), &sha256(&text), &signature), "{told}");
                let mut chip = driver!(bus, pauses, clock);
                let signature = go!(chip.sign_message(Slot::S2, &text)).expect(&told);
                assert!(verifies(&known_public_key(), &sha256(&text), &signature), "{told}, clock");
            }
        }
    }
}

/// The same at the slower clock dividers, where a signature may take 665 ms. With the shortest watchdog (0.7 s) the first
/// does not survive what came before it in its session; then the driver knows that the chip is slow, unless its pauses
/// are late and no clock tells. On a bus of 10 kHz the bytes do not fit either. And where no pause is one and no clock tells, the chip is given up too early. What fails
/// says so, and no key is made twice.
#[test]
fn slow_clock_dividers() {
    let (mut runs, mut failed) = (0, 0);
    for divider in [0x28, 0x68] {
        for hz in [10_000, 100_000, 1_000_000] {
            for pauses in
                [Pauses::Exact, Pauses::Ticks(10_000), Pauses::Late(20_000), Pauses::Half, Pauses::None]
            {
                for clock in [false, true] {
                    for timing in [Timing::typical(), Timing::slowest()] {
                        let told =
                            format!("{divider:02X} {hz} Hz {pauses:?} clock {clock} {} %", timing.percent);
                        let bus = workbench(hz, divider, timing);
                        let results = if clock {
                            let mut chip = driver!(bus, pauses, clock);
                            rolls_and_signs!(chip)
                        } else {
                            let (mut chip, _) = driver!(bus, pauses);
                            rolls_and_signs!(chip)
                        };
                        for (number, result) in results.into_iter().enumerate() {
                            runs += 1;
                            let Err(error) = result else { continue };
                            failed += 1;
                            let shortest = divider == 0x68 && told.ends_with("100 %");
                            let learned = match pauses {
                                Pauses::Exact => number > 0,
                                Pauses::Ticks(_) | Pauses::Half | Pauses::None => number > 0 && clock,
                                // The answer is seen too late.
                                Pauses::Late(_) => false,
                            };
                            let slept = shortest && (hz == 10_000 || !learned);
                            assert!(slept || !clock && pauses == Pauses::None, "{told}, {number}: {error:?}");
                            assert!(
                                matches!(
                                    error.kind,
                                    ErrorKind::Status(Status::Watchdog)
                                        | ErrorKind::Timeout(_)
                                        | ErrorKind::NotAwake
                                        | ErrorKind::Reset
                                        | ErrorKind::NoDevice(_)
                                        | ErrorKind::Bus(_)
                                ),
                                "{told}: {error:?}"
                            );
                        }
                        let made = bus.with_chip(ChipId::FIRST, |chip| {
                            chip.executed()
                                .iter()
                                .filter(|command| (command.opcode, command.p1) == (0x40, 0x04))
                                .count()
                        });
                        assert!(made <= 1, "{told}: {made} keys");
                    }
                }
            }
        }
    }
    println!("{failed} of {runs} failed");
    assert!(failed < runs / 4);
}

/// A driver begins with a chip that another left idle, with a TempKey in it: not even awake does it use that.
#[test]
fn what_another_driver_left_idle_is_forgotten() {
    let bus = workbench(100_000, 0, Timing::default());
    let (chip, _) = driver!(bus, Pauses::Exact);
    let mut chip = chip.with_low_power(LowPower::Idle);
    go!(chip.execute(&NonceFixed::TempKey(&[0xBA; 32]))).unwrap();
    assert!(go!(chip.execute(&InfoState)).unwrap().temp_key_valid, "an idle chip keeps it");
    drop(chip);
    let (mut chip, _) = driver!(bus, Pauses::Exact);
    let sign = SignExternal { slot: Slot::S2, source: MessageSource::TempKey };
    let refused: Failure = go!(chip.execute(&sign)).unwrap_err();
    assert_eq!(refused.status(), Some(Status::Execution));
}
