//! The `signature` crate's traits, async.

use crate::both::rig::Rig;
use crate::cancellation::yielding;
use atecc608::wire::Opcode;
use atecc608::{Argument, ErrorKind, Slot};
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use embassy_futures::block_on;
use p256::ecdsa::signature::hazmat::{AsyncPrehashSigner, PrehashVerifier};
use p256::ecdsa::signature::{AsyncSigner, Error, Verifier};
use p256::ecdsa::{DerSignature, Signature, VerifyingKey};
use testkit::{Locks, known_public_key, message, refused, sha256};

fn key() -> VerifyingKey {
    VerifyingKey::from_sec1_bytes(&known_public_key().to_sec1()).unwrap()
}

async fn sign<S>(signer: &impl AsyncSigner<S>, message: &[u8]) -> Result<S, Error> {
    signer.sign_async(message).await
}

async fn sign_digest<S>(signer: &impl AsyncPrehashSigner<S>, digest: &[u8]) -> Result<S, Error> {
    signer.sign_prehash_async(digest).await
}

#[test]
fn messages_and_digests() {
    let mut rig = Rig::workbench(Locks::Both);
    for len in [0, 1, 64, 200] {
        let message = message(len);
        let digest = sha256(&message);
        let signer = rig.chip.signer(Slot::S2);
        block_on(async {
            let fixed: Signature = sign(&signer, &message).await.unwrap();
            key().verify(&message, &fixed).unwrap();
            let der: DerSignature = sign(&signer, &message).await.unwrap();
            key().verify(&message, &der).unwrap();
            let fixed: Signature = sign_digest(&signer, &digest).await.unwrap();
            key().verify(&message, &fixed).unwrap();
            key().verify_prehash(&sha256(&digest), &fixed).expect_err("hashed twice");
            let der: DerSignature = sign_digest(&signer, &digest).await.unwrap();
            key().verify(&message, &der).unwrap();
        });
        assert_eq!(signer.take_error(), None);
    }
    rig.assert_at_rest();
}

#[test]
fn failures() {
    let mut rig = Rig::workbench(Locks::Nothing);
    let signer = rig.chip.signer(Slot::S2);
    let result: Result<Signature, _> = block_on(sign(&signer, b"m"));
    result.unwrap_err();
    assert_eq!(signer.take_error(), Some(refused(Opcode::Sign)));
    let result: Result<DerSignature, _> = block_on(sign_digest(&signer, &[0; 31]));
    result.unwrap_err();
    assert_eq!(signer.take_error().unwrap().kind, ErrorKind::Argument(Argument::DigestLength));
}

/// Two signatures of one signer at once: the second fails, the first is not disturbed.
#[test]
fn one_at_a_time() {
    let mut rig = yielding(Rig::workbench(Locks::Both));
    let signer = rig.chip.signer(Slot::S2);
    let mut context = Context::from_waker(Waker::noop());
    let mut first = pin!(sign::<Signature>(&signer, b"first"));
    assert!(first.as_mut().poll(&mut context).is_pending());
    let second: Result<Signature, _> = block_on(sign(&signer, b"second"));
    second.unwrap_err();
    let signature = loop {
        if let Poll::Ready(result) = first.as_mut().poll(&mut context) {
            break result.unwrap();
        }
    };
    key().verify(b"first", &signature).unwrap();
}
