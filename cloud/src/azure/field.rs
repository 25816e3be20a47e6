//! The rules of each name.

use crate::names::NameProblem;
use core::fmt;

/// Longest host name taken, in bytes: a name of 50 characters, a region and Azure's suffix leave room.
pub const HOST_MAX: usize = 128;
/// Longest device id, registration id, client id and authentication name, in bytes.
pub const DEVICE_ID_MAX: usize = 128;

/// What a name is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// The server's name.
    Host,
    /// The device's id in an IoT hub.
    DeviceId,
    /// What DPS knows a device by; in a certificate, its common name.
    RegistrationId,
    /// Which DPS it is, for instance `0ne00ABCDEF`.
    IdScope,
    /// What DPS calls a registration under way.
    OperationId,
    /// A client's authentication name at Event Grid.
    AuthenticationName,
    /// The MQTT client id: at Event Grid the name of the session.
    ClientId,
    /// A topic at Event Grid.
    Topic,
    /// The id of a direct method's call.
    RequestId,
    /// The name of a shared access policy.
    Policy,
}

impl Field {
    const fn name(self) -> &'static str {
        match self {
            Self::Host => "host name",
            Self::DeviceId => "device id",
            Self::RegistrationId => "registration id",
            Self::IdScope => "id scope",
            Self::OperationId => "operation id",
            Self::AuthenticationName => "client authentication name",
            Self::ClientId => "client id",
            Self::Topic => "topic",
            Self::RequestId => "request id",
            Self::Policy => "policy name",
        }
    }

    /// Most bytes.
    const fn max(self) -> usize {
        match self {
            Self::Host => HOST_MAX,
            Self::DeviceId | Self::RegistrationId | Self::AuthenticationName | Self::ClientId => {
                DEVICE_ID_MAX
            }
            Self::IdScope => 32,
            Self::OperationId => super::dps::OPERATION_ID_MAX,
            Self::Topic => super::event_grid::TOPIC_MAX,
            Self::RequestId | Self::Policy => 64,
        }
    }

    /// Which characters are allowed, as a test and in words.
    ///
    /// Device ids may also have `# $ % * + ?`, which mean something else in topics, filters and user names; they are refused.
    fn allowed(self) -> (fn(char) -> bool, &'static str) {
        match self {
            Self::Host => (|c| c.is_ascii_alphanumeric() || "-.".contains(c), "letters, digits and - ."),
            Self::DeviceId => (
                |c| c.is_ascii_alphanumeric() || "-._:@=!(),'".contains(c),
                "letters, digits and - . _ : @ = ! ( ) , '",
            ),
            Self::RegistrationId => {
                (|c| c.is_ascii_alphanumeric() || "-._:".contains(c), "letters, digits and - . _ :")
            }
            Self::IdScope => (|c| c.is_ascii_alphanumeric(), "letters and digits"),
            Self::OperationId | Self::RequestId | Self::Policy => {
                (|c| c.is_ascii_alphanumeric() || "-._~".contains(c), "letters, digits and - . _ ~")
            }
            Self::AuthenticationName | Self::ClientId => (|c| !c.is_control(), "no control characters"),
            Self::Topic => (
                |c| !c.is_control() && !"+#".contains(c),
                "everything but control characters and the wildcards + #",
            ),
        }
    }

    /// What else it must be, as a test and in words.
    fn form(self) -> (fn(&str) -> bool, &'static str) {
        match self {
            Self::Host => (
                |text| !text.starts_with(['-', '.']) && !text.ends_with(['-', '.']) && !text.contains(".."),
                "must not start or end with - or . and not have .. in it",
            ),
            // "Terminology used with DPS": registration id.
            Self::RegistrationId => (
                |text| text.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-'),
                "must end with a letter, a digit or -",
            ),
            Self::Topic => (
                |text| !text.starts_with('$') && text.split('/').count() <= super::event_grid::SEGMENTS_MAX,
                "must not start with $ and not have more than 15 parts between slashes",
            ),
            _ => (|_| true, ""),
        }
    }

    pub(super) fn check(self, text: &str) -> Result<&str, FieldError> {
        let error = |problem| Err(FieldError { field: self, problem });
        if text.is_empty() || text.len() > self.max() {
            return error(NameProblem::Length { min: 1, max: self.max() });
        }
        if let Some(c) = text.chars().find(|c| !self.allowed().0(*c)) {
            return error(NameProblem::Character(c));
        }
        // Of the problems that there are words for, a wrong start is the nearest to a wrong form.
        if !self.form().0(text) {
            return error(NameProblem::Start);
        }
        Ok(text)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that Azure would refuse, or that would not survive in a topic or a user name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// Which name.
    pub field: Field,
    /// What is wrong with it. [`NameProblem::Start`] stands for a wrong start or end.
    pub problem: NameProblem,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, problem } = self;
        match problem {
            NameProblem::Length { min, max } => write!(f, "the {field} must have {min} to {max} bytes"),
            NameProblem::Start => write!(f, "the {field} {}", field.form().1),
            NameProblem::Character(c) => {
                write!(f, "the {field} must not contain {c:?}; allowed: {}", field.allowed().1)
            }
        }
    }
}

