//! Where a chip is, as a person writes it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

#[cfg(feature = "sim")]
use atecc608_sim::preset::Preset;

/// Where a chip is.
///
/// | Text | Meaning |
/// |---|---|
/// | `/dev/i2c-1` | the I2C bus of this machine with this device file |
/// | `sim:` | a new blank chip in software, gone when the last handle is |
/// | `sim:NAME` | a simulated chip as people have it, locked and with keys: a name of `atecc608_sim::preset`, for instance `sim:tngtls` |
/// | `sim:FILE` | a simulated chip whose memory is kept in this file, which is made if there is none. What has a `/` or a `.` in it is a file: `sim:./chip` |
/// | `tcp:HOST:PORT` | the bus of an `atecc608-sim serve`; `tcp:[::1]:6080` for an IPv6 address |
///
/// All but the first need the feature `sim`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Location {
    /// The device file of an I2C bus.
    Device(PathBuf),
    /// A new blank chip in software.
    #[cfg(feature = "sim")]
    Simulator,
    /// A chip in software, kept in a file.
    #[cfg(feature = "sim")]
    SimulatorFile(PathBuf),
    /// A chip in software as people have it.
    #[cfg(feature = "sim")]
    Preset(Preset),
    /// The bus of an `atecc608-sim serve`: `HOST:PORT`.
    #[cfg(feature = "sim")]
    Tcp(String),
}

/// A text is no [`Location`]. It says what is wrong with it and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationError {
    text: String,
    why: String,
}

impl LocationError {
    fn new(text: &str, why: impl Into<String>) -> Self {
        Self { text: text.into(), why: why.into() }
    }

    /// What is wrong, without what is allowed: for a program that has forms of its own.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl fmt::Display for LocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, why } = self;
        write!(f, "{text:?} is no place of a chip: {why}. Write the device file of an I2C bus (/dev/i2c-1)")?;
        if cfg!(feature = "sim") {
            f.write_str(", sim: (a new simulated chip), sim:FILE, sim:PRESET, or tcp:HOST:PORT")?;
        }
        Ok(())
    }
}

impl std::error::Error for LocationError {}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(path) => write!(f, "{}", path.display()),
            #[cfg(feature = "sim")]
            Self::Simulator => f.write_str("sim:"),
            #[cfg(feature = "sim")]
            Self::SimulatorFile(path) => write!(f, "sim:{}", path.display()),
            #[cfg(feature = "sim")]
            Self::Preset(preset) => write!(f, "sim:{preset}"),
            #[cfg(feature = "sim")]
            Self::Tcp(place) => write!(f, "tcp:{place}"),
        }
    }
}

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        Self::parse(text, cfg!(feature = "sim"))
    }
}

impl Location {
    fn parse(text: &str, with_simulators: bool) -> Result<Self, LocationError> {
        if text.starts_with('/') {
            return Ok(Self::Device(text.into()));
        }
        let wrong = |why: &str| Err(LocationError::new(text, why));
        match text.split_once(':') {
            None => wrong(match text {
                "" => "it is empty",
                "sim" | "tcp" => "a colon is missing",
                _ => "a device file is written with its folder, and everything else has a colon",
            }),
            Some(("sim" | "tcp", _)) if !with_simulators => wrong(
                "this program was built without simulated chips, which are the feature `sim` of atecc608-linux",
            ),
            #[cfg(feature = "sim")]
            Some((scheme @ ("sim" | "tcp"), rest)) => simulated(text, scheme, rest),
            Some((scheme, _)) => wrong(&format!("nothing is known of {scheme}:")),
        }
    }
}

#[cfg(feature = "sim")]
fn simulated(text: &str, scheme: &str, rest: &str) -> Result<Location, LocationError> {
    if scheme == "tcp" {
        return match tcp(rest) {
            Ok(()) => Ok(Location::Tcp(rest.into())),
            Err(why) => Err(LocationError::new(text, why)),
        };
    }
    if rest.is_empty() {
        Ok(Location::Simulator)
    } else if rest.contains(['/', '.']) {
        Ok(Location::SimulatorFile(rest.into()))
    } else {
        let preset = rest.parse().map_err(|error| {
            LocationError::new(text, format!("{error}; a file in this folder is written sim:./{rest}"))
        })?;
        Ok(Location::Preset(preset))
    }
}

