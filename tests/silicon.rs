//! The driver on chips that behave in every way that public sources leave open (chip reference U53, U54): what a
//! wake pulse does to an awake chip, what follows the end of a response.

use atecc608::command::{CounterId, MessageSource, NonceFixed, SignExternal};
use atecc608::irreversible::CountIsSpent;
use atecc608::{LowPower, Slot, asynch, blocking};
use atecc608_sim::chip::{PastTheEnd, PulseWhileAwake, Silicon, Timing};
use atecc608_sim::hal::{I2cError, SimI2c};
use atecc608_sim::preset::Preset;
use atecc608_sim::{Bus, ChipId};
use embassy_futures::block_on;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{ErrorType, I2c, Operation};
use sha2::{Digest, Sha256};
use std::cell::Cell;
use std::rc::Rc;

const DIGEST: [u8; 32] = [0x17; 32];
const MESSAGE: &[u8] = &[0xA5; 200];
const ADDRESS: u8 = 0x60;

fn silicons() -> Vec<Silicon> {
    let pulses = [PulseWhileAwake::Ignored, PulseWhileAwake::Responds];
    let ends = [PastTheEnd::Ones, PastTheEnd::Repeats];
    let both = pulses.into_iter().flat_map(|pulse| ends.map(|end| (pulse, end)));
    both.map(|(pulse_while_awake, past_the_end)| Silicon { pulse_while_awake, past_the_end }).collect()
}

fn bus(silicon: Silicon) -> Bus {
    bus_at(silicon, Timing::default().percent)
}

/// A chip that needs so many per cent of a command's longest time.
fn bus_at(silicon: Silicon, percent: u32) -> Bus {
    let bus = Bus::new();
    let mut timing = Timing::default();
    timing.percent = percent;
    bus.add(Preset::Helium.chip(1).with_silicon(silicon).with_timing(timing));
    bus
}

fn increments(bus: &Bus) -> usize {
    bus.with_chip(ChipId::FIRST, |chip| {
        chip.executed().iter().filter(|command| (command.opcode, command.p1) == (0x24, 1)).count()
    })
}

/// How somebody else left the chip before the driver began.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Left {
    Asleep,
    Idle,
    Woken,
    WithResponse,
    WithPartOfResponse,
    WithPartOfCommand,
    Busy,
    NearlyTimedOut,
}

impl Left {
    const ALL: [Left; 8] = [
        Left::Asleep,
        Left::Idle,
        Left::Woken,
        Left::WithResponse,
        Left::WithPartOfResponse,
        Left::WithPartOfCommand,
        Left::Busy,
        Left::NearlyTimedOut,
    ];

    fn prepare(self, bus: &Bus) {
        let (mut i2c, mut delay) = (bus.i2c(), bus.delay());
        if self == Left::Asleep {
            return;
        }
        i2c.write(0x00, &[]).unwrap_err();
        delay.delay_us(1500);
        let info = [0x03, 0x07, 0x30, 0x00, 0x00, 0x00, 0x03, 0x5D];
        // GenKey makes a new key in slot 1.
        let gen_key = [0x03, 0x07, 0x40, 0x04, 0x01, 0x00];
        match self {
            Left::Asleep | Left::Woken => {}
            Left::Idle => i2c.write(ADDRESS, &[0x02]).unwrap(),
            Left::WithResponse | Left::WithPartOfResponse => {
                i2c.write(ADDRESS, &info).unwrap();
                delay.delay_ms(10);
                if self == Left::WithPartOfResponse {
                    i2c.read(ADDRESS, &mut [0; 3]).unwrap();
                }
            }
            Left::WithPartOfCommand => i2c.write(ADDRESS, &info[..5]).unwrap(),
            Left::Busy => {
                let crc = atecc608::wire::frame::crc16([&gen_key[1..]]);
                i2c.write(ADDRESS, &[&gen_key[..], &crc].concat()).unwrap();
            }
            Left::NearlyTimedOut => delay.delay_ms(1298),
        }
    }
}

/// Many commands, one by one and in a session, and whether each does what it should.
macro_rules! use_it {
    ($chip:ident, $($await:tt)*) => {{
        let zone = $chip.read_config()$($await)*.unwrap();
        assert!(zone.is_data_locked());
        assert!($chip.revision()$($await)*.unwrap().is_608());
        assert_eq!($chip.sha256(MESSAGE)$($await)*.unwrap()[..], Sha256::digest(MESSAGE)[..]);
        assert_ne!($chip.random()$($await)*.unwrap(), $chip.random()$($await)*.unwrap());
        let key = $chip.public_key(Slot::S0)$($await)*.unwrap();
        let signature = $chip.sign_digest(Slot::S0, &DIGEST)$($await)*.unwrap();
        $chip.verify(&key, &DIGEST, &signature)$($await)*.unwrap();
        let signature = $chip.sign_message(Slot::S0, MESSAGE)$($await)*.unwrap();
        $chip.verify(&key, &Sha256::digest(MESSAGE).into(), &signature)$($await)*.unwrap();
        let before = $chip.counter(CounterId::Counter1)$($await)*.unwrap();
        let after = $chip.increment_counter(CounterId::Counter1, CountIsSpent)$($await)*.unwrap();
        assert_eq!(after, before + 1);
    }};
}

