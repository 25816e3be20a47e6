//! What OpenSSL and GnuTLS say about requests, certificates and chains. Each takes DER.
//!
//! OpenSSL has to be there. GnuTLS' `certtool` is asked where it is installed, as it is in CI; the two have to agree.

mod files;
pub mod gnutls;
pub mod openssl;

/// A request: well formed, and signed with the key that is in it.
pub fn request(der: &[u8]) -> Result<(), String> {
    agree(openssl::request(der).map(drop), gnutls::installed().then(|| gnutls::request(der).map(drop)))
}

/// A certificate: well formed, with everything that it says about itself.
pub fn certificate(der: &[u8]) -> Result<(), String> {
    agree(
        openssl::certificate(der).map(drop),
        gnutls::installed().then(|| gnutls::certificate(der).map(drop)),
    )
}

/// A chain, the device's certificate first and the self-signed root last, at the time of the machine: every signature,
/// name, date and extension. One certificate is a self-signed
/// one; GnuTLS wants a CA then.
pub fn chain(certificates: &[&[u8]]) -> Result<(), String> {
    // GnuTLS trusts a root without a look at its signature.
    let same = openssl::verify(certificates, "");
    agree(same, gnutls::installed().then(|| gnutls::chain(certificates)))?;
    openssl::chain(certificates)
}

/// One answer of two.
fn agree(openssl: Result<(), String>, gnutls: Option<Result<(), String>>) -> Result<(), String> {
    if let Some(gnutls) = gnutls {
        assert_eq!(
            openssl.is_ok(),
            gnutls.is_ok(),
            "OpenSSL and GnuTLS disagree. OpenSSL: {openssl:?} GnuTLS: {gnutls:?}"
        );
    }
    openssl
}
