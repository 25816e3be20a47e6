//! What the chip says in a one-byte answer (chip reference 2.3).

use core::fmt;

/// Status byte of a response. The known ones are constants, named and matched like an enum's variants;
/// any other byte is a status, too.
// One byte, as on the wire: an enum with a variant for the rest takes two and a search in a table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Status(u8);

macro_rules! known {
    ($($(#[$doc:meta])* $name:ident = $byte:literal,)*) => {
        #[allow(non_upper_case_globals, reason = "they read like the variants of an enum")]
        impl Status {
            $($(#[$doc])* pub const $name: Self = Self($byte);)*

            const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($byte => Some(stringify!($name)),)*
                    _ => None,
                }
            }
        }
    };
}

known! {
    /// 0x00: done, nothing more to say.
    Success = 0x00,
    /// 0x01: the command ran and what it checked does not match (a signature, a MAC).
    Miscompare = 0x01,
    /// 0x03: length, opcode or parameter is illegal whatever the chip's state.
    Parse = 0x03,
    /// 0x05: an elliptic-curve computation gave an unusable result; trying again may help.
    EccFault = 0x05,
    /// 0x07: the chip failed a self test and refuses everything but SelfTest and reads of the
    /// configuration.
    SelfTest = 0x07,
    /// 0x08: the random number generator's health test failed during the command.
    HealthTest = 0x08,
    /// 0x0F: legal command, forbidden by lock state, slot policy, missing authorisation or TempKey.
    Execution = 0x0F,
    /// 0x11: nothing was executed since the chip woke up.
    AfterWake = 0x11,
    /// 0xEE: too little time left before the watchdog puts the chip to sleep.
    Watchdog = 0xEE,
    /// 0xFF: the group arrived damaged; nothing was executed.
    Communication = 0xFF,
}

impl Status {
    /// The meaning of a status byte.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Self {
        Self(byte)
    }

    /// The byte on the wire.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        self.0
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "Unknown(0x{:02X})", self.0),
        }
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Status {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self.name() {
            Some(name) => defmt::write!(f, "{=str}", name),
            None => defmt::write!(f, "Unknown({=u8:#x})", self.0),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match *self {
            Self::Success => "success",
            Self::Miscompare => "mismatch: the signature or MAC is not the one the chip expects",
            Self::Parse => {
                "parse error: the chip does not know this command, mode or address, or its length is wrong"
            }
            Self::EccFault => "ECC fault: an unlucky computation, try again",
            Self::SelfTest => {
                "self-test failure: the chip is locked up until it wakes again or passes SelfTest"
            }
            Self::HealthTest => "random number generator failed its health test, try again",
            Self::Execution => {
                "refused: the zone's lock state, the slot's configuration, a missing authorisation or an \
                 invalid TempKey forbids it; diagnose says which"
            }
            Self::AfterWake => "just woken: nothing was executed, or the command did not arrive",
            Self::Watchdog => "watchdog about to expire",
            Self::Communication => "the chip received damaged bytes: check wiring, pull-ups and bus speed",
            _ => "unknown status",
        };
        write!(f, "{text} (0x{:02X})", self.to_byte())
    }
}

/// As the source of an error; `Success` is none by itself.
impl core::error::Error for Status {}

impl From<u8> for Status {
    fn from(byte: u8) -> Self {
        Self::from_byte(byte)
    }
}

impl From<Status> for u8 {
    fn from(status: Status) -> Self {
        status.to_byte()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_the_round_trip() {
        for byte in 0..=255 {
            assert_eq!(Status::from_byte(byte).to_byte(), byte);
        }
        assert_eq!(Status::from_byte(0x0F), Status::Execution);
        assert_eq!(
            std::format!("{:?} {:?}", Status::Execution, Status::from_byte(2)),
            "Execution Unknown(0x02)"
        );
    }
}
