//! An entry: a flattened JSON Web Signature (RFC 7515, 7.2.2) over what is said of one chip.

use super::SigningCertificate;
use super::device::Device;
use super::error::ManifestErrorKind;
use super::payload::{Payload, from_base64url};
use crate::chain::Roots;
use crate::text::serial_from_hex;
use atecc608::blocking::CertificateSigner;
use atecc608::x509::{P256, Verifier};
use atecc608::{SerialNumber, Signature};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt::Display;

/// An entry as it stands in a manifest: signed, and **not verified yet**.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    payload: String,
    protected: String,
    header: Unprotected,
    signature: String,
}

/// The header that nothing protects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Unprotected {
    #[serde(rename = "uniqueId")]
    unique_id: String,
}

/// The header that is signed.
#[derive(Serialize, Deserialize)]
struct Protected {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    typ: Option<String>,
    alg: String,
    kid: String,
    #[serde(rename = "x5t#S256")]
    x5t: String,
    #[serde(default, skip_serializing)]
    crit: Present,
}

/// Whether there is a member of this name, whatever its value.
#[derive(Default)]
struct Present(bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

impl Entry {
    /// The most bytes of payload that are read, as base64url.
    pub const MAX_PAYLOAD: usize = 64 * 1024;
    /// The most bytes of the protected header, as base64url.
    const MAX_PROTECTED: usize = 4096;

    /// Says of a chip what there is to say, signed by the station's key.
    ///
    /// # Errors
    ///
    /// [`ManifestErrorKind::Member`], [`ManifestErrorKind::TooLarge`] if it could not be read again;
    /// [`ManifestErrorKind::NotSigned`]; [`ManifestErrorKind::Signature`] if the signature is not one of the
    /// certificate's key.
    pub fn sign<S: CertificateSigner<Error: Display>>(
        device: &Device,
        certificate: &SigningCertificate,
        signer: &mut S,
    ) -> Result<Self, ManifestErrorKind> {
        device.check()?;
        let json = |what, error| ManifestErrorKind::json(what, &error);
        let protected = Protected {
            typ: Some("JWT".to_owned()),
            alg: "ES256".to_owned(),
            kid: certificate.kid().to_owned(),
            x5t: certificate.x5t().to_owned(),
            crit: Present(false),
        };
        let protected = serde_json::to_vec(&protected).map_err(|error| json("protected header", error))?;
        let payload = serde_json::to_vec(&Payload::from(device)).map_err(|error| json("payload", error))?;
        let (protected, payload) =
            (Base64UrlUnpadded::encode_string(&protected), Base64UrlUnpadded::encode_string(&payload));
        if payload.len() > Self::MAX_PAYLOAD {
            return Err(ManifestErrorKind::TooLarge { what: "payload", most: Self::MAX_PAYLOAD });
        }
        let message = format!("{protected}.{payload}");
        let signature = signer
            .sign(message.as_bytes())
            .map_err(|error| ManifestErrorKind::NotSigned(error.to_string()))?;
        if !P256.verify(certificate.public_key(), message.as_bytes(), &signature) {
            return Err(ManifestErrorKind::Signature);
        }
        Ok(Self {
            payload,
            protected,
            header: Unprotected { unique_id: device.serial.to_string() },
            signature: Base64UrlUnpadded::encode_string(signature.as_bytes()),
        })
    }

    /// The serial number in the header that nothing protects: good for searching, and for nothing else.
    #[must_use]
    pub fn unverified_serial(&self) -> Option<SerialNumber> {
        serial_from_hex(&self.header.unique_id)
    }

    /// What is signed: `protected`, a full stop, `payload`, as they stand in the entry.
    #[must_use]
    pub fn signing_input(&self) -> String {
        format!("{}.{}", self.protected, self.payload)
    }

    /// R and S.
    ///
    /// # Errors
    ///
    /// [`ManifestErrorKind::Member`] if the member is something else.
    pub fn signature(&self) -> Result<Signature, ManifestErrorKind> {
        let bytes = from_base64url("signature", &self.signature)?;
        Signature::try_from(bytes.as_slice())
            .map_err(|_| ManifestErrorKind::member("signature", "not the 64 bytes of ES256"))
    }

    /// What the entry says, once everything is verified: that ES256 is the algorithm; that `kid` and `x5t#S256` name
    /// one of these signing certificates, and its key signed; that the unsigned `uniqueId` is the signed one; that
    /// each key's first certificate is for that key, and its certificates lead to one of these roots.
    ///
    /// # Errors
    ///
    /// What is not so.
    pub fn verify(&self, signers: &[SigningCertificate], roots: &Roots) -> Result<Device, ManifestErrorKind> {
        if self.payload.len() > Self::MAX_PAYLOAD {
            return Err(ManifestErrorKind::TooLarge { what: "payload", most: Self::MAX_PAYLOAD });
        }
        if self.protected.len() > Self::MAX_PROTECTED {
            return Err(ManifestErrorKind::TooLarge { what: "protected header", most: Self::MAX_PROTECTED });
        }
        let signer = self.signer(signers)?;
        if !P256.verify(signer.public_key(), self.signing_input().as_bytes(), &self.signature()?) {
            return Err(ManifestErrorKind::Signature);
        }
        // Only what is signed is looked at.
        let payload = from_base64url("payload", &self.payload)?;
        let payload: Payload =
            serde_json::from_slice(&payload).map_err(|error| ManifestErrorKind::json("payload", &error))?;
        let device = Device::try_from(payload)?;
        if self.unverified_serial() != Some(device.serial) {
            return Err(ManifestErrorKind::UniqueId);
        }
        for key in device.keys.iter().filter(|key| !key.certificates.is_empty()) {
            let certified =
                roots.verify(&key.certificates).map_err(|error| ManifestErrorKind::Chain(key.slot, error))?;
            if certified != key.public_key {
                return Err(ManifestErrorKind::KeyOfCertificate(key.slot));
            }
        }
        Ok(device)
    }

    /// Which of the certificates that are trusted the protected header names.
    fn signer<'s>(
        &self,
        signers: &'s [SigningCertificate],
    ) -> Result<&'s SigningCertificate, ManifestErrorKind> {
        let protected = from_base64url("protected", &self.protected)?;
        let protected: Protected = serde_json::from_slice(&protected)
            .map_err(|error| ManifestErrorKind::json("protected header", &error))?;
        if protected.alg != "ES256" {
            return Err(ManifestErrorKind::Algorithm(protected.alg));
        }
        if protected.crit.0 {
            return Err(ManifestErrorKind::Critical);
        }
        let signer = signers
            .iter()
            .find(|signer| signer.x5t() == protected.x5t)
            .ok_or(ManifestErrorKind::UnknownSigner)?;
        if signer.kid() != protected.kid {
            return Err(ManifestErrorKind::KeyId);
        }
        Ok(signer)
    }
}
