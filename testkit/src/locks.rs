//! Lock states.

/// How far the chip is locked (chip reference 0.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locks {
    /// C0: nothing.
    Nothing,
    /// C1D0: the configuration.
    Config,
    /// C1D1: data and OTP, too.
    Both,
}

impl Locks {
    /// From the factory to a device.
    pub const ALL: [Locks; 3] = [Locks::Nothing, Locks::Config, Locks::Both];

    /// Sets the lock bytes of a configuration zone.
    pub fn apply(self, zone: &mut [u8; 128]) {
        let byte = |locked| if locked { 0x00 } else { 0x55 };
        zone[86] = byte(self == Locks::Both);
        zone[87] = byte(self != Locks::Nothing);
    }
}
