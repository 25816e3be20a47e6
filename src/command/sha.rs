//! SHA, opcode 0x47 (chip reference 5.19).

use super::{Command, Opcode, Reply, Request, array, nothing};

/// Starts a SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ShaStart;

impl Command for ShaStart {
    type Response = ();
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::Sha, 0x00, 0, Reply::Status)
    }
    fn parse(result: &[u8]) -> Option<()> {
        nothing(result)
    }
}

/// Adds up to 64 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ShaUpdate<'a>(&'a [u8]);

impl<'a> ShaUpdate<'a> {
    /// `None` above 64 bytes. Blocks of exactly 64 bytes work on every chip of the family.
    #[must_use]
    pub const fn new(data: &'a [u8]) -> Option<Self> {
        if data.len() <= 64 { Some(Self(data)) } else { None }
    }
}

impl Command for ShaUpdate<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        Request::with_data(Opcode::Sha, 0x01, self.0.len() as u16, [self.0, &[], &[]], Reply::Status)
    }
    fn parse(result: &[u8]) -> Option<()> {
        nothing(result)
    }
}

/// Where the digest goes besides the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum ShaTarget {
    /// Into TempKey.
    TempKey = 0x00,
    /// Into the message digest buffer.
    MessageDigest = 0x40,
    /// Nowhere else.
    OutputOnly = 0xC0,
}

/// Adds the last bytes and returns the digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ShaEnd<'a> {
    last: &'a [u8],
    target: ShaTarget,
}

impl<'a> ShaEnd<'a> {
    /// `None` above 63 bytes.
    #[must_use]
    pub const fn new(last: &'a [u8], target: ShaTarget) -> Option<Self> {
        if last.len() <= 63 { Some(Self { last, target }) } else { None }
    }
}

impl Command for ShaEnd<'_> {
    type Response = [u8; 32];
    fn request(&self) -> Request<'_> {
        let p1 = 0x02 | self.target as u8;
        Request::with_data(Opcode::Sha, p1, self.last.len() as u16, [self.last, &[], &[]], Reply::Data(32))
    }
    fn parse(result: &[u8]) -> Option<[u8; 32]> {
        array(result)
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{hex, receives, sends};
    use super::*;

    #[test]
    fn golden() {
        sends(&ShaStart, "07 47 00 00 00 2E 85");
        assert_eq!(receives(&ShaStart, "04 00 03 40"), Ok(()));
        sends(&ShaUpdate::new(&[1, 2, 3, 4, 5][..]).unwrap(), "0C 47 01 05 00 01 02 03 04 05 DD B2");
        // A 64-byte block and two ends captured from a real chip, chip reference 7.1.
        let block = hex("1FE654C18088E7FEF084F98A1A12DB846954342506F51769189E3A90792FD328\
             CF515D1E44BBA49D34DE3B99CA4C5E7EF43AF6DA413C91C79870D48768AC745B");
        let mut update = hex("47 47 01 40 00");
        update.extend(&block);
        update.extend(hex("AB 41"));
        let update: std::string::String = update.iter().map(|byte| std::format!("{byte:02X}")).collect();
        sends(&ShaUpdate::new(&block).unwrap(), &update);
        let end = ShaEnd::new(&[1, 2, 3, 4, 5], ShaTarget::TempKey).unwrap();
        sends(&end, "0C 47 02 05 00 01 02 03 04 05 75 B0");
        let digest =
            receives(&end, "23 74F81FE167D99B4CB41D6D0CCDA82278CAEE9F3E2F25D5E5A3936FF3DCEC60D0 90 22")
                .unwrap();
        assert_eq!(digest[..2], [0x74, 0xF8]);
        sends(&ShaEnd::new(b"abc", ShaTarget::TempKey).unwrap(), "0A 47 02 03 00 61 62 63 70 53");
        sends(&ShaEnd::new(&[], ShaTarget::TempKey).unwrap(), "07 47 02 00 00 2D 00");
        let output = ShaEnd::new(&[0, 1, 2, 3, 4], ShaTarget::OutputOnly).unwrap();
        sends(&output, "0C 47 C2 05 00 00 01 02 03 04 52 75");
        assert_eq!(ShaEnd::new(&[], ShaTarget::MessageDigest).unwrap().request().p1, 0x42);
    }

    #[test]
    fn too_much_data_is_no_command() {
        assert_eq!(ShaUpdate::new(&[0; 65]), None);
        assert!(ShaUpdate::new(&[0; 64]).is_some());
        assert_eq!(ShaEnd::new(&[0; 64], ShaTarget::OutputOnly), None);
    }
}
