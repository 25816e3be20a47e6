//! Keys and certificates in a folder.

use super::{Certificates, IssueError, Kind, Names, manifest_certificate};
use crate::manifest::SigningCertificate;
use crate::{export, files, key_file};
use atecc608::PublicKey;
use atecc608::blocking::CertificateSigner;
use atecc608::x509::{DateTime, SignerId};
use p256::ecdsa::SigningKey;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A folder with the keys and certificates by which a station issues, made when they are asked for first.
///
/// | File | |
/// |---|---|
/// | `root.key.pem`, `root.pem` | the root, which signs the signer's certificate once |
/// | `signer.key.pem`, `signer.pem` | the signer |
/// | `device-example.pem` | the example from which devices' certificates are made |
/// | `manifest-signer.key.pem`, `manifest-signer.pem` | who signs manifests |
///
/// **Who has the folder can issue.** Keys are for the user alone (mode 0600), and that is all the protection there is.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

/// A folder, or what is in it, can't be used.
#[derive(Debug)]
pub struct FolderError {
    path: PathBuf,
    kind: FolderErrorKind,
}

/// Why not.
#[derive(Debug)]
#[non_exhaustive]
pub enum FolderErrorKind {
    /// The file system refused what was tried, as in "read".
    Io(&'static str, io::Error),
    /// The file has no key.
    Key,
    /// The file has no certificate, or one that does not go with the others. Why.
    Certificate(String),
    /// The file is missing, and there are chips with certificates of it.
    Missing,
    /// The certificate is for another key than the one beside it.
    OtherKey,
    /// New ones can't be made.
    Make(IssueError),
}

impl FolderError {
    /// Which file or folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Why.
    #[must_use]
    pub const fn kind(&self) -> &FolderErrorKind {
        &self.kind
    }
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.kind {
            FolderErrorKind::Io(action, error) => write!(f, "cannot {action} {path}: {error}"),
            FolderErrorKind::Key => write!(f, "{path}: {}", key_file::InvalidKeyFile),
            FolderErrorKind::Certificate(why) => write!(f, "{path}: {why}"),
            FolderErrorKind::Missing => {
                write!(
                    f,
                    "{path} is missing, and there is a report: chips have certificates of it; put it back"
                )
            }
            FolderErrorKind::OtherKey => write!(f, "{path}: its certificate is for another key"),
            FolderErrorKind::Make(error) => write!(f, "{path}: {error}"),
        }
    }
}

impl std::error::Error for FolderError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            FolderErrorKind::Io(_, error) => Some(error),
            FolderErrorKind::Make(error) => Some(error),
            _ => None,
        }
    }
}

