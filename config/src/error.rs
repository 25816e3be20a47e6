//! Why a text makes no configuration.

use crate::forms::Unreadable;
use crate::preset::UnknownPreset;
use atecc608::config::build::{BuildError, UnknownPurpose};
use std::fmt;

/// A text, or what it says, is no configuration. `{}` begins with the line, where there is one.
#[derive(Debug)]
pub struct Error {
    line: Option<usize>,
    kind: ErrorKind,
}

/// What is wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file can't be read.
    Io(std::io::Error),
    /// Not the bytes of a configuration, in whatever form.
    Unreadable(Unreadable),
    /// No TOML, or a key or type that a configuration does not have.
    Toml(toml::de::Error),
    /// More or less than one of `config`, `preset` and `slots`.
    Start,
    /// `results_inside` or `authorised_by` without `slots`.
    WithoutSlots,
    /// No such preset.
    Preset(UnknownPreset),
    /// A slot's number is not 0 to 15.
    Slot(String),
    /// A byte's offset is not 0 to 127.
    Offset(String),
    /// No such purpose.
    Purpose(u8, String, UnknownPurpose),
    /// The purposes do not go together.
    Build(BuildError),
}

impl Error {
    pub(crate) const fn new(line: Option<usize>, kind: ErrorKind) -> Self {
        Self { line, kind }
    }

    /// The line, counted from 1, if the error has a place.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        self.line
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The same with its place.
    pub(crate) fn at(self, line: impl FnOnce(&ErrorKind) -> Option<usize>) -> Self {
        let line = self.line.or_else(|| line(&self.kind));
        Self { line, ..self }
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        let line = match &kind {
            ErrorKind::Unreadable(unreadable) => unreadable.line(),
            _ => None,
        };
        Self { line, kind }
    }
}

impl From<Unreadable> for Error {
    fn from(unreadable: Unreadable) -> Self {
        ErrorKind::Unreadable(unreadable).into()
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "can't be read: {error}"),
            Self::Unreadable(unreadable) => f.write_str(&unreadable.why()),
            // With the line and a picture of it, or the words alone.
            Self::Toml(error) => f.write_str(error.to_string().trim_end()),
            Self::Start => f.write_str("name one of config, preset and slots"),
            Self::WithoutSlots => f.write_str("results_inside and authorised_by go with slots only"),
            Self::Preset(error) => error.fmt(f),
            Self::Slot(number) => write!(f, "no slot {number:?}: 0 to 15"),
            Self::Offset(offset) => write!(f, "no byte {offset:?}: 0 to 127"),
            Self::Purpose(slot, words, error) => write!(f, "slot {slot}, {words:?}: {error}"),
            Self::Build(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, &self.kind) {
            // It shows the line itself.
            (_, ErrorKind::Toml(_)) | (None, _) => self.kind.fmt(f),
            (Some(line), kind) => write!(f, "line {line}: {kind}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            ErrorKind::Io(error) => Some(error),
            ErrorKind::Unreadable(error) => Some(error),
            ErrorKind::Toml(error) => Some(error),
            ErrorKind::Preset(error) => Some(error),
            ErrorKind::Purpose(_, _, error) => Some(error),
            ErrorKind::Build(error) => Some(error),
            ErrorKind::Start | ErrorKind::WithoutSlots | ErrorKind::Slot(_) | ErrorKind::Offset(_) => None,
        }
    }
}
