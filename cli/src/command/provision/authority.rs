//! Who signs certificates and manifests, as the profile says.

use std::fs;
use std::path::Path;

use atecc608::blocking::CertificateSigner;
use atecc608::x509::{DateTime, Term};
use atecc608_fleet::authority::{Certificates, Folder, FolderError, Issuer, Kind as Devices, Names};
use atecc608_fleet::manifest::{Party, SigningCertificate};
use atecc608_fleet::station::About;
use atecc608_fleet::{export, key_file};
use p256::ecdsa::SigningKey;

use super::profile::Profile;
use crate::failure::{Failure, Kind};

/// What signs a manifest, and its certificate.
pub(super) type ManifestSigner = (SigningKey, SigningCertificate);

const TRIED: &str = "the signer of the devices' certificates was set up";
const MANIFEST: &str = "the signer of the manifest was set up";

fn of_folder(tried: &str, error: &FolderError) -> Failure {
    Failure::new(Kind::File, tried, error, "put the file right, or name another folder in the profile")
}

/// Who issues, if devices get certificates.
pub(super) fn issuer(
    profile: &Profile,
    was_issued: bool,
    now: DateTime,
) -> Result<Option<Issuer<SigningKey>>, Failure> {
    let Some(wanted) = profile.certificates() else { return Ok(None) };
    let (signer, certificates) = match (&wanted.folder, &wanted.organization) {
        (Some(folder), Some(organization)) => {
            let folder = Folder::open(profile.path(folder)).map_err(|error| of_folder(TRIED, &error))?;
            let signer = folder.key("signer").map_err(|error| of_folder(TRIED, &error))?;
            let term = wanted.years.map_or(Devices::default().term, Term::Years);
            let devices = Devices { term, ..Devices::default() };
            let names = Names {
                organization: organization.clone(),
                root: format!("{organization} Root CA"),
                signer: format!("{organization} Signer"),
            };
            let certificates = folder
                .certificates(CertificateSigner::public_key(&signer), &names, devices, was_issued, now)
                .map_err(|error| of_folder(TRIED, &error))?;
            (signer, certificates)
        }
        _ => {
            let der = |path: &Option<_>| der(profile, path.as_deref());
            let (root, signer, example) =
                (der(&wanted.root)?, der(&wanted.signer)?, der(&wanted.device_example)?);
            let certificates = Certificates::new(root, signer, example).map_err(|error| {
                let help = "give root, signer and device_example that belong together, in the profile";
                Failure::new(Kind::File, TRIED, error, help)
            })?;
            (key(profile, wanted.signer_key.as_deref(), TRIED)?, certificates)
        }
    };
    Issuer::new(signer, certificates).map(Some).map_err(|error| {
        Failure::new(Kind::File, TRIED, error, "give the key of the signer's certificate, in the profile")
    })
}

/// Who signs the manifest, if there is to be one.
pub(super) fn manifest_signer(profile: &Profile, now: DateTime) -> Result<Option<ManifestSigner>, Failure> {
    let Some(wanted) = profile.manifest() else { return Ok(None) };
    if let Some(folder) = &wanted.folder {
        let folder = Folder::open(profile.path(folder)).map_err(|error| of_folder(MANIFEST, &error))?;
        let mut signer = folder.key("manifest-signer").map_err(|error| of_folder(MANIFEST, &error))?;
        let name = format!("{} Manifest Signer", wanted.provisioner);
        let certificate = folder
            .manifest_certificate(&mut signer, &wanted.provisioner, &name, now)
            .map_err(|error| of_folder(MANIFEST, &error))?;
        return Ok(Some((signer, certificate)));
    }
    let signer = key(profile, wanted.signer_key.as_deref(), MANIFEST)?;
    let help = "give the certificate of signer_key, with a subject key id, in the profile";
    let certificate = SigningCertificate::from_der(&der(profile, wanted.certificate.as_deref())?)
        .map_err(|error| Failure::new(Kind::File, MANIFEST, error, help))?;
    if *certificate.public_key() != CertificateSigner::public_key(&signer) {
        return Err(Failure::new(Kind::File, MANIFEST, "the certificate is for another key", help));
    }
    Ok(Some((signer, certificate)))
}

/// Who works, and what manifests say of all chips.
pub(super) fn about(profile: &Profile, station: &str, operator: &str) -> About {
    let party = |name: &str| Party::new(name);
    let manifest = profile.manifest();
    let provisioner = manifest.map_or("", |manifest| &manifest.provisioner);
    let distributor = manifest.and_then(|manifest| manifest.distributor.as_deref()).unwrap_or(provisioner);
    About {
        station: station.to_owned(),
        operator: operator.to_owned(),
        part_number: manifest.map_or_else(String::new, |manifest| manifest.part_number.clone()),
        manufacturer: party(manifest.map_or("", |manifest| &manifest.manufacturer)),
        provisioner: party(provisioner),
        distributor: party(distributor),
        group: manifest.and_then(|manifest| manifest.group.clone()),
    }
}

fn text(profile: &Profile, path: Option<&Path>) -> Result<String, Failure> {
    let path = profile.path(path.unwrap_or(Path::new("")));
    fs::read_to_string(&path).map_err(|error| {
        let tried = format!("{} was read", path.display());
        Failure::new(Kind::File, tried, error, "name a file that can be read, in the profile")
    })
}

fn der(profile: &Profile, path: Option<&Path>) -> Result<Vec<u8>, Failure> {
    export::certificate_der(&text(profile, path)?).map_err(|error| {
        let tried = format!("a certificate was looked for in {}", path.unwrap_or(Path::new("")).display());
        Failure::new(Kind::File, tried, error, "name a file with a certificate as PEM, in the profile")
    })
}

fn key(profile: &Profile, path: Option<&Path>, tried: &str) -> Result<SigningKey, Failure> {
    let path = profile.path(path.unwrap_or(Path::new("")));
    key_file::from_file(&path).map_err(|error| {
        let cause = format!("{}: {error}", path.display());
        Failure::new(Kind::File, tried, cause, "name a file with a private key as PEM, in the profile")
    })
}
