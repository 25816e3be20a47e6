//! Base64 (RFC 4648, section 4) without a buffer for the whole.

use base64ct::{Base64, Encoding};
use core::fmt;
use serde::{Serialize, Serializer};

/// Bytes, shown in standard base64 with padding.
pub(super) struct Standard<'a>(pub(super) &'a [u8]);

impl fmt::Display for Standard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.chunks(48) {
            let mut text = [0; 64];
            f.write_str(Base64::encode(chunk, &mut text).map_err(|_| fmt::Error)?)?;
        }
        Ok(())
    }
}

impl Serialize for Standard<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
