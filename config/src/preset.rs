//! The driver's presets, by name.

use atecc608::config::{ConfigZone, preset};
use std::fmt;
use std::str::FromStr;

/// One of the driver's presets. Names are read in capitals, too.
///
/// ```
/// use atecc608_config::Preset;
///
/// assert_eq!("TNGTLS".parse(), Ok(Preset::TngTls));
/// assert_eq!(Preset::TngTls.to_string(), "tngtls");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// `factory`: a blank chip, [`preset::FACTORY`].
    Factory,
    /// `tngtls`: Trust&GO, [`preset::TNGTLS`].
    TngTls,
    /// `tflxtls`: TrustFLEX, [`preset::TFLXTLS`].
    TflxTls,
    /// `gcp`: a device that signs cloud tokens, [`preset::gcp_device`].
    Gcp,
    /// `x509`: a device with certificates, [`preset::x509_device`].
    X509,
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Factory, Self::TngTls, Self::TflxTls, Self::Gcp, Self::X509];

    /// Its name in text.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Factory => "factory",
            Self::TngTls => "tngtls",
            Self::TflxTls => "tflxtls",
            Self::Gcp => "gcp",
            Self::X509 => "x509",
        }
    }

    /// The configuration, with the chip's own bytes.
    #[must_use]
    pub const fn zone(self, chip: &ConfigZone) -> ConfigZone {
        match self {
            Self::Factory => preset::on_chip(&preset::FACTORY, chip),
            Self::TngTls => preset::on_chip(&preset::TNGTLS, chip),
            Self::TflxTls => preset::on_chip(&preset::TFLXTLS, chip),
            Self::Gcp => preset::gcp_device(chip),
            Self::X509 => preset::x509_device(chip),
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Preset {
    type Err = UnknownPreset;

    fn from_str(name: &str) -> Result<Self, UnknownPreset> {
        let found = Self::ALL.into_iter().find(|preset| preset.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| UnknownPreset(name.to_owned()))
    }
}

/// No preset has this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPreset(String);

impl fmt::Display for UnknownPreset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Preset::ALL.map(Preset::name).join(", ");
        write!(f, "no preset {:?}; there are {names}", self.0)
    }
}

impl std::error::Error for UnknownPreset {}
