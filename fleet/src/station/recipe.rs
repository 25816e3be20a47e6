//! What a station makes of each chip.

use atecc608::config::explain::{Action, Needs, Stage};
use atecc608::config::{ConfigZone, KeyFlags, KeyType, preset};
use atecc608::irreversible::NoMoreSlotChanges;
use atecc608::{DataContents, Secret, Slot, blocking::SharedKey};
use sec1::der::zeroize::Zeroizing;
use std::fmt;

use super::socket::{SEATS, is_as_locked};

/// What a station makes of each chip: a configuration, keys, contents of slots, locks.
///
/// ```
/// use atecc608::config::{ConfigZone, preset};
/// use atecc608::Slot;
/// use atecc608_fleet::station::{Contents, Recipe};
///
/// let wanted = preset::gcp_device(&ConfigZone::from_bytes(preset::FACTORY));
/// let recipe = Recipe::new("gateway", &wanted)
///     .with_key(Slot::S0)
///     .with_contents(Contents::new(Slot::S8, b"station 7".to_vec()));
/// assert_eq!(recipe.check(), Ok(()));
/// ```
#[derive(Debug)]
pub struct Recipe {
    name: String,
    configuration: ConfigZone,
    keys: Vec<Slot>,
    contents: Vec<Contents>,
    locks_config: bool,
    locks_data: bool,
    locked_slots: Vec<(Slot, NoMoreSlotChanges)>,
}

/// What stands at the start of a slot. Not shown, as it may be a secret, and wiped when it is dropped.
pub struct Contents {
    slot: Slot,
    bytes: Zeroizing<Vec<u8>>,
    encrypted_by: Option<Slot>,
}

/// A recipe no chip can be made by. `{}` says what is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecipeError {
    /// Lint finds so many errors in the configuration.
    Findings(usize),
    /// Without the configuration lock there are no keys, no contents, no certificates, and no other lock.
    NotLocked,
    /// The key can't be made in this slot: it is not one for a private key of P-256.
    NoKeySlot(Slot),
    /// The configuration does not let the chip make a key in this slot, or tell its public key afterwards.
    KeyNotTold(Slot),
    /// This slot is named twice.
    Twice(Slot),
    /// The slot is one for a private key, which is made in the chip.
    PrivateSlot(Slot),
    /// So many bytes do not fit this slot.
    TooLong(Slot, usize),
    /// The contents of the first slot are encrypted by the second, for which the recipe has no 32 bytes in clear.
    NoWriteKey(Slot, Slot),
    /// The slot can't be locked: Lockable is 0.
    NotLockable(Slot),
    /// With certificates there must be a key in slot 0, which signs.
    NoCertifiedKey,
    /// With certificates this slot must be readable by anyone, and have no other contents.
    NoSeat(Slot),
}

impl fmt::Display for RecipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Findings(errors) => {
                let plural = if *errors == 1 { "" } else { "s" };
                write!(f, "lint finds {errors} error{plural} in the configuration, and what is locked is for ever")
            }
            Self::NotLocked => f.write_str(
                "while the configuration is not locked a chip makes no keys and takes no contents: lock it, or leave \
                 keys, contents, certificates and the other locks out",
            ),
            Self::NoKeySlot(slot) => {
                write!(f, "no key can be made in {slot}: the configuration has it not for a private key of P-256")
            }
            Self::KeyNotTold(slot) => write!(
                f,
                "the chip would not make a key in {slot}, or not tell its public key afterwards: set PubInfo in its \
                 KeyConfig"
            ),
            Self::Twice(slot) => write!(f, "{slot} is named twice"),
            Self::PrivateSlot(slot) => {
                write!(f, "{slot} is for a private key, which the chip makes: name it among the keys")
            }
            Self::TooLong(slot, len) => {
                write!(f, "{len} bytes do not fit {slot}, which takes 1 to {}", slot.size())
            }
            Self::NoWriteKey(slot, key) => write!(
                f,
                "{slot} is written encrypted by {key}, so the station has to write that key first: 32 bytes for {key}, \
                 in clear"
            ),
            Self::NotLockable(slot) => {
                write!(f, "{slot} can't be locked: the configuration has Lockable 0 for it")
            }
            Self::NoCertifiedKey => {
                f.write_str("a certificate is for the key in slot 0: make one there, and let it sign digests from outside")
            }
            Self::NoSeat(slot) => write!(
                f,
                "certificates take slots 10, 11 and 12, which anyone must be able to read: {slot} has other contents or \
                 is closed"
            ),
        }
    }
}

