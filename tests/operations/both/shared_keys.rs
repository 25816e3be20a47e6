//! MAC, CheckMac, HMAC, DeriveKey, ECDH, KDF: the chip beside the host's own computation.

use super::rig::{Rig, opcodes};
use atecc608::{PublicKey, Secret, Slot, Status, host};
use atecc608::{
    command::{
        CheckMac, Derivation, DeriveKey, EcdhEncrypted, EcdhInside, EcdhKey, EcdhOutput, EcdhTarget,
        GenKeyCreate, HmacKey, InfoLatch, KdfEncrypted64, KdfInside, KdfOutput, KdfOutput64, KdfSource,
        KdfTarget, KeyTarget, LatchAction, Mac, MacBlocks, NonceFixed, NonceRandom, OtherData, PrfKeyLen,
        RandomSource, Seed, TempKeySource,
    },
    wire::Opcode,
};
use testkit::{Locks, answered, bytes, known_public_key, refused};

const CHALLENGE: [u8; 32] = [0xC3; 32];
const NUM_IN: [u8; 20] = [0x17; 20];

/// Contents of the secret slot 4.
fn secret() -> Secret<32> {
    Secret::new(core::array::from_fn(|i| i as u8 + 1))
}

fn rig() -> Rig {
    let rig = Rig::workbench(Locks::Both);
    rig.poke(|eeprom| eeprom.set_slot(4, secret().expose()));
    rig
}

#[test]
fn mac_and_check_mac() {
    let mut rig = rig();
    let serial = op!(rig.serial_number()).unwrap();
    let none = Secret::new([0; 32]);
    for include_serial in [false, true] {
        let mac = op!(rig.mac(Slot::S4, &CHALLENGE, include_serial)).unwrap();
        let blocks = MacBlocks::SlotAndChallenge(&CHALLENGE);
        let command = Mac { blocks, include_serial, slot: Slot::S4 };
        assert_eq!(mac, host::mac(&command, &secret(), &none, &serial));
        let other =
            OtherData::of_mac(u8::from(include_serial) << 6, Slot::S4, include_serial.then_some(&serial));
        op!(rig.check_mac(Slot::S4, &CHALLENGE, &mac, &other)).unwrap();
        let mut wrong = mac;
        wrong[31] ^= 1;
        let result = op!(rig.check_mac(Slot::S4, &CHALLENGE, &wrong, &other));
        assert_eq!(result, Err(answered(Opcode::CheckMac, Status::Miscompare)));
        let result = op!(rig.check_mac(Slot::S4, &[0; 32], &mac, &other));
        assert_eq!(result, Err(answered(Opcode::CheckMac, Status::Miscompare)));
    }
    // A private key is no MAC key; slot 6 has NoMac.
    assert_eq!(op!(rig.mac(Slot::S2, &CHALLENGE, false)), Err(refused(Opcode::Mac)));
    assert_eq!(op!(rig.mac(Slot::S6, &CHALLENGE, false)), Err(refused(Opcode::Mac)));
}

#[test]
fn mac_with_a_nonce() {
    let mut rig = rig();
    let serial = op!(rig.serial_number()).unwrap();
    for source in [TempKeySource::Random, TempKeySource::Input] {
        let command = Mac { blocks: MacBlocks::SlotAndTempKey(source), include_serial: true, slot: Slot::S4 };
        let (mac, temp_key) = session!(rig, |chip| {
            let temp_key = if source == TempKeySource::Random {
                let nonce =
                    NonceRandom { num_in: &NUM_IN, seed: Seed::Update, source: RandomSource::Generator };
                host::nonce(&wait!(chip.execute(&nonce))?, &NUM_IN, Seed::Update)
            } else {
                wait!(chip.execute(&NonceFixed::TempKey(&CHALLENGE)))?;
                Secret::new(CHALLENGE)
            };
            Ok((wait!(chip.execute(&command))?, temp_key))
        })
        .unwrap();
        assert_eq!(mac, host::mac(&command, &secret(), &temp_key, &serial));
    }
}

