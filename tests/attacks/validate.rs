//! Public keys that a parent validates.

use crate::device::{Device, KEY, Made, ROOT, VALIDATED, public_of, sign};
use crate::eavesdropper::{Exchange, NONCE, Replay};
use crate::sha256_of;
use atecc608::command::{
    GenKeyDigest, NonceFixed, NonceRandom, RandomSource, Seed, Validity, VerifyValidate,
};
use atecc608::{PublicKey, PublicKeySlot, Signature};

/// Which nonce the parent's statement is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Nonce {
    /// One of the parent's choice, signed elsewhere: `set_validity`.
    Parents,
    /// The chip's, signed while the chip waits.
    Chips,
}

/// The parent's holder says that the key in slot 14 is valid, or is not any more.
fn say(device: &mut Device, key: &[u8; 64], validity: Validity, nonce: Nonce) -> Result<Vec<Exchange>, ()> {
    let slot = PublicKeySlot::new(VALIDATED).unwrap();
    let mut other_data = [0; 19];
    other_data[17] = u8::from(validity == Validity::Invalidate);
    let statement = |temp_key: &[u8]| {
        let digest = sha256_of(&[temp_key, &[0x40, 0, 0, 0, 0xEE, 0x01, 0x23], &[0; 25], key]);
        let message = sha256_of(&[
            &digest,
            &[0x41],
            &other_data[..10],
            &[0xEE],
            &other_data[10..14],
            &[0x01, 0x23],
            &other_data[14..],
        ]);
        Signature::from_bytes(sign(&KEY, &message))
    };
    device.recorded();
    let done = device.chip.session(|chip| {
        let temp_key = match nonce {
            Nonce::Parents => {
                chip.execute(&NonceFixed::TempKey(&[validity as u8; 32]))?;
                [validity as u8; 32]
            }
            Nonce::Chips => {
                let num_in = crate::device::fresh();
                let source = RandomSource::Generator;
                let random = chip.execute(&NonceRandom { num_in: &num_in, seed: Seed::Update, source })?;
                sha256_of(&[&random, &num_in, &[NONCE, 0, 0]])
            }
        };
        chip.execute(&GenKeyDigest { slot, other_data: [0; 3] })?;
        let signature = statement(&temp_key);
        chip.execute(&VerifyValidate { validity, slot, signature: &signature, other_data: &other_data })
    });
    done.map(|()| device.recorded()).map_err(|_| ())
}

fn valid(device: &Device) -> bool {
    device.slot(VALIDATED)[0] >> 4 == 0x5
}

/// The vendor takes the trust in a key back. The attacker has recorded how it was given.
#[test]
fn a_recorded_validation_revives_a_revoked_key_only_without_req_random() {
    let key = public_of(&KEY);
    for (made, nonce) in [
        (Made::Now, Nonce::Chips),
        (Made::WithoutReqRandom, Nonce::Parents),
        (Made::WithoutReqRandom, Nonce::Chips),
    ] {
        for replay in Replay::ALL {
            let mut device = Device::new(made);
            let recording = say(&mut device, &key, Validity::Validate, nonce).unwrap();
            assert!(valid(&device));
            say(&mut device, &key, Validity::Invalidate, nonce).unwrap();
            assert!(!valid(&device));
            device.attacker.play(&recording, replay);
            // With the parent's nonce the bytes themselves will do.
            let open =
                made == Made::WithoutReqRandom && (nonce == Nonce::Parents || replay != Replay::Verbatim);
            assert_eq!(valid(&device), open, "{made:?} {nonce:?} {replay:?}");
        }
    }
    // What ReqRandom on the parent costs: a statement over a nonce of the parent's is none.
    assert_eq!(say(&mut Device::new(Made::Now), &key, Validity::Validate, Nonce::Parents), Err(()));
}

/// Anyone can write the slot while its key is not valid. An old key that was valid once comes back.
#[test]
fn an_old_key_comes_back_only_without_req_random() {
    let (old, new) = (public_of(&KEY), public_of(&[0x51; 32]));
    for (made, nonce, open) in
        [(Made::Now, Nonce::Chips, false), (Made::WithoutReqRandom, Nonce::Parents, true)]
    {
        let mut device = Device::new(made);
        let slot = PublicKeySlot::new(VALIDATED).unwrap();
        let recording = say(&mut device, &old, Validity::Validate, nonce).unwrap();
        say(&mut device, &old, Validity::Invalidate, nonce).unwrap();
        device.chip.write_public_key(slot, &PublicKey::from_bytes(new)).unwrap();
        device.recorded();
        // Before the vendor validates the new one.
        device.chip.write_public_key(slot, &PublicKey::from_bytes(old)).unwrap();
        let write = device.recorded();
        device.chip.write_public_key(slot, &PublicKey::from_bytes(new)).unwrap();
        device.attacker.play(&write, Replay::Verbatim);
        device.attacker.play(&recording, Replay::Fixed);
        assert_eq!(device.slot(VALIDATED)[4..36], old[..32]);
        assert_eq!(valid(&device), open);
    }
    assert_ne!(ROOT, VALIDATED);
}
