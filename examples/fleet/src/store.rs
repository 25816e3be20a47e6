//! The folder in which everything is kept.

use crate::failure::Failure;
use crate::rig::file_in;
use atecc608::blocking::CertificateSigner;
use atecc608::x509::{DateTime, SignerId};
use atecc608_fleet::authority::{Certificates, Kind, Names, manifest_certificate};
use atecc608_fleet::manifest::SigningCertificate;
use atecc608_fleet::{export, key_file};
use p256::ecdsa::SigningKey;
use std::fmt::Display;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The report's name.
pub(crate) const REPORT: &str = "report.jsonl";

const ORGANIZATION: &str = "Example Devices";

/// Where things are.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
}

impl Store {
    pub(crate) fn new(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(|error| Failure::file("make", folder, &error))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// A file's name.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A file's name in a folder.
    pub(crate) fn file_in(&self, folder: &str, name: &str) -> Result<PathBuf, Failure> {
        file_in(&self.folder.join(folder), name)
    }

    /// A key, made if there is none yet.
    pub(crate) fn key(&self, name: &str) -> Result<SigningKey, Failure> {
        let path = self.file_in("ca", &format!("{name}.key.pem"))?;
        let unusable = |error: &dyn Display| {
            Failure::new(format_args!("the key {} was read", path.display()), error, "take another --out")
        };
        if let Some(pem) = read(&path)? {
            return key_file::from_pem(&pem).map_err(|error| unusable(&error));
        }
        let key = key_file::generate();
        write_secret(&path, key_file::to_pem(&key).map_err(|error| unusable(&error))?.as_bytes())?;
        Ok(key)
    }

    /// Root, signer with this key, and the example of a device's certificate; made if they are not there yet.
    pub(crate) fn certificates(&self, signer_key: atecc608::PublicKey) -> Result<Certificates, Failure> {
        const NAMES: [&str; 3] = ["root", "signer", "device-example"];
        let failed = |error: &dyn Display| {
            Failure::new("root and signer were set up", error, "take another --out, which gets its own")
        };
        let paths = NAMES
            .iter()
            .map(|name| self.file_in("ca", &format!("{name}.pem")))
            .collect::<Result<Vec<_>, _>>()?;
        let ders = paths.iter().map(|path| der(path)).collect::<Result<Option<Vec<_>>, _>>()?;
        if let Some(Ok([root, signer, example])) = ders.map(<[Vec<u8>; 3]>::try_from) {
            return Certificates::new(root, signer, example).map_err(|error| failed(&error));
        }
        // Nothing was issued as long as one of them was never there.
        if let Some(missing) = paths.iter().find(|path| !path.exists())
            && self.file(REPORT).exists()
        {
            let cause = format!(
                "{} is missing, and there is a report: chips have certificates of it",
                missing.display()
            );
            return Err(Failure::new(
                "root and signer were read",
                cause,
                "put it back, or take another --out",
            ));
        }
        let names = Names {
            organization: ORGANIZATION.to_owned(),
            root: "Example Root CA".to_owned(),
            signer: "Example Signer".to_owned(),
        };
        let certificates = Certificates::make(
            &mut self.key("root")?,
            signer_key,
            &names,
            SignerId(0x2C00),
            Kind::default(),
            now(),
        )
        .map_err(|error| failed(&error))?;
        let ders = [certificates.root(), certificates.signer(), certificates.example()];
        for (path, der) in paths.iter().zip(ders) {
            let pem = export::certificate_pem(der).map_err(|error| failed(&error))?;
            write(path, pem.as_bytes())?;
        }
        Ok(certificates)
    }

    /// The certificate of the key that signs the manifest; made if there is none yet.
    pub(crate) fn manifest_certificate(
        &self,
        signer: &mut SigningKey,
    ) -> Result<SigningCertificate, Failure> {
        let failed = |error: &dyn Display| {
            Failure::new("the manifest's signer was set up", error, "take another --out, which gets its own")
        };
        let path = self.file_in("ca", "manifest-signer.pem")?;
        let der = match der(&path)? {
            Some(der) => der,
            None => {
                let der = manifest_certificate(signer, ORGANIZATION, "Example Manifest Signer", now())
                    .map_err(|error| failed(&error))?;
                let pem = export::certificate_pem(&der).map_err(|error| failed(&error))?;
                write(&path, pem.as_bytes())?;
                der
            }
        };
        let certificate = SigningCertificate::from_der(&der).map_err(|error| failed(&error))?;
        if *certificate.public_key() != CertificateSigner::public_key(signer) {
            return Err(failed(&"its certificate is for another key"));
        }
        Ok(certificate)
    }
}

/// The time of this machine.
pub(crate) fn now() -> DateTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    DateTime::from_unix(since.as_secs()).unwrap_or(DateTime::MAX)
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::file("read", path, &error)),
    }
}

/// The certificate in a PEM file.
fn der(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let Some(pem) = read(path)? else { return Ok(None) };
    let der = export::certificate_der(&pem).map_err(|error| {
        Failure::new(format_args!("the certificate {} was read", path.display()), error, "take another --out")
    })?;
    Ok(Some(der))
}

/// Writes a file: at once or not at all, and when this returns, the disk has it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_by(path, bytes, fs::File::options().write(true).create(true).truncate(true))
}

/// The same, for nobody else to read.
fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut options = fs::File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    write_by(path, bytes, options.write(true).create(true).truncate(true))
}

fn write_by(path: &Path, bytes: &[u8], how: &fs::OpenOptions) -> Result<(), Failure> {
    let new = path.with_extension("new");
    how.open(&new)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&new, path))
        .map_err(|error| Failure::file("write", path, &error))
}