/// An authorisation with slot 4 sets the persistent latch, which revives slot 5.
#[test]
fn check_mac_authorises() {
    let mut rig = rig();
    let serial = op!(rig.serial_number()).unwrap();
    let set = InfoLatch(LatchAction::Set);
    assert_eq!(op!(rig.execute(&set)), Err(refused(Opcode::Info)));
    let other_data = OtherData([0; 13]);
    let latch = session!(rig, |chip| {
        let nonce = NonceRandom { num_in: &NUM_IN, seed: Seed::Update, source: RandomSource::Generator };
        let temp_key = host::nonce(&wait!(chip.execute(&nonce))?, &NUM_IN, Seed::Update);
        let blocks = MacBlocks::SlotAndTempKey(TempKeySource::Random);
        let response = host::check_mac(&blocks, &other_data, &secret(), &temp_key, &serial);
        let check = CheckMac { blocks, slot: Slot::S4, response: &response, other_data: &other_data };
        wait!(chip.execute(&check))?;
        wait!(chip.execute(&set))?;
        wait!(chip.execute(&InfoLatch(LatchAction::Read)))
    })
    .unwrap();
    assert!(latch);
    op!(rig.execute(&InfoLatch(LatchAction::Clear))).unwrap();
    assert!(!op!(rig.execute(&InfoLatch(LatchAction::Read))).unwrap());
}

