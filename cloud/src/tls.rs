//! TLS 1.3 to a server whose identity is verified.
//!
//! [`connect`] does the handshake over any transport and returns a [`Secured`] connection, which is a transport
//! again, once the server has shown a chain that leads to one of the pinned [`Roots`] and has proved to have
//! its key. Before that nothing but the handshake is sent. Checked are: signatures up to the root, validity (of
//! the root too), basicConstraints, path length (the root's, too), name constraints, key usage and extended key usage, unknown
//! critical extensions, the name against all alternative names (never the subject), and the
//! CertificateVerify over this handshake. Revocation is not checked: a device has no list and no way to a
//! responder before it is online; Google's certificates live three months.
//!
//! # What it is made of
//!
//! Measured in bytes of flash: a program for `riscv32imc-unknown-none-elf` (`opt-level = "s"`, fat LTO, Rust 1.95) that
//! connects, writes, reads and prints, less the same without TLS.
//!
//! | | flash |
//! |---|---|
//! | without `p384` and `rsa` | 182 KB |
//! | with `p384` | 303 KB |
//! | with `rsa` | 223 KB |
//! | with both | 342 KB |
//! | a client certificate, with the chip's async driver that signs, more | 15 KB |
//!
//! - embedded-tls 0.19 does handshake and records, with its defects made up for or patched; rustls-webpki 0.103 checks
//!   chains, over RustCrypto's curves, which embedded-tls has already. Both build for chips without atomic
//!   compare-and-swap (`thumbv6m`, `riscv32imc`). `rsa` uses it in one place: there the firmware must choose how
//!   `portable-atomic` is to do it, as esp-hal does.
//! - rustls 0.23 would be the one to trust most, but needs compare-and-swap for `Arc`, so it does not build for
//!   an ESP32-C3, and it keeps records in a growing heap.
//! - mbedtls-rs 0.3 speaks 1.2 and 1.3, but is C, prebuilt for a few targets, and has no way to sign with a key
//!   that is elsewhere, that is, in the chip.
//! - der reads names and dates for the summary. x509-cert, which can print all names, would take 60 KB more.
//!   SHA-2 is the compact one on chips: unrolled, SHA-384 alone takes 48 KB.
//! - `p384` can't be done without at Google, unless the bridge is one's own: both `GTS_ROOT_R4` and DigiCert's
//!   root are P-384. Amazon's root is P-256.
//!
//! # The device's own certificate
//!
//! [`Settings::with_client`] takes the device's certificate with its issuers' and who signs for it, mostly a chip:
//! [`ChipSigner`](crate::signer::ChipSigner) lets other tasks run meanwhile. A chip signs once in a handshake, which
//! takes 70 ms on a bus of 100 kHz (233 bytes on the wire, measured on the simulated chip). If it fails, or is pulled out,
//! the handshake ends with an alert and [`TlsFailure::ClientSignature`] in the driver's words; connect again.
//!
//! [`Secured::client_authentication`] tells whether the server has asked. **What it thinks of the certificate shows
//! later**: in TLS 1.3 the handshake is over before the server has looked at it, and its no is the first thing that is
//! read: [`TlsFailure::Alert`] with its words, or, if it just hangs up, [`TlsFailure::ClosedAfterCertificate`].
//!
//! # TLS 1.2
//!
//! Not spoken. embedded-tls has 1.3 only, and Google's servers have 1.3. A bridge that has 1.2 only is told
//! apart ([`TlsFailure::Version`]) and can be served in two ways: by a gateway before it that ends TLS 1.3
//! (stunnel, nginx or HAProxy beside the broker: no change to the device), or by mbedtls-rs as transport of
//! a session of `mqtt`, which takes any. It is not built in because it is C (its
//! size was not measured), and gives up the chip's client certificates.
//!
//! # What embedded-tls 0.19 gets wrong, and what is done about it
//!
//! [`docs/embedded-tls.md`](https://github.com/atecc608/atecc608/blob/main/cloud/docs/embedded-tls.md) lists every
//! defect, what is done here instead, and the test that shows it.
//!
//! A record longer than the receive buffer is [`RecordTooLarge`](TlsFailure::RecordTooLarge), a connection that
//! ends without a close_notify [`Truncated`](TlsFailure::Truncated), one that ends with it reads as 0 bytes.
//!
//! # Secrets
//!
//! [`Entropy`] mixes the host's random numbers with the chip's. The ephemeral key and the shared secret of
//! p256 0.13 wipe themselves when dropped, AES's round keys too, with the features chosen here; embedded-tls
//! keeps the traffic keys and the secrets they come from in plain arrays until the connection is dropped, and
//! leaves copies where it moved them. The signing keys are the chip's.

mod algorithms;
mod certificate;
mod chain;
mod client;
mod entropy;
mod failure;
mod record;
mod refusal;
mod roots;
mod secured;
mod server_hello;
mod settings;
mod suite;
mod verifier;

