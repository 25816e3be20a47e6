//! Columns of the table and the marks in them, for text and HTML alike.

use super::action::{Action, Stage};
use super::needs::Needs;
use super::permitted::Permitted;
use super::unused::is_unused;
use crate::config::{ConfigZone, KeyFlags, KeyType, SlotFlags};
use crate::memory::Slot;
use core::fmt;

/// One command, or one half of a command with two very different uses.
pub(super) struct Column {
    pub(super) heading: &'static str,
    /// The first that is possible gives the mark.
    pub(super) actions: &'static [Action],
}

const fn column(heading: &'static str, actions: &'static [Action]) -> Column {
    Column { heading, actions }
}

pub(super) const COLUMNS: [Column; 22] = [
    column("Read", &[Action::Read, Action::ReadEncrypted]),
    column("Write", &[Action::Write, Action::WriteWord, Action::WriteEncrypted]),
    column("PrivW", &[Action::PrivWrite, Action::PrivWriteEncrypted]),
    column("GenKey", &[Action::GenKey]),
    column("PubKey", &[Action::PublicKey, Action::PublicKeyDigest]),
    column("SignX", &[Action::SignExternal]),
    column("SignI", &[Action::SignInternal]),
    column("ECDH", &[Action::Ecdh, Action::EcdhEncrypted, Action::EcdhNextSlot, Action::EcdhTempKey]),
    column("Verify", &[Action::Verify]),
    column("Valid", &[Action::Validate]),
    column("MAC", &[Action::Mac]),
    column("HMAC", &[Action::Hmac]),
    column("ChkMac", &[Action::CheckMac]),
    column("Copy", &[Action::Copy]),
    column("GenDig", &[Action::GenDig]),
    column("Derive", &[Action::DeriveKey]),
    column("AES", &[Action::Aes]),
    column("KDF", &[Action::KdfOutput, Action::KdfEncrypted, Action::Kdf]),
    column("KdfMsg", &[Action::KdfMessage]),
    column("Result", &[Action::Result]),
    column("Boot", &[Action::SecureBootKey, Action::SecureBootStore]),
    column("Lock", &[Action::LockSlot]),
];

/// Marks and what they mean.
pub(super) const LEGEND: [(&str, &str); 9] = [
    (".", "refused"),
    ("+", "allowed"),
    ("e4", "allowed, encrypted with the key in slot 4"),
    ("k4", "allowed, with the key in slot 4 (DeriveKey's parent, CheckMac's key)"),
    ("i4", "allowed, output encrypted with the I/O protection key in slot 4"),
    ("n", "allowed, result into the next slot"),
    ("t", "allowed, result into TempKey only"),
    ("*", "on further terms, see the last column"),
    ("x", "allowed by its own bits, but what it needs can never be had"),
];

/// What a column says about a slot at a stage.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Refused,
    Dead,
    Allowed(Action, Needs),
}

impl Mark {
    pub(super) fn of(
        permitted: &Permitted<'_>,
        zone: &ConfigZone,
        column: &Column,
        slot: Slot,
        stage: Stage,
    ) -> Self {
        for action in column.actions {
            if let Some(needs) = permitted.possible(slot, *action) {
                return Self::Allowed(*action, needs);
            }
        }
        let dead = column.actions.iter().any(|action| zone.permission(slot, *action, stage).is_some());
        if dead { Self::Dead } else { Self::Refused }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (action, needs) = match self {
            Self::Refused => return f.write_str("."),
            Self::Dead => return f.write_str("x"),
            Self::Allowed(action, needs) => (action, needs),
        };
        match (action, needs.encrypted_with, needs.io_key, needs.with) {
            (_, Some(slot), _, _) => write!(f, "e{}", slot.number())?,
            (_, _, Some(slot), _) => write!(f, "i{}", slot.number())?,
            (_, _, _, Some(slot)) => write!(f, "k{}", slot.number())?,
            (Action::EcdhNextSlot, ..) => f.write_str("n")?,
            (Action::EcdhTempKey | Action::Kdf, ..) => f.write_str("t")?,
            (Action::PrivWriteEncrypted | Action::WriteEncrypted, ..) => f.write_str("e")?,
            _ => f.write_str("+")?,
        }
        let plain = Needs {
            encrypted_with: needs.encrypted_with,
            io_key: needs.io_key,
            with: needs.with,
            ..Needs::NOTHING
        };
        let encrypted_read = *action == Action::ReadEncrypted;
        if *needs == plain.or_random(encrypted_read) { Ok(()) } else { f.write_str("*") }
    }
}

/// What a slot is made for, in one or two words.
pub(super) fn holds(zone: &ConfigZone, slot: Slot) -> &'static str {
    let (config, key) = (zone.slot_config(slot), zone.key_config(slot));
    match key.key_type() {
        // Nothing in the configuration tells one from the other.
        _ if is_unused(zone, slot) => "secret/unused",
        KeyType::P256 if key.is_private() => "private key",
        _ if key.is_private() => "unusable",
        KeyType::P256 => "public key",
        KeyType::Aes => "AES keys",
        KeyType::ShaOrData if config.flags().contains(SlotFlags::IS_SECRET) => "secret",
        KeyType::ShaOrData => "data",
        KeyType::Reserved(_) => "reserved type",
    }
}

/// The terms that a slot's keys ask for whatever the command, and Lockable.
pub(super) struct Terms<'a>(pub(super) &'a ConfigZone, pub(super) Slot);

impl Terms<'_> {
    /// Writable in clear after both locks, but not 4 bytes at a time.
    fn blocks_only(&self) -> bool {
        let permitted = |action| self.0.permission(self.1, action, Stage::Locked).is_some();
        permitted(Action::Write) && !permitted(Action::WriteWord)
    }
}

impl fmt::Display for Terms<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (config, key) = (self.0.slot_config(self.1), self.0.key_config(self.1));
        let mut separator = "";
        if let Some(slot) = key.auth_key() {
            write!(f, "authorised by {slot}")?;
            separator = ", ";
        }
        let public = key.key_type() == KeyType::P256 && !key.is_private() && self.1 >= Slot::S8;
        for (text, present) in [
            ("random nonce", key.flags().contains(KeyFlags::REQ_RANDOM)),
            ("latch", key.flags().contains(KeyFlags::PERSISTENT_DISABLE)),
            ("limited use", config.flags().contains(SlotFlags::LIMITED_USE)),
            ("valid key", public && key.flags().contains(KeyFlags::PUB_INFO)),
            ("writes of 32 bytes", self.blocks_only()),
            ("slot locked", self.0.is_slot_locked(self.1)),
        ] {
            if present {
                write!(f, "{separator}{text}")?;
                separator = ", ";
            }
        }
        Ok(())
    }
}
