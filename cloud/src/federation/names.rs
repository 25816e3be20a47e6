//! Who the device is for Google Cloud, and what it talks to: names, checked before they are sent.

mod field;

pub use field::{Field, FieldError};

use crate::names::NameProblem;
use core::fmt;

/// Longest subject, in bytes: Google's limit for `google.subject`.
pub const SUBJECT_MAX: usize = 127;
/// Longest key id, in bytes.
pub const KEY_ID_MAX: usize = 64;

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

/// A Pub/Sub subscription: where a device finds what is sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subscription<'a> {
    pub(super) project: &'a str,
    pub(super) subscription: &'a str,
}

impl<'a> Subscription<'a> {
    /// A subscription by its project's id and its own.
    ///
    /// # Errors
    /// [`FieldError`] with the first name that is not in order.
    pub fn new(project: &'a str, subscription: &'a str) -> Result<Self, FieldError> {
        let project = Field::Project.check(project)?;
        Ok(Self { project, subscription: Field::Subscription.check(subscription)? })
    }
}

impl fmt::Display for Subscription<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "projects/{}/subscriptions/{}", self.project, self.subscription)
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

#[cfg(test)]
mod tests;
