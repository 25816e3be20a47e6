//! The certificate that a device shows to servers that ask who connects.

use crate::Server;
use atecc608_cloud::signer::{NoSigner, TokenSigner};
use atecc608_cloud::tls::ClientIdentity;
use core::fmt::Display;

/// The certificate that a device shows to servers that ask who connects, and who signs for it.
///
/// A [`ClientIdentity`] is one. A device that renews its certificate has a type of its own, which gives the new one
/// from the next connection on.
pub trait Identity {
    /// Signs with the certificate's key.
    type Signer<'s>: TokenSigner<Error: Display>
    where
        Self: 's;

    /// For a connection to this server; `None`: it is told that there is no certificate.
    fn client(&mut self, server: &Server<'_>) -> Option<ClientIdentity<'_, Self::Signer<'_>>>;

    /// Whether there is a certificate at all: then a server that does not ask for it is told of.
    fn exists(&self) -> bool {
        true
    }
}

/// No certificate: the device logs in with a password, such as a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NoIdentity;

impl Identity for NoIdentity {
    type Signer<'s> = NoSigner;

    fn client(&mut self, _: &Server<'_>) -> Option<ClientIdentity<'_, NoSigner>> {
        None
    }

    fn exists(&self) -> bool {
        false
    }
}

/// The same to every server.
impl<S: TokenSigner<Error: Display>> Identity for ClientIdentity<'_, S> {
    type Signer<'s>
        = &'s mut S
    where
        Self: 's;

    fn client(&mut self, _: &Server<'_>) -> Option<ClientIdentity<'_, &mut S>> {
        Some(ClientIdentity { chain: self.chain, signer: &mut self.signer })
    }
}
