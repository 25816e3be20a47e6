//! The configuration zone: 128 bytes, typed (chip reference 4.3 to 4.14).
//!
//! [`ConfigZone`] *is* the 128 bytes: nothing is lost between parsing and rendering, reserved bits
//! included. Accessors give every field a type.
//!
//! [`preset`] has zones that are ready, [`build`] makes one from purposes. [`lint`] finds mistakes and [`explain`] says
//! what each slot permits, both without a chip. [`plan`] shows what writing and locking would change.
//!
//! ```
//! use atecc608::{Slot, config::{ConfigZone, KeyType}};
//!
//! # let bytes = atecc608::config::preset::FACTORY;
//! let zone = ConfigZone::from_bytes(bytes);
//! assert!(zone.key_config(Slot::S0).is_private());
//! assert_eq!(zone.key_config(Slot::S0).key_type(), KeyType::P256);
//! assert!(!zone.is_config_locked());
//! println!("{zone}");
//! ```

pub mod build;
mod chip;
pub(crate) mod constant;
mod contents;
mod counter;
mod describe;
mod error;
pub mod explain;
mod key;
pub mod lint;
mod lock_state;
pub mod plan;
pub mod preset;
pub(crate) mod rule;
mod slot;
mod zone;

pub use chip::{ChipMode, ChipOptions, ClockDivider, OutputProtection, SecureBoot, SecureBootMode};
pub use contents::DataContents;
pub use error::{ConfigError, MISMATCH_SHOWN, Mismatch};
pub use key::{KeyConfig, KeyFlags, KeyType};
pub use lock_state::LockState;
pub use slot::{DerivePolicy, PrivateKeyPermissions, SlotConfig, SlotFlags, WritePolicy};
pub use zone::{ConfigZone, Difference, SIZE};
