//! Simulated parts of every kind, whose certificates the simulator made with code of its own.

use crate::rig::{Rig, demo};
use atecc608::SerialNumber;
use atecc608::Slot;
use atecc608::x509::trust::{self, HardwareAddress, Kind, Part};
use atecc608::x509::{Certificate, P256};
use atecc608_sim::preset::{Preset, demo_root};
use testkit::oracle;

const KINDS: [(Preset, Part, &Kind); 5] = [
    (Preset::TngTls, Part::TngTls, &trust::TNGTLS),
    (Preset::TngTlsLegacy, Part::TngTlsLegacy, &trust::TNGTLS_LEGACY),
    (Preset::TflxTls, Part::TflxTls, &trust::TFLXTLS),
    (Preset::TngLora, Part::TngLora, &trust::TNGLORA),
    (Preset::TngAct, Part::TngLora, &trust::TNGLORA),
];

#[test]
fn every_kind_is_identified_and_read_as_it_was_issued() {
    let mut lengths = std::collections::BTreeSet::new();
    for (preset, part, kind) in KINDS {
        for seed in 0..40 {
            let mut rig = Rig::new(preset, seed);
            let (identity, chain) = rig.read(&demo()).unwrap();
            let issued = preset.chain(seed);
            assert_eq!(chain[..], issued[..2], "{preset} {seed}");
            assert_eq!(issued[2], demo_root().certificate);
            assert_eq!((identity.part, kind.part()), (part, part));
            assert_eq!(identity.serial, rig.chip.serial_number().unwrap());
            assert_eq!(identity.signer.0, 0xD000);
            let key = rig.chip.public_key(kind.device_key()).unwrap();
            assert_eq!(Certificate::parse(&chain[0]).unwrap().public_key(), Ok(key));
            lengths.insert(kind.device().template().max_len() - chain[0].len());
        }
    }
    // R and S with and without a zero in front.
    assert!(lengths.is_superset(&[0, 1, 2].into()), "{lengths:?}");
}

#[test]
fn addresses() {
    for (preset, slot, len) in [(Preset::TngTls, 5, 12), (Preset::TngLora, 10, 16), (Preset::TngAct, 10, 16)]
    {
        let mut rig = Rig::new(preset, 3);
        let (identity, [device, _]) = rig.read(&demo()).unwrap();
        let stored = rig.slot(slot)[..len].to_vec();
        let address = identity.address.unwrap();
        assert_eq!(address.to_string().into_bytes(), stored);
        assert_eq!(
            (address.as_bytes().len(), Some(address)),
            (len / 2, HardwareAddress::from_digits(&stored))
        );
        assert_eq!(HardwareAddress::of(&Certificate::parse(&device).unwrap()), Some(address));
    }
    for preset in [Preset::TngTlsLegacy, Preset::TflxTls] {
        assert_eq!(Rig::new(preset, 3).read(&demo()).unwrap().0.address, None);
    }
}

/// LoRaWAN parts have their certificates in slot 8, for the key in slot 1.
#[test]
fn where_everything_lies() {
    let root = demo();
    let (tls, lora) = (&trust::TNGTLS, &trust::TNGLORA);
    assert_eq!((tls.device_key(), lora.device_key()), (Slot::S0, Slot::S1));
    let places = [tls, lora].map(|kind| {
        let signer = kind.signer(root.root());
        [kind.device().certificate(), signer.certificate()].map(|place| (place.slot(), place.offset()))
    });
    assert_eq!(places, [[(Slot::S10, 0), (Slot::S12, 0)], [(Slot::S8, 72), (Slot::S8, 144)]]);
    assert_eq!(trust::TNGLORA_LEGACY.device_key(), Slot::S1);
    assert_eq!(trust::TNGLORA_LEGACY.device().certificate(), lora.device().certificate());
}