/// RFC 4231, test cases 1 and 2, whose keys are shorter than the chip's and so end in zeros.
#[test]
fn hmac() {
    let mut rig = rig();
    for (key, message, mac) in [
        (
            &[0x0B; 20][..],
            &b"Hi There"[..],
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
    ] {
        let mut padded = [0; 32];
        padded[..key.len()].copy_from_slice(key);
        rig.poke(|eeprom| eeprom.set_slot(4, &padded));
        assert_eq!(op!(rig.hmac(Slot::S4, message)).unwrap()[..], bytes(mac));
        let result = session!(rig, |chip| {
            wait!(chip.execute(&NonceFixed::TempKey(&padded)))?;
            wait!(chip.hmac(HmacKey::TempKey, message))
        });
        assert_eq!(result.unwrap()[..], bytes(mac));
    }
    // Chip reference 7.3, 65 bytes.
    let key = bytes("3780E63D4968ADE5D822C013FCC323845D1B569FE705B60006FEEC145A0DB1E3");
    rig.poke(|eeprom| eeprom.set_slot(4, &key));
    let message = bytes(
        "6FB3EC66F9EB070A719BEBBE708B93A65B201B78E2D26D8CCCDF1C33F741904A9ADE640FCE000C334D04BB30795683DC\
         A09DBF3E7E32AEA103D760E857A6D6211C",
    );
    let mac = bytes("297F22B8D251B063A7C08DCF4DBA0D1FB35D32A3BAAB15ACEAF4391C4ADB3277");
    assert_eq!(op!(rig.hmac(Slot::S4, &message)).unwrap()[..], mac);
}

/// NIST's vector of chip reference 7.3, in every form of output and input.
#[test]
fn ecdh() {
    let mut rig = rig();
    let private =
        bytes("7D7DC5F71EB29DDAF80D6214632EEAE03D9058AF1FB6D22ED80BADB62BC1A534").try_into().unwrap();
    rig.poke(|eeprom| eeprom.set_private_key(2, &private));
    let other = PublicKey::from_bytes(
        bytes(
            "700C48F77F56584C5CC632CA65640DB91B6BACCE3A4DF6B42CE7CC838833D287\
             DB71E509E3FD9B060DDB20BA5C51DCC5948D46FBF640DFE0441782CAB85FA4AC",
        )
        .try_into()
        .unwrap(),
    );
    let expected = bytes("46FC62106420FF012E54A434FBDD2D25CCC5852060561E68040DD7778997BD7B");
    assert_eq!(op!(rig.shared_secret(Slot::S2, &other)).unwrap().expose()[..], expected);
    // Encrypted under the I/O protection key, slot 4.
    let encrypted = EcdhEncrypted { key: EcdhKey::Slot(Slot::S2), public_key: &other };
    let output = op!(rig.execute(&encrypted)).unwrap();
    assert_ne!(output.ciphertext[..], expected);
    assert_eq!(host::io_decrypt(&output, &secret()).expose()[..], expected);
    // Into TempKey, seen through HKDF.
    let message = [0x55; 16];
    let derived = session!(rig, |chip| {
        let target = EcdhTarget::TempKeyFromSlot(Slot::S2);
        wait!(chip.execute(&EcdhInside { target, public_key: &other }))?;
        wait!(chip.execute(&KdfOutput::new(KdfSource::TempKey, Derivation::hkdf(&message).unwrap()).unwrap()))
    });
    let shared = Secret::new(expected.try_into().unwrap());
    assert_eq!(derived.unwrap(), host::hkdf(&shared, &message));
    // A point off the curve; a slot without ECDH permission (7: signatures only).
    let off = PublicKey::from_bytes([1; 64]);
    assert_eq!(op!(rig.shared_secret(Slot::S2, &off)), Err(refused(Opcode::Ecdh)));
    rig.poke(|eeprom| eeprom.set_private_key(7, &private));
    assert_eq!(op!(rig.shared_secret(Slot::S7, &other)), Err(refused(Opcode::Ecdh)));
}

/// Two chips agree: an ephemeral key in TempKey on one side, a slot on the other.
#[test]
fn two_chips_agree() {
    let (mut one, mut two) = (rig(), rig());
    let (ephemeral, secret_one) = session!(one, |chip| {
        let ephemeral = wait!(chip.execute(&GenKeyCreate(KeyTarget::TempKey)))?;
        let public_key = &known_public_key();
        let secret = wait!(chip.execute(&EcdhOutput { key: EcdhKey::TempKey, public_key }))?;
        Ok((ephemeral, secret))
    })
    .unwrap();
    assert_eq!(Some(op!(two.shared_secret(Slot::S2, &ephemeral)).unwrap()), secret_one);
    // In one call, and with another key each time.
    let (again, secret) = op!(one.ephemeral_secret(&known_public_key())).unwrap();
    assert_eq!(op!(two.shared_secret(Slot::S2, &again)).unwrap(), secret);
    assert_ne!(again, ephemeral);
}

#[test]
fn kdf() {
    let mut rig = rig();
    let message: [u8; 16] = core::array::from_fn(|i| i as u8);
    let hkdf = Derivation::hkdf(&message).unwrap();
    assert_eq!(op!(rig.derive(Slot::S4, hkdf)).unwrap(), host::hkdf(&secret(), &message));
    let prf = Derivation::prf32(PrfKeyLen::L32, &message).unwrap();
    assert_eq!(op!(rig.derive(Slot::S4, prf)).unwrap(), host::prf::<32, 32>(&secret(), &message));
    let long = Derivation::prf64(PrfKeyLen::L32, &message).unwrap();
    let slot = KdfSource::Slot(Slot::S4);
    let output = op!(rig.execute(&KdfOutput64::new(slot, long).unwrap())).unwrap();
    assert_eq!(output, host::prf::<32, 64>(&secret(), &message));
    let output = op!(rig.execute(&KdfEncrypted64::new(slot, long).unwrap())).unwrap();
    assert_eq!(host::io_decrypt(&output, &secret()), host::prf::<32, 64>(&secret(), &message));
    // Chip reference 7.3: AES, and a chain from TempKey through the alternate key buffer.
    let key: [u8; 32] = core::array::from_fn(|i| i as u8 % 16);
    let aes = Derivation::aes(0, &message).unwrap();
    let (aes, chained) = session!(rig, |chip| {
        wait!(chip.execute(&NonceFixed::TempKey(&key)))?;
        let aes = wait!(chip.execute(&KdfOutput::new(KdfSource::TempKey, aes).unwrap()))?;
        let inside =
            KdfInside { source: KdfSource::TempKey, target: KdfTarget::AlternateKey, derivation: hkdf };
        wait!(chip.execute(&inside))?;
        let chained = wait!(chip.execute(&KdfOutput::new(KdfSource::AlternateKey, hkdf).unwrap()))?;
        Ok((aes, chained))
    })
    .unwrap();
    assert_eq!(aes.expose()[..16], bytes("0A940BB5416EF045F1C39458C653EA5A"));
    let once = host::hkdf(&Secret::new(key), &message);
    assert_eq!(chained, host::hkdf(&once, &message));
}

/// DeriveKey rolls slot 9, which reads encrypted under slot 4.
#[test]
fn derive_key_rolls() {
    use super::super::SharedKey;
    let mut rig = rig();
    let old = Secret::new([0x99; 32]);
    rig.poke(|eeprom| eeprom.set_slot(9, old.expose()));
    let serial = op!(rig.serial_number()).unwrap();
    let source = TempKeySource::Random;
    let temp_key = session!(rig, |chip| {
        let nonce = NonceRandom { num_in: &NUM_IN, seed: Seed::Update, source: RandomSource::Generator };
        let temp_key = host::nonce(&wait!(chip.execute(&nonce))?, &NUM_IN, Seed::Update);
        wait!(chip.execute(&DeriveKey { target: Slot::S9, source, mac: None }))?;
        Ok(temp_key)
    })
    .unwrap();
    let expected = host::derive_key(&old, Slot::S9, source, &serial, &temp_key);
    let read_key = SharedKey { slot: Slot::S4, key: secret() };
    assert_eq!(op!(rig.read_encrypted(Slot::S9, 0, &read_key, &NUM_IN)).unwrap(), expected);
    rig.executed();
    op!(rig.read_encrypted(Slot::S9, 0, &read_key, &NUM_IN)).unwrap();
    let sequence = [Opcode::Read, Opcode::Nonce, Opcode::GenDig, Opcode::Read];
    assert_eq!(rig.executed(), opcodes(&sequence));
}
