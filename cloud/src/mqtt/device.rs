//! Who the device is: client id and topics.

use super::text::Text;
use crate::names::{self, NameProblem, PROJECT_MAX};
use core::fmt;

/// Longest region taken, in bytes.
const REGION_MAX: usize = 32;
/// Longest registry id and longest device id, in bytes.
const ID_MAX: usize = 255;

/// Longest [`Device::client_id`], in bytes.
pub const CLIENT_ID_MAX: usize =
    "projects//locations//registries//devices/".len() + PROJECT_MAX + REGION_MAX + 2 * ID_MAX;

/// Longest topic, in bytes: a device id and a subfolder of the same length at most.
pub const TOPIC_MAX: usize = "/devices//commands/".len() + 2 * ID_MAX;

/// A part of the device's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// The project id, which is also the token's audience.
    Project,
    /// The region (location).
    Region,
    /// The registry id.
    Registry,
    /// The device id.
    Device,
    /// The part of a topic behind `events/`.
    Subfolder,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Project => "project",
            Self::Region => "region",
            Self::Registry => "registry",
            Self::Device => "device",
            Self::Subfolder => "subfolder",
        })
    }
}

/// A name that the bridge would not know or that would not survive in a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NameError {
    /// Which name.
    pub name: Name,
    /// What is wrong with it.
    pub problem: NameProblem,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, problem } = self;
        match problem {
            NameProblem::Length { min, max } => {
                write!(f, "the {name} name must have {min} to {max} characters")
            }
            NameProblem::Start => write!(f, "the {name} name must start with a letter"),
            NameProblem::Character(c) => {
                write!(f, "the {name} name must not contain {:?}; allowed are {}", c, allowed(*name).1)
            }
        }
    }
}

impl core::error::Error for NameError {}

/// Which characters a name may have, as a test and in words.
///
/// The bridge once allowed `+` in registry and device ids. MQTT gives it a meaning in topics, so it is
/// refused here.
fn allowed(name: Name) -> (fn(char) -> bool, &'static str) {
    match name {
        Name::Project => names::project(),
        Name::Region => {
            (|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-', "lower-case letters, digits and -")
        }
        Name::Registry | Name::Device => {
            (|c| c.is_ascii_alphanumeric() || "-_.~%".contains(c), "letters, digits and - _ . ~ %")
        }
        Name::Subfolder => {
            (|c| c.is_ascii_alphanumeric() || "-_.~%/".contains(c), "letters, digits and - _ . ~ % /")
        }
    }
}

fn check(name: Name, text: &str) -> Result<&str, NameError> {
    let (min, max) = match name {
        Name::Project => (1, PROJECT_MAX),
        Name::Region => (1, REGION_MAX),
        Name::Registry | Name::Device => (3, ID_MAX),
        Name::Subfolder => (1, ID_MAX),
    };
    let error = |problem| Err(NameError { name, problem });
    if !(min..=max).contains(&text.len()) {
        return error(NameProblem::Length { min, max });
    }
    if name != Name::Subfolder && !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return error(NameProblem::Start);
    }
    match text.chars().find(|c| !allowed(name).0(*c)) {
        Some(c) => error(NameProblem::Character(c)),
        None => Ok(text),
    }
}

/// Checks the part of a topic behind `events/`, as [`Device::events_topic`] does.
///
/// # Errors
/// [`NameError`] for one that is empty, longer than 255 bytes, or has wildcards in it.
pub fn check_subfolder(name: &str) -> Result<&str, NameError> {
    check(Name::Subfolder, name)
}

/// A device's full name, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device<'a> {
    project: &'a str,
    region: &'a str,
    registry: &'a str,
    device: &'a str,
}

impl<'a> Device<'a> {
    /// Checks the four names.
    ///
    /// # Errors
    /// [`NameError`] with the first name that is too short, too long or has a character that it must not.
    pub fn new(
        project: &'a str,
        region: &'a str,
        registry: &'a str,
        device: &'a str,
    ) -> Result<Self, NameError> {
        Ok(Self {
            project: check(Name::Project, project)?,
            region: check(Name::Region, region)?,
            registry: check(Name::Registry, registry)?,
            device: check(Name::Device, device)?,
        })
    }