#[test]
fn templates_are_sound_and_their_certificates_fit() {
    let sizes = [
        (&trust::TNGTLS, 3, 457),
        (&trust::TFLXTLS, 3, 411),
        (&trust::TNGLORA, 4, 461),
        (&trust::TNGTLS_LEGACY, 2, 415),
        (&trust::TNGLORA_LEGACY, 2, 415),
    ];
    for (kind, number, tbs) in sizes {
        let template = kind.device().template();
        template.check().unwrap();
        assert_eq!((template.number(), template.chain()), (number, 0));
        assert_eq!(Certificate::parse(template.example()).unwrap().tbs().len(), tbs);
        assert!(template.max_len() <= trust::MAX_LEN);
    }
    assert_eq!(trust::TNGLORA.device().template().max_len(), trust::MAX_LEN);
    trust::SIGNER.check().unwrap();
    assert_eq!(Certificate::parse(trust::SIGNER.example()).unwrap().tbs().len(), 430);
}

#[test]
fn other_implementations_verify_the_chain() {
    for (preset, ..) in KINDS {
        let (_, [device, signer]) = Rig::new(preset, 1).read(&demo()).unwrap();
        oracle::chain(&[&device, &signer, &demo_root().certificate]).unwrap();
    }
    let (_, [device, signer]) = Rig::published().read(&trust::MICROCHIP).unwrap();
    oracle::chain(&[&device, &signer, &trust::ROOT_DER]).unwrap();
}

/// A server's question, which only the chip with the key can answer.
#[test]
fn the_chip_proves_that_it_has_the_key() {
    use atecc608::x509::Verifier;

    for (preset, _, kind) in KINDS {
        let mut rig = Rig::new(preset, 1);
        let (_, [device, _]) = rig.read(&demo()).unwrap();
        let key = Certificate::parse(&device).unwrap().public_key().unwrap();
        let signature = rig.chip.sign_message(kind.device_key(), b"a question").unwrap();
        assert!(P256.verify(&key, b"a question", &signature));
        assert!(!P256.verify(&key, b"another", &signature));
    }
}

/// The conflict about `wdNxAjae`: a TrustFLEX by the data sheets, a legacy TNGTLS by Microchip's library.
#[test]
fn a_code_in_conflict_is_settled_by_the_signature() {
    for (preset, part, _) in KINDS {
        for code in [b"wdNxAjae", b"KQp2ZkD8", b"BWuzMoAa", b"BxZvm6q2", b"jsMu7iYO", b"unknown!"] {
            let mut rig = Rig::new(preset, 2);
            rig.set_otp_code(code);
            assert_eq!(rig.read(&demo()).unwrap().0.part, part, "{preset}");
        }
    }
}

/// The code is no proof, but a right one spares a wrong guess.
#[test]
fn a_code_that_is_right_is_quicker() {
    let took = |code| {
        let mut rig = Rig::new(Preset::TflxTls, 2);
        rig.set_otp_code(code);
        let start = rig.bus.now();
        rig.chip.identify_trust(&demo()).unwrap();
        rig.bus.now() - start
    };
    assert!(took(b"MKMwyhP1") < took(b"x6tjuZMy"));
}

/// Legacy LoRaWAN parts have the legacy certificate where LoRaWAN parts have theirs.
#[test]
fn a_legacy_lorawan_part() {
    let tls = Rig::new(Preset::TngTlsLegacy, 5);
    let mut rig = Rig::new(Preset::TngLora, 5);
    let (serial, key) = (tls.serial(), tls.slot(0));
    let contents = [&rig.slot(8)[..72], &tls.slot(10), &rig.slot(8)[144..216]].concat();
    rig.set_serial(&serial);
    rig.set_otp_code(b"BxZvm6q2");
    rig.change(|eeprom| {
        eeprom.set_slot(1, &key);
        eeprom.set_slot(8, &contents);
    });
    let (identity, chain) = rig.read(&demo()).unwrap();
    assert_eq!((identity.part, identity.serial), (Part::TngLoraLegacy, SerialNumber(serial)));
    assert_eq!(chain[..], Preset::TngTlsLegacy.chain(5)[..2]);
}
