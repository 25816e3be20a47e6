//! Chips as people have them: configured, locked, with keys.
//!
//! ```
//! use atecc608_sim::Bus;
//! use atecc608_sim::preset::Preset;
//!
//! let bus = Bus::new();
//! bus.add(Preset::TngTls.chip(1));
//! let mut i2c = bus.i2c();
//! # use embedded_hal::i2c::I2c;
//! i2c.write(0x00, &[]).unwrap_err(); // a wake pulse
//! # use embedded_hal::delay::DelayNs;
//! # bus.delay().delay_us(1500);
//! let mut answer = [0; 4];
//! i2c.read(Preset::TngTls.address(), &mut answer).unwrap(); // 0x35
//! assert_eq!(answer, [0x04, 0x11, 0x33, 0x43]);
//! ```
//!
//! The configurations are those of chip reference 6 and of the vendors' public sources. Serial numbers, keys, certificates
//! and random numbers come from a seed, and are the same for the same seed and preset.
//!
//! Microchip's own parts hold certificates by Microchip's templates, but of a [`demo_root`]: of its signer, which the
//! chips of 256 seeds in a row share. [`Preset::chain`] gives them as they were issued:
//!
//! ```
//! use atecc608_sim::preset::{Preset, demo_root};
//!
//! let [device, signer, root] = Preset::TngTls.chain(7).try_into().unwrap();
//! assert_eq!(root, demo_root().certificate);
//! assert_eq!(Preset::DemoSigner.chain(7), [signer, root]); // the signer as a chip: its key is in slot 0
//! # assert!(device.len() > 500);
//! ```

mod certificate;
mod demo;
mod published;
mod tables;
mod trust;

pub use demo::{DemoRoot, demo_root};

use crate::chip::{Chip, Eeprom};
use core::fmt;
use core::str::FromStr;
use demo::Signer;
use p256::SecretKey;
use sha2::{Digest, Sha256};

/// A kind of chip, by who configured it. Both zones are locked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Preset {
    /// `tngtls`: Microchip's Trust&GO TLS, an ATECC608B at 0x35. Keys in slots 0 to 4, a MAC address in slot 5,
    /// certificates of the [`demo_root`] in slots 10 to 12.
    TngTls,
    /// `tngtls-legacy`: the same of earlier years, an ATECC608A with certificates by the older template and without a
    /// MAC address.
    TngTlsLegacy,
    /// `tngtls-published`: a real Trust&GO TLS chip, whose owner published its serial number, its certificates, and the
    /// public key of slot 0. The private one is unknown: GenKey gives the public key, and Sign and ECDH with slot 0
    /// are refused ([`Eeprom::set_known_public_key`]). The keys in slots 1 to 4 and the random numbers are the
    /// seed's; all else is the same for every seed.
    TngTlsPublished,
    /// `tflxtls`: Microchip's TrustFLEX TLS, an ATECC608B at 0x36, as it is shipped. Keys in slots 0 to 4, certificates of
    /// the [`demo_root`] in slots 10 to 12; what its owner puts there (secrets, public keys) is not.
    TflxTls,
    /// `tnglora`: Microchip's Trust&GO LoRaWAN for The Things Industries, an ATECC608B at 0x59. Key in slot 1, EUI-64 in
    /// slot 10, certificates of the [`demo_root`] in slot 8. No LoRaWAN keys that a network knows.
    TngLora,
    /// `tngact`: the same for Actility.
    TngAct,
    /// `arduino`: an ATECC608A that a sketch with Arduino's `ECCX08` library locked, at 0x60. Key in slot 0.
    Arduino,
    /// `helium`: the ATECC608A of a Helium gateway, at 0x60. Key in slot 0; the other 15 slots are for keys, too.
    Helium,
    /// `nerveskey`: an ATECC608A as NervesKey, at 0x60. Key in slot 0, no certificates.
    NervesKey,
    /// `nerveskey-volatile`: the same with a volatile key: slot 0 signs once [`Preset::VOLATILE_KEY`], in slot 1, has
    /// authorised and the persistent latch is set. Slot 2 holds a key for MACs on the same terms.
    NervesKeyVolatile,
    /// `demo-signer`: an ATECC608A at 0x62 with the key in slot 0 that issued the device certificates of the chips with
    /// the same seed. It signs any digest. Its certificate, by the [`demo_root`], is compressed in slot 10, the root's
    /// key is in slot 11.
    DemoSigner,
}

impl Preset {
    /// All of them.
    pub const ALL: [Preset; 11] = [
        Preset::TngTls,
        Preset::TngTlsLegacy,
        Preset::TngTlsPublished,
        Preset::TflxTls,
        Preset::TngLora,
        Preset::TngAct,
        Preset::Arduino,
        Preset::Helium,
        Preset::NervesKey,
        Preset::NervesKeyVolatile,
        Preset::DemoSigner,
    ];