#[test]
fn every_operation_on_every_chip_however_it_was_left() {
    for silicon in silicons() {
        for left in Left::ALL {
            for low_power in [LowPower::Sleep, LowPower::Idle] {
                let on = bus(silicon);
                left.prepare(&on);
                let mut chip = blocking::Atecc608::new(on.i2c(), on.delay()).with_low_power(low_power);
                use_it!(chip,);
                assert_eq!(increments(&on), 1);

                let on = bus(silicon);
                left.prepare(&on);
                let mut chip = asynch::Atecc608::new(on.i2c(), on.delay()).with_low_power(low_power);
                block_on(async { use_it!(chip, .await) });
                assert_eq!(increments(&on), 1);
            }
        }
    }
}

/// A bus on which somebody else sends a wake pulse before one of the driver's transfers.
struct Disturbed {
    i2c: SimI2c,
    transfers: Rc<Cell<usize>>,
    at: usize,
}

impl Disturbed {
    fn disturb(&mut self) {
        let number = self.transfers.get();
        self.transfers.set(number + 1);
        if number == self.at {
            let _ = self.i2c.write(0x00, &[]);
        }
    }
}

impl ErrorType for Disturbed {
    type Error = I2cError;
}

impl I2c for Disturbed {
    fn read(&mut self, address: u8, read: &mut [u8]) -> Result<(), I2cError> {
        self.disturb();
        self.i2c.read(address, read)
    }
    fn write(&mut self, address: u8, write: &[u8]) -> Result<(), I2cError> {
        self.disturb();
        self.i2c.write(address, write)
    }
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        self.disturb();
        self.i2c.transaction(address, operations)
    }
}

type Chip = blocking::Atecc608<Disturbed, atecc608_sim::hal::SimDelay>;

/// What an operation comes to: right, or an error that is told. `Err(true)`: the command may have run.
type Outcome = Result<(), bool>;

fn told<T>(result: Result<T, atecc608::Error<I2cError>>) -> Result<T, bool> {
    result.map_err(|error| error.may_have_run())
}

fn sha(chip: &mut Chip, _: &Bus) -> Outcome {
    told(chip.sha256(MESSAGE)).map(|digest| assert_eq!(digest[..], Sha256::digest(MESSAGE)[..]))
}

fn sign(chip: &mut Chip, bus: &Bus) -> Outcome {
    let signature = told(chip.session(|chip| {
        chip.execute(&NonceFixed::TempKey(&DIGEST))?;
        chip.execute(&SignExternal { slot: Slot::S0, source: MessageSource::TempKey })
    }))?;
    // Checked where nobody disturbs.
    let mut oracle = blocking::Atecc608::new(bus.i2c(), bus.delay());
    let key = oracle.public_key(Slot::S0).unwrap();
    oracle.verify(&key, &DIGEST, &signature).unwrap();
    Ok(())
}

fn count(chip: &mut Chip, _: &Bus) -> Outcome {
    told(chip.increment_counter(CounterId::Counter1, CountIsSpent)).map(|value| assert_eq!(value, 1))
}

/// Wherever the pulse of somebody else comes: where it is ignored, nothing happens. Where the chip answers it with its
/// wake response, a result is right or not given, and nothing runs twice; the next operation is as good as ever.
#[test]
fn a_pulse_of_somebody_else_at_every_moment() {
    for silicon in silicons() {
        let responds = silicon.pulse_while_awake == PulseWhileAwake::Responds;
        for operation in [sha as fn(&mut Chip, &Bus) -> Outcome, sign, count] {
            let (mut transfers, mut fine, mut lost) = (0, 0, 0);
            for percent in [40, 53] {
                for at in 0.. {
                    let on = bus_at(silicon, percent);
                    let done = Rc::new(Cell::new(0));
                    let i2c = Disturbed { i2c: on.i2c(), transfers: done.clone(), at };
                    let mut chip = blocking::Atecc608::new(i2c, on.delay());
                    let outcome = operation(&mut chip, &on);
                    assert!(increments(&on) <= 1, "ran twice, pulse before transfer {at}");
                    match outcome {
                        Ok(()) => fine += 1,
                        Err(may_have_run) => {
                            assert!(
                                responds,
                                "the chip ignores the pulse before transfer {at}, the driver does not"
                            );
                            assert!(
                                may_have_run || increments(&on) == 0,
                                "it ran, pulse before transfer {at}"
                            );
                            lost += 1;
                        }
                    }
                    if done.replace(usize::MAX / 2) <= at {
                        break;
                    }
                    transfers += 1;
                    assert!(chip.revision().unwrap().is_608(), "the next operation");
                }
            }
            println!("{silicon:?}: {transfers} pulses, {fine} right, {lost} told");
            assert!(transfers > 40 && (lost > 0) == responds);
        }
    }
}
