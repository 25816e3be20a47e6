//! Where a configuration comes from: a chip, a file, a preset.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use atecc608::config::{ConfigZone, preset};
use atecc608_config::{ErrorKind, Preset, forms};

use crate::app::App;
use crate::bus::Place;
use crate::failure::{Failure, Kind};
use crate::files;

/// A configuration as the command line names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// `chip`: that of `--bus`.
    Chip,
    /// A place of a chip, as for `--bus`.
    At(String),
    /// One of the driver's presets.
    Preset(Preset),
    /// A file in any form; `-` is standard input.
    File(PathBuf),
}

/// Reads the name. What has a `/` or a `.` is a file, except below /dev/.
pub(crate) fn source(text: &str) -> Result<Source, String> {
    let simulated = ["sim:", "tcp:"].iter().any(|scheme| text.starts_with(scheme));
    Ok(match text {
        "" => return Err("name a file, a preset or `chip`".into()),
        "chip" => Source::Chip,
        "sim" => Source::At(text.into()),
        _ if simulated || text.starts_with("/dev/i2c-") => Source::At(text.into()),
        _ => text.parse().map_or_else(|_| Source::File(text.into()), Source::Preset),
    })
}

impl Source {
    /// Whether its lock bytes are those of a chip; those of files and presets say nothing.
    pub(crate) fn is_chip(&self) -> bool {
        matches!(self, Self::Chip | Self::At(_))
    }

    /// The configuration. What it does not say of the chip's own bytes is taken from `chip`.
    pub(crate) fn read(&self, app: &mut App, chip: &ConfigZone) -> Result<ConfigZone, Failure> {
        match self {
            Self::Chip => app.ask("the chip's configuration was read", |chip| chip.read_config()),
            Self::At(place) => {
                let tried = format!("the configuration of the chip on {place} was read");
                let chip = Place::of(Some(place))?.open_at(None, app.global())?;
                chip.with(|chip| chip.read_config()).map_err(|error| Failure::of_chip(tried, &error))
            }
            Self::Preset(preset) => Ok(preset.zone(chip)),
            Self::File(path) => from_file(path, chip),
        }
    }

    /// The same for itself.
    pub(crate) fn alone(&self, app: &mut App) -> Result<ConfigZone, Failure> {
        self.read(app, &ConfigZone::from_bytes(preset::FACTORY))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chip => f.write_str("the chip"),
            Self::At(place) => write!(f, "the chip on {place}"),
            Self::Preset(preset) => write!(f, "preset {preset}"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

fn from_file(path: &Path, chip: &ConfigZone) -> Result<ConfigZone, Failure> {
    let result = if path == Path::new("-") {
        let contents = files::read(path)?;
        // It has no name that says what it is.
        let toml = forms::decode(&contents).and_then(|text| atecc608_config::from_toml(&text, chip).ok());
        toml.map_or_else(|| atecc608_config::from_slice(&contents, chip), Ok)
    } else {
        atecc608_config::from_file(path, chip)
    };
    result.map_err(|error| {
        let tried = format!("a configuration was read from {}", path.display());
        let (kind, help) = match error.kind() {
            ErrorKind::Io(io) if io.kind() == io::ErrorKind::NotFound => {
                let presets = Preset::ALL.map(Preset::name).join(", ");
                (Kind::File, format!("name a file, a preset ({presets}) or `chip`"))
            }
            ErrorKind::Io(_) => (Kind::File, "name a file that can be read".into()),
            _ => (Kind::Usage, "128 bytes in any form will do, or TOML; correct what is named".into()),
        };
        Failure::new(kind, tried, error, help)
    })
}
