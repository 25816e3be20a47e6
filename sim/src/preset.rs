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
//! The configurations are those of chip reference 6 and of the vendors' public sources. Serial numbers, keys and
//! random numbers come from a seed, and are the same for the same seed and preset.

mod published;
mod tables;

use crate::chip::{Chip, Eeprom};
use core::fmt;
use core::str::FromStr;
use p256::SecretKey;
use sha2::{Digest, Sha256};

/// A kind of chip, by who configured it. Both zones are locked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Preset {
    /// `tngtls`: Microchip's Trust&GO TLS, an ATECC608B at 0x35. Keys in slots 0 to 4, a MAC address in slot 5.
    /// Slots 10 to 12, where a part has its certificates, are empty.
    TngTls,
    /// `tngtls-published`: a real Trust&GO TLS chip, whose owner published its serial number, its certificates, and the
    /// public key of slot 0. The private one is unknown: GenKey gives the public key, and Sign and ECDH with slot 0
    /// are refused ([`Eeprom::set_known_public_key`]). The keys in slots 1 to 4 and the random numbers are the
    /// seed's; all else is the same for every seed.
    TngTlsPublished,
    /// `tflxtls`: Microchip's TrustFLEX TLS, an ATECC608B at 0x36. Keys in slots 0 to 4; what its owner puts there
    /// (secrets, certificates, public keys) is not.
    TflxTls,
    /// `arduino`: an ATECC608A that a sketch with Arduino's `ECCX08` library locked, at 0x60. Key in slot 0.
    Arduino,
    /// `helium`: the ATECC608A of a Helium gateway, at 0x60. Key in slot 0; the other 15 slots are for keys, too.
    Helium,
    /// `nerveskey`: an ATECC608A as NervesKey, at 0x60. Key in slot 0, no certificates.
    NervesKey,
    /// `nerveskey-volatile`: the same with a volatile key: slot 0 signs once [`Preset::VOLATILE_KEY`], in slot 1, has
    /// authorised and the persistent latch is set. Slot 2 holds a key for MACs on the same terms.
    NervesKeyVolatile,
}

impl Preset {
    /// All of them.
    pub const ALL: [Preset; 7] = [
        Preset::TngTls,
        Preset::TngTlsPublished,
        Preset::TflxTls,
        Preset::Arduino,
        Preset::Helium,
        Preset::NervesKey,
        Preset::NervesKeyVolatile,
    ];

    /// The key in slot 1 of [`Preset::NervesKeyVolatile`]: a pass phrase and zeros.
    pub const VOLATILE_KEY: [u8; 32] = *b"open sesame\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Preset::TngTls => "tngtls",
            Preset::TngTlsPublished => "tngtls-published",
            Preset::TflxTls => "tflxtls",
            Preset::Arduino => "arduino",
            Preset::Helium => "helium",
            Preset::NervesKey => "nerveskey",
            Preset::NervesKeyVolatile => "nerveskey-volatile",
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
            Preset::TngTls | Preset::TngTlsPublished | Preset::TflxTls => &[0, 1, 2, 3, 4],
            _ => &[0],
        }
    }

    /// Its memory.
    #[must_use]
    pub fn eeprom(self, seed: u64) -> Eeprom {
        let blank = Chip::blank(seed);
        let mut eeprom = blank.eeprom().clone();
        let mut config = *eeprom.config();
        config[16..].copy_from_slice(self.table());
        config[86..88].fill(0);
        if self.is_trust() {
            // An ATECC608B with the last serial byte of the TLS parts (chip reference 4.3).
            (config[7], config[12], config[13]) = (0x03, 0x01, 0x61);
        }
        eeprom.set_config(&config);
        if let Some(code) = self.otp() {
            let mut otp = [0; 64];
            otp[..code.len()].copy_from_slice(code);
            eeprom.set_otp(&otp);
        }
        for slot in self.keys() {
            eeprom.set_private_key(*slot, &self.secret(seed, *slot));
        }
        match self {
            Preset::TngTls => {
                let [.., a, b, c] = self.secret(seed, 5);
                eeprom.set_slot(5, format!("E8EB1B{a:02X}{b:02X}{c:02X}").as_bytes());
            }
            Preset::TngTlsPublished => published::fill(&mut eeprom),
            Preset::NervesKeyVolatile => {
                eeprom.set_slot(1, &Self::VOLATILE_KEY);
                eeprom.set_slot(2, &self.secret(seed, 2));
            }
            _ => {}
        }
        eeprom
    }

    /// A chip with it, asleep.
    #[must_use]
    pub fn chip(self, seed: u64) -> Chip {
        Chip::with_eeprom(self.eeprom(seed))
    }

    const fn is_trust(self) -> bool {
        matches!(self, Preset::TngTls | Preset::TngTlsPublished | Preset::TflxTls)
    }

    /// The code by which the vendor's library knows the part, where sources disagree (chip reference 4.15, D30).
    fn otp(self) -> Option<&'static [u8; 8]> {
        match self {
            Preset::TngTls | Preset::TngTlsPublished => Some(b"x6tjuZMy"),
            Preset::TflxTls => Some(b"MKMwyhP1"),
            _ => None,
        }
    }

    const fn table(self) -> &'static [u8; 112] {
        match self {
            Preset::TngTls | Preset::TngTlsPublished => &tables::TNGTLS,
            Preset::TflxTls => &tables::TFLXTLS,
            Preset::Arduino => &tables::ARDUINO,
            Preset::Helium => &tables::HELIUM,
            Preset::NervesKey => &tables::NERVES_KEY,
            Preset::NervesKeyVolatile => &tables::NERVES_KEY_VOLATILE,
        }
    }

    /// 32 bytes for a slot that serve as a private key, too.
    fn secret(self, seed: u64, slot: usize) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(self.name());
        digest.update(seed.to_le_bytes());
        digest.update([slot as u8]);
        loop {
            let secret: [u8; 32] = digest.clone().finalize().into();
            if SecretKey::from_slice(&secret).is_ok() {
                return secret;
            }
            digest.update(secret);
        }
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