impl Folder {
    const CERTIFICATES: [&'static str; 3] = ["root.pem", "signer.pem", "device-example.pem"];

    /// Opens the folder, or makes it.
    ///
    /// # Errors
    ///
    /// [`FolderErrorKind::Io`].
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, FolderError> {
        let path = path.into();
        match fs::create_dir_all(&path) {
            Ok(()) => Ok(Self { path }),
            Err(error) => Err(FolderError { path, kind: FolderErrorKind::Io("make", error) }),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The key of this name (`root`, `signer`, `manifest-signer`), made if there is none yet.
    ///
    /// # Errors
    ///
    /// [`FolderErrorKind::Key`], [`FolderErrorKind::Io`].
    pub fn key(&self, name: &str) -> Result<SigningKey, FolderError> {
        let path = self.file(&format!("{name}.key.pem"));
        let failed = |kind| FolderError { path: path.clone(), kind };
        match key_file::from_file(&path) {
            Ok(key) => return Ok(key),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(failed(FolderErrorKind::Key));
            }
            Err(error) => return Err(failed(FolderErrorKind::Io("read", error))),
        }
        let key = key_file::generate();
        let pem = key_file::to_pem(&key).map_err(|_| failed(FolderErrorKind::Key))?;
        files::write_secret(&path, pem.as_bytes())
            .map_err(|error| failed(FolderErrorKind::Io("write", error)))?;
        Ok(key)
    }

    /// Root, signer with this key, and the example of a device's certificate. If they are not there they are made, for
    /// `devices` of this kind, unless something `was_issued` before.
    ///
    /// # Errors
    ///
    /// [`FolderError`].
    pub fn certificates(
        &self,
        signer_key: PublicKey,
        names: &Names,
        devices: Kind,
        was_issued: bool,
        now: DateTime,
    ) -> Result<Certificates, FolderError> {
        let paths = Self::CERTIFICATES.map(|name| self.file(name));
        let ders = paths.iter().map(|path| der(path)).collect::<Result<Option<Vec<_>>, _>>()?;
        let here = |kind| FolderError { path: self.path.clone(), kind };
        if let Some(Ok([root, signer, example])) = ders.map(<[Vec<u8>; 3]>::try_from) {
            let certificates = Certificates::new(root, signer, example)
                .map_err(|error| here(FolderErrorKind::Certificate(error.to_string())))?;
            return match certificates.signer_key() {
                Ok(key) if key == signer_key => Ok(certificates),
                _ => Err(FolderError { path: self.file("signer.pem"), kind: FolderErrorKind::OtherKey }),
            };
        }
        if let Some(missing) = paths.iter().find(|path| was_issued && !path.exists()) {
            return Err(FolderError { path: missing.clone(), kind: FolderErrorKind::Missing });
        }
        let id = SignerId(0x2C00);
        let mut root = self.key("root")?;
        let certificates = Certificates::make(&mut root, signer_key, names, id, devices, now)
            .map_err(|error| here(FolderErrorKind::Make(error)))?;
        let ders = [certificates.root(), certificates.signer(), certificates.example()];
        for (path, der) in paths.iter().zip(ders) {
            write_certificate(path, der)?;
        }
        Ok(certificates)
    }

    /// The certificate of the key that signs manifests, made if there is none yet.
    ///
    /// # Errors
    ///
    /// [`FolderError`].
    pub fn manifest_certificate(
        &self,
        signer: &mut SigningKey,
        organization: &str,
        name: &str,
        now: DateTime,
    ) -> Result<SigningCertificate, FolderError> {
        let path = self.file("manifest-signer.pem");
        let failed = |kind| FolderError { path: path.clone(), kind };
        let der = match der(&path)? {
            Some(der) => der,
            None => {
                let der = manifest_certificate(signer, organization, name, now)
                    .map_err(|error| failed(FolderErrorKind::Make(error)))?;
                write_certificate(&path, &der)?;
                der
            }
        };
        let certificate = SigningCertificate::from_der(&der)
            .map_err(|error| failed(FolderErrorKind::Certificate(error.to_string())))?;
        if *certificate.public_key() != CertificateSigner::public_key(signer) {
            return Err(failed(FolderErrorKind::OtherKey));
        }
        Ok(certificate)
    }
}

/// The certificate in a PEM file, if there is one.
fn der(path: &Path) -> Result<Option<Vec<u8>>, FolderError> {
    let failed = |kind| FolderError { path: path.to_owned(), kind };
    let Some(pem) = files::read(path).map_err(|error| failed(FolderErrorKind::Io("read", error)))? else {
        return Ok(None);
    };
    let der = export::certificate_der(&pem);
    der.map(Some).map_err(|error| failed(FolderErrorKind::Certificate(error.to_string())))
}

fn write_certificate(path: &Path, der: &[u8]) -> Result<(), FolderError> {
    let failed = |kind| FolderError { path: path.to_owned(), kind };
    let pem = export::certificate_pem(der)
        .map_err(|error| failed(FolderErrorKind::Certificate(error.to_string())))?;
    files::write(path, pem.as_bytes()).map_err(|error| failed(FolderErrorKind::Io("write", error)))
}
