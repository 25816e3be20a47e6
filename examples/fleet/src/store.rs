//! The folder in which everything is kept.

use atecc608::x509::DateTime;
use atecc608_fleet::authority::{Certificates, Folder, FolderError, FolderErrorKind, Kind, Names};
use atecc608_fleet::files;
use atecc608_fleet::manifest::SigningCertificate;
use demo::Failure;
use p256::ecdsa::SigningKey;
use std::fs;
use std::io;
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
        fs::create_dir_all(folder).map_err(|error| file_failed("make", folder, &error))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// A file's name.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A file's name in a folder.
    pub(crate) fn file_in(&self, folder: &str, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.folder.join(folder);
        fs::create_dir_all(&folder).map_err(|error| file_failed("make", &folder, &error))?;
        Ok(folder.join(name))
    }

    /// The folder with keys and certificates.
    pub(crate) fn authority(&self) -> Result<Folder, Failure> {
        Folder::open(self.folder.join("ca")).map_err(|error| authority_failed(&error))
    }

    /// Root, signer with this key, and the example of a device's certificate; made if they are not there yet.
    pub(crate) fn certificates(&self, signer_key: atecc608::PublicKey) -> Result<Certificates, Failure> {
        let names = Names {
            organization: ORGANIZATION.to_owned(),
            root: "Example Root CA".to_owned(),
            signer: "Example Signer".to_owned(),
        };
        let folder = self.authority()?;
        folder.certificates(signer_key, &names, Kind::default(), self.file(REPORT).exists(), now()).map_err(
            |error| match error.kind() {
                FolderErrorKind::OtherKey => Failure::new(
                    "the signer was set up",
                    error,
                    "run with the --signer with which --out was begun",
                ),
                _ => authority_failed(&error),
            },
        )
    }

    /// The certificate of the key that signs the manifest; made if there is none yet.
    pub(crate) fn manifest_certificate(
        &self,
        signer: &mut SigningKey,
    ) -> Result<SigningCertificate, Failure> {
        let folder = self.authority()?;
        folder
            .manifest_certificate(signer, ORGANIZATION, "Example Manifest Signer", now())
            .map_err(|error| authority_failed(&error))
    }
}

pub(crate) fn authority_failed(error: &FolderError) -> Failure {
    Failure::new(
        "root and signers were set up",
        error,
        "put it back, or take another --out, which gets its own",
    )
}

/// The time of this machine.
pub(crate) fn now() -> DateTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    DateTime::from_unix(since.as_secs()).unwrap_or(DateTime::MAX)
}

/// A file or folder, and what was to be done with it, as in "read".
pub(crate) fn file_failed(action: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        format_args!("tried to {action} {}", path.display()),
        error,
        "give --out a folder that can be written to, on a disk with room",
    )
}

/// Writes a file: at once or not at all, and when this returns, the disk has it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    files::write(path, bytes).map_err(|error| file_failed("write", path, &error))
}
