//! Shared access signatures: passwords for IoT Hub and DPS, made with a symmetric key that is in the chip.
//!
//! The signature is HMAC-SHA256 over the resource and the time it ends. The chip makes it with the key in a slot
//! ([`ChipHmac`], [`BlockingChipHmac`]); the key can't be read.
//!
//! **Keys.** The chip's HMAC key has 32 bytes. Azure takes keys of 16 to 64 ("Symmetric key attestation"); those that it makes
//! itself have 64 in DPS and do not fit. [`SymmetricKey`] fills shorter ones with zeros, which gives the same HMAC (RFC 2104,
//! section 2), and refuses longer ones. So register a key of 32 bytes of your own, or use an enrollment group: a device's key
//! there is derived from the group's and has 32 bytes ([`SymmetricKey::derived`], to be run where the group's key is, never
//! on a device).
//!
//! A certificate is better where it can be had: nobody else ever holds the key then. Here Azure does, and whoever may read the hub's
//! registry.
//!
//! # The key's way onto the chip
//!
//! The slot must be secret, no private key, without NoMac, and of the chip's key slots 0 to 15 any. Two ways:
//!
//! - **For good**: purpose [`MacKey`](atecc608::config::build::Purpose::MacKey). Written between the two locks with `write_slot`, in
//!   clear on the bus, so where nobody listens; never again.
//! - **Replaceable**: the slot takes encrypted writes under the key of another slot, of purpose
//!   [`StorageKey`](atecc608::config::build::Purpose::StorageKey), for the chip's whole life. The key of the cloud is never in clear on
//!   the bus. Only the storage key is, once, between the locks. This is the example.
//!
//! The storage key asks for a random nonce of the chip's, so that a recorded write can't be played back.
//!
//! ```
//! use atecc608::blocking::{Atecc608, SharedKey};
//! use atecc608::config::build::{Builder, Purpose};
//! use atecc608::config::{ConfigZone, SlotConfig, SlotFlags};
//! use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
//! use atecc608::{DataContents, Secret, Slot};
//! use atecc608_cloud::azure::hub::Device;
//! use atecc608_cloud::azure::sas::{BlockingChipHmac, SasToken, SymmetricKey, TOKEN_MAX};
//! use atecc608_cloud::token::Lifetime;
//!
//! const STORAGE: Slot = Slot::S4;
//! const AZURE: Slot = Slot::S5;
//!
//! /// Slot 0 signs, slot 4 encrypts writes, slot 5 holds Azure's key.
//! fn layout(chip: &ConfigZone) -> ConfigZone {
//!     let builder = Builder::new(chip).slot(Slot::S0, Purpose::SigningKey).slot(STORAGE, Purpose::StorageKey);
//!     let mut zone = builder.slot(AZURE, Purpose::MacKey).build().expect("purposes that go together");
//!     // WriteConfig 4: written encrypted, under the key in slot 4.
//!     let mac_key = SlotConfig::CLOSED.with_flags(SlotFlags::IS_SECRET);
//!     zone.set_slot_config(AZURE, mac_key.with_write_key(STORAGE).with_write_config(0b0100));
//!     zone
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let bus = atecc608_sim::Bus::with_blank_chip(1);
//! // At the factory, once. The storage key is the device's own: random, and kept.
//! let mut chip = Atecc608::new(bus.i2c(), bus.delay());
//! let wanted = layout(&chip.read_config()?);
//! chip.write_config(&wanted)?;
//! chip.lock_config(&wanted, NoMoreConfigWrites)?;
//! chip.ensure_key(Slot::S0)?;
//! # let storage_key = [0x5A; 32];
//! chip.write_slot(STORAGE, 0, &storage_key)?;
//! let contents = DataContents::BLANK.with_slot(STORAGE, &storage_key).ok_or("too long")?;
//! chip.lock_data(&contents, NoMoreFreeDataWrites)?;
//!
//! // When the device is registered at Azure, and whenever its key changes. `num_in` is never the same twice.
//! let key = SymmetricKey::from_base64("c2l4dGVlbiBieXRlcyBhbmQgc2l4dGVlbiBtb3JlLi4=")?;
//! let storage = SharedKey { slot: STORAGE, key: Secret::new(storage_key) };
//! # let num_in = [7; 20];
//! chip.write_encrypted(AZURE, 0, key.secret(), &storage, &num_in)?;
//! // In clear it is refused, read or written.
//! assert!(chip.read_slot(AZURE, 0, &mut [0; 32]).is_err());
//! assert!(chip.write_slot(AZURE, 0, &[0; 32]).is_err());
//!
//! // From then on: a password for an hour, by the chip.
//! # embassy_futures::block_on(async {
//! # let now = 1_700_000_000;
//! let device = Device::new("greenhouse.azure-devices.net", "sensor-1")?;
//! let mut buffer = [0; TOKEN_MAX];
//! let mut signer = BlockingChipHmac::new(&mut chip, AZURE);
//! let token = SasToken::issue(&device.resource(), now, Lifetime::HOUR, &mut signer, &mut buffer).await?;
//! assert!(token.as_str().starts_with("SharedAccessSignature sr=greenhouse.azure-devices.net%2Fdevices%2Fsensor-1&sig="));
//! assert!(token.as_str().ends_with("&se=1700003600"));
//! let user_name = device.user_name();
//! let login = device.login(&user_name, Some(&token));
//! # let _ = login;
//! # Ok(()) }) }
//! ```

mod key;
mod resource;
mod signer;
mod token;

pub use key::{KEY_LEN, KeyError, SymmetricKey};
pub use resource::Resource;
pub use signer::{BlockingChipHmac, ChipHmac, HmacSigner};
pub use token::{SasError, SasToken, TOKEN_MAX};
