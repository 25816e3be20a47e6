//! The places on the bus where chips are put, and taken out again.

use super::{Bus, ChipId};
use crate::chip::{Chip, Eeprom, Nanos};

/// A place, and the chip in it.
struct Socket {
    chip: Option<Chip>,
    /// It acknowledged the last START's address.
    addressed: bool,
}

/// In the order in which they were made.
#[derive(Default)]
pub(super) struct Sockets(Vec<Socket>);

/// A chip in its socket, and whether it is addressed.
pub(super) type Device<'a> = (&'a mut Chip, &'a mut bool);

impl Sockets {
    pub(super) fn add(&mut self, chip: Chip) -> usize {
        self.0.push(Socket { chip: Some(chip), addressed: false });
        self.0.len() - 1
    }

    /// What is there.
    pub(super) fn devices(&mut self) -> impl Iterator<Item = Device<'_>> {
        self.0.iter_mut().filter_map(|socket| Some((socket.chip.as_mut()?, &mut socket.addressed)))
    }

    /// What takes part in the transfer.
    pub(super) fn addressed(&mut self) -> impl Iterator<Item = &mut Chip> {
        self.devices().filter(|(_, addressed)| **addressed).map(|(chip, _)| chip)
    }

    pub(super) fn count(&self) -> usize {
        self.0.iter().filter(|socket| socket.chip.is_some()).count()
    }

    /// The chip in a socket, if there is one.
    ///
    /// # Panics
    /// If there is no such socket.
    pub(super) fn chip(&mut self, index: usize) -> Option<&mut Chip> {
        self.0[index].chip.as_mut()
    }

    /// Takes the chip out, which loses its supply, and puts another one in, which gets it.
    ///
    /// # Panics
    /// If there is no such socket.
    pub(super) fn replace(&mut self, index: usize, now: Nanos, mut new: Option<Chip>) -> Option<Eeprom> {
        if let Some(chip) = &mut new {
            chip.power_cycle(now);
        }
        let new = Socket { chip: new, addressed: false };
        let mut old = core::mem::replace(&mut self.0[index], new).chip?;
        old.power_cycle(now);
        Some(old.eeprom().clone())
    }
}

impl Bus {
    /// Takes a chip out of its socket and puts another one in, as a production line does. `id` then names the new
    /// one.
    ///
    /// The old chip loses its supply at once: a command that is not over changes nothing, and a transaction with it is
    /// not answered any more. What comes back is its memory, for [`Chip::with_eeprom`], or none if the socket was
    /// empty. The new chip gets its supply at the same moment, and hears wake pulses 100 us later.
    ///
    /// ```
    /// use atecc608_sim::{Bus, Chip, preset::Preset};
    ///
    /// let bus = Bus::new();
    /// bus.add(Preset::DemoSigner.chip(0)); // at 0x62, for all of them
    /// let socket = bus.add(Chip::blank(0)); // at 0x60
    /// let mut done = Vec::new();
    /// for seed in 1..=3 {
    ///     // ... provision the chip at 0x60 with a certificate of the one at 0x62 ...
    ///     done.extend(bus.replace(socket, Chip::blank(seed)));
    /// }
    /// done.extend(bus.remove(socket));
    /// assert_eq!(done.len(), 4);
    /// ```
    ///
    /// # Panics
    /// If `id` is of another bus that has more sockets.
    pub fn replace(&self, id: ChipId, chip: Chip) -> Option<Eeprom> {
        self.shared.lock().replace(id.0, Some(chip))
    }

    /// Takes a chip out of its socket, which stays empty until [`Bus::replace`]: see there. Gives its memory, or none
    /// if the socket was empty before.
    ///
    /// # Panics
    /// If `id` is of another bus that has more sockets.
    pub fn remove(&self, id: ChipId) -> Option<Eeprom> {
        self.shared.lock().replace(id.0, None)
    }
}
