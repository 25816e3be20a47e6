//! Certificate requests, and certificates by a slot's key.

use super::rig::{Rig, opcodes};
use crate::{issue, issue_from_template, sign};
use atecc608::wire::Opcode;
use atecc608::x509::{
    Attribute, ChipError, Csr, DateTime, Error, IssueError, Name, P256, Parts, PemLabel, Profile,
    TbsCertificate, Validity,
};
use atecc608::{BufferTooSmall, PublicKey, Signature, Slot};
use testkit::{KEY, Locks, bytes, fleet, known_public_key, oracle, refused, set_slot, sha256, verifies};

/// The signed bytes and the signature of a DER: SEQUENCE of message, algorithm, BIT STRING. The simplest parser that
/// does, for lengths below 64 KiB.
fn parts_of(der: &[u8]) -> (&[u8], Signature) {
    let (whole, after) = value(der);
    assert!(after.is_empty());
    let (message, after) = value(content(whole));
    let (algorithm, after) = value(after);
    assert_eq!(algorithm, bytes("300a06082a8648ce3d040302"));
    let (signature, after) = value(after);
    assert!(after.is_empty());
    let signature = p256::ecdsa::Signature::from_der(&content(signature)[1..]).expect("strict DER");
    (message, signature.into())
}

/// A value with tag and length, and what follows it.
fn value(der: &[u8]) -> (&[u8], &[u8]) {
    let (header, len) = match der[1] {
        0x81 => (3, der[2].into()),
        0x82 => (4, usize::from(der[2]) << 8 | usize::from(der[3])),
        short => (2, short.into()),
    };
    der.split_at(header + len)
}

fn content(value: &[u8]) -> &[u8] {
    &value[match value[1] {
        0x81 => 3,
        0x82 => 4,
        _ => 2,
    }..]
}

/// The signature is one of this key's over what it says.
fn holds(der: &[u8], key: &PublicKey) {
    let (message, signature) = parts_of(der);
    assert!(verifies(key, &sha256(message), &signature));
    let at = message.windows(91).position(|window| *window == key.to_spki_der());
    assert!(at.is_some(), "the key is in it");
}

#[test]
fn a_request_in_one_session() {
    let name = [Attribute::common_name("sensor-7")];
    let csr = Csr::new(Name::Attributes(&name));
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks).settled();
        let mut buffer = [0xEE; 300];
        rig.bus.restart_trace(16_384);
        let result = op!(rig.sign_csr(Slot::S2, &csr, &mut buffer));
        if locks == Locks::Nothing {
            assert_eq!(result, Err(ChipError::Chip(refused(Opcode::GenKey))));
            continue;
        }
        holds(result.unwrap(), &known_public_key());
        let [start, update, end] = [Opcode::Sha; 3];
        assert_eq!(rig.executed(), opcodes(&[Opcode::GenKey, start, update, end, Opcode::Sign]));
        let trace = rig.bus.trace();
        assert_eq!(trace.dropped(), 0);
        // In between it may idle, which the watchdog asks for; it sleeps once.
        let sleeps = trace.to_string().lines().filter(|line| line.ends_with("W 01 P")).count();
        assert_eq!(sleeps, 1, "{locks:?}: one session");
    }
}

/// What is hashed ends at every place of a block of 64, also at its end.
#[test]
fn a_request_of_every_length() {
    let mut rig = Rig::workbench(Locks::Both);
    let text = "0123456789".repeat(7);
    let mut ends = [false; 64];
    for len in 1..=64 {
        let name = [Attribute::common_name(&text[..len])];
        let csr = Csr::new(Name::Attributes(&name));
        let mut buffer = vec![0; csr.max_der_len()];
        let der = op!(rig.sign_csr(Slot::S2, &csr, &mut buffer)).unwrap();
        holds(der, &known_public_key());
        oracle::request(der).unwrap();
        ends[parts_of(der).0.len() % 64] = true;
    }
    assert_eq!(ends.iter().filter(|end| !**end).count(), 1, "one length is skipped, where the header grows");
    assert!(ends[0], "no byte is left for the end of the hash");
}