impl std::error::Error for RecipeError {}

impl Contents {
    /// In clear.
    #[must_use]
    pub fn new(slot: Slot, bytes: Vec<u8>) -> Self {
        Self { slot, bytes: Zeroizing::new(bytes), encrypted_by: None }
    }

    /// Encrypted on the way into the chip by the key in this slot, whose contents the recipe has, too. That one travels
    /// in clear: it protects what is written later, not the station's bus.
    #[must_use]
    pub fn encrypted_by(self, key: Slot) -> Self {
        Self { encrypted_by: Some(key), ..self }
    }

    /// The slot.
    #[must_use]
    pub const fn slot(&self) -> Slot {
        self.slot
    }

    pub(super) const fn write_key(&self) -> Option<Slot> {
        self.encrypted_by
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contents").field("slot", &self.slot).finish_non_exhaustive()
    }
}

impl Recipe {
    /// Chips with this configuration (without its first 16 bytes, which each chip has its own of), both zones locked.
    #[must_use]
    pub fn new(name: impl Into<String>, configuration: &ConfigZone) -> Self {
        Self {
            name: name.into(),
            configuration: preset::on_chip(
                configuration.as_bytes(),
                &ConfigZone::from_bytes(preset::FACTORY),
            ),
            keys: Vec::new(),
            contents: Vec::new(),
            locks_config: true,
            locks_data: true,
            locked_slots: Vec::new(),
        }
    }

    /// The devices of [`Station::open`](super::Station::open): [`preset::x509_device`], a key in slot 0.
    #[must_use]
    pub fn x509() -> Self {
        let wanted = preset::x509_device(&ConfigZone::from_bytes(preset::FACTORY));
        Self::new("x509", &wanted).with_key(Slot::S0)
    }

    /// The same with a key that the chip makes.
    #[must_use]
    pub fn with_key(mut self, slot: Slot) -> Self {
        self.keys.push(slot);
        self
    }

    /// The same with contents of a slot, behind which it stays blank.
    #[must_use]
    pub fn with_contents(mut self, contents: Contents) -> Self {
        self.contents.push(contents);
        self
    }

    /// The same with a slot that is locked at the end.
    #[must_use]
    pub fn with_locked_slot(mut self, slot: Slot, lost: NoMoreSlotChanges) -> Self {
        self.locked_slots.push((slot, lost));
        self
    }

    /// The same without the lock of data and OTP.
    #[must_use]
    pub fn without_data_lock(self) -> Self {
        Self { locks_data: false, ..self }
    }

    /// The same without any lock: the configuration is written, and that is all.
    #[must_use]
    pub fn without_locks(self) -> Self {
        Self { locks_config: false, locks_data: false, ..self }
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The slots with keys that the chip makes.
    #[must_use]
    pub fn keys(&self) -> &[Slot] {
        &self.keys
    }

    /// The configuration of this chip.
    #[must_use]
    pub fn configuration(&self, chip: &ConfigZone) -> ConfigZone {
        preset::on_chip(self.configuration.as_bytes(), chip)
    }

    /// Whether the chip's configuration, once it is locked, is this one. What a chip counts and sets in its life, and slots
    /// that were locked since, do not count.
    #[must_use]
    pub fn is_configuration_of(&self, chip: &ConfigZone) -> bool {
        is_as_locked(chip, &self.configuration(chip))
    }

    /// The slots with contents.
    #[must_use]
    pub fn written(&self) -> Vec<Slot> {
        self.contents.iter().map(Contents::slot).collect()
    }

    /// Whether configuration, and data and OTP, are locked.
    #[must_use]
    pub const fn locks(&self) -> (bool, bool) {
        (self.locks_config, self.locks_data)
    }

    /// The slots that are locked at the end.
    pub fn locked_slots(&self) -> impl Iterator<Item = Slot> {
        self.locked_slots.iter().map(|(slot, _)| *slot)
    }

    /// Whether chips can be made by it.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn check(&self) -> Result<(), RecipeError> {
        let zone = &self.configuration;
        match zone.lint_errors() {
            0 => {}
            errors => return Err(RecipeError::Findings(errors)),
        }
        let more = !self.keys.is_empty() || !self.contents.is_empty() || !self.locked_slots.is_empty();
        if !self.locks_config && (self.locks_data || more) {
            return Err(RecipeError::NotLocked);
        }
        once(self.keys.iter().copied().chain(self.contents.iter().map(|contents| contents.slot)))?;
        once(self.locked_slots())?;
        for slot in &self.keys {
            let key = zone.key_config(*slot);
            if !key.is_private() || key.key_type() != KeyType::P256 {
                return Err(RecipeError::NoKeySlot(*slot));
            }
            let told = zone.permission(*slot, Action::PublicKey, self.stage()) == Some(Needs::NOTHING);
            if !told || zone.permission(*slot, Action::GenKey, Stage::ConfigLocked).is_none() {
                return Err(RecipeError::KeyNotTold(*slot));
            }
        }
        self.contents.iter().try_for_each(|contents| self.check_contents(contents))?;
        match self.locked_slots().find(|slot| !zone.key_config(*slot).flags().contains(KeyFlags::LOCKABLE)) {
            Some(slot) => Err(RecipeError::NotLockable(slot)),
            None => Ok(()),
        }
    }

