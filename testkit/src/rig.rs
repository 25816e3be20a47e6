//! Simulated chips in trays, and a socket that treats them badly: what a production line is tried on.

use atecc608_sim::bus::Fault;
use atecc608_sim::chip::Eeprom;
use atecc608_sim::hal::{I2cError, SimDelay, SimI2c};
use atecc608_sim::{Bus, Chip, ChipId};
use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};
use std::cell::Cell;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;

/// A chip on a bus of its own, and the file in which its memory is kept.
#[derive(Debug)]
pub struct Simulated {
    /// Its bus.
    pub bus: Bus,
    kept: Kept,
}

/// The file, and the state of memory that it has.
#[derive(Debug, Clone)]
struct Kept {
    path: PathBuf,
    generation: Rc<Cell<Option<u64>>>,
}

impl Simulated {
    /// The chip in the file; if there is no file yet, the one that `fresh` gives.
    ///
    /// # Errors
    ///
    /// The file can't be read, or has no chip.
    pub fn open(path: PathBuf, fresh: impl FnOnce() -> Chip) -> io::Result<Self> {
        let kept = Kept { path, generation: Rc::default() };
        let chip = match fs::read(&kept.path) {
            Ok(bytes) => {
                let eeprom = Eeprom::from_bytes(&bytes)
                    .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
                kept.generation.set(Some(eeprom.generation()));
                Chip::with_eeprom(eeprom)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => fresh(),
            Err(error) => return Err(error),
        };
        let bus = Bus::new();
        bus.restart_trace(1);
        bus.add(chip);
        Ok(Self { bus, kept })
    }

    /// Puts it into the socket, with a mishap to come or none.
    pub fn socket(&self, mishap: Option<Mishap>) -> (Socket, SimDelay) {
        if let Some(Mishap::Noise { nth, len }) = mishap {
            for byte in nth..nth + len {
                self.bus.inject(Fault::ReadByte { nth: byte, xor: 0x40 });
            }
        }
        (Socket { i2c: self.bus.i2c(), kept: self.kept.clone(), mishap, transactions: 0 }, self.bus.delay())
    }
}

impl Kept {
    /// Writes the memory to the file, if it has changed: at once or not at all.
    ///
    /// Not flushed to the disk: a real chip keeps its memory when the station's process ends, and this file does; when the
    /// machine's power fails, a simulated chip may be older than the report.
    fn keep(&self, bus: &Bus) -> io::Result<()> {
        let now = bus.now();
        let changed = bus.with_chip(ChipId::FIRST, |chip| {
            chip.advance(now);
            let eeprom = chip.eeprom();
            let generation = Some(eeprom.generation());
            (self.generation.get() != generation).then(|| (generation, eeprom.to_bytes()))
        });
        let Some((generation, bytes)) = changed else { return Ok(()) };
        let new = self.path.with_extension("new");
        fs::write(&new, bytes)?;
        fs::rename(&new, &self.path)?;
        self.generation.set(generation);
        Ok(())
    }
}

/// What goes wrong with a chip in the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// The chip loses contact at this transaction, until it is put in again.
    Contact {
        /// The first that fails.
        from: u32,
    },
    /// The supply breaks down at this transaction, for a moment.
    BrownOut {
        /// Before which.
        at: u32,
    },
    /// So many bytes from this one on arrive with a wrong bit.
    Noise {
        /// The first byte.
        nth: usize,
        /// So many.
        len: usize,
    },
    /// The signer does not sign this time.
    Signer,
    /// Another chip than one for this station is in the socket.
    WrongChip(u8),
}

/// The I2C peripheral of a socket.
#[derive(Debug)]
pub struct Socket {
    i2c: SimI2c,
    kept: Kept,
    mishap: Option<Mishap>,
    transactions: u32,
}

impl ErrorType for Socket {
    type Error = I2cError;
}

impl I2c for Socket {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        let this = self.transactions;
        self.transactions += 1;
        match self.mishap {
            Some(Mishap::Contact { from }) if this >= from => {
                let source = NoAcknowledgeSource::Address;
                return Err(I2cError::new(ErrorKind::NoAcknowledge(source)));
            }
            Some(Mishap::BrownOut { at }) if this == at => self.i2c.bus().power_cycle(),
            _ => {}
        }
        let result = self.i2c.transaction(address, operations);
        // A simulated chip that can't be kept would be another one after a stop.
        self.kept.keep(self.i2c.bus()).map_err(|_| I2cError::new(ErrorKind::Other))?;
        result
    }
}
