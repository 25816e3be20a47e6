//! The `signature` crate's traits, blocking, in both generations.

use crate::both::rig::Rig;
use atecc608::wire::Opcode;
use atecc608::{Argument, ErrorKind, Slot};
use testkit::{Locks, known_public_key, refused, sha256};

/// Signs through every trait and checks with the generation's own verifier.
macro_rules! generation {
    ($test:ident, $p256:ident) => {
        #[test]
        fn $test() {
            use $p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
            use $p256::ecdsa::signature::{Signer, Verifier};
            use $p256::ecdsa::{DerSignature, Signature, VerifyingKey};

            let key = VerifyingKey::from_sec1_bytes(&known_public_key().to_sec1()).unwrap();
            let mut rig = Rig::workbench(Locks::Both);
            for len in [0, 1, 64, 200] {
                let message = testkit::message(len);
                let digest = sha256(&message);
                let signer = rig.chip.signer(Slot::S2);
                let fixed: Signature = signer.try_sign(&message).unwrap();
                key.verify(&message, &fixed).unwrap();
                let der: DerSignature = signer.try_sign(&message).unwrap();
                key.verify(&message, &der).unwrap();
                let fixed: Signature = signer.sign_prehash(&digest).unwrap();
                key.verify(&message, &fixed).unwrap();
                key.verify_prehash(&sha256(&digest), &fixed).expect_err("hashed twice");
                let der: DerSignature = signer.sign_prehash(&digest).unwrap();
                key.verify(&message, &der).unwrap();
                assert_eq!(Signature::try_from(der.as_bytes()).is_err(), true, "DER is another form");
                assert!(Signature::from_der(der.as_bytes()).is_ok());
                assert_eq!(signer.take_error(), None);
            }
            rig.assert_at_rest();
        }
    };
}

generation!(todays_generation, p256);
generation!(the_previous_generation, p256_013);

#[test]
fn a_digest_must_have_32_bytes() {
    use p256::ecdsa::Signature;
    use p256::ecdsa::signature::hazmat::PrehashSigner;
    let mut rig = Rig::workbench(Locks::Both);
    for len in [0, 20, 31, 33, 64] {
        let before = rig.bus.counters();
        let signer = rig.chip.signer(Slot::S2);
        let result: Result<Signature, _> = signer.sign_prehash(&vec![1; len]);
        result.unwrap_err();
        let error = signer.take_error().unwrap();
        assert_eq!(error.kind, ErrorKind::Argument(Argument::DigestLength));
        assert_eq!(rig.bus.counters(), before, "{len}: nothing was sent");
    }
}

#[test]
fn the_reason_of_a_failure_is_kept_until_taken() {
    use p256::ecdsa::Signature;
    use p256::ecdsa::signature::Signer;
    let mut rig = Rig::workbench(Locks::Nothing);
    let signer = rig.chip.signer(Slot::S2);
    let result: Result<Signature, _> = signer.try_sign(b"m");
    result.unwrap_err();
    assert_eq!(signer.take_error(), Some(refused(Opcode::Sign)));
    assert_eq!(signer.take_error(), None);
    rig.assert_at_rest();
}