/// Whether it has host and port.
#[cfg(feature = "sim")]
fn tcp(place: &str) -> Result<(), String> {
    if place.starts_with("//") {
        return Err("no slashes stand before the host".into());
    }
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !(place.starts_with('[') && place.ends_with(']')) => (host, port),
        _ => {
            return Err("the port is missing; atecc608-sim serve takes 6080 unless it is told another".into());
        }
    };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    match (host, bare) {
        ("", _) | (_, Some("")) => return Err("the host is missing; for this machine write 127.0.0.1".into()),
        (host, None) if host.contains(':') => {
            return Err(format!("an IPv6 address stands in brackets, as in tcp:[{host}]:{port}"));
        }
        _ => {}
    }
    match port.parse::<u16>() {
        Ok(port) if port != 0 => Ok(()),
        _ => Err(format!("{port:?} is no port, which is a number from 1 to 65535")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str) -> String {
        let error = text.parse::<Location>().unwrap_err();
        let (said, why) = (error.to_string(), error.why);
        assert!(said.starts_with(&format!("{text:?} is no place of a chip: {why}. Write ")), "{said}");
        why
    }

    #[test]
    fn a_device_file_begins_with_its_folder() {
        assert_eq!("/dev/i2c-1".parse(), Ok(Location::Device("/dev/i2c-1".into())));
        assert_eq!("/dev/by:colon".parse(), Ok(Location::Device("/dev/by:colon".into())));
        for text in ["i2c-1", "1", "dev/i2c-1"] {
            assert!(why(text).starts_with("a device file is written with its folder"));
        }
        assert_eq!(why(""), "it is empty");
        assert_eq!(why("sim"), "a colon is missing");
        assert_eq!(why("i2c:1"), "nothing is known of i2c:");
    }

    #[cfg(feature = "sim")]
    #[test]
    fn every_form_is_read_as_it_is_written() {
        for (text, location) in [
            ("/dev/i2c-1", Location::Device("/dev/i2c-1".into())),
            ("sim:", Location::Simulator),
            ("sim:/var/lib/chip", Location::SimulatorFile("/var/lib/chip".into())),
            ("sim:chip.bin", Location::SimulatorFile("chip.bin".into())),
            // A file, though there is such a preset.
            ("sim:./tngtls", Location::SimulatorFile("./tngtls".into())),
            ("sim:tngtls", Location::Preset(Preset::TngTls)),
            ("tcp:127.0.0.1:6080", Location::Tcp("127.0.0.1:6080".into())),
            ("tcp:simulator:1", Location::Tcp("simulator:1".into())),
            ("tcp:[::1]:65535", Location::Tcp("[::1]:65535".into())),
        ] {
            assert_eq!(text.parse().as_ref(), Ok(&location));
            assert_eq!(location.to_string(), text);
        }
    }

    #[cfg(feature = "sim")]
    #[test]
    fn what_is_wrong_is_said() {
        let unknown = why("sim:chip");
        assert!(unknown.starts_with("no preset \"chip\"; there are tngtls, "), "{unknown}");
        assert!(unknown.ends_with("; a file in this folder is written sim:./chip"), "{unknown}");
        for (text, said) in [
            ("tcp:", "the port is missing"),
            ("tcp:host", "the port is missing"),
            ("tcp:[::1]", "the port is missing"),
            ("tcp://host:1", "no slashes"),
            ("tcp::1", "the host is missing"),
            ("tcp:[]:1", "the host is missing"),
            ("tcp:::1:6080", "an IPv6 address stands in brackets, as in tcp:[::1]:6080"),
            ("tcp:host:0", "\"0\" is no port"),
            ("tcp:host:65536", "\"65536\" is no port"),
            ("tcp:host:", "\"\" is no port"),
        ] {
            assert!(why(text).starts_with(said), "{text}: {}", why(text));
        }
    }

    #[test]
    fn a_program_without_simulated_chips_says_so() {
        for text in ["sim:", "sim:tngtls", "sim:./chip", "tcp:127.0.0.1:6080"] {
            let error = Location::parse(text, false).unwrap_err();
            assert!(error.why.starts_with("this program was built without simulated chips"), "{error}");
        }
        assert!(Location::parse("/dev/i2c-1", false).is_ok());
    }
}