use alloc::rc::Rc;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use embedded_io_async::{Read, Write};
use embedded_tls::{TlsConfig, TlsConnection, TlsContext};
use rand_core_06::CryptoRngCore;
use rustls_pki_types::ServerName;

use chain::Demands;
use client::Provider;
use record::{Note, Wire};
use settings::TRANSMIT_MAX;
use verifier::{Verdict, Verifier};

use crate::signer::TokenSigner;

pub use certificate::{CertificateInfo, KeyKind, Timestamp};
pub use chain::Chain;
pub use client::{ClientAuthentication, ClientIdentity};
pub use entropy::{BadSource, Entropy};
pub use failure::{Alert, LibraryError, TlsFailure};
pub use refusal::{CertificateRefusal, Usage};
#[cfg(any(feature = "rsa", feature = "rsa-ring"))]
pub use roots::{AMAZON_ROOT_CA_1, GTS_ROOT_R1};
pub use roots::{AMAZON_ROOT_CA_3, RootError, Roots};
#[cfg(feature = "p384")]
pub use roots::{DIGICERT_TLS_ECC_P384_ROOT_G5, GTS_ROOT_R3, GTS_ROOT_R4};
pub use secured::Secured;
pub use settings::{Buffers, RECEIVE_BUFFER, Settings, TRANSMIT_BUFFER};

/// Connects over `transport`: returns when the server is verified and may be sent to.
///
/// Takes a heap of some 10 KB for the server's certificates, until it returns, and afterwards as much as the
/// record that is just arriving. Give it a time limit: nothing here looks at a clock. When it is dropped, drop
/// the transport too.
///
/// If it is dropped while the client's key signs, the chip is left as its driver's `sign_digest` says.
///
/// # Errors
/// See [`TlsFailure`]. Nothing but the handshake was sent.
pub async fn connect<'a, T, S, R>(
    transport: T,
    settings: Settings<'_, S>,
    buffers: Buffers<'a>,
    rng: &mut R,
) -> Result<Secured<'a, T>, TlsFailure<T::Error>>
where
    T: Read + Write + 'a,
    S: TokenSigner<Error: fmt::Display>,
    R: CryptoRngCore,
{
    let name = ServerName::try_from(settings.name).map_err(|_| TlsFailure::Name)?;
    settings.check(buffers.receive.len(), buffers.transmit.len())?;

    let config = TlsConfig::new();
    let config = if settings.offer_rsa { config.enable_rsa_signatures() } else { config };
    let config = match name {
        ServerName::DnsName(_) => config.with_server_name(settings.name),
        // An address has no place in the request (RFC 6066, section 3).
        _ => config,
    };
    let protocols: Vec<&[u8]> = settings.protocols.iter().map(|name| name.as_bytes()).collect();
    let config = if protocols.is_empty() { config } else { config.with_alpn(&protocols) };
    let demands = Demands { text: settings.name, name, roots: settings.roots, now: settings.now };

    let note = Rc::new(Note::new());
    let wire = Wire::new(transport, Rc::clone(&note), buffers.receive.len());
    let longest = buffers.transmit.len().min(TRANSMIT_MAX);
    let transmit = buffers.transmit.get_mut(..longest).unwrap_or_default();
    let mut connection = TlsConnection::new(wire, buffers.receive, transmit);
    let mut provider = Provider::new(rng, Verifier::new(demands), settings.client);
    let opened = connection.open(TlsContext::new(&config, &mut provider)).await;

    // What embedded-tls thinks of it comes last: it accepts servers that have shown nothing.
    let Provider { verifier, authentication, unsigned, unsuitable, .. } = provider;
    let alert = verifier.alert;
    let verdict = verifier.verdict();
    if let Verdict::Refused(refusal) = verdict {
        return Err(TlsFailure::Certificate(refusal));
    }
    if let Some(alert) = alert {
        return Err(match alert {
            Alert::CLOSE_NOTIFY => TlsFailure::ClosedInHandshake,
            alert => TlsFailure::Alert(alert),
        });
    }
    if let Some(reason) = unsigned {
        return Err(TlsFailure::ClientSignature(reason));
    }
    if unsuitable {
        return Err(TlsFailure::SignatureScheme);
    }
    if let Err(error) = opened {
        let shown = !matches!(verdict, Verdict::NoCertificate);
        let failure = note.failure().unwrap_or_else(|| TlsFailure::in_handshake(error, shown));
        return Err(secured::refused(authentication, failure));
    }
    match verdict {
        Verdict::Proved(chain) => {
            note.established.set(true);
            let protocol = connection.alpn_protocol().and_then(|index| settings.protocols.get(index));
            let protocol = protocol.map(|name| name.to_string());
            Ok(Secured::new(connection, note, chain, authentication, protocol))
        }
        Verdict::NoProof => Err(TlsFailure::NoProof),
        Verdict::NoCertificate => Err(TlsFailure::NoCertificate),
        Verdict::Refused(refusal) => Err(TlsFailure::Certificate(refusal)),
    }
}
