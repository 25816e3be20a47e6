//! What stands in a certificate in place of what the example has: dates and digits.

use super::error::TemplateError;
use crate::x509::certificate::Time;
use crate::x509::parts::Given;
use crate::x509::{Certificate, CertificateSerial, Compressed, DateTime, Dates, Error, KeyId, Term};

/// All of it, but for keys and texts.
pub(super) struct Values<'p> {
    pub(super) serial: CertificateSerial<'p>,
    pub(super) issued: Digits,
    pub(super) ends: Digits,
    pub(super) subject_key_id: KeyId,
    pub(super) authority_key_id: KeyId,
    /// In capital letters, and in small ones.
    signer: [[u8; 4]; 2],
    chip_serial: Option<[[u8; 18]; 2]>,
}

impl<'p> Values<'p> {
    /// To be filled.
    pub(super) const EMPTY: Self = Self {
        serial: CertificateSerial::EMPTY,
        issued: Digits::EMPTY,
        ends: Digits::EMPTY,
        subject_key_id: KeyId::from_bytes([0; 20]),
        authority_key_id: KeyId::from_bytes([0; 20]),
        signer: [[0; 4]; 2],
        chip_serial: None,
    };

    /// Works all of it out.
    pub(super) fn fill(
        &mut self,
        example: &Certificate<'_>,
        parts: &Given<'_, 'p>,
        compressed: &Compressed,
    ) -> Result<(), Error> {
        self.fill_digits(example, parts, compressed)?;
        self.fill_hashes(example, parts, compressed)
    }

    #[inline(never)]
    fn fill_digits(
        &mut self,
        example: &Certificate<'_>,
        parts: &Given<'_, 'p>,
        compressed: &Compressed,
    ) -> Result<(), Error> {
        let (not_before, not_after) = example.times();
        let dates = compressed.dates()?;
        self.issued = Digits::of_issue(&dates, not_before)?;
        self.ends = Digits::of_end(&dates, not_after)?;
        self.signer = hex(&compressed.signer().0.to_be_bytes());
        self.chip_serial = parts.chip_serial.map(|serial| hex(&serial.0));
        Ok(())
    }

    #[inline(never)]
    fn fill_hashes(
        &mut self,
        example: &Certificate<'_>,
        parts: &Given<'_, 'p>,
        compressed: &Compressed,
    ) -> Result<(), Error> {
        self.serial = CertificateSerial::of(compressed, example.serial().len(), parts)?;
        self.subject_key_id = parts.subject_key.key_id();
        self.authority_key_id = parts.issuer_key.key_id();
        Ok(())
    }

    /// The digits of the signer's id.
    pub(super) fn signer(&self, small: bool) -> &[u8] {
        let [capital, lower] = &self.signer;
        if small { lower } else { capital }
    }

    /// Those of the chip's serial number, if it was given.
    pub(super) fn chip_serial(&self, small: bool) -> Option<&[u8]> {
        let [capital, lower] = self.chip_serial.as_ref()?;
        Some(if small { lower } else { capital })
    }
}

/// The digits of a date, with the Z behind them.
pub(super) struct Digits {
    bytes: [u8; 15],
    /// Where they begin: 2 if the year has two digits.
    start: usize,
}

impl Digits {
    const EMPTY: Self = Self { bytes: [0; 15], start: 0 };

    pub(super) fn of_issue(dates: &Dates, time: Time) -> Result<Self, Error> {
        let at = dates.issued();
        Self::new(time, at.year(), [at.month(), at.day(), at.hour(), 0, 0])
    }

    /// Of a 29 February, too, that there is not: the signature covers it.
    pub(super) fn of_end(dates: &Dates, time: Time) -> Result<Self, Error> {
        let at = dates.issued();
        match dates.term() {
            Term::Years(years) => {
                let year = at.year().saturating_add(u16::from(years));
                Self::new(time, year, [at.month(), at.day(), at.hour(), 0, 0])
            }
            Term::Forever => {
                let at = time.last();
                Self::new(time, at.year(), [at.month(), at.day(), at.hour(), at.minute(), at.second()])
            }
        }
    }

    fn new(time: Time, year: u16, rest: [u8; 5]) -> Result<Self, Error> {
        if time.utc && !(1950..2050).contains(&year) {
            return Err(TemplateError::NotInUtcTime { year }.into());
        }
        let mut bytes = [b'Z'; 15];
        let [month, day, hour, minute, second] = rest;
        let pairs = [(year / 100) as u8, (year % 100) as u8, month, day, hour, minute, second];
        for (to, number) in bytes.as_chunks_mut::<2>().0.iter_mut().zip(pairs) {
            for (to, digit) in to.iter_mut().zip([number / 10, number % 10]) {
                *to = b'0' + digit;
            }
        }
        Ok(Self { bytes, start: if time.utc { 2 } else { 0 } })
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }
}

impl Time {
    /// The last second that this type of time can say.
    pub(super) const fn last(self) -> DateTime {
        if self.utc { LAST_UTC } else { DateTime::MAX }
    }
}

/// RFC 5280 4.1.2.5.1.
const LAST_UTC: DateTime = match DateTime::new(2049, 12, 31, 23, 59, 59) {
    Some(date) => date,
    None => DateTime::MAX,
};

/// Hexadecimal digits in capital letters, and in small ones.
fn hex<const N: usize>(bytes: &[u8]) -> [[u8; N]; 2] {
    let mut digits = [0; N];
    for (to, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        for (to, nibble) in to.iter_mut().zip([byte >> 4, byte & 0xF]) {
            *to = if nibble < 10 { b'0' + nibble } else { b'A' - 10 + nibble };
        }
    }
    [digits, digits.map(|digit| digit.to_ascii_lowercase())]
}