    fn check_contents(&self, contents: &Contents) -> Result<(), RecipeError> {
        let slot = contents.slot;
        if self.configuration.key_config(slot).is_private() {
            return Err(RecipeError::PrivateSlot(slot));
        }
        if contents.bytes.is_empty() || contents.bytes.len() > slot.size() {
            return Err(RecipeError::TooLong(slot, contents.bytes.len()));
        }
        match contents.encrypted_by {
            Some(key) if self.write_key(key).is_none() => Err(RecipeError::NoWriteKey(slot, key)),
            _ => Ok(()),
        }
    }

    /// Whether chips made by it can have certificates, too.
    ///
    /// # Errors
    ///
    /// Why not; also what [`check`](Self::check) says.
    pub fn check_certificates(&self) -> Result<(), RecipeError> {
        self.check()?;
        if !self.locks_data {
            // Slots can't be read before.
            return Err(RecipeError::NotLocked);
        }
        let anyone =
            |slot, action| self.configuration.permission(slot, action, Stage::Locked) == Some(Needs::NOTHING);
        if !self.keys.contains(&Slot::S0) || !anyone(Slot::S0, Action::SignExternal) {
            return Err(RecipeError::NoCertifiedKey);
        }
        let free = |slot| self.contents.iter().all(|contents| contents.slot != slot);
        match SEATS.into_iter().find(|slot| !free(*slot) || !anyone(*slot, Action::Read)) {
            Some(slot) => Err(RecipeError::NoSeat(slot)),
            None => Ok(()),
        }
    }

    /// What the chip is when it is done.
    pub(super) const fn stage(&self) -> Stage {
        match self.locks() {
            (_, true) => Stage::Locked,
            (true, false) => Stage::ConfigLocked,
            (false, false) => Stage::Unlocked,
        }
    }

    /// Contents in the order in which they are written: keys that others are encrypted by come first.
    pub(super) fn contents(&self) -> impl Iterator<Item = &Contents> {
        let encrypted = |contents: &&Contents| contents.encrypted_by.is_some();
        let clear = self.contents.iter().filter(move |contents| !encrypted(contents));
        clear.chain(self.contents.iter().filter(encrypted))
    }

    /// The 32 bytes of a key that others are encrypted by.
    pub(super) fn write_key(&self, slot: Slot) -> Option<SharedKey> {
        let key = self.contents.iter().find(|contents| contents.slot == slot)?;
        let bytes = key.bytes.as_slice().try_into().ok().filter(|_| key.encrypted_by.is_none())?;
        Some(SharedKey { slot, key: Secret::new(bytes) })
    }

    /// What the data zone holds when it is locked, without certificates.
    pub(super) fn data_contents(&self) -> DataContents<'_> {
        self.contents.iter().fold(DataContents::BLANK, |all, contents| {
            // They fit: see `check`; else the chip refuses the lock.
            all.with_slot(contents.slot, &contents.bytes).unwrap_or(all)
        })
    }

    /// The slots that are not locked yet.
    pub(super) fn open_slots(&self, zone: &ConfigZone) -> Vec<(Slot, NoMoreSlotChanges)> {
        self.locked_slots.iter().filter(|(slot, _)| !zone.is_slot_locked(*slot)).copied().collect()
    }
}

fn once(slots: impl Iterator<Item = Slot>) -> Result<(), RecipeError> {
    let mut seen = Vec::new();
    for slot in slots {
        if seen.contains(&slot) {
            return Err(RecipeError::Twice(slot));
        }
        seen.push(slot);
    }
    Ok(())
}
