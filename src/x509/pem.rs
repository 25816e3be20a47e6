//! Requests and certificates as PEM (RFC 7468), and back.

use crate::error::BufferTooSmall;
use crate::x509::csr::Csr;
use crate::x509::error::Error;
use crate::x509::tbs::TbsCertificate;
use pem_rfc7468::{Decoder, LineEnding};

/// What is in a PEM text.
///
/// ```
/// use atecc608::x509::PemLabel;
///
/// # let der = [0x30; 547];
/// const LEN: usize = PemLabel::Certificate.pem_len(547);
/// let mut buffer = [0; LEN];
/// let pem = PemLabel::Certificate.encode(&der, &mut buffer)?;
/// assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n"));
/// let mut again = [0; 547];
/// assert_eq!(PemLabel::Certificate.decode(pem.as_bytes(), &mut again)?, der);
/// # Ok::<(), atecc608::x509::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum PemLabel {
    /// `CERTIFICATE`.
    Certificate,
    /// `CERTIFICATE REQUEST`.
    CertificateRequest,
}

/// Dashes, BEGIN or END, and line feeds of both lines around the text.
const FRAME: usize = "-----BEGIN -----\n-----END -----\n".len();

impl PemLabel {
    /// The text between BEGIN and the dashes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "CERTIFICATE",
            Self::CertificateRequest => "CERTIFICATE REQUEST",
        }
    }

    /// Bytes of the PEM of a DER of `der_len` bytes: lines of 64 characters, each ended by LF.
    #[must_use]
    pub const fn pem_len(self, der_len: usize) -> usize {
        let text = der_len.div_ceil(3) * 4;
        // As `pem-rfc7468` has it, one line at least.
        let lines = if text == 0 { 1 } else { text.div_ceil(64) };
        FRAME + 2 * self.as_str().len() + text + lines
    }

    /// Writes the PEM of a DER into `buffer`, lines ended by LF.
    ///
    /// # Errors
    /// [`BufferTooSmall`] below [`pem_len`](Self::pem_len) bytes.
    #[doc(alias("atcacert_encode_pem", "atcacert_encode_pem_cert", "atcacert_encode_pem_csr"))]
    pub fn encode<'b>(self, der: &[u8], buffer: &'b mut [u8]) -> Result<&'b str, BufferTooSmall> {
        pem_rfc7468::encode(self.as_str(), LineEnding::LF, der, buffer)
            .map_err(|_| BufferTooSmall::new(self.pem_len(der.len())))
    }

    /// Writes the DER of a PEM into `buffer`. Lines of 64 characters, ended by LF, CR LF or CR; text before BEGIN is
    /// passed over.
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`]; [`Error::PemLabel`] if it is PEM of something else; [`Error::Pem`] if it is none, or
    /// something stands behind it.
    #[doc(alias("atcacert_decode_pem", "atcacert_decode_pem_cert", "atcacert_decode_pem_csr"))]
    pub fn decode<'b>(self, pem: &[u8], buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
        let mut decoder = Decoder::new(pem).map_err(|_| Error::Pem)?;
        if decoder.type_label() != self.as_str() {
            return Err(Error::PemLabel);
        }
        let len = decoder.remaining_len();
        let room = buffer.get_mut(..len).ok_or(BufferTooSmall::new(len))?;
        decoder.decode(room).map_err(|_| Error::Pem)
    }
}

impl Csr<'_> {
    /// Bytes of the PEM at most. With a common name of 20 characters and no extensions 376.
    #[must_use]
    pub const fn max_pem_len(&self) -> usize {
        PemLabel::CertificateRequest.pem_len(self.max_der_len())
    }
}

impl TbsCertificate<'_> {
    /// Bytes of the PEM at most.
    #[must_use]
    pub const fn max_pem_len(&self) -> usize {
        PemLabel::Certificate.pem_len(self.max_der_len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    const LABELS: [PemLabel; 2] = [PemLabel::Certificate, PemLabel::CertificateRequest];

    #[test]
    fn there_and_back_at_every_length() {
        for label in LABELS {
            for len in 1..=600 {
                let der = Vec::from_iter((0..len).map(|i| (i * 7 + len) as u8));
                let needed = label.pem_len(len);
                let mut buffer = std::vec![0; needed];
                let pem = String::from(label.encode(&der, &mut buffer).unwrap());
                assert_eq!(pem.len(), needed);
                let mut again = std::vec![0; len];
                assert_eq!(label.decode(pem.as_bytes(), &mut again).unwrap(), der);
                let other = pem.replace('\n', "\r\n");
                assert_eq!(label.decode(other.as_bytes(), &mut again).unwrap(), der);
                for size in [0, 1, 30, needed / 2, needed - 2, needed - 1] {
                    let refused = label.encode(&der, &mut buffer[..size]);
                    assert_eq!(refused, Err(BufferTooSmall::new(needed)), "{len} {size}");
                }
                for size in [0, len / 2, len - 1] {
                    let refused = label.decode(pem.as_bytes(), &mut again[..size]);
                    assert_eq!(refused, Err(BufferTooSmall::new(len).into()));
                }
            }
        }
    }

    #[test]
    fn the_size_that_the_facts_name() {
        assert_eq!(PemLabel::Certificate.pem_len(547), 798);
    }

    #[test]
    fn what_is_no_such_pem() {
        let mut buffer = [0; 400];
        let pem = String::from(PemLabel::Certificate.encode(&[0x30; 200], &mut buffer).unwrap());
        let mut decode =
            |label: PemLabel, pem: &str| label.decode(pem.as_bytes(), &mut buffer).map(<[u8]>::len);
        assert_eq!(decode(PemLabel::Certificate, &pem), Ok(200));
        assert_eq!(decode(PemLabel::CertificateRequest, &pem), Err(Error::PemLabel));
        for wrong in [
            String::new(),
            pem.replace("-----END", "----END"),
            pem.replace("MDAw", "MD!w"),
            pem[..pem.len() - 10].into(),
            std::format!("{pem}{pem}"),
        ] {
            assert_eq!(decode(PemLabel::Certificate, &wrong), Err(Error::Pem), "{wrong}");
        }
    }
}