    /// The key in slot 1 of [`Preset::NervesKeyVolatile`]: a pass phrase and zeros.
    pub const VOLATILE_KEY: [u8; 32] = *b"open sesame\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Preset::TngTls => "tngtls",
            Preset::TngTlsLegacy => "tngtls-legacy",
            Preset::TngTlsPublished => "tngtls-published",
            Preset::TflxTls => "tflxtls",
            Preset::TngLora => "tnglora",
            Preset::TngAct => "tngact",
            Preset::Arduino => "arduino",
            Preset::Helium => "helium",
            Preset::NervesKey => "nerveskey",
            Preset::NervesKeyVolatile => "nerveskey-volatile",
            Preset::DemoSigner => "demo-signer",
        }
    }

    /// The 7-bit I2C address that it answers.
    #[must_use]
    pub const fn address(self) -> u8 {
        self.table()[0] >> 1
    }

    /// Slots with a private key.
    #[must_use]
    pub const fn keys(self) -> &'static [usize] {
        match self {
            // Made in the factory, the ones that can be replaced, too (chip reference 6.2).
            Preset::TngTls | Preset::TngTlsLegacy | Preset::TngTlsPublished | Preset::TflxTls => {
                &[0, 1, 2, 3, 4]
            }
            Preset::TngLora | Preset::TngAct => &[1],
            _ => &[0],
        }
    }

    /// The slot with the key that the chip is known by: 1 for LoRaWAN, else 0.
    #[must_use]
    pub const fn device_key(self) -> usize {
        match self.part() {
            Some(part) => part.device_key,
            None => 0,
        }
    }

    /// Its memory.
    #[must_use]
    pub fn eeprom(self, seed: u64) -> Eeprom {
        let mut eeprom = Chip::blank(seed).eeprom().clone();
        let mut config = *eeprom.config();
        config[16..].copy_from_slice(self.table());
        config[86..88].fill(0);
        eeprom.set_config(&config);
        for slot in self.keys() {
            eeprom.set_private_key(*slot, &self.secret(seed, *slot));
        }
        if let Some(part) = self.part() {
            trust::fill(self, seed, &part, &mut eeprom);
        }
        match self {
            Preset::TngTlsPublished => published::fill(&mut eeprom),
            Preset::TngLora | Preset::TngAct => {
                // Root key and key for another network.
                eeprom.set_slot(0, &self.secret(seed, 0));
                eeprom.set_slot(13, &self.secret(seed, 13));
            }
            Preset::NervesKeyVolatile => {
                eeprom.set_slot(1, &Self::VOLATILE_KEY);
                eeprom.set_slot(2, &self.secret(seed, 2));
            }
            Preset::DemoSigner => {
                let signer = Signer::of(seed);
                eeprom.set_private_key(0, &signer.key.to_bytes().into());
                eeprom.set_slot(10, &signer.certificate.compressed);
                eeprom.set_public_key(11, &demo_root().public_key);
            }
            _ => {}
        }
        eeprom
    }

    /// The certificates of such a chip as they were issued, in DER: its own first, then those above it, the
    /// [`demo_root`]'s last. What the chip holds is compressed. None if it has none of that root.
    #[must_use]
    pub fn chain(self, seed: u64) -> Vec<Vec<u8>> {
        let root = || demo_root().certificate.clone();
        if self == Preset::DemoSigner {
            return vec![Signer::of(seed).certificate.der.clone(), root()];
        }
        match self.certificate(seed, &self.eeprom(seed)) {
            Some((device, signer)) => vec![device.der, signer.certificate.der.clone(), root()],
            None => Vec::new(),
        }
    }

    /// A chip with it, asleep.
    #[must_use]
    pub fn chip(self, seed: u64) -> Chip {
        Chip::with_eeprom(self.eeprom(seed))
    }

    const fn table(self) -> &'static [u8; 112] {
        match self {
            Preset::TngTls | Preset::TngTlsPublished => &tables::TNGTLS,
            Preset::TngTlsLegacy => &tables::TNGTLS_LEGACY,
            Preset::TflxTls => &tables::TFLXTLS,
            Preset::TngLora | Preset::TngAct => &tables::TNGLORA,
            Preset::Arduino => &tables::ARDUINO,
            Preset::Helium => &tables::HELIUM,
            Preset::NervesKey => &tables::NERVES_KEY,
            Preset::NervesKeyVolatile => &tables::NERVES_KEY_VOLATILE,
            Preset::DemoSigner => &tables::DEMO_SIGNER,
        }
    }

    /// 32 bytes for a slot that serve as a private key, too.
    fn secret(self, seed: u64, slot: usize) -> [u8; 32] {
        private_key(&[self.name().as_bytes(), &seed.to_le_bytes(), &[slot as u8]]).to_bytes().into()
    }
}

/// A private key that some bytes stand for.
fn private_key(parts: &[&[u8]]) -> SecretKey {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    loop {
        let bytes: [u8; 32] = digest.clone().finalize().into();
        if let Ok(key) = SecretKey::from_slice(&bytes) {
            return key;
        }
        digest.update(bytes);
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name is that of no preset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownPreset(String);

impl fmt::Display for UnknownPreset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no preset {:?}; there are", self.0)?;
        for (index, preset) in Preset::ALL.into_iter().enumerate() {
            write!(f, "{}{preset}", if index == 0 { " " } else { ", " })?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownPreset {}

impl FromStr for Preset {
    type Err = UnknownPreset;

    fn from_str(name: &str) -> Result<Preset, UnknownPreset> {
        let found = Preset::ALL.into_iter().find(|preset| preset.name() == name);
        found.ok_or_else(|| UnknownPreset(name.to_owned()))
    }
}
