//! The rules of each name.

use super::limits::{self, LimitError, TOPIC_MAX};
use crate::mqtt::{Login, Text};
use crate::names::NameProblem;
use core::fmt;

/// Longest name of a thing, in bytes; the client id has the same limit.
pub const THING_NAME_MAX: usize = 128;
/// Longest name of a shadow, in bytes.
pub const SHADOW_NAME_MAX: usize = 64;
/// Longest name of a provisioning template, in bytes (API reference, `CreateProvisioningTemplate`).
pub const TEMPLATE_NAME_MAX: usize = 36;

/// What a name is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// The thing, which is also the client id.
    Thing,
    /// A named shadow.
    Shadow,
    /// A provisioning template.
    Template,
}

impl Field {
    const fn max(self) -> usize {
        match self {
            Self::Thing => THING_NAME_MAX,
            Self::Shadow => SHADOW_NAME_MAX,
            Self::Template => TEMPLATE_NAME_MAX,
        }
    }

    fn allows(self, c: char) -> bool {
        c.is_ascii_alphanumeric() || c == '_' || c == '-' || (c == ':' && self != Self::Template)
    }

    pub(super) fn check(self, name: &str) -> Result<&str, FieldError> {
        let error = |problem| Err(FieldError { field: self, problem });
        if name.is_empty() || name.len() > self.max() {
            return error(NameProblem::Length { min: 1, max: self.max() });
        }
        match name.chars().find(|c| !self.allows(*c)) {
            Some(c) => error(NameProblem::Character(c)),
            None => Ok(name),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Thing => "thing name",
            Self::Shadow => "shadow name",
            Self::Template => "template name",
        })
    }
}

/// A name that AWS would refuse.
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
        let Self { field, problem } = self;
        match problem {
            NameProblem::Length { min, max } => write!(f, "the {field} must have {min} to {max} bytes"),
            NameProblem::Character(c) => {
                let colon = if *field == Field::Template { "" } else { " :" };
                write!(f, "the {field} has {c:?} in it; allowed are letters, digits and _ -{colon}")
            }
            NameProblem::Start => write!(f, "the {field} starts with a character that is not allowed there"),
        }
    }
}

impl core::error::Error for FieldError {}

/// A thing of the registry: the name of a device, which is also its client id.
///
/// Chips from Trust&GO manifests are usually named by their serial number in upper case; certificates of one's own by their
/// common name, which just-in-time provisioning takes as the thing's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thing<'a>(&'a str);

impl<'a> Thing<'a> {
    /// Checks a name: 1 to [`THING_NAME_MAX`] letters, digits and `_ - :`.
    ///
    /// # Errors
    /// [`FieldError`].
    pub fn new(name: &'a str) -> Result<Self, FieldError> {
        Field::Thing.check(name).map(Self)
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.0
    }

    /// The login: the name as client id, without user name and password, as the certificate says who it is.
    #[must_use]
    pub const fn login(&self) -> Login<'a> {
        Login::new(self.0)
    }

    /// A topic of this thing's own, `devices/NAME/SUFFIX`: what the policy `device-policy.json` of the examples permits, beside
    /// the thing's shadows. AWS itself has no rule for such topics.
    ///
    /// # Errors
    /// [`LimitError`]: too long, too many slashes, wildcards.
    pub fn topic(&self, suffix: &str) -> Result<Text<TOPIC_MAX>, LimitError> {
        let len = "devices//".len().saturating_add(self.0.len()).saturating_add(suffix.len());
        if len > TOPIC_MAX {
            return Err(LimitError::TopicLength { len });
        }
        let topic = Text::fitting(format_args!("devices/{}/{suffix}", self.0));
        limits::check_topic(&topic)?;
        Ok(topic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn names() {
        let long = "x".repeat(THING_NAME_MAX + 1);
        for good in ["a", "0123A23F29F9366A01", "a_b-c:d", &long[..THING_NAME_MAX]] {
            assert_eq!(Thing::new(good).map(|thing| thing.name()), Ok(good));
        }
        for (bad, problem) in [
            ("", NameProblem::Length { min: 1, max: 128 }),
            (&long, NameProblem::Length { min: 1, max: 128 }),
            ("a/b", NameProblem::Character('/')),
            ("a b", NameProblem::Character(' ')),
            ("sn.1", NameProblem::Character('.')),
            ("ä", NameProblem::Character('ä')),
        ] {
            assert_eq!(Thing::new(bad), Err(FieldError { field: Field::Thing, problem }));
        }
        assert!(Field::Shadow.check(&long[..65]).is_err() && Field::Shadow.check(&long[..64]).is_ok());
        assert!(Field::Template.check(&long[..37]).is_err() && Field::Template.check(&long[..36]).is_ok());
        let text = Field::Template.check("a:b").unwrap_err().to_string();
        assert_eq!(text, "the template name has ':' in it; allowed are letters, digits and _ -");
    }

    #[test]
    fn own_topics() {
        let thing = Thing::new("sensor-1").unwrap();
        assert_eq!(thing.topic("telemetry").unwrap(), "devices/sensor-1/telemetry");
        assert_eq!(thing.topic("a/b/c/d/e/f").unwrap(), "devices/sensor-1/a/b/c/d/e/f");
        assert_eq!(thing.topic("a/b/c/d/e/f/g"), Err(LimitError::Slashes { count: 8 }));
        assert_eq!(thing.topic(&"x".repeat(240)), Err(LimitError::TopicLength { len: 257 }));
        assert!(matches!(thing.topic("a/#"), Err(LimitError::Topic(_))));
    }
}
