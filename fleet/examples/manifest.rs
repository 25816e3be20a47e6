//! Verifies a manifest and writes its devices for those who register them: nothing is written unless every entry is
//! verified.
//!
//! ```text
//! cargo run -p atecc608-fleet --example manifest -- MANIFEST.json --signer LOG-SIGNER.pem --out DEVICES
//! ```
//!
//! `LOG-SIGNER.pem` is the certificate of who signs manifests: from Microchip, by another way than the manifest, and it may
//! be given several times. Certificates must lead to Microchip's root, or to one given by `--root ROOT.pem` instead.
//! `DEVICES` gets `devices.jsonl`, `devices.csv` and `certificates/SERIAL.pem`, the device's own certificate first.

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use atecc608::x509::trust::ROOT_DER;
use atecc608_fleet::chain::Roots;
use atecc608_fleet::export;
use atecc608_fleet::manifest::{Manifest, SigningCertificate};

const USAGE: &str = "manifest MANIFEST.json --signer LOG-SIGNER.pem... [--root ROOT.pem]... --out DEVICES";

fn main() -> ExitCode {
    match run() {
        Ok(count) => {
            // Unlike `println!`, does not panic when nobody reads any more.
            let _ = writeln!(std::io::stdout(), "{count} devices, all verified");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<usize, Box<dyn Error>> {
    let (mut manifest, mut signers, mut roots, mut out) = (None, Vec::new(), Vec::new(), None);
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().map(PathBuf::from).ok_or(USAGE);
        match argument.to_str() {
            Some("--signer") => signers.push(SigningCertificate::from_der(&certificate(&value()?)?)?),
            Some("--root") => roots.push(certificate(&value()?)?),
            Some("--out") => out = Some(value()?),
            Some(other) if other.starts_with('-') => return Err(format!("{other}? {USAGE}").into()),
            _ if manifest.is_none() => manifest = Some(PathBuf::from(argument)),
            _ => return Err(USAGE.into()),
        }
    }
    let (Some(manifest), Some(out)) = (manifest, out) else { return Err(USAGE.into()) };
    if signers.is_empty() {
        return Err(
            "--signer is missing: without the certificate of who signs manifests, anybody's would be taken"
                .into(),
        );
    }
    let mut trusted = Roots::new();
    if roots.is_empty() {
        trusted.add(&ROOT_DER)?;
    }
    roots.iter().try_for_each(|der| trusted.add(der))?;
    let json = read(&manifest)?;
    let devices = Manifest::parse(&json)?.verify(&signers, &trusted)?;

    let certificates = out.join("certificates");
    fs::create_dir_all(&certificates).map_err(|error| format!("{}: {error}", certificates.display()))?;
    let mut count = 0;
    for device in devices.all() {
        let pem = export::pem_chain(device, false)?;
        if !pem.is_empty() {
            write(&certificates.join(format!("{}.pem", device.serial)), &pem)?;
            count += 1;
        }
    }
    write(&out.join("devices.csv"), &export::csv(devices.all())?)?;
    // Last, so that it is only there if all is.
    write(&out.join("devices.jsonl"), &export::json_lines(devices.all())?)?;
    Ok(count)
}

fn certificate(path: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let pem = String::from_utf8(read(path)?).map_err(|_| format!("{}: no PEM", path.display()))?;
    Ok(export::certificate_der(&pem).map_err(|error| format!("{}: {error}", path.display()))?)
}

fn read(path: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    Ok(fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?)
}

fn write(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    Ok(fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?)
}
