//! TLS to the broker: whom to believe, and where the randomness comes from.

use std::path::{Path, PathBuf};

use atecc608::blocking::Atecc608;
use atecc608_cloud::tls::{Entropy, Roots};
use demo::Failure;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;
use ring::rand::{SecureRandom, SystemRandom};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

/// Pins the roots in these files, or the built-in ones if there are none.
pub(crate) fn roots(files: &[PathBuf]) -> Result<Roots, Failure> {
    let mut roots = Roots::new();
    for file in files {
        pin(&mut roots, file).map_err(|cause| {
            Failure::new(
                format_args!("the root {} can't be pinned", file.display()),
                cause,
                "give --root the certificate of the authority, in PEM or DER",
            )
        })?;
    }
    if files.is_empty() {
        roots = Roots::built_in().map_err(|error| {
            Failure::new("the built-in roots can't be pinned", error, "build this program again")
        })?;
    }
    Ok(roots)
}

/// PEM has this somewhere; before it may stand what people write.
const BEGIN: &[u8] = b"-----BEGIN";

fn pin(roots: &mut Roots, file: &Path) -> Result<(), String> {
    let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
    if !bytes.windows(BEGIN.len()).any(|part| part == BEGIN) {
        return roots.add(&bytes).map_err(|error| error.to_string());
    }
    let mut found = false;
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(&certificate).map_err(|error| error.to_string())?;
        found = true;
    }
    if found { Ok(()) } else { Err("there is no certificate in it, so nobody would be trusted".into()) }
}

/// Random numbers of this machine and of the chip, stirred: good as long as either is.
pub(crate) fn entropy<I: I2c, D: DelayNs>(chip: &mut Atecc608<I, D>) -> Result<Entropy, Failure> {
    let failed = |cause: String| {
        Failure::new("random numbers were asked for, and that failed", cause, "check chip and machine")
    };
    let mut host = [0; 32];
    SystemRandom::new().fill(&mut host).map_err(|error| failed(error.to_string()))?;
    let chip = chip.random().map_err(|error| failed(error.to_string()))?;
    Entropy::new(&host, &chip).map_err(|error| failed(error.to_string()))
}
