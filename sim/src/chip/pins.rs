//! The chip's I2C interface: addressing, wake pulses, transfers (chip reference 1).

use super::machine::{ALL_TESTS, Machine};
use super::memory::config::Latched;
use super::memory::eeprom::Eeprom;
use super::power::{Nanos, POWER_UP, Power, PowerState};
use super::readings::{Alternative, Readings};
use super::silicon::Silicon;
use super::staged::Staged;
use super::status::Status;
use super::timing::Timing;
use super::wire::io::{IoBuffer, WordAddress};
use super::wire::packet::{self, Executed, LONGEST_GROUP};

mod execute;
mod inspect;
mod settings;

use settings::Occasion;

/// The ninth bit of a byte on the bus.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ack {
    /// SDA was pulled low: taken.
    Ack,
    /// SDA stayed high.
    Nack,
}

/// What a chip does after a reset that its master does not know of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AfterReset {
    /// It waits for a wake pulse.
    Asleep,
    /// Traffic on the bus has woken it already: after tWHI it answers reads with the 0x11 group.
    Awake,
}

/// What the chip takes part in between START and STOP.
#[derive(Clone, Copy)]
enum Transfer {
    /// A transfer of others, or none.
    None,
    /// Addressed for writing; the word address once it has come.
    Write(Option<WordAddress>),
    Read,
}

/// One ATECC608A, driven at its pins. See the [module](crate::chip) for how time passes.
pub struct Chip {
    machine: Machine,
    io: IoBuffer,
    power: Power,
    transfer: Transfer,
    latched: Latched,
    timing: Timing,
    silicon: Silicon,
    executed: Vec<Executed>,
    /// What the command under execution will change.
    staged: Option<Staged>,
}

impl Chip {
    /// A chip as it leaves the factory (chip reference 4.14), asleep, powered long before time 0. The seed
    /// makes its serial number and random numbers.
    pub fn blank(seed: u64) -> Chip {
        Chip::with_eeprom(Eeprom::blank(seed))
    }

    /// A chip that was used before, asleep, powered long before time 0.
    pub fn with_eeprom(eeprom: Eeprom) -> Chip {
        Chip {
            latched: Latched::new(eeprom.config()),
            machine: Machine::new(eeprom),
            io: IoBuffer::with_output(Vec::new()),
            power: Power::Asleep { since: 0 },
            transfer: Transfer::None,
            timing: Timing::default(),
            silicon: Silicon::default(),
            executed: Vec::new(),
            staged: None,
        }
    }

    /// Replaces the chip's times.
    pub fn with_timing(mut self, timing: Timing) -> Chip {
        self.timing = timing;
        self
    }

    /// Chooses between readings of what no source proves.
    pub fn with_readings(mut self, readings: Readings) -> Chip {
        self.machine.readings = readings;
        self
    }

    /// Chooses what public sources leave open.
    pub fn with_silicon(mut self, silicon: Silicon) -> Chip {
        self.silicon = silicon;
        self
    }

    /// SDA was low from one time to the other. If the chip was asleep or idle for at least tWLO of it, it
    /// wakes at the end of the pulse (chip reference 1.3); otherwise nothing happens, unless
    /// [`Silicon::pulse_while_awake`] says so.
    pub fn sda_low(&mut self, from: Nanos, to: Nanos) {
        self.settle(to);
        if self.power.wakes(from, to) {
            self.wake(to);
        } else if self.responds_awake()
            && self.power.is_pulsed_awake(from, to)
            && matches!(self.transfer, Transfer::None)
        {
            // UNVERIFIED, chip reference U53.
            self.io = self.holding(packet::status_response(Status::AfterWake));
        }
    }

    /// START or repeated START with its eight address bits, which are over at `now`.
    pub fn start(&mut self, now: Nanos, address_byte: u8) -> Ack {
        self.settle(now);
        self.end_transfer(now);
        let reading = address_byte & 1 == 1;
        if self.power.at(now) != PowerState::Awake || address_byte & 0xFE != self.latched.address {
            return Ack::Nack;
        }
        // There is nothing to read in the middle of a command (UNVERIFIED, chip reference D9).
        if reading && (self.io.is_partial() || self.io.has_group()) {
            return if self.takes(Alternative::PartialReadOnes) { Ack::Ack } else { Ack::Nack };
        }
        self.transfer = if reading { Transfer::Read } else { Transfer::Write(None) };
        Ack::Ack
    }

