//! What TLS errors mean to somebody who logs in with a certificate.

use ::rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};
use std::io;

/// What helps against a failure that is for TLS: for the error of rustls, or one that has it inside, as those of
/// `std::io`, `tokio`, `reqwest` and `rumqttc` have. None if there is nothing to say beyond the error's own words; a
/// [`ChipError`](crate::ChipError) has its own.
///
/// With TLS 1.3 a client is done before the server looks at its certificate, so what the server has against it comes with
/// the first read.
#[must_use]
pub fn advice(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    match tls_error(error)? {
        Error::AlertReceived(alert) => of_alert(*alert),
        Error::InvalidCertificate(why) => of_certificate(why),
        Error::PeerIncompatible(PeerIncompatible::NoSignatureSchemesInCommon) => Some(
            "the other end takes no ECDSA signatures of P-256 with SHA-256, and this chip makes no others: it has to \
             allow ecdsa_secp256r1_sha256",
        ),
        _ => None,
    }
}

/// The error of rustls among the causes of another.
fn tls_error<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // What is in an `io::Error` is not among its sources.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn of_alert(alert: AlertDescription) -> Option<&'static str> {
    Some(match alert {
        AlertDescription::CertificateRequired | AlertDescription::NoCertificate => {
            "the other end wants a certificate and got none: set one, with the chip's key. If one is set, the server \
             takes no ECDSA signatures of P-256 with SHA-256 (ClientCertificate::refused_schemes)"
        }
        AlertDescription::UnknownCA => {
            "the other end does not know who issued the certificate: register that CA there, and send the signer's \
             certificate along with the device's"
        }
        AlertDescription::CertificateExpired => {
            "by the other end's clock the certificate, or its signer's, has expired or is not valid yet: see to both \
             clocks, and renew it"
        }
        AlertDescription::CertificateRevoked => {
            "the other end has the certificate on its list of revoked ones: the device needs a new one"
        }
        AlertDescription::UnsupportedCertificate => {
            "the other end does not take a certificate of this kind: a client's needs clientAuth, if it has extended \
             key usages, and a server's serverAuth"
        }
        AlertDescription::BadCertificate | AlertDescription::CertificateUnknown => {
            "the other end does not take the certificate: see whether it is registered and active there, and in what \
             name; the other end's log should say more"
        }
        AlertDescription::DecryptError => {
            "the signature does not fit the certificate's key: see whether the chip was exchanged, or a new key was \
             made in the slot, since the certificate was issued"
        }
        AlertDescription::AccessDenied => {
            "the other end knows the certificate, and does not let its owner in: see to rights and policies there"
        }
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
            "the two ends have no version, cipher suite or signature in common, or (with TLS 1.2) the other end wants a \
             certificate and got none. It has to allow ecdsa_secp256r1_sha256 for certificates"
        }
        AlertDescription::ProtocolVersion => {
            "the other end does not take this version of TLS: switch on rustls' feature `tls12`, or 1.3 there"
        }
        AlertDescription::NoApplicationProtocol => {
            "the other end knows none of the protocols that were offered (ALPN): see what its port expects"
        }
        AlertDescription::UnrecognisedName => {
            "the other end has nothing by that name: connect by the full name that it was set up with"
        }
        _ => return None,
    })
}

fn of_certificate(why: &CertificateError) -> Option<&'static str> {
    Some(match why {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => {
            "by this machine's clock the other end's certificate has expired or is not valid yet: see whether the clock \
             is right (that of many boards stops without power, and has to be set from the network first)"
        }
        CertificateError::UnknownIssuer => {
            "the other end's certificate is by none of the roots that are trusted here: add its root. If it is the right \
             root, the other end does not send the certificates in between"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "connect by a name that stands in the other end's certificate; if that is the right one, it is somebody else \
             who answers"
        }
        // webpki's own, which rustls has no name for.
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            "the other end shows an authority's certificate as its own, as `openssl req -x509` makes them: it needs one \
             with CA:FALSE, issued by that authority"
        }
        _ => return None,
    })
}
