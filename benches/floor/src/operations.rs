//! What is measured.

use super::commands::{Exchange, READ_CONFIG, configured, provision, write_config};
use super::{Operation, Start};
use atecc608::blocking::SharedKey;
use atecc608::formats::jwt::{Header, UnsignedJwt};
use atecc608::wire::Opcode;
use atecc608::{PublicKey, Secret, Signature, Slot, irreversible};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use serde::Serialize;
use sha2::{Digest, Sha256};

#[derive(Debug, Serialize)]
struct Claims {
    iat: u64,
    exp: u64,
    aud: &'static str,
}

/// What the tokens say.
const CLAIMS: Claims = Claims { iat: 1_700_000_000, exp: 1_700_086_400, aud: "my-project" };
/// The key of encrypted reads.
pub(crate) const READ_KEY: [u8; 32] = [0x44; 32];

/// A public key and its signature over a digest, made outside the chip.
pub fn signed(digest: &[u8; 32]) -> ([u8; 64], [u8; 64]) {
    let key = SigningKey::from_slice(&[0x42; 32]).unwrap();
    let signature: p256::ecdsa::Signature = key.sign_prehash(digest).unwrap();
    let point = key.verifying_key().to_sec1_point(false);
    (point.as_bytes()[1..].try_into().unwrap(), signature.to_bytes().into())
}

/// What is hashed and signed for a token.
pub fn signing_input() -> Vec<u8> {
    let mut buffer = [0; 512];
    UnsignedJwt::new(&Header::ES256, &CLAIMS, &mut buffer).unwrap().signing_input().to_vec()
}

/// Nonce with a digest, then Sign.
const SIGN: [Exchange; 2] = [(Opcode::Nonce, 32, 1), (Opcode::Sign, 0, 64)];

/// Start, full blocks, End with the rest.
fn hashed(len: u64) -> Vec<Exchange> {
    let mut commands = vec![(Opcode::Sha, 0, 1)];
    commands.extend((0..len / 64).map(|_| (Opcode::Sha, 64, 1)));
    commands.push((Opcode::Sha, len % 64, 32));
    commands
}

/// In the order of the table.
pub fn all() -> Vec<Operation> {
    let mut chip_token = hashed(signing_input().len() as u64);
    chip_token.push((Opcode::Sign, 0, 64));
    let mut provisioning = write_config();
    provisioning.extend([(Opcode::Lock, 0, 1), (Opcode::GenKey, 0, 64), (Opcode::Lock, 0, 1)]);
    vec![
        Operation {
            name: "info",
            start: Start::Provisioned,
            run: |chip| assert!(chip.revision().unwrap().is_608()),
            commands: vec![(Opcode::Info, 0, 4)],
        },
        Operation {
            name: "serial number",
            start: Start::Provisioned,
            run: |chip| assert_eq!(chip.serial_number().unwrap().0[..2], [0x01, 0x23]),
            commands: vec![(Opcode::Read, 0, 32)],
        },
        Operation {
            name: "read config",
            start: Start::Provisioned,
            run: |chip| assert!(chip.read_config().unwrap().is_config_locked()),
            commands: READ_CONFIG.to_vec(),
        },
        Operation {
            name: "write config",
            start: Start::Blank,
            run: |chip| {
                let blank = atecc608_sim::Chip::blank(42);
                let present = atecc608::config::ConfigZone::from_bytes(*blank.eeprom().config());
                assert!(chip.write_config(&configured(&present)).unwrap() > 0);
            },
            commands: write_config(),
        },
        Operation {
            name: "generate key",
            start: Start::Provisioned,
            run: |chip| assert!(chip.generate_key(Slot::S1, irreversible::OldKeyIsLost).is_ok()),
            commands: vec![(Opcode::GenKey, 0, 64)],
        },
        Operation {
            name: "sign digest",
            start: Start::Provisioned,
            run: |chip| assert!(chip.sign_digest(Slot::S0, &[0x5A; 32]).is_ok()),
            commands: SIGN.to_vec(),
        },
        Operation {
            name: "verify",
            start: Start::Provisioned,
            run: |chip| {
                let (key, signature) = signed(&[0x5A; 32]);
                let (key, signature) = (PublicKey::from_bytes(key), Signature::from_bytes(signature));
                chip.verify(&key, &[0x5A; 32], &signature).unwrap();
            },
            commands: vec![(Opcode::Nonce, 32, 1), (Opcode::Verify, 128, 1)],
        },
        Operation {
            name: "SHA-256 of 1 KiB",
            start: Start::Provisioned,
            run: |chip| {
                let expected: [u8; 32] = Sha256::digest([0x5A; 1024]).into();
                assert_eq!(chip.sha256(&[0x5A; 1024]).unwrap(), expected);
            },
            commands: hashed(1024),
        },
        Operation {
            name: "encrypted read",
            start: Start::Provisioned,
            run: |chip| {
                let key = SharedKey { slot: Slot::S4, key: Secret::new(READ_KEY) };
                chip.read_encrypted(Slot::S8, 0, &key, &[7; 20]).unwrap();
            },
            commands: vec![
                (Opcode::Read, 0, 32),
                (Opcode::Nonce, 20, 32),
                (Opcode::GenDig, 0, 1),
                (Opcode::Read, 0, 32),
            ],
        },
        Operation { name: "whole provisioning", start: Start::Blank, run: provision, commands: provisioning },
        Operation {
            name: "token, host hashes",
            start: Start::Provisioned,
            run: |chip| {
                let mut buffer = [0; 512];
                let token = UnsignedJwt::new(&Header::ES256, &CLAIMS, &mut buffer).unwrap();
                let digest = Sha256::digest(token.signing_input()).into();
                let signature = chip.sign_digest(Slot::S0, &digest).unwrap();
                token.sign(&signature).unwrap();
            },
            commands: SIGN.to_vec(),
        },
        Operation {
            name: "token, chip hashes",
            start: Start::Provisioned,
            run: |chip| {
                chip.sign_jwt(Slot::S0, &Header::ES256, &CLAIMS, &mut [0; 512]).unwrap();
            },
            commands: chip_token,
        },
    ]
}
