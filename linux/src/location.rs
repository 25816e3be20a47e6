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
}

impl fmt::Display for LocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, why } = self;
        write!(
            f,
            "{text:?} says not where the chip is: {why}. Write the device file of an I2C bus (/dev/i2c-1)"
        )?;
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
        if text.starts_with('/') {
            return Ok(Self::Device(text.into()));
        }
        let wrong = |why: &str| Err(LocationError::new(text, why));
        let Some((scheme, rest)) = text.split_once(':') else {
            return wrong(match text {
                "" => "it is empty",
                "sim" | "tcp" => "a colon is missing",
                _ => "a device file begins with /, everything else with sim: or tcp:",
            });
        };
        match scheme {
            "sim" | "tcp" => simulated(text, scheme, rest),
            _ => wrong(&format!("nothing is known of {scheme}:")),
        }
    }
}

#[cfg(not(feature = "sim"))]
fn simulated(text: &str, _: &str, _: &str) -> Result<Location, LocationError> {
    Err(LocationError::new(
        text,
        "this program was built without simulated chips, the feature `sim` of atecc608-linux",
    ))
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
