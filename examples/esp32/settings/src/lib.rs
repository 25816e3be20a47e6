//! The firmware's `config.toml`: read, checked and written as Rust constants when the firmware is built.
//!
//! Nothing of it is looked at on the device, so whatever can be wrong with it is found here, and the
//! message names the file and the field.

mod certificate;
mod check;
mod file;
mod generate;
mod pem;
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
    certificate: certificate::Source,
}

impl Settings {
    /// Rust source: `pub const SETTINGS: Settings` and `pub const BUILD_TIME: u64`, in Unix seconds.
    #[must_use]
    pub fn constants(&self, build_time: u64) -> String {
        generate::constants(self, build_time)
    }

    /// The certificate files that were read.
    #[must_use]
    pub fn certificate_files(&self) -> Vec<PathBuf> {
        let File { bridge, sts, pubsub, iamcredentials, mqtt, aws, certificate, .. } = &self.file;
        let of_google = [bridge, sts, pubsub, iamcredentials].map(|server| &server.roots);
        let others = mqtt.iter().map(|mqtt| &mqtt.roots).chain(aws.iter().map(|aws| &aws.roots));
        let names = of_google.into_iter().chain(others).flat_map(|names| roots::files(names)).cloned();
        names.chain(certificate::files(certificate)).map(|name| self.folder.join(name)).collect()
    }
}

/// The pinned roots of the TLS servers, as DER.
#[derive(Debug)]
struct Roots {
    bridge: Vec<Vec<u8>>,
    sts: Vec<Vec<u8>>,
    pubsub: Vec<Vec<u8>>,
    iamcredentials: Vec<Vec<u8>>,
    mqtt: Vec<Vec<u8>>,
    aws: Vec<Vec<u8>>,
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
    let read = |name: &str, roots: &[String]| {
        roots::read(folder, roots).map_err(|problem| field((format!("{name}.roots"), problem)))
    };
    let roots = Roots {
        bridge: read("bridge", &file.bridge.roots)?,
        sts: read("sts", &file.sts.roots)?,
        pubsub: read("pubsub", &file.pubsub.roots)?,
        iamcredentials: read("iamcredentials", &file.iamcredentials.roots)?,
        mqtt: file.mqtt.as_ref().map_or(Ok(Vec::new()), |mqtt| read("mqtt", &mqtt.roots))?,
        aws: file.aws.as_ref().map_or(Ok(Vec::new()), |aws| read("aws", &aws.roots))?,
    };
    let certificate = certificate::read(folder, &file.certificate).map_err(field)?;
    Ok(Settings { file, folder: folder.into(), roots, certificate })
}

#[cfg(test)]
mod tests;