    /// The project id: the token's audience.
    #[must_use]
    pub const fn project(&self) -> &'a str {
        self.project
    }

    /// The device id.
    #[must_use]
    pub const fn device(&self) -> &'a str {
        self.device
    }

    /// `projects/P/locations/R/registries/G/devices/D`.
    #[must_use]
    pub fn client_id(&self) -> Text<CLIENT_ID_MAX> {
        let Self { project, region, registry, device } = self;
        Text::fitting(format_args!(
            "projects/{project}/locations/{region}/registries/{registry}/devices/{device}"
        ))
    }

    /// `/devices/D/events`, or `/devices/D/events/SUBFOLDER`: telemetry.
    ///
    /// # Errors
    /// [`NameError`] for a subfolder that is empty, longer than 255 bytes, or has wildcards in it.
    pub fn events_topic(&self, subfolder: Option<&str>) -> Result<Text<TOPIC_MAX>, NameError> {
        let device = self.device;
        Ok(match subfolder {
            None => Text::fitting(format_args!("/devices/{device}/events")),
            Some(name) => {
                Text::fitting(format_args!("/devices/{device}/events/{}", check(Name::Subfolder, name)?))
            }
        })
    }

    /// `/devices/D/state`: what the device is like now.
    #[must_use]
    pub fn state_topic(&self) -> Text<TOPIC_MAX> {
        Text::fitting(format_args!("/devices/{}/state", self.device))
    }

    /// `/devices/D/config`: what the device should be like, from the server.
    #[must_use]
    pub fn config_topic(&self) -> Text<TOPIC_MAX> {
        Text::fitting(format_args!("/devices/{}/config", self.device))
    }

    /// `/devices/D/commands/#`: every command from the server.
    #[must_use]
    pub fn commands_filter(&self) -> Text<TOPIC_MAX> {
        Text::fitting(format_args!("/devices/{}/commands/#", self.device))
    }

    /// What a topic of the server's means, if it is this device's.
    pub(super) fn incoming<'t>(&self, topic: &'t str) -> Option<Incoming<'t>> {
        let topic = topic.strip_prefix("/devices/")?.strip_prefix(self.device)?;
        match topic {
            "/config" => Some(Incoming::Config),
            // A filter that ends in `/#` matches its parent level, too.
            "/commands" => Some(Incoming::Command("")),
            _ => topic.strip_prefix("/commands/").map(Incoming::Command),
        }
    }
}

/// What the server sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Incoming<'t> {
    Config,
    /// With the subfolder, which may be empty.
    Command(&'t str),
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    fn problem(result: Result<Device<'_>, NameError>) -> (Name, NameProblem) {
        let error = result.unwrap_err();
        (error.name, error.problem)
    }

    #[test]
    fn names_become_client_id_and_topics() {
        let device = Device::new("example.com:p-1", "us-central1", "reg_1", "Dev~1.a%").unwrap();
        assert_eq!(
            device.client_id(),
            "projects/example.com:p-1/locations/us-central1/registries/reg_1/devices/Dev~1.a%"
        );
        assert_eq!(device.events_topic(None).unwrap(), "/devices/Dev~1.a%/events");
        assert_eq!(device.events_topic(Some("a/b")).unwrap(), "/devices/Dev~1.a%/events/a/b");
        assert_eq!(device.state_topic(), "/devices/Dev~1.a%/state");
        assert_eq!(device.config_topic(), "/devices/Dev~1.a%/config");
        assert_eq!(device.commands_filter(), "/devices/Dev~1.a%/commands/#");
    }

    #[test]
    fn the_longest_names_fit() {
        let long = "x".repeat(ID_MAX);
        let device = Device::new(&long[..PROJECT_MAX], &long[..REGION_MAX], &long, &long).unwrap();
        assert_eq!(device.client_id().len(), CLIENT_ID_MAX);
        assert!(device.client_id().ends_with(&long));
        let topic = device.events_topic(Some(&long)).unwrap();
        assert!(topic.len() <= TOPIC_MAX && topic.ends_with(&std::format!("/events/{long}")));
        assert!(device.commands_filter().ends_with("/commands/#"));
    }

    #[test]
    fn names_out_of_bounds_are_refused() {
        let long = "x".repeat(256);
        let length = |min, max| NameProblem::Length { min, max };
        assert_eq!(problem(Device::new("", "r", "reg", "dev")), (Name::Project, length(1, 63)));
        assert_eq!(problem(Device::new("p", &long, "reg", "dev")), (Name::Region, length(1, 32)));
        assert_eq!(problem(Device::new("p", "r", "re", "dev")), (Name::Registry, length(3, 255)));
        assert_eq!(problem(Device::new("p", "r", "reg", &long)), (Name::Device, length(3, 255)));
        assert_eq!(problem(Device::new("1p", "r", "reg", "dev")), (Name::Project, NameProblem::Start));
        assert_eq!(
            problem(Device::new("P", "r", "reg", "dev")),
            (Name::Project, NameProblem::Character('P'))
        );
        for c in ['/', '+', '#', ' ', '"', '\\', '\0', 'é'] {
            let name = std::format!("dev{c}");
            assert_eq!(
                problem(Device::new("p", "r", "reg", &name)),
                (Name::Device, NameProblem::Character(c))
            );
        }
        let device = Device::new("p", "r", "reg", "dev").unwrap();
        assert!(device.events_topic(Some("")).is_err());
        let error = device.events_topic(Some("a/#")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the subfolder name must not contain '#'; allowed are letters, digits and - _ . ~ % /"
        );
    }

    #[test]
    fn incoming_topics_are_told_apart() {
        let device = Device::new("p", "r", "reg", "dev").unwrap();
        assert_eq!(device.incoming("/devices/dev/config"), Some(Incoming::Config));
        assert_eq!(device.incoming("/devices/dev/commands"), Some(Incoming::Command("")));
        assert_eq!(device.incoming("/devices/dev/commands/a/b"), Some(Incoming::Command("a/b")));
        for foreign in [
            "",
            "/devices/dev",
            "/devices/dev/",
            "/devices/dev2/config",
            "/devices/de/config",
            "devices/dev/config",
        ] {
            assert_eq!(device.incoming(foreign), None, "{foreign}");
        }
        assert_eq!(device.incoming("/devices/dev/commandsx"), None);
        assert_eq!(device.incoming("/devices/dev/config/x"), None);
    }
}
