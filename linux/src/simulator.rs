//! Chips in software, and the files they are kept in.

use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use atecc608::Address;
use atecc608_sim::preset::Preset;
use atecc608_sim::state::{StateError, StateFile};
use atecc608_sim::{Bus, Chip, ChipId};

/// A chip on a bus of its own, and the file it is kept in.
#[derive(Debug)]
pub(crate) struct Simulator {
    pub(crate) bus: Bus,
    pub(crate) kept: Option<Kept>,
}

/// The file in which a chip is kept, for its bus, too.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    bus: Bus,
    file: Arc<Mutex<StateFile>>,
}

impl Kept {
    /// Writes what has changed.
    pub(crate) fn keep(&self) -> Result<(), StateError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        self.bus.with_chip(ChipId::FIRST, |chip| file.keep(chip.eeprom()))
    }
}

impl Simulator {
    /// A new blank chip. Another one each time, so that nobody takes its key for one that lasts.
    pub(crate) fn blank() -> Self {
        Self { bus: Bus::with_blank_chip(seed()), kept: None }
    }

    pub(crate) fn preset(preset: Preset) -> Self {
        let bus = Bus::new();
        bus.add(preset.chip(0));
        Self { bus, kept: None }
    }

    pub(crate) fn file(path: &Path) -> Result<Self, StateError> {
        let mut file = StateFile::lock(path)?;
        let bus = Bus::new();
        bus.add(file.chip(seed())?);
        let kept = Kept { bus: bus.clone(), file: Arc::new(Mutex::new(file)) };
        Ok(Self { bus, kept: Some(kept) })
    }

    pub(crate) fn given(bus: Bus) -> Self {
        Self { bus, kept: None }
    }

    /// Where the chip answers, by its configuration.
    pub(crate) fn address(&self) -> Option<Address> {
        Address::from_config_byte(
            self.bus.with_chip(ChipId::FIRST, |chip: &mut Chip| chip.eeprom().config()[16]),
        )
    }

    /// Writes what has changed to the file, if it has one.
    pub(crate) fn keep(&self) -> Result<(), StateError> {
        self.kept.as_ref().map_or(Ok(()), Kept::keep)
    }
}

fn seed() -> u64 {
    RandomState::new().hash_one(())
}
