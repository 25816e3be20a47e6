//! The rules of each name.

use super::{KEY_ID_MAX, SUBJECT_MAX};
use crate::names::{self, NameProblem};
use core::fmt;

/// Longest issuer, in bytes.
const ISSUER_MAX: usize = 255;
/// Longest audience of one's own, in bytes.
const AUDIENCE_MAX: usize = 255;
/// Longest scope, in bytes.
const SCOPE_MAX: usize = 255;
/// Longest host name (RFC 1035) with a port behind it, in bytes.
const HOST_MAX: usize = 253 + 6;

/// What a name is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// The project id of a topic.
    Project,
    /// The workload identity pool's id.
    Pool,
    /// The pool's provider's id.
    Provider,
    /// The token's `iss`.
    Issuer,
    /// The token's `sub`, which becomes `google.subject`.
    Subject,
    /// The token's `aud`.
    Audience,
    /// The token's `kid`.
    KeyId,
    /// The topic's id.
    Topic,
    /// The subscription's id.
    Subscription,
    /// A service account's e-mail address.
    ServiceAccount,
    /// What an access token is good for.
    Scope,
    /// The server's name.
    Host,
}

impl Field {
    const fn name(self) -> &'static str {
        match self {
            Self::Project => "project id",
            Self::Pool => "workload identity pool id",
            Self::Provider => "provider id",
            Self::Issuer => "issuer (iss)",
            Self::Subject => "subject (sub)",
            Self::Audience => "audience (aud)",
            Self::KeyId => "key id (kid)",
            Self::Topic => "topic id",
            Self::Subscription => "subscription id",
            Self::ServiceAccount => "service account",
            Self::Scope => "scope",
            Self::Host => "host name",
        }
    }

    /// Fewest and most bytes.
    const fn length(self) -> (usize, usize) {
        match self {
            Self::Project => (1, names::PROJECT_MAX),
            Self::Pool | Self::Provider => (4, 32),
            Self::Issuer => (9, ISSUER_MAX),
            Self::Subject => (1, SUBJECT_MAX),
            Self::Audience => (1, AUDIENCE_MAX),
            Self::KeyId => (1, KEY_ID_MAX),
            Self::Topic | Self::Subscription => (3, 255),
            Self::ServiceAccount => (5, 254),
            Self::Scope => (1, SCOPE_MAX),
            Self::Host => (1, HOST_MAX),
        }
    }

    /// Which characters are allowed, as a test and in words.
    ///
    /// Ids of topics and subscriptions may also have `%` and `+`, which mean something else in a request's path; they are refused.
    fn allowed(self) -> (fn(char) -> bool, &'static str) {
        match self {
            Self::Project => names::project(),
            Self::Pool | Self::Provider => (
                |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
                "lower-case letters, digits and -",
            ),
            Self::Topic | Self::Subscription => {
                (|c| c.is_ascii_alphanumeric() || "-_.~".contains(c), "letters, digits and - _ . ~")
            }
            Self::ServiceAccount => (
                |c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.@".contains(c),
                "lower-case letters, digits and - . @",
            ),
            Self::Host => (|c| c.is_ascii_alphanumeric() || "-.:".contains(c), "letters, digits and - . :"),
            // What needs no escape in JSON.
            Self::Issuer | Self::Subject | Self::Audience | Self::KeyId | Self::Scope => {
                (|c| c.is_ascii_graphic() && !"\"\\".contains(c), "visible ASCII characters but \" and \\")
            }
        }
    }

    /// What it must start with, as a test and in words.
    fn start(self) -> (fn(&str) -> bool, &'static str) {
        match self {
            Self::Project | Self::ServiceAccount => {
                (|text| text.starts_with(|c: char| c.is_ascii_alphabetic()), "a letter")
            }
            Self::Pool | Self::Provider => (|text| !text.starts_with("gcp-"), "something else than gcp-"),
            Self::Topic | Self::Subscription => (
                |text| text.starts_with(|c: char| c.is_ascii_alphabetic()) && !text.starts_with("goog"),
                "a letter, and not with goog",
            ),
            Self::Issuer => (|text| text.starts_with("https://"), "https://"),
            _ => (|_| true, "anything"),
        }
    }

    pub(crate) fn check(self, text: &str) -> Result<&str, FieldError> {
        let error = |problem| Err(FieldError { field: self, problem });
        let (min, max) = self.length();
        if !(min..=max).contains(&text.len()) {
            return error(NameProblem::Length { min, max });
        }
        if !self.start().0(text) {
            return error(NameProblem::Start);
        }
        match text.chars().find(|c| !self.allowed().0(*c)) {
            Some(c) => error(NameProblem::Character(c)),
            None => Ok(text),
        }
    }
}

/// A name that Google would refuse, or that would not survive in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// Which name.
    pub field: Field,
    /// What is wrong with it.
    pub problem: NameProblem,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.field.name();
        match self.problem {
            NameProblem::Length { min, max } => write!(f, "the {name} must have {min} to {max} bytes"),
            NameProblem::Start => write!(f, "the {name} must start with {}", self.field.start().1),
            NameProblem::Character(c) => {
                write!(f, "the {name} must not contain {c:?}; allowed are {}", self.field.allowed().1)
            }
        }
    }
}

impl core::error::Error for FieldError {}
