//! The signer: a key in a file or in a chip, and a switch by which it fails.

use atecc608::blocking::CertificateSigner;
use atecc608::{PublicKey, Signature};
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

/// Makes a [`Failing`] signer fail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Switch(Rc<Cell<bool>>);

impl Switch {
    pub(crate) fn fail(&self, fails: bool) {
        self.0.set(fails);
    }
}

/// A signer that fails when its switch says so.
#[derive(Debug)]
pub(crate) struct Failing<S> {
    pub(crate) signer: S,
    pub(crate) switch: Switch,
}

/// Why it did not sign.
#[derive(Debug)]
pub(crate) enum SignError<E> {
    /// The switch said so.
    Switched,
    Signer(E),
}

impl<E: fmt::Display> fmt::Display for SignError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switched => f.write_str("the signer is out of order (a mishap of this program)"),
            Self::Signer(error) => error.fmt(f),
        }
    }
}

impl<S: CertificateSigner> CertificateSigner for Failing<S> {
    type Error = SignError<S::Error>;

    fn public_key(&self) -> PublicKey {
        self.signer.public_key()
    }

    fn sign(&mut self, message: &[u8]) -> Result<Signature, Self::Error> {
        if self.switch.0.get() {
            return Err(SignError::Switched);
        }
        self.signer.sign(message).map_err(SignError::Signer)
    }
}
