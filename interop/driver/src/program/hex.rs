//! Bytes as hexadecimal digits.

use super::failure::Failure;
use atecc608::PublicKey;
use serde::Deserialize;

/// Digits of a request.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Hex(String);

impl Hex {
    /// The bytes.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, Failure> {
        let pair = |at: usize| self.0.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let bytes = (0..self.0.len()).step_by(2).map(pair).collect::<Option<_>>();
        bytes.ok_or_else(|| Failure::misuse(format_args!("not hexadecimal: {}", self.0)))
    }

    /// Just so many.
    pub(crate) fn array<const N: usize>(&self) -> Result<[u8; N], Failure> {
        let wrong = |bytes: Vec<u8>| Failure::misuse(format_args!("{} bytes, not {N}", bytes.len()));
        self.bytes()?.try_into().map_err(wrong)
    }

    /// X and Y.
    pub(crate) fn public(&self) -> Result<PublicKey, Failure> {
        Ok(PublicKey::from_bytes(self.array()?))
    }
}

/// Digits of an answer.
pub(crate) fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
