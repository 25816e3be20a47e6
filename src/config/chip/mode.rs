//! ChipMode (chip reference 4.4).

/// Speed of the crypto engine. Slower saves peak current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ClockDivider {
    /// Fastest.
    M0,
    /// Slower.
    M1,
    /// Slowest.
    M2,
    /// A value the reference does not know.
    Unknown(u8),
}

/// ChipMode, byte 19.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ChipMode(u8);

impl ChipMode {
    /// From the byte.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// The byte.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// UserExtraAdd (byte 85) is the I2C address when it is not zero.
    #[must_use]
    pub const fn alternate_address(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// Input thresholds follow VCC instead of being fixed.
    #[must_use]
    pub const fn ttl_enable(self) -> bool {
        self.0 & 0x02 != 0
    }

    /// The watchdog bites after about 10 s instead of 1.3 s.
    #[must_use]
    pub const fn long_watchdog(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// Speed of the crypto engine.
    #[must_use]
    pub const fn clock_divider(self) -> ClockDivider {
        match self.0 >> 3 {
            0x00 => ClockDivider::M0,
            0x05 => ClockDivider::M1,
            0x0D => ClockDivider::M2,
            other => ClockDivider::Unknown(other),
        }
    }

    /// Sets the speed of the crypto engine.
    #[must_use]
    pub const fn with_clock_divider(self, divider: ClockDivider) -> Self {
        let code = match divider {
            ClockDivider::M0 => 0x00,
            ClockDivider::M1 => 0x05,
            ClockDivider::M2 => 0x0D,
            ClockDivider::Unknown(code) => code,
        };
        Self(self.0 & 0x07 | code << 3)
    }
}