#[test]
fn nothing_is_sent_when_the_request_does_not_fit() {
    let mut rig = Rig::workbench(Locks::Both);
    let name = [Attribute::common_name("sensor-7")];
    let csr = Csr::new(Name::Attributes(&name));
    let (needed, pem_needed) = (csr.max_der_len(), csr.max_pem_len());
    let mut buffer = vec![0; needed];
    let mut pem = vec![0; pem_needed];
    for size in 0..needed {
        let refused = rig.silently(|rig| {
            let result = op!(rig.sign_csr(Slot::S2, &csr, &mut buffer[..size])).unwrap_err();
            assert_eq!(op!(rig.sign_csr_pem(Slot::S2, &csr, &mut buffer[..size], &mut pem)), Err(result));
            result
        });
        assert_eq!(refused, ChipError::X509(BufferTooSmall::new(needed).into()), "{size}");
    }
    for size in 0..pem_needed {
        let refused = rig.silently(|rig| {
            op!(rig.sign_csr_pem(Slot::S2, &csr, &mut buffer, &mut pem[..size])).unwrap_err()
        });
        assert_eq!(refused, ChipError::X509(BufferTooSmall::new(pem_needed).into()), "{size}");
    }
    op!(rig.sign_csr_pem(Slot::S2, &csr, &mut buffer, &mut pem)).expect("just fits");
    let nobody = Csr::new(Name::Attributes(&[]));
    let refused = rig.silently(|rig| op!(rig.sign_csr(Slot::S2, &nobody, &mut buffer)).unwrap_err());
    assert_eq!(refused, ChipError::X509(Error::NoName));
}

#[test]
fn the_same_as_pem() {
    let mut rig = Rig::workbench(Locks::Both);
    let name = [Attribute::common_name("sensor-7")];
    let csr = Csr::new(Name::Attributes(&name));
    let (mut der, mut pem) = ([0; 300], [0; 500]);
    let pem = op!(rig.sign_csr_pem(Slot::S2, &csr, &mut der, &mut pem)).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE REQUEST-----\n"));
    let mut der = [0; 300];
    holds(PemLabel::CertificateRequest.decode(pem.as_bytes(), &mut der).unwrap(), &known_public_key());
}

#[test]
fn slots_without_a_key_or_without_permission() {
    let name = [Attribute::common_name("sensor-7")];
    let csr = Csr::new(Name::Attributes(&name));
    let mut buffer = [0; 300];
    let mut rig = Rig::workbench(Locks::Both);
    for slot in [Slot::S1, Slot::S4, Slot::S7, Slot::S11] {
        let result = op!(rig.sign_csr(slot, &csr, &mut buffer));
        assert_eq!(result, Err(ChipError::Chip(refused(Opcode::GenKey))), "{slot}");
    }
    // A key that signs nothing from outside.
    let mut rig = Rig::workbench_but(Locks::Both, |zone| set_slot(zone, 2, 0x2086, 0x0013));
    let result = op!(rig.sign_csr(Slot::S2, &csr, &mut buffer));
    assert_eq!(result, Err(ChipError::Chip(refused(Opcode::Sign))));
}

const VALIDITY: Validity =
    Validity { not_before: DateTime::new(2026, 1, 1, 0, 0, 0).unwrap(), not_after: DateTime::MAX };

fn root(key: PublicKey) -> TbsCertificate<'static> {
    const NAME: [Attribute<'static>; 1] = [Attribute::common_name("root")];
    TbsCertificate::self_signed(&[1], Name::Attributes(&NAME), VALIDITY, key, Profile::ROOT)
}

#[test]
fn a_slot_issues() {
    let mut rig = Rig::workbench(Locks::Both);
    let mut signer = go!(rig.chip.keypair(Slot::S2)).unwrap();
    let root = root(signer.public_key());
    let mut buffer = vec![0; root.max_der_len()];
    let der = go!(issue(&root, &mut signer, &mut buffer)).unwrap();
    holds(der, &known_public_key());
    oracle::chain(&[der]).unwrap();
    rig.assert_at_rest();
    assert_eq!(rig.executed().last(), Some(&Opcode::Sign.to_byte()));
}

