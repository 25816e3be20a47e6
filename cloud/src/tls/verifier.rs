//! What embedded-tls asks: is this chain good, and does the server have its key?

use alloc::vec::Vec;

use embedded_tls::{CertificateEntryRef, CertificateRef, CertificateVerifyRef, TlsError, TlsVerifier};
use rustls_pki_types::CertificateDer;
use sha2_010::{Digest, Sha256};
use webpki::EndEntityCert;

use super::algorithms;
use super::chain::{self, Chain, Demands};
use super::failure::Alert;
use super::refusal::CertificateRefusal;
use super::suite::{self, Suite};

/// What the server signs besides the transcript (RFC 8446, section 4.4.3).
const PADDING: [u8; 64] = [0x20; 64];
const CONTEXT: &[u8] = b"TLS 1.3, server CertificateVerify\0";

/// How far the server has come.
enum Progress {
    /// It has shown nothing.
    Nothing,
    /// Its chain is good.
    Shown { chain: Chain, own: Vec<u8>, transcript: Sha256 },
    /// It has proved to have the key.
    Proved(Chain),
    /// Something is wrong.
    Refused(CertificateRefusal),
}

/// The verifier of one handshake.
pub(super) struct Verifier<'a> {
    demands: Demands<'a>,
    progress: Progress,
    /// The server has broken off.
    pub(super) alert: Option<Alert>,
}

/// How it ended.
pub(super) enum Verdict {
    /// The server is who it is meant to be.
    Proved(Chain),
    /// The server has shown a good chain, but no proof.
    NoProof,
    /// The server has shown no certificate.
    NoCertificate,
    /// It was refused.
    Refused(CertificateRefusal),
}

impl<'a> Verifier<'a> {
    pub(super) const fn new(demands: Demands<'a>) -> Self {
        Self { demands, progress: Progress::Nothing, alert: None }
    }

    /// Whether the server has proved to be who it is meant to be.
    pub(super) const fn proved(&self) -> bool {
        matches!(self.progress, Progress::Proved(_))
    }

    pub(super) fn verdict(self) -> Verdict {
        match self.progress {
            Progress::Nothing => Verdict::NoCertificate,
            Progress::Shown { .. } => Verdict::NoProof,
            Progress::Proved(chain) => Verdict::Proved(chain),
            Progress::Refused(refusal) => Verdict::Refused(refusal),
        }
    }

    fn check_certificate(
        &self,
        transcript: &Sha256,
        shown: &CertificateRef<'_>,
    ) -> Result<Progress, CertificateRefusal> {
        // A second chain would be checked after the first was believed.
        let Progress::Nothing = self.progress else { return Err(CertificateRefusal::OutOfOrder) };
        let shown: Vec<CertificateDer<'_>> = shown
            .entries
            .iter()
            .map(|entry| match entry {
                CertificateEntryRef::X509(der) => Ok(CertificateDer::from(*der)),
                CertificateEntryRef::RawPublicKey(_) => Err(CertificateRefusal::Malformed),
            })
            .collect::<Result<_, _>>()?;
        let chain = chain::verify(&shown, &self.demands)?;
        let own = shown.first().ok_or(CertificateRefusal::Malformed)?.to_vec();
        Ok(Progress::Shown { chain, own, transcript: transcript.clone() })
    }

    fn check_proof(
        progress: Progress,
        proof: &CertificateVerifyRef<'_>,
    ) -> Result<Progress, CertificateRefusal> {
        let Progress::Shown { chain, own, transcript } = progress else {
            return Err(CertificateRefusal::OutOfOrder);
        };
        let algorithm = algorithms::for_handshake(proof.signature_scheme).ok_or_else(|| {
            let own = chain.certificates.first().and_then(CertificateRefusal::not_built_in);
            own.unwrap_or(CertificateRefusal::UnsupportedAlgorithm)
        })?;
        let mut signed = Vec::with_capacity(PADDING.len() + CONTEXT.len() + 32);
        signed.extend_from_slice(&PADDING);
        signed.extend_from_slice(CONTEXT);
        signed.extend_from_slice(&transcript.finalize());
        let own = CertificateDer::from(own);
        EndEntityCert::try_from(&own)
            .map_err(|_| CertificateRefusal::Malformed)?
            .verify_signature(algorithm, &signed, proof.signature)
            .map_err(|_| CertificateRefusal::BadHandshakeSignature)?;
        Ok(Progress::Proved(chain))
    }

    /// Notes how it went on; a refusal is final.
    fn note(
        &mut self,
        checked: Result<Progress, CertificateRefusal>,
        error: TlsError,
    ) -> Result<(), TlsError> {
        match checked {
            Ok(progress) => {
                self.progress = progress;
                Ok(())
            }
            Err(refusal) => {
                self.progress = Progress::Refused(refusal);
                Err(error)
            }
        }
    }
}

impl TlsVerifier<Suite> for Verifier<'_> {
    /// The name is known from the start.
    fn set_hostname_verification(&mut self, _name: &str) -> Result<(), TlsError> {
        Ok(())
    }

    fn verify_certificate(&mut self, transcript: &Sha256, shown: CertificateRef<'_>) -> Result<(), TlsError> {
        if let [CertificateEntryRef::X509(der)] = shown.entries[..]
            && let Some(alert) = suite::alert_of(der)
        {
            self.alert = Some(Alert(alert));
            return Err(TlsError::InvalidCertificate);
        }
        let checked = self.check_certificate(transcript, &shown);
        self.note(checked, TlsError::InvalidCertificate)
    }

    fn verify_signature(&mut self, proof: CertificateVerifyRef<'_>) -> Result<(), TlsError> {
        let progress = core::mem::replace(&mut self.progress, Progress::Nothing);
        let checked = Self::check_proof(progress, &proof);
        self.note(checked, TlsError::InvalidSignature)
    }
}
