//! What is printed.

use crate::Failure;
use atecc608::x509::{PemLabel, Validity};
use std::fmt;

/// What was made or found.
#[derive(Debug)]
pub(crate) struct Report {
    /// Whose certificates these are.
    pub(crate) part: String,
    pub(crate) serial: String,
    /// The device's common name.
    pub(crate) name: String,
    pub(crate) valid: Validity,
    /// None of the published chip, whose key nobody can use.
    pub(crate) csr_pem: Option<String>,
    pub(crate) device_pem: String,
    pub(crate) signer_pem: String,
    pub(crate) root_pem: String,
    /// The device's certificate as the chip keeps it.
    pub(crate) compressed_hex: String,
}

impl Report {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "part": self.part,
            "serial": self.serial,
            "name": self.name,
            "not_before": self.valid.not_before.to_string(),
            "not_after": self.valid.not_after.to_string(),
            "csr_pem": self.csr_pem,
            "device_pem": self.device_pem,
            "signer_pem": self.signer_pem,
            "root_pem": self.root_pem,
            "compressed_hex": self.compressed_hex,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Chip {}; certificates: {}", self.serial, self.part)?;
        if let Some(csr) = &self.csr_pem {
            write!(f, "\nThe request that its key signed (openssl req -noout -text -verify):\n\n{csr}")?;
        }
        let Validity { not_before, not_after } = self.valid;
        writeln!(f, "\nThe certificate of {}, from {not_before} to {not_after}:\n", self.name)?;
        write!(f, "{}", self.device_pem)?;
        let (signature, rest) = self.compressed_hex.split_at(128);
        writeln!(f, "\nas the chip keeps it, in 72 bytes: signature, then dates, signer, template\n")?;
        for part in [&signature[..64], &signature[64..], rest] {
            writeln!(f, "  {part}")?;
        }
        writeln!(f, "\nThat of its signer, which TLS sends behind it:\n\n{}", self.signer_pem)?;
        writeln!(f, "The root, which the other side has:\n\n{}", self.root_pem)?;
        writeln!(
            f,
            "Read from the chip, made up again and verified up to the root, by the chip and in software."
        )
    }
}

/// As PEM.
pub(crate) fn pem(label: PemLabel, der: &[u8]) -> Result<String, Failure> {
    let mut text = vec![0; label.pem_len(der.len())];
    Ok(label.encode(der, &mut text)?.to_owned())
}

/// As hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
