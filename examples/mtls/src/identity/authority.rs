//! Who issues the device's certificate: a demo authority in software, or the signer of a fleet.
//!
//! A folder has it in the form in which the example `fleet` keeps its own: `ca/root.pem`, `ca/signer.pem`,
//! `ca/device-example.pem`, `ca/signer.key.pem`.

use atecc608::blocking::CertificateSigner as _;
use atecc608::x509::{DateTime, Profile, SignerId, Term};
use atecc608_fleet::authority::{Certificates, IssueError, Kind, Names};
use atecc608_fleet::{export, key_file};
use demo::{Failure, unix_seconds};
use p256::ecdsa::SigningKey;
use std::fmt::Display;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::Cloud;

const ORGANIZATION: &str = "Example Devices";
const ROOT: &str = "Example Root CA";
const SIGNER: &str = "Example Signer";
/// Which signer. It stands in the signer's name.
const ID: SignerId = SignerId(0x2C00);

/// Root and signer; the signer's key is here.
pub(crate) struct Authority {
    pub(crate) signer: SigningKey,
    pub(crate) certificates: Certificates,
}

/// What certificates are like that this cloud takes.
fn kind(cloud: Cloud) -> Kind {
    match cloud {
        // At most 390 days, and keyEncipherment.
        Cloud::Google => Kind { term: Term::Years(1), profile: Profile::GOOGLE_DEVICE },
        _ => Kind { term: Term::Years(20), profile: Profile::DEVICE },
    }
}

/// The time of this machine, in whole hours, as compressed certificates have it; of the day before a 29 February, whose
/// end may be a day that its year has not.
pub(crate) fn this_hour() -> DateTime {
    let now = unix_seconds() / 3600 * 3600;
    let hour = DateTime::from_unix(now).filter(|time| (time.month(), time.day()) != (2, 29));
    hour.or_else(|| DateTime::from_unix(now.saturating_sub(86_400))).unwrap_or(DateTime::MAX)
}

/// One that ends with this program.
pub(crate) fn new(cloud: Cloud) -> Result<Authority, Failure> {
    let signer = key_file::generate();
    let certificates = make(&signer, cloud).map_err(|error| failed(&error, "set this machine's clock"))?;
    Ok(Authority { signer, certificates })
}

/// Whether there is anything of one in this folder.
pub(crate) fn is_in(folder: &Path) -> bool {
    paths(folder).iter().any(|path| path.exists())
}

/// The one in this folder, made if there is none.
pub(crate) fn kept_in(folder: &Path, cloud: Cloud) -> Result<Authority, Failure> {
    if !is_in(folder) {
        let authority = new(cloud)?;
        write(folder, &authority)?;
        return Ok(authority);
    }
    let [root, signer, example, key] = paths(folder).map(|path| read(&path));
    let unusable = |error: &dyn Display| {
        failed(error, "give --authority a folder of this program's or the example fleet's, or a new one")
    };
    let der = |pem: Result<String, Failure>| export::certificate_der(&pem?).map_err(|error| unusable(&error));
    let certificates = Certificates::new(der(root)?, der(signer)?, der(example)?);
    let certificates = certificates.map_err(|error| unusable(&error))?;
    let signer = key_file::from_pem(&key?).map_err(|error| unusable(&error))?;
    match certificates.signer_key() {
        Ok(key) if key == signer.public_key() => Ok(Authority { signer, certificates }),
        Ok(_) => Err(unusable(&IssueError::OtherKey)),
        Err(error) => Err(unusable(&error)),
    }
}

fn paths(folder: &Path) -> [PathBuf; 4] {
    ["root.pem", "signer.pem", "device-example.pem", "signer.key.pem"]
        .map(|name| folder.join("ca").join(name))
}

/// The root's key is forgotten: nobody needs it again.
fn make(signer: &SigningKey, cloud: Cloud) -> Result<Certificates, IssueError> {
    let (organization, root, signer_name) = (ORGANIZATION.into(), ROOT.into(), SIGNER.into());
    let names = Names { organization, root, signer: signer_name };
    Certificates::make(&mut key_file::generate(), signer.public_key(), &names, ID, kind(cloud), this_hour())
}

fn failed(cause: &dyn Display, advice: &str) -> Failure {
    Failure::new("root and signer were set up", cause, advice)
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| of_file("read", path, &error))
}

/// The key first: certificates without it are of no use.
fn write(folder: &Path, authority: &Authority) -> Result<(), Failure> {
    let Authority { signer: key, certificates } = authority;
    let [root, signer, example, key_path] = &paths(folder);
    let ca = folder.join("ca");
    fs::create_dir_all(&ca).map_err(|error| of_file("make", &ca, &error))?;
    let pem = key_file::to_pem(key).map_err(|error| failed(&error, "report this as a bug"))?;
    let mut options = fs::File::options();
    // For nobody else to read.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let secret = options.write(true).create_new(true).open(key_path);
    secret
        .and_then(|mut file| file.write_all(pem.as_bytes()).and_then(|()| file.sync_all()))
        .map_err(|error| of_file("write", key_path, &error))?;
    for (path, der) in
        [(example, certificates.example()), (signer, certificates.signer()), (root, certificates.root())]
    {
        fs::write(path, crate::pem::certificate(der)?).map_err(|error| of_file("write", path, &error))?;
    }
    Ok(())
}

fn of_file(action: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        format_args!("tried to {action} {}", path.display()),
        error,
        "give --authority a folder that can be written to, or one with all four files of an authority",
    )
}
