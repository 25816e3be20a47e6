//! Who stands for a report, and how a change of it is noticed.

use core::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Report, hex};

/// The last lines of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// What the user confirmed.
    pub statement: String,
    /// The user's name or handle, if given.
    pub by: Option<String>,
    /// SHA-256 of the report without this field.
    pub sha256: String,
}

/// What whoever sends a report in confirms.
pub const STATEMENT: &str = "I ran this on the chip that is described, and changed nothing in this report.";

/// The report is not as it was when it was signed off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Nobody signed it off.
    NotSigned,
    /// The checksum does not fit.
    Edited,
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSigned => "nobody has signed this report off",
            Self::Edited => "this report was changed after it was signed off: its checksum does not fit",
        })
    }
}

impl core::error::Error for Changed {}

impl Report {
    /// Signs it off, with a name or without. A checksum is no signature: it shows an edit, not who made the report.
    #[must_use]
    pub fn signed_off(mut self, by: Option<String>) -> Self {
        let by = by.map(|by| by.trim().to_owned()).filter(|by| !by.is_empty());
        self.signed = None;
        let signed = Signed { statement: STATEMENT.into(), by, sha256: String::new() };
        let sha256 = self.digest(&signed);
        self.signed = Some(Signed { sha256, ..signed });
        self
    }

    /// Whether it is as it was when it was signed off.
    ///
    /// # Errors
    ///
    /// [`Changed`].
    pub fn unchanged(&self) -> Result<(), Changed> {
        let signed = self.signed.as_ref().ok_or(Changed::NotSigned)?;
        match self.digest(signed) == signed.sha256 && signed.statement == STATEMENT {
            true => Ok(()),
            false => Err(Changed::Edited),
        }
    }

    /// Of all that is in it, the name included.
    fn digest(&self, signed: &Signed) -> String {
        let bare =
            Report { signed: Some(Signed { sha256: String::new(), ..signed.clone() }), ..self.clone() };
        // It is made of texts, numbers and lists, which serialise.
        let bytes = serde_json::to_vec(&bare).unwrap_or_default();
        hex(&Sha256::digest(bytes))
    }

    /// As a file: JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// From a file.
    ///
    /// # Errors
    ///
    /// It is no report, or one of another version.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let report: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match report.format {
            super::FORMAT => Ok(report),
            format => Err(format!("format {format}, and this program knows {}", super::FORMAT)),
        }
    }
}
