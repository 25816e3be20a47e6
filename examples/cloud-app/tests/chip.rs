//! A signer in software that can be unplugged.

use atecc608::Signature;
use atecc608_cloud::token::TokenSigner;
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::pkcs8::EncodePublicKey;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

#[derive(Debug, Clone)]
pub(crate) struct SoftChip {
    key: SigningKey,
    pub(crate) unplugged: Rc<Cell<bool>>,
    /// Signatures made.
    pub(crate) signatures: Rc<Cell<u32>>,
}

impl SoftChip {
    pub(crate) fn new(number: u8) -> Self {
        let key = SigningKey::from_slice(&[number; 32]).unwrap();
        Self { key, unplugged: Rc::default(), signatures: Rc::default() }
    }

    /// As in SEC1.
    #[allow(dead_code, reason = "some test programs have no certificates")]
    pub(crate) fn public_key(&self) -> Vec<u8> {
        self.key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
    }

    pub(crate) fn public_key_pem(&self) -> String {
        p256::PublicKey::from(self.key.verifying_key()).to_public_key_pem(Default::default()).unwrap()
    }
}

impl TokenSigner for SoftChip {
    type Error = &'static str;

    async fn sign_digest(&mut self, digest: &[u8; 32]) -> Result<Signature, Self::Error> {
        // As long as a chip takes.
        tokio::time::sleep(Duration::from_millis(60)).await;
        if self.unplugged.get() {
            return Err("Wake: no acknowledge on the bus");
        }
        self.signatures.set(self.signatures.get() + 1);
        let signature: p256::ecdsa::Signature = self.key.sign_prehash(digest).unwrap();
        Ok(Signature::from_bytes(signature.to_bytes().into()))
    }
}
