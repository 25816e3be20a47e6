//! Microchip's 72 bytes of a certificate: signature, dates, and which template makes the rest.

/// A date to the hour, in UTC.
#[derive(Clone, Copy)]
pub(in crate::preset) struct Date {
    /// From 2000 to 2031.
    pub(in crate::preset) year: u16,
    pub(in crate::preset) month: u8,
    /// Never the 29th of February, which is not in every year.
    pub(in crate::preset) day: u8,
    pub(in crate::preset) hour: u8,
}

impl Date {
    /// Issue date and years of validity as they are stored: 5, 4, 5, 5 and 5 bits.
    pub(super) fn compressed(self, years: u8) -> [u8; 3] {
        let year = u32::from(self.year) - 2000;
        let bits = (year << 4 | u32::from(self.month)) << 5 | u32::from(self.day);
        let [_, stored @ ..] = ((bits << 5 | u32::from(self.hour)) << 5 | u32::from(years)).to_be_bytes();
        stored
    }
}

/// Version 0; the serial number is a hash of key and dates.
pub(super) fn compress(signature: &[u8; 64], dates: [u8; 3], signer_id: u16, template: u8) -> [u8; 72] {
    const SERIAL_SOURCE: u8 = 0xA;
    let mut bytes = [0; 72];
    bytes[..64].copy_from_slice(signature);
    bytes[64..67].copy_from_slice(&dates);
    bytes[67..69].copy_from_slice(&signer_id.to_be_bytes());
    // The low nibbles are chain and version.
    bytes[69] = template << 4;
    bytes[70] = SERIAL_SOURCE << 4;
    bytes
}
