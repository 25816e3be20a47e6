//! The certificate authorities that are believed: those pinned, and no others.

use alloc::vec::Vec;
use core::fmt;

use rustls_pki_types::{CertificateDer, TrustAnchor};

use super::certificate::{CertificateInfo, Contents};

/// GTS Root R4 (P-384, to 2036): `sts.googleapis.com`, `pubsub.googleapis.com` and the other Google APIs.
#[cfg(feature = "p384")]
pub const GTS_ROOT_R4: &[u8] = include_bytes!("../../roots/gts-root-r4.der");

/// GTS Root R3 (P-384, to 2036): where the Google APIs go if they leave R4. Google asks clients to have all its
/// roots; of those two are P-384.
#[cfg(feature = "p384")]
pub const GTS_ROOT_R3: &[u8] = include_bytes!("../../roots/gts-root-r3.der");

/// GTS Root R1 (RSA-4096, to 2036): Google's servers when they show an RSA chain.
#[cfg(any(feature = "rsa", feature = "rsa-ring"))]
pub const GTS_ROOT_R1: &[u8] = include_bytes!("../../roots/gts-root-r1.der");

/// DigiCert TLS ECC P384 Root G5 (to 2046): the newer hosts of the IoT Core bridge's successor.
#[cfg(feature = "p384")]
pub const DIGICERT_TLS_ECC_P384_ROOT_G5: &[u8] =
    include_bytes!("../../roots/digicert-tls-ecc-p384-root-g5.der");

/// Amazon Root CA 3 (P-256, to 2040, 442 bytes): AWS IoT Core's `-ats` endpoints, if they show an elliptic chain.
/// Which chain they show was not tried.
pub const AMAZON_ROOT_CA_3: &[u8] = include_bytes!("../../roots/amazon-root-ca-3.der");

/// Amazon Root CA 1 (RSA-2048, to 2038, 837 bytes): the same endpoints, if they show an RSA chain.
#[cfg(any(feature = "rsa", feature = "rsa-ring"))]
pub const AMAZON_ROOT_CA_1: &[u8] = include_bytes!("../../roots/amazon-root-ca-1.der");

/// Pinned trust anchors.
///
/// They take some 600 bytes of heap each.
#[derive(Debug, Clone, Default)]
pub struct Roots {
    /// What webpki needs of each.
    pub(super) anchors: Vec<TrustAnchor<'static>>,
    /// What they say, in the same order.
    infos: Vec<CertificateInfo>,
    /// How many authorities each lets follow, if it limits that; in the same order.
    path_lengths: Vec<Option<u8>>,
}

impl Roots {
    /// No roots: no server is believed.
    #[must_use]
    pub const fn new() -> Self {
        Self { anchors: Vec::new(), infos: Vec::new(), path_lengths: Vec::new() }
    }

    /// The roots of Google and of the bridge, as far as this crate's features can use them. Amazon's are not among
    /// them: nobody needs to trust both for one server.
    ///
    /// # Errors
    /// None, unless a file of this crate has been tampered with.
    pub fn built_in() -> Result<Self, RootError> {
        #[allow(unused_mut)]
        let mut roots = Self::new();
        #[cfg(feature = "p384")]
        {
            roots.add(GTS_ROOT_R4)?;
            roots.add(GTS_ROOT_R3)?;
            roots.add(DIGICERT_TLS_ECC_P384_ROOT_G5)?;
        }
        #[cfg(any(feature = "rsa", feature = "rsa-ring"))]
        roots.add(GTS_ROOT_R1)?;
        Ok(roots)
    }

    /// Pins one more root: an authority's certificate in DER.
    ///
    /// # Errors
    /// It is no certificate, or not an authority's: a server's own certificate can't be pinned.
    pub fn add(&mut self, der: &[u8]) -> Result<(), RootError> {
        let certificate = CertificateDer::from(der);
        let anchor = webpki::anchor_from_trusted_cert(&certificate).map_err(|_| RootError::Malformed)?;
        let contents = Contents::parse(der).ok_or(RootError::Malformed)?;
        if !contents.authority || contents.signs_certificates == Some(false) {
            return Err(RootError::NotAnAuthority);
        }
        self.anchors.push(anchor.to_owned());
        self.infos.push(contents.info);
        self.path_lengths.push(contents.path_length);
        Ok(())
    }

    /// What the pinned certificates say.
    #[must_use]
    pub fn list(&self) -> &[CertificateInfo] {
        &self.infos
    }

    /// What the certificate of `anchor` says.
    pub(super) fn info(&self, anchor: &TrustAnchor<'_>) -> Option<&CertificateInfo> {
        self.place(anchor).and_then(|place| self.infos.get(place))
    }

    /// How many authorities may stand between `anchor` and a server, if it limits that. webpki keeps nothing of
    /// it.
    pub(super) fn path_length(&self, anchor: &TrustAnchor<'_>) -> Option<u8> {
        self.place(anchor).and_then(|place| self.path_lengths.get(place).copied().flatten())
    }

    fn place(&self, anchor: &TrustAnchor<'_>) -> Option<usize> {
        self.anchors.iter().position(|own| own == anchor)
    }
}

/// A root can't be pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RootError {
    /// Not an X.509 certificate in DER.
    Malformed,
    /// The certificate may not issue others.
    NotAnAuthority,
}

impl fmt::Display for RootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => {
                "the root is not an X.509 certificate in DER; one in PEM is converted by \
                 'openssl x509 -in root.pem -outform DER -out root.der'"
            }
            Self::NotAnAuthority => {
                "the root is not a certificate authority's (CA:TRUE); pin the authority at the top of the \
                 server's chain, not the server's own certificate"
            }
        })
    }
}

impl core::error::Error for RootError {}
