//! Public keys: as files of any form, and in the forms that others take.

use std::path::Path;

use atecc608::PublicKey;
use atecc608::formats::jwk::JWK_LEN;
use atecc608::formats::pem::PEM_LEN;
use atecc608::x509::Certificate;
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use clap::ValueEnum;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::failure::{Failure, Kind};
use crate::files;
use crate::parse::{from_hex, hex};

/// A form of a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// PEM ("BEGIN PUBLIC KEY"), which OpenSSL and nearly everybody takes.
    #[default]
    Pem,
    /// The same in binary: DER, a SubjectPublicKeyInfo.
    Der,
    /// JSON Web Key.
    Jwk,
    /// X and Y, 128 hexadecimal digits.
    Hex,
    /// A line for authorized_keys.
    Ssh,
    /// X and Y, 64 bytes.
    Raw,
}

/// A public key as JSON tells it.
#[derive(Debug, Serialize)]
pub(crate) struct Told {
    /// SHA-256 of the DER, in hexadecimal.
    pub(crate) sha256: String,
    pub(crate) pem: String,
}

impl Told {
    pub(crate) fn new(key: &PublicKey) -> Self {
        Self { sha256: fingerprint(key), pem: pem(key) }
    }
}

/// SHA-256 of the DER, in hexadecimal: `openssl pkey -pubin -outform DER | sha256sum` says the same.
pub(crate) fn fingerprint(key: &PublicKey) -> String {
    hex(&Sha256::digest(key.to_spki_der()))
}

/// As PEM.
pub(crate) fn pem(key: &PublicKey) -> String {
    key.to_pem(&mut [0; PEM_LEN]).map(str::to_owned).unwrap_or_default()
}

/// In a form; texts end with a line feed. `name` is said where the form has room for one.
pub(crate) fn encode(key: &PublicKey, format: Format, name: &str) -> Vec<u8> {
    match format {
        Format::Pem => pem(key).into_bytes(),
        Format::Der => key.to_spki_der().to_vec(),
        Format::Jwk => {
            let text = key.to_jwk(None, &mut [0; JWK_LEN]).map(str::to_owned).unwrap_or_default();
            format!("{text}\n").into_bytes()
        }
        Format::Hex => format!("{}\n", hex(key.as_bytes())).into_bytes(),
        Format::Ssh => format!("{SSH_KIND} {} {name}\n", Base64::encode_string(&ssh(key))).into_bytes(),
        Format::Raw => key.as_bytes().to_vec(),
    }
}

const SSH_KIND: &str = "ecdsa-sha2-nistp256";

/// As SSH sends it (RFC 5656 3.1): the kind, the curve, the point, each with its length.
fn ssh(key: &PublicKey) -> Vec<u8> {
    let point = key.to_sec1();
    let mut blob = Vec::new();
    for part in [SSH_KIND.as_bytes(), b"nistp256", &point] {
        blob.extend(u32::try_from(part.len()).unwrap_or(0).to_be_bytes());
        blob.extend(part);
    }
    blob
}

/// The public key in a file: PEM or DER, also of a certificate; JWK, SSH, X and Y as bytes or in hexadecimal.
///
/// # Errors
///
/// [`Kind::File`] if it can't be read, [`Kind::Usage`] if there is none in it.
pub(crate) fn read(path: &Path) -> Result<PublicKey, Failure> {
    let bytes = files::read(path)?;
    let tried = || format!("a public key was looked for in {}", path.display());
    let help = "give a P-256 public key as PEM, DER, JWK, SSH or 128 hexadecimal digits, or a certificate";
    if std::str::from_utf8(&bytes).is_ok_and(|text| text.contains("PRIVATE KEY-----")) {
        let help = "`openssl pkey -pubout` writes the public key that belongs to it";
        return Err(Failure::new(Kind::Usage, tried(), "this is a private key", help));
    }
    let key =
        find(&bytes).ok_or_else(|| Failure::new(Kind::Usage, tried(), "there is none of P-256", help))?;
    match p256::PublicKey::try_from(key) {
        Ok(_) => Ok(key),
        Err(_) => {
            Err(Failure::new(Kind::Usage, tried(), "these numbers are no point of the curve P-256", help))
        }
    }
}

fn find(bytes: &[u8]) -> Option<PublicKey> {
    of_bytes(bytes).or_else(|| of_text(std::str::from_utf8(bytes).ok()?.trim()))
}

fn of_bytes(bytes: &[u8]) -> Option<PublicKey> {
    match bytes.len() {
        64 => Some(PublicKey::from_bytes(bytes.try_into().ok()?)),
        65 => PublicKey::from_sec1(bytes.try_into().ok()?),
        _ => PublicKey::from_spki_der(bytes).or_else(|| Certificate::parse(bytes).ok()?.public_key().ok()),
    }
}

/// The one in a text. Not checked to lie on the curve.
pub(crate) fn of_text(text: &str) -> Option<PublicKey> {
    if let Ok((_, der)) = pem_rfc7468::decode_vec(text.as_bytes()) {
        return of_bytes(&der);
    }
    if text.starts_with('{') {
        let jwk: serde_json::Value = serde_json::from_str(text).ok()?;
        if jwk["crv"] != "P-256" {
            return None;
        }
        let part = |name: &str| Base64UrlUnpadded::decode_vec(jwk[name].as_str()?).ok();
        return of_bytes(&[part("x")?, part("y")?].concat());
    }
    if let Some(rest) = text.strip_prefix(SSH_KIND) {
        let blob = Base64::decode_vec(rest.split_whitespace().next()?).ok()?;
        let key = of_bytes(blob.get(blob.len().checked_sub(65)?..)?)?;
        return (ssh(&key) == blob).then_some(key);
    }
    of_bytes(&from_hex(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Public key of chip reference 7.3.
    fn key() -> PublicKey {
        let digits = "8F8D182BD819048582A9927EA0C56DEFB4159548E11CA5F7ABAC45BBCE76815B\
                      E5C64FCD2FD12698544DE037951726666073046119AD5E11A90AA49773AEAC86";
        of_text(digits).unwrap()
    }

    #[test]
    fn there_and_back() {
        for format in Format::value_variants() {
            let mut bytes = encode(&key(), *format, "sensor-7");
            assert_eq!(find(&bytes), Some(key()), "{format:?}");
            bytes.truncate(bytes.len() / 2);
            assert_ne!(find(&bytes), Some(key()), "{format:?}, cut");
        }
        assert_eq!(find(&key().to_sec1()), Some(key()));
    }

    #[test]
    fn what_is_none() {
        for wrong in
            ["", "{}", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256 AAAA", "-----BEGIN PUBLIC KEY-----"]
        {
            assert_eq!(find(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