impl core::error::Error for FieldError {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn names_that_azure_takes_pass() {
        for (field, names) in [
            (Field::Host, &["h.azure-devices.net", "localhost", "a.westeurope-1.ts.eventgrid.azure.net"][..]),
            (Field::DeviceId, &["sensor-1", "sn0123A23F29F9366A01", "a.b_c:d@e=f!(g),'h'"]),
            (Field::RegistrationId, &["sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6", "A:b_c.d-"]),
            (Field::IdScope, &["0ne00ABCDEF"]),
            (Field::AuthenticationName, &["client 1", "Gerät", "CN=x,O=y"]),
            (Field::Topic, &["a", "greenhouse/sensor 1/temperature", "a//b", "a/$b"]),
        ] {
            for name in names {
                assert_eq!(field.check(name), Ok(*name), "{field}");
            }
        }
    }

    #[test]
    fn others_are_refused_in_words() {
        let long = "x".repeat(300);
        for (field, name, words) in [
            (Field::Host, "", "the host name must have 1 to 128 bytes"),
            (Field::Host, "a b", "the host name must not contain ' '; allowed: letters, digits and - ."),
            (Field::Host, "https://a", "must not contain ':'"),
            (Field::Host, "a..b", "must not start or end with - or ."),
            (Field::Host, "a.", "must not start or end"),
            (Field::DeviceId, &long, "the device id must have 1 to 128 bytes"),
            (Field::DeviceId, "a/b", "must not contain '/'"),
            (Field::DeviceId, "a+", "must not contain '+'"),
            (Field::DeviceId, "a#", "must not contain '#'"),
            (Field::DeviceId, "a?b", "must not contain '?'"),
            (Field::DeviceId, "é", "must not contain 'é'"),
            (Field::RegistrationId, "a_", "the registration id must end with a letter, a digit or -"),
            (Field::RegistrationId, "a@b", "must not contain '@'"),
            (Field::IdScope, "0ne-1", "must not contain '-'"),
            (Field::AuthenticationName, "a\0", "must not contain '\\0'"),
            (Field::ClientId, "", "must have 1 to 128"),
            (Field::Topic, "a/#", "must not contain '#'"),
            (Field::Topic, "a/+/b", "must not contain '+'"),
            (Field::Topic, "$SYS/x", "the topic must not start with $"),
            (Field::Topic, "0/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f", "more than 15 parts"),
            (Field::Topic, &long, "the topic must have 1 to 256"),
            (Field::OperationId, "a&b", "must not contain '&'"),
            (Field::RequestId, "a/b", "must not contain '/'"),
            (Field::Policy, "a&b", "must not contain '&'"),
        ] {
            let text = field.check(name).unwrap_err().to_string();
            assert!(text.contains(words), "{field} {name:?}: {text}");
        }
    }
}
