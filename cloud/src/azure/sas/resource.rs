//! What a token opens.

use super::super::field::{Field, FieldError};
use super::super::url::Encode;
use core::fmt;

/// What a token is for, and by which policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resource<'a> {
    parts: [&'a str; 3],
    policy: Option<&'a str>,
}

impl<'a> Resource<'a> {
    pub(in crate::azure) const fn device(host: &'a str, id: &'a str) -> Self {
        Self { parts: [host, "/devices/", id], policy: None }
    }

    pub(in crate::azure) const fn registration(id_scope: &'a str, id: &'a str) -> Self {
        Self { parts: [id_scope, "/registrations/", id], policy: Some("registration") }
    }

    /// The same by a shared access policy (`skn`): its key is not one device's, so it has no place on devices.
    ///
    /// # Errors
    /// [`FieldError`].
    pub fn with_policy(self, policy: &'a str) -> Result<Self, FieldError> {
        Ok(Self { policy: Some(Field::Policy.check(policy)?), ..self })
    }

    pub(super) const fn policy(&self) -> Option<&'a str> {
        self.policy
    }
}

/// Percent-encoded, as it stands in the token and in what is signed.
impl fmt::Display for Resource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| Encode(part).fmt(f))
    }
}