#[test]
fn a_host_key_issues() {
    let mut signer = p256::ecdsa::SigningKey::from_slice(&KEY).unwrap();
    let root = root(known_public_key());
    let mut buffer = vec![0; root.max_der_len()];
    let der = go!(issue(&root, &mut signer, &mut buffer)).unwrap();
    holds(der, &known_public_key());
    oracle::chain(&[der]).unwrap();
}

#[test]
fn the_signer_has_the_key_that_the_certificate_names() {
    let mut rig = Rig::workbench(Locks::Both);
    let mut buffer = [0; 600];
    let other = root(PublicKey::from_bytes([1; 64]));
    let mut signer = rig.chip.signer(Slot::S2).with_public_key(known_public_key());
    let before = rig.bus.counters();
    assert_eq!(go!(issue(&other, &mut signer, &mut buffer)), Err(IssueError::X509(Error::IssuerKey)));
    let needed = other.max_der_len();
    let mine = root(known_public_key());
    for size in 0..needed {
        let refused = go!(issue(&mine, &mut signer, &mut buffer[..size]));
        assert_eq!(refused, Err(IssueError::X509(BufferTooSmall::new(needed).into())));
    }
    assert_eq!(rig.bus.counters(), before, "nothing was sent");
    let mut signer = rig.chip.signer(Slot::S4).with_public_key(known_public_key());
    let failed = go!(issue(&mine, &mut signer, &mut buffer));
    assert_eq!(failed, Err(IssueError::Signer(refused(Opcode::Sign))));
}

/// The 72 bytes stand for just this certificate.
#[test]
fn a_certificate_from_a_template() {
    let mut rig = Rig::workbench(Locks::Both);
    let serial = op!(rig.serial_number()).unwrap();
    let (template, dates) = (&*fleet::DEVICE, fleet::dates());
    let parts = Parts::new(*fleet::OTHER_KEY, known_public_key()).with_chip_serial(serial);
    let mut signer = go!(rig.chip.keypair(Slot::S2)).unwrap();
    let mut buffer = vec![0; template.max_len()];
    let (der, compressed) =
        go!(issue_from_template(template, &parts, fleet::ID, &dates, &mut signer, &mut buffer)).unwrap();
    let (message, signature) = parts_of(der);
    assert!(verifies(&known_public_key(), &sha256(message), &signature));
    let mut again = vec![0; template.max_len()];
    let rebuilt = template.rebuild(&compressed, &parts, &mut again).unwrap().verify(&P256).unwrap();
    assert_eq!(rebuilt.der(), der);

    let other = Parts::new(*fleet::OTHER_KEY, *fleet::OTHER_KEY).with_chip_serial(serial);
    let refused = go!(issue_from_template(template, &other, fleet::ID, &dates, &mut signer, &mut again));
    assert_eq!(refused, Err(IssueError::X509(Error::IssuerKey)));
    let room = &mut again[..template.max_len() - 1];
    let refused = go!(issue_from_template(template, &parts, fleet::ID, &dates, &mut signer, room));
    assert_eq!(refused, Err(IssueError::X509(BufferTooSmall::new(template.max_len()).into())));
}

/// For requests of keys that are no slot's of the chip at hand.
#[test]
fn a_request_by_any_signer() {
    let name = [Attribute::common_name("sensor-7")];
    let csr = Csr::new(Name::Attributes(&name));
    let mut signer = p256::ecdsa::SigningKey::from_slice(&KEY).unwrap();
    let mut buffer = vec![0; csr.max_der_len()];
    let unsigned = csr.write(&known_public_key(), &mut buffer).unwrap();
    holds(go!(sign(unsigned, &mut signer)).unwrap(), &known_public_key());
}
