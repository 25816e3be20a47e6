//! The firmware's `config.toml`: read, checked and written as Rust constants when the firmware is built.
//!
//! Nothing of it is looked at on the device, so whatever can be wrong with it is found here, and the
//! message names the file and the field.

mod check;
mod file;
mod generate;
mod roots;

use file::File;
use std::fmt;
use std::path::{Path, PathBuf};

/// Settings that passed every check.
#[derive(Debug)]
pub struct Settings {
    file: file::File,
    folder: PathBuf,
    roots: Roots,
}

impl Settings {
    /// Rust source: `pub const SETTINGS: Settings` and `pub const BUILD_TIME: u64`, in Unix seconds.
    #[must_use]
    pub fn constants(&self, build_time: u64) -> String {
        generate::constants(self, build_time)
    }

    /// The certificate files that were read.
    #[must_use]
    pub fn root_files(&self) -> Vec<PathBuf> {
        let File { bridge, sts, pubsub, iamcredentials, .. } = &self.file;
        let names =
            [bridge, sts, pubsub, iamcredentials].into_iter().flat_map(|server| roots::files(&server.roots));
        names.map(|name| self.folder.join(name)).collect()
    }
}

/// The pinned roots of the four TLS servers, as DER.
#[derive(Debug)]
struct Roots {
    bridge: Vec<Vec<u8>>,
    sts: Vec<Vec<u8>>,
    pubsub: Vec<Vec<u8>>,
    iamcredentials: Vec<Vec<u8>>,
}

/// What is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    file: PathBuf,
    field: Option<String>,
    problem: String,
}

impl Fault {
    fn of(file: &Path, problem: impl fmt::Display) -> Self {
        Self { file: file.into(), field: None, problem: problem.to_string() }
    }
}

impl fmt::Display for Fault {
    /// One line, as build tools show it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file.display())?;
        if let Some(field) = &self.field {
            write!(f, "field {field}: ")?;
        }
        write!(f, "{}", self.problem.trim_end().replace('\n', " / "))
    }
}

impl std::error::Error for Fault {}

/// Reads and checks a configuration file. Paths of certificates in it start at the file's folder.
///
/// # Errors
/// [`Fault`], if the file is not there, is no TOML, lacks a field, has one too many, or a field's value
/// can't be used.
pub fn load(path: &Path) -> Result<Settings, Fault> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let advice = match error.kind() {
            std::io::ErrorKind::NotFound => {
                "not found. Copy the example (cp config.example.toml config.toml) and put your names into it"
                    .into()
            }
            _ => format!("can't be read: {error}"),
        };
        Fault::of(path, advice)
    })?;
    let file = file::parse(&text).map_err(|problem| Fault::of(path, problem))?;
    let field = |(field, problem)| Fault { file: path.into(), field: Some(field), problem };
    check::check(&file).map_err(field)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let read = |name: &str, server: &file::TlsServer| {
        roots::read(folder, &server.roots).map_err(|problem| field((format!("{name}.roots"), problem)))
    };
    let roots = Roots {
        bridge: read("bridge", &file.bridge)?,
        sts: read("sts", &file.sts)?,
        pubsub: read("pubsub", &file.pubsub)?,
        iamcredentials: read("iamcredentials", &file.iamcredentials)?,
    };
    Ok(Settings { file, folder: folder.into(), roots })
}

#[cfg(test)]
mod tests;