    /// A byte from the master.
    pub fn write(&mut self, now: Nanos, byte: u8) -> Ack {
        self.settle(now);
        match self.transfer {
            Transfer::Write(None) => {
                let address = self.word_address(byte);
                if address == WordAddress::Reserved && self.takes(Alternative::ReservedAddressRefused) {
                    self.transfer = Transfer::None;
                    return Ack::Nack;
                }
                self.transfer = Transfer::Write(Some(address));
                match address {
                    WordAddress::Reset => self.io.reset(),
                    WordAddress::Command => self.io.rewind(),
                    // The first two act when the transfer is over; reserved ones do nothing (UNVERIFIED,
                    // chip reference U2).
                    WordAddress::Sleep | WordAddress::Idle | WordAddress::Reserved => {}
                }
                Ack::Ack
            }
            Transfer::Write(Some(WordAddress::Command)) if self.io.push(byte) => Ack::Ack,
            _ => Ack::Nack,
        }
    }

    /// A byte to the master; 0xFF (nobody pulls SDA low) if the chip is not addressed for reading.
    pub fn read(&mut self, now: Nanos) -> u8 {
        self.settle(now);
        match self.transfer {
            Transfer::Read => {
                let repeats = self.repeats();
                self.io.next(repeats)
            }
            _ => 0xFF,
        }
    }

    /// STOP. A complete command group starts to be executed.
    pub fn stop(&mut self, now: Nanos) {
        self.settle(now);
        self.end_transfer(now);
        if let Some(group) = self.io.take_group() {
            self.execute(now, &group);
        } else if self.io.is_partial() && self.takes(Alternative::StopDropsPartial) {
            self.io.reset();
        }
    }

    /// The supply goes off and comes back at once: all volatile state and the persistent latch are lost.
    /// Wake pulses work again after tPU, 100 us (chip reference 1.3).
    pub fn power_cycle(&mut self, now: Nanos) {
        self.settle(now);
        self.fall_asleep(now + POWER_UP);
        self.machine.lose_supply();
        self.settings_at(Occasion::PowerUp);
    }

    /// The supply dips, as it may when a computation draws more than it gives, and the chip resets: the
    /// command under execution never ran, and everything volatile and the persistent latch are lost (chip
    /// reference 1.3). Unlike after [`Chip::power_cycle`], wake pulses work at once.
    pub fn brown_out(&mut self, now: Nanos, then: AfterReset) {
        self.settle(now);
        self.fall_asleep(now);
        self.machine.lose_supply();
        self.settings_at(Occasion::PowerUp);
        if then == AfterReset::Awake {
            self.wake(now);
        }
    }

    /// Lets happen what happens by itself: the end of a command, the watchdog.
    fn settle(&mut self, now: Nanos) {
        let Power::On { ready, watchdog, .. } = self.power else { return };
        if now >= ready
            && ready <= watchdog
            && let Some(staged) = self.staged.take()
        {
            self.machine.complete(&staged);
            self.settings_at(Occasion::Command);
        }
        if let Power::On { watchdog, .. } = self.power
            && now >= watchdog
        {
            self.fall_asleep(watchdog);
        }
    }

    fn fall_asleep(&mut self, since: Nanos) {
        self.machine.forget();
        self.staged = None;
        self.io = IoBuffer::with_output(Vec::new());
        self.transfer = Transfer::None;
        self.power = Power::Asleep { since };
    }

    fn wake(&mut self, now: Nanos) {
        let mut delay = self.timing.wake;
        let mut response = Status::AfterWake;
        if let Power::Asleep { .. } = self.power {
            self.settings_at(Occasion::WakeFromSleep);
            self.machine.restart();
            // Idle keeps the test results, so only a wake from sleep renews them (UNVERIFIED, chip
            // reference U34, U35).
            if self.machine.eeprom.chip_options().power_on_self_test() {
                delay = self.self_test_delay();
                if self.machine.self_test(ALL_TESTS) != 0 {
                    response = Status::SelfTest;
                }
            }
        } else {
            self.settings_at(Occasion::WakeFromIdle);
        }
        let awake_for = self.awake_for();
        self.io = self.holding(packet::status_response(response));
        self.transfer = Transfer::None;
        self.power = Power::On { ready: now + delay, executing: false, watchdog: now + awake_for };
    }

    /// STOP or repeated START: Sleep and Idle take effect.
    fn end_transfer(&mut self, now: Nanos) {
        match core::mem::replace(&mut self.transfer, Transfer::None) {
            Transfer::Write(Some(WordAddress::Sleep)) => self.fall_asleep(now),
            Transfer::Write(Some(WordAddress::Idle)) => {
                self.io = IoBuffer::with_output(Vec::new());
                self.power = Power::Idle { since: now };
            }
            _ => {}
        }
    }
}
