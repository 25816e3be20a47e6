//! Who the device is for Google Cloud, and what it talks to: names, checked before they are sent.

use crate::names::{self, Name, NameProblem};
use core::fmt;

/// Longest subject, in bytes: Google's limit for `google.subject`.
pub const SUBJECT_MAX: usize = 127;
/// Longest key id, in bytes.
pub const KEY_ID_MAX: usize = 64;
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
            Self::Topic => (3, 255),
            Self::ServiceAccount => (5, 254),
            Self::Scope => (1, SCOPE_MAX),
            Self::Host => (1, HOST_MAX),
        }
    }

    /// Which characters are allowed, as a test and in words.
    ///
    /// Topic ids may also have `%` and `+`, which mean something else in a request's path; they are refused.
    fn allowed(self) -> (fn(char) -> bool, &'static str) {
        match self {
            Self::Project => names::allowed(Name::Project),
            Self::Pool | Self::Provider => (
                |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
                "lower-case letters, digits and -",
            ),
            Self::Topic => {
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
            Self::Topic => (
                |text| text.starts_with(|c: char| c.is_ascii_alphabetic()) && !text.starts_with("goog"),
                "a letter, and not with goog",
            ),
            Self::Issuer => (|text| text.starts_with("https://"), "https://"),
            _ => (|_| true, "anything"),
        }
    }

    pub(super) fn check(self, text: &str) -> Result<&str, FieldError> {
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

/// A provider of a workload identity pool: where the device's public key is registered.
///
/// Its [`Display`](fmt::Display) is the full name,
/// `//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provider<'a> {
    project_number: u64,
    pool: &'a str,
    provider: &'a str,
}

impl<'a> Provider<'a> {
    /// A provider by its project's number (not the project's id), its pool and its own id.
    ///
    /// # Errors
    /// [`FieldError`] with the first name that is not in order.
    pub fn new(project_number: u64, pool: &'a str, provider: &'a str) -> Result<Self, FieldError> {
        Ok(Self {
            project_number,
            pool: Field::Pool.check(pool)?,
            provider: Field::Provider.check(provider)?,
        })
    }
}

impl fmt::Display for Provider<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { project_number, pool, provider } = self;
        write!(
            f,
            "//iam.googleapis.com/projects/{project_number}/locations/global/workloadIdentityPools/{pool}\
             /providers/{provider}"
        )
    }
}

/// What the device's own token says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity<'a> {
    provider: Provider<'a>,
    issuer: &'a str,
    subject: &'a str,
    key_id: &'a str,
    audience: Option<&'a str>,
}

impl<'a> Identity<'a> {
    /// `issuer` is the provider's `--issuer-uri`, `subject` what it maps to `google.subject`, and `key_id` the
    /// `kid` of this device's key in the JWKS uploaded. The audience is the provider's full name.
    ///
    /// # Errors
    /// [`FieldError`] with the first name that is not in order.
    pub fn new(
        provider: Provider<'a>,
        issuer: &'a str,
        subject: &'a str,
        key_id: &'a str,
    ) -> Result<Self, FieldError> {
        Ok(Self {
            provider,
            issuer: Field::Issuer.check(issuer)?,
            subject: Field::Subject.check(subject)?,
            key_id: Field::KeyId.check(key_id)?,
            audience: None,
        })
    }

    /// The same with another audience, one of the provider's `--allowed-audiences`.
    ///
    /// # Errors
    /// [`FieldError`] for an audience that is not in order.
    pub fn with_audience(self, audience: &'a str) -> Result<Self, FieldError> {
        Ok(Self { audience: Some(Field::Audience.check(audience)?), ..self })
    }

    /// The provider the token is for.
    #[must_use]
    pub const fn provider(&self) -> Provider<'a> {
        self.provider
    }

    /// The token's `iss`.
    #[must_use]
    pub const fn issuer(&self) -> &'a str {
        self.issuer
    }

    /// The token's `sub`.
    #[must_use]
    pub const fn subject(&self) -> &'a str {
        self.subject
    }

    /// The token's `kid`.
    #[must_use]
    pub const fn key_id(&self) -> &'a str {
        self.key_id
    }

    /// The token's `aud`, if it is not the provider's full name.
    #[must_use]
    pub const fn audience(&self) -> Option<&'a str> {
        self.audience
    }
}

/// A Pub/Sub topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic<'a> {
    pub(super) project: &'a str,
    pub(super) topic: &'a str,
}

impl<'a> Topic<'a> {
    /// A topic by its project's id and its own.
    ///
    /// # Errors
    /// [`FieldError`] with the first name that is not in order.
    pub fn new(project: &'a str, topic: &'a str) -> Result<Self, FieldError> {
        Ok(Self { project: Field::Project.check(project)?, topic: Field::Topic.check(topic)? })
    }
}

impl fmt::Display for Topic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "projects/{}/topics/{}", self.project, self.topic)
    }
}

/// A service account to act as, by its e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceAccount<'a>(pub(super) &'a str);

impl<'a> ServiceAccount<'a> {
    /// Checks the address.
    ///
    /// # Errors
    /// [`FieldError`] if it can't be one.
    pub fn new(email: &'a str) -> Result<Self, FieldError> {
        let error = |problem| FieldError { field: Field::ServiceAccount, problem };
        Field::ServiceAccount.check(email)?;
        match email.split_once('@') {
            Some((name, host)) if !name.is_empty() && host.contains('.') && !host.contains('@') => {
                Ok(Self(email))
            }
            _ => Err(error(NameProblem::Character('@'))),
        }
    }
}

/// What an access token is good for, as Google's URLs name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope<'a>(pub(super) &'a str);

impl Scope<'static> {
    /// Publishing and all else at Pub/Sub.
    pub const PUBSUB: Self = Self("https://www.googleapis.com/auth/pubsub");
    /// Everything the identity may do; what [`impersonate`](super::impersonate) needs.
    pub const CLOUD_PLATFORM: Self = Self("https://www.googleapis.com/auth/cloud-platform");
}

impl<'a> Scope<'a> {
    /// Any other scope.
    ///
    /// # Errors
    /// [`FieldError`] for one that can't be.
    pub fn new(scope: &'a str) -> Result<Self, FieldError> {
        Field::Scope.check(scope).map(Self)
    }

    /// The URL.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}
