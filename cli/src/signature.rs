//! Signatures and what is signed, as files.

use std::path::Path;

use atecc608::command::{MessageSource, NonceFixed, SignExternal};
use atecc608::diagnose::Seen;
use atecc608::{PublicKey, Signature, Slot};
use base64ct::{Base64, Encoding as _};
use p256::ecdsa;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::elliptic_curve::Generate as _;
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::files;
use crate::parse::from_hex;
use crate::password::{self, Password};

/// Has the chip sign a digest with the key in a slot; a password authorises it, where the key asks for that.
///
/// # Errors
///
/// What the chip refuses with, explained.
pub(crate) fn make(
    app: &mut App,
    slot: Slot,
    digest: &[u8; 32],
    password: &Password,
    tried: &str,
) -> Result<Signature, Failure> {
    let command = SignExternal { slot, source: MessageSource::MessageDigest };
    let auth = password.proof(app, slot, tried)?;
    let check = password::check(auth.as_ref().map_or(slot, |auth| auth.slot));
    let share = <[u8; 20]>::generate();
    app.explained(tried, &[&command, &check], Seen::new(), |chip| {
        let Some(auth) = &auth else { return chip.sign_digest(slot, digest) };
        chip.session(|chip| {
            chip.authorise(auth, &share)?;
            chip.execute(&NonceFixed::MessageDigest(digest))?;
            chip.execute(&command)
        })
    })
}

/// As DER.
///
/// # Errors
///
/// [`Kind::Contact`]: no chip gives such a signature.
pub(crate) fn der(signature: Signature) -> Result<Vec<u8>, Failure> {
    ecdsa::DerSignature::try_from(signature).map(|der| der.as_bytes().to_vec()).map_err(|error| {
        Failure::new(Kind::Contact, "the signature was written as DER", error, "check the wiring; run again")
    })
}

/// The signature in a file: DER, or R and S in 64 bytes; either as base64 or in hexadecimal, too.
///
/// # Errors
///
/// [`Kind::File`], [`Kind::Usage`].
pub(crate) fn read(path: &Path) -> Result<Signature, Failure> {
    let bytes = files::read(path)?;
    find(&bytes).ok_or_else(|| {
        Failure::new(
            Kind::Usage,
            format!("a signature was looked for in {}", path.display()),
            format!("these {} bytes are none of P-256", bytes.len()),
            "give it as `atecc sign` writes it: DER, 64 bytes (--raw), or either as base64 or in hexadecimal",
        )
    })
}

fn find(bytes: &[u8]) -> Option<Signature> {
    of_bytes(bytes).or_else(|| {
        let text: String = std::str::from_utf8(bytes).ok()?.split_whitespace().collect();
        from_hex(&text).or_else(|| Base64::decode_vec(&text).ok()).as_deref().and_then(of_bytes)
    })
}

fn of_bytes(bytes: &[u8]) -> Option<Signature> {
    match <[u8; 64]>::try_from(bytes) {
        Ok(raw) => Some(Signature::from_bytes(raw)),
        Err(_) => Some(ecdsa::Signature::from_der(bytes).ok()?.into()),
    }
}

/// Whether a signature fits to a digest and a key, computed here.
pub(crate) fn fits(key: PublicKey, digest: &[u8; 32], signature: &Signature) -> bool {
    let fits = || {
        let signature = ecdsa::Signature::try_from(*signature).ok()?;
        ecdsa::VerifyingKey::try_from(key).ok()?.verify_prehash(digest, &signature).ok()
    };
    fits().is_some()
}

/// The digest that is signed: the SHA-256 of a file; of one that has a digest already, that.
///
/// # Errors
///
/// [`Kind::File`], [`Kind::Usage`].
pub(crate) fn digest(path: &Path, is_digest: bool) -> Result<[u8; 32], Failure> {
    let bytes = files::read(path)?;
    if !is_digest {
        return Ok(Sha256::digest(&bytes).into());
    }
    ready(&bytes).ok_or_else(|| {
        Failure::new(
            Kind::Usage,
            format!("a SHA-256 was looked for in {}", path.display()),
            format!("these {} bytes are none", bytes.len()),
            "give 32 bytes, 64 hexadecimal digits, or what `sha256sum` prints; without --digest the file is hashed",
        )
    })
}

/// 32 bytes, or 64 digits, behind which `sha256sum` writes the file's name.
fn ready(bytes: &[u8]) -> Option<[u8; 32]> {
    bytes.try_into().ok().or_else(|| {
        let text = std::str::from_utf8(bytes).ok()?;
        from_hex(text.split_whitespace().next()?)?.try_into().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::hex;

    #[test]
    fn every_form() {
        let signature = Signature::from_bytes(core::array::from_fn(|i| i as u8 + 0x80));
        let der = der(signature).unwrap();
        assert!(der.len() > 64);
        for bytes in [&der, &signature.as_bytes().to_vec()] {
            let base64 = Base64::encode_string(bytes);
            for form in [
                bytes.clone(),
                hex(bytes).into_bytes(),
                format!("{}\n{}\n", &base64[..64], &base64[64..]).into_bytes(),
            ] {
                assert_eq!(find(&form), Some(signature));
                assert_eq!(find(&form[..form.len() - 4]), None);
            }
        }
    }

    #[test]
    fn a_digest() {
        let digest = [0xAB; 32];
        assert_eq!(ready(&digest), Some(digest));
        assert_eq!(ready(hex(&digest).as_bytes()), Some(digest));
        assert_eq!(ready(format!("{}  firmware.bin\n", hex(&digest)).as_bytes()), Some(digest));
        assert_eq!(ready(&digest[..31]), None);
        assert_eq!(ready(b""), None);
    }
}
