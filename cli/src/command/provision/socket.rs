//! The bus of this machine as a socket.

use std::thread;
use std::time::Duration;

use atecc608::Address;
use atecc608::blocking::Atecc608;
use atecc608_linux::{AnyBus, AnyDelay, SharedChip};

use super::bench::{Seen, Socket};
use crate::bus::Place;
use crate::cli::Global;
use crate::failure::{Failure, Kind};

/// How long nobody looks.
const PAUSE: Duration = Duration::from_millis(200);

/// A bus of this machine, or a simulated chip.
#[derive(Debug)]
pub(super) struct Bus<'a> {
    global: &'a Global,
    place: Place,
    chip: Option<SharedChip>,
    /// Where profiles put chips.
    also: Option<Address>,
}

impl<'a> Bus<'a> {
    pub(super) fn new(global: &'a Global, place: Place) -> Self {
        Self { global, place, chip: None, also: None }
    }

    /// Who answers on this handle; `None` if nobody does.
    fn answer(chip: &SharedChip) -> Option<Seen> {
        match chip.serial_number() {
            Ok(serial) => Some(Seen { serial: Some(serial) }),
            Err(error) if error.is_gone() => None,
            Err(_) => Some(Seen { serial: None }),
        }
    }

    /// A chip that was not there before, of whatever model, at any address where one may be.
    fn find(&mut self) -> Result<Option<Seen>, Failure> {
        let given = self.global.address;
        let usual = match given {
            // A simulated chip of this program answers where its configuration says.
            None if !Place::is_simulated(&self.place.location) => Address::USUAL.map(Some).to_vec(),
            given => vec![given],
        };
        for address in usual.into_iter().chain(self.also.map(Some)) {
            let chip = self.place.open_at(address, self.global)?;
            if let Some(seen) = Self::answer(&chip) {
                self.chip = Some(chip);
                return Ok(Some(seen));
            }
        }
        Ok(None)
    }
}

impl Socket for Bus<'_> {
    type I2c = AnyBus;
    type Delay = AnyDelay;

    fn look(&mut self) -> Result<Option<Seen>, Failure> {
        match self.chip.as_ref().and_then(Self::answer) {
            Some(seen) => Ok(Some(seen)),
            None => {
                self.chip = None;
                self.find()
            }
        }
    }

    fn with<R>(&mut self, work: impl FnOnce(&mut Atecc608<AnyBus, AnyDelay>) -> R) -> Result<R, Failure> {
        let tried = "a session with the chip was begun";
        let Some(chip) = &self.chip else {
            return Err(Failure::new(Kind::NoChip, tried, "it is gone", "put it in again"));
        };
        chip.with(|chip| Ok::<_, atecc608_linux::Failure>(work(chip)))
            .map_err(|error| Failure::of_chip(tried, &error))
    }

    fn moved(&mut self, to: Address) -> Result<(), Failure> {
        self.also = Some(to);
        self.chip = Some(self.place.open_at(Some(to), self.global)?);
        Ok(())
    }

    fn wait(&mut self) -> bool {
        // In software there is nobody who puts chips in.
        if Place::is_simulated(&self.place.location) {
            return false;
        }
        thread::sleep(PAUSE);
        true
    }
}
