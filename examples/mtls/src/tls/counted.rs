//! How often the chip signs.

use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::sign::{Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Number of signatures that were asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Count(Arc<AtomicU32>);

impl Count {
    pub(crate) fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A key whose signatures are counted.
#[derive(Debug)]
pub(super) struct Counted {
    key: Arc<dyn SigningKey>,
    count: Count,
}

impl Counted {
    pub(super) fn new(key: Arc<dyn SigningKey>, count: Count) -> Self {
        Self { key, count }
    }
}

impl SigningKey for Counted {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let signer = self.key.choose_scheme(offered)?;
        Some(Box::new(CountedSigner { signer, count: self.count.clone() }))
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        self.key.public_key()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }
}

#[derive(Debug)]
struct CountedSigner {
    signer: Box<dyn Signer>,
    count: Count,
}

impl Signer for CountedSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.count.0.fetch_add(1, Ordering::Relaxed);
        self.signer.sign(message)
    }

    fn scheme(&self) -> SignatureScheme {
        self.signer.scheme()
    }
}
