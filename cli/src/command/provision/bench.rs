//! A bench: one chip after the other is put in, provisioned, and taken out.

use atecc608::blocking::Atecc608;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{Address, SerialNumber};
use atecc608_fleet::report::Report;
use atecc608_fleet::station::{Agreed, Outcome};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

use super::station::{FileStation, of_report};
use super::told::Told;
use crate::failure::{Failure, Kind};

/// Where chips are put in.
pub trait Socket {
    /// Its bus.
    type I2c: I2c;
    /// How it waits.
    type Delay: DelayNs;

    /// Looks whether a chip is there.
    ///
    /// # Errors
    ///
    /// The bus can't be used.
    fn look(&mut self) -> Result<Option<Seen>, Failure>;

    /// One session with the chip that is there.
    ///
    /// # Errors
    ///
    /// There is none, or the bus can't be used.
    fn with<R>(
        &mut self,
        work: impl FnOnce(&mut Atecc608<Self::I2c, Self::Delay>) -> R,
    ) -> Result<R, Failure>;

    /// The chip answers at this address from now on.
    ///
    /// # Errors
    ///
    /// The bus can't be used.
    fn moved(&mut self, to: Address) -> Result<(), Failure>;

    /// Waits a moment. `false` if nothing changes any more, however long one waits.
    fn wait(&mut self) -> bool;
}

/// A chip that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Which one, if it says so.
    pub serial: Option<SerialNumber>,
}

/// Who works at the bench.
pub trait Operator {
    /// Agrees to what can't be undone, for this chip.
    ///
    /// # Errors
    ///
    /// [`Kind::Consent`]: the chip is left as it is. Anything else ends the run.
    fn agree(&mut self, serial: SerialNumber) -> Result<(), Failure>;

    /// A chip may be put in.
    fn put_in(&mut self);

    /// What became of the chip, which may be taken out.
    ///
    /// # Errors
    ///
    /// It can't be said.
    fn told(&mut self, told: Told) -> Result<(), Failure>;

    /// Makes of the report what is made of it.
    ///
    /// # Errors
    ///
    /// It can't be written.
    fn publish(&mut self, report: &Report, done: Option<SerialNumber>) -> Result<(), Failure>;
}

/// How a bench works.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// After so many chips it ends; `None`: never by itself.
    pub chips: Option<u64>,
    /// So often a chip is tried at once, as long as it stays in.
    pub tries: u32,
    /// Every chip that is blank as from the factory is agreed to.
    pub any_blank_chip: bool,
}

/// What became of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// They are done.
    pub done: u64,
    /// They were done before.
    pub seen: u64,
    /// They are not.
    pub not_done: u64,
}

/// A socket and a station.
#[derive(Debug)]
pub struct Bench<K> {
    socket: K,
    station: FileStation,
    how: How,
    totals: Totals,
}

impl<K: Socket> Bench<K> {
    /// A new one.
    pub fn new(socket: K, station: FileStation, how: How) -> Self {
        Self { socket, station, how, totals: Totals::default() }
    }

    /// The station.
    pub fn station(&self) -> &FileStation {
        &self.station
    }

    /// One chip after the other.
    ///
    /// # Errors
    ///
    /// What keeps the bench from working: bus, report, files. What goes wrong with a chip is told.
    pub fn run(&mut self, operator: &mut impl Operator) -> Result<Totals, Failure> {
        // What an earlier run has left undone.
        operator.publish(self.station.report(), None)?;
        let Totals { done, seen, not_done } = &self.totals;
        let mut chips = done + seen + not_done;
        while self.how.chips.is_none_or(|most| chips < most) {
            let Some(chip) = self.next_chip(operator)? else { break };
            let told = self.provision(operator)?;
            if told.is_done() {
                operator.publish(self.station.report(), told.serial)?;
            }
            let count = match told.outcome {
                "done" => &mut self.totals.done,
                "seen" => &mut self.totals.seen,
                _ => &mut self.totals.not_done,
            };
            *count += 1;
            chips += 1;
            let serial = told.serial.or(chip.serial);
            operator.told(told)?;
            if self.how.chips.is_none_or(|most| chips < most) && !self.taken_out(serial)? {
                break;
            }
        }
        Ok(self.totals)
    }

    /// Waits until a chip is there; `None` if none comes any more.
    fn next_chip(&mut self, operator: &mut impl Operator) -> Result<Option<Seen>, Failure> {
        let mut asked = false;
        loop {
            if let Some(seen) = self.socket.look()? {
                return Ok(Some(seen));
            }
            if !asked {
                operator.put_in();
                asked = true;
            }
            if !self.socket.wait() {
                return Ok(None);
            }
        }
    }

    /// Waits until it is gone, or another one is in its place. A contact that is lost for a moment does not count.
    /// `false` if it never goes.
    fn taken_out(&mut self, serial: Option<SerialNumber>) -> Result<bool, Failure> {
        let mut absent = 0;
        loop {
            match self.socket.look()? {
                None => absent += 1,
                Some(Seen { serial: Some(other) }) if serial.is_some_and(|serial| serial != other) => {
                    return Ok(true);
                }
                Some(_) => absent = 0,
            }
            if absent >= 2 {
                return Ok(true);
            }
            if !self.socket.wait() {
                return Ok(false);
            }
        }
    }

    /// Tries the chip until it is done, as often as it may fail.
    fn provision(&mut self, operator: &mut impl Operator) -> Result<Told, Failure> {
        let mut agreed = None;
        let mut again = 1;
        loop {
            let outcome = match self.attempt(operator, &mut agreed) {
                Ok(outcome) => outcome,
                // Nobody agreed: the chip is as it was.
                Err(failure) if failure.kind() == Kind::Consent => {
                    return Ok(Told::not_agreed(agreed, failure));
                }
                // It was taken out meanwhile.
                Err(failure) if failure.kind() == Kind::NoChip => return Ok(Told::gone(agreed, failure)),
                Err(failure) => return Err(failure),
            };
            match outcome {
                Outcome::Failed { .. } if again < self.how.tries && self.socket.look()?.is_some() => {
                    again += 1
                }
                outcome => return Ok(Told::new(&outcome, self.station.report(), again)),
            }
        }
    }

    /// One try. `agreed` is the chip to which somebody has agreed.
    fn attempt(
        &mut self,
        operator: &mut impl Operator,
        agreed: &mut Option<SerialNumber>,
    ) -> Result<Outcome, Failure> {
        loop {
            let terms = self.terms(operator, agreed)?;
            let station = &mut self.station;
            let outcome = self.socket.with(|chip| {
                station.provision_agreed(chip, terms, NoMoreConfigWrites, NoMoreFreeDataWrites)
            })?;
            match outcome.map_err(|error| of_report(&error))? {
                Outcome::Moved { to, .. } => self.socket.moved(to)?,
                outcome => return Ok(outcome),
            }
        }
    }

    /// What was agreed to for the chip that is there.
    fn terms(
        &mut self,
        operator: &mut impl Operator,
        agreed: &mut Option<SerialNumber>,
    ) -> Result<Agreed, Failure> {
        if self.how.any_blank_chip {
            return Ok(Agreed::Blank);
        }
        // What can't be read the station can't read either, and writes that down.
        let Ok(zone) = self.socket.with(|chip| chip.read_config())? else { return Ok(Agreed::Nothing) };
        let serial = zone.serial_number();
        if !self.station.would_change(&zone) {
            return Ok(Agreed::Nothing);
        }
        if *agreed != Some(serial) {
            *agreed = Some(serial);
            operator.agree(serial)?;
        }
        Ok(Agreed::Only(serial))
    }
}
