//! Which part it is.

use core::fmt;

/// A pre-provisioned part, told apart by the form of its device certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Part {
    /// Trust&GO TLS, with a MAC address in its certificate (template 3).
    TngTls,
    /// The first Trust&GO TLS parts, without one (template 2). By Microchip's data sheets some TrustFLEX parts have the OTP
    /// code of these, so this may be one of them.
    TngTlsLegacy,
    /// TrustFLEX TLS (template 3, too).
    TflxTls,
    /// Trust&GO LoRaWAN, with an EUI-64 in its certificate (template 4).
    TngLora,
    /// The first Trust&GO LoRaWAN parts, without one (template 2).
    TngLoraLegacy,
}

impl Part {
    /// Its name, as Microchip writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TngTls => "Trust&GO TLS (TNGTLS)",
            Self::TngTlsLegacy => "Trust&GO TLS (TNGTLS), legacy certificates",
            Self::TflxTls => "TrustFLEX TLS (TFLXTLS)",
            Self::TngLora => "Trust&GO LoRaWAN (TNGLORA)",
            Self::TngLoraLegacy => "Trust&GO LoRaWAN (TNGLORA), legacy certificates",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
