//! Certificates read from the chip, which verifies them.

use super::super::rig::{Rig, opcodes};
use super::{bytes_at, certificate, enrolled, fails, labelled, moved, says, serial};
use atecc608::Slot;
use atecc608::irreversible::OldKeyIsLost;
use atecc608::wire::Opcode;
use atecc608::x509::{Compressed, Definition, Error, KeyPlace, P256, SlotPlace, Stored, TemplateError};
use testkit::{Locks, fleet, known_public_key, refused};

#[test]
fn one_session_and_what_it_says() {
    let mut rig = enrolled(Locks::Both).settled();
    let sleeps = |rig: &Rig| rig.bus.trace().to_string().matches("+W 01 P").count();
    let before = sleeps(&rig);
    let mut buffer = [0; 512];
    let read = op!(rig.read_certificate(&fleet::device(), &mut buffer)).unwrap();
    assert_eq!(read.public_key(), Ok(known_public_key()));
    assert_eq!(read.common_name().unwrap()[2..].to_lowercase(), serial(&rig).to_string());
    read.verify(&fleet::SIGNER_KEY, &P256).unwrap();
    assert!(read.verify(&fleet::OTHER_KEY, &P256).is_err());
    let mut expected = vec![Opcode::Read; 4];
    expected.push(Opcode::GenKey);
    expected.extend([Opcode::Read; 3]);
    // Start, blocks and the end of the TBS; the signature.
    let blocks = read.tbs().len() / 64;
    expected.extend(vec![Opcode::Sha; blocks + 2]);
    expected.push(Opcode::Verify);
    assert_eq!(rig.executed(), opcodes(&expected));
    assert_eq!(sleeps(&rig), before + 1, "one session");
}

/// Every bit of the 72 bytes, of the signer's key and of the chip's key decides.
#[test]
fn a_bit_anywhere_and_nothing_is_handed_out() {
    let mut buffer = [0; 512];
    for byte in 0..72 {
        let mut rig = enrolled(Locks::Both);
        rig.poke(|eeprom| {
            let mut bytes = eeprom.slot(10).to_vec();
            bytes[byte] ^= 1 << (byte % 8);
            eeprom.set_slot(10, &bytes);
        });
        // In the last 8 bytes it may already be no certificate of this template.
        let error = says(op!(rig.read_certificate(&fleet::device(), &mut buffer)));
        assert!(error == Error::NotVerified || byte >= 64, "{byte}: {error:?}");
    }
    for byte in (4..36).chain(40..72) {
        let mut rig = enrolled(Locks::Both);
        rig.poke(|eeprom| {
            let mut bytes = eeprom.slot(11).to_vec();
            bytes[byte] ^= 0x80;
            eeprom.set_slot(11, &bytes);
        });
        assert_eq!(says(op!(rig.read_certificate(&fleet::device(), &mut buffer))), Error::NotVerified);
    }
    // The padding is nobody's business.
    let mut rig = enrolled(Locks::Both);
    rig.poke(|eeprom| {
        let mut bytes = eeprom.slot(11).to_vec();
        (bytes[0], bytes[37]) = (0x50, 0xAA);
        eeprom.set_slot(11, &bytes);
    });
    op!(rig.read_certificate(&fleet::device(), &mut buffer)).unwrap();
}

/// Another key in the slot, another chip: the certificate is not this device's.
#[test]
fn another_key_or_another_chip() {
    let mut buffer = [0; 512];
    let mut rig = enrolled(Locks::Both);
    rig.poke(|eeprom| eeprom.set_private_key(0, &[0x77; 32]));
    assert_eq!(says(op!(rig.read_certificate(&fleet::device(), &mut buffer))), Error::NotVerified);
    let mut rig = enrolled(Locks::Both);
    rig.poke(|eeprom| {
        let mut zone = *eeprom.config();
        zone[9] ^= 1;
        eeprom.set_config(&zone);
    });
    assert_eq!(says(op!(rig.read_certificate(&fleet::device(), &mut buffer))), Error::NotVerified);
}

#[test]
fn blank_places_say_so() {
    let mut buffer = [0; 512];
    let mut rig = Rig::x509(Locks::Both);
    let blank = |place| Error::Blank(place);
    assert_eq!(says(op!(rig.read_certificate(&fleet::device(), &mut buffer))), blank(SlotPlace::S10));
    let compressed = certificate(&rig);
    rig.poke(|eeprom| eeprom.set_slot(10, compressed.as_bytes()));
    let error = says(op!(rig.read_certificate(&fleet::device(), &mut buffer)));
    assert_eq!(error, blank(SlotPlace::S11));
    assert!(error.to_string().starts_with("slot 11 is blank"), "{error}");
}

#[test]
fn before_the_data_lock_nothing_is_read() {
    for locks in [Locks::Nothing, Locks::Config] {
        let mut rig = enrolled(locks);
        let mut buffer = [0; 512];
        let error = fails(op!(rig.read_certificate(&fleet::device(), &mut buffer)));
        assert_eq!(error, refused(Opcode::Read), "{locks:?}");
    }
}

#[test]
fn a_slot_without_a_key_and_one_that_is_secret() {
    let mut buffer = [0; 512];
    let mut rig = enrolled(Locks::Both);
    let definition = Definition::new(
        &fleet::DEVICE,
        SlotPlace::S10,
        KeyPlace::Private(Slot::S1),
        KeyPlace::Stored(SlotPlace::S11),
    );
    assert_eq!(fails(op!(rig.read_certificate(&definition, &mut buffer))), refused(Opcode::GenKey));
    let definition = moved(&fleet::device(), SlotPlace::S9);
    assert_eq!(fails(op!(rig.read_certificate(&definition, &mut buffer))), refused(Opcode::Read));
}

#[test]
fn too_small_a_buffer_and_another_template() {
    let mut rig = enrolled(Locks::Both);
    let needed = fleet::DEVICE.max_len();
    let mut buffer = vec![0; needed];
    op!(rig.read_certificate(&fleet::device(), &mut buffer)).unwrap();
    for size in [0, 1, needed - 1] {
        let error = says(op!(rig.read_certificate(&fleet::device(), &mut buffer[..size])));
        assert!(matches!(error, Error::BufferTooSmall(_)), "{error:?}");
    }
    let signers = Definition::new(
        &fleet::SIGNERS,
        SlotPlace::S10,
        KeyPlace::Private(Slot::S0),
        KeyPlace::Stored(SlotPlace::S11),
    );
    let error = says(op!(rig.read_certificate(&signers, &mut buffer)));
    assert!(matches!(error, Error::Template(TemplateError::OtherTemplate { .. })), "{error:?}");
}

/// For those who do not believe the bus.
#[test]
fn verified_in_software() {
    let mut rig = enrolled(Locks::Both).settled();
    let mut buffer = [0; 512];
    let unverified = op!(rig.read_unverified_certificate(&fleet::device(), &mut buffer)).unwrap();
    assert!(!rig.executed().contains(&Opcode::Verify.to_byte()));
    assert_eq!(unverified.issuer_key(), *fleet::SIGNER_KEY);
    unverified.verify(&P256).unwrap();
    rig.poke(|eeprom| eeprom.set_slot(11, &Stored::Key(&fleet::OTHER_KEY).to_bytes()));
    let unverified = op!(rig.read_unverified_certificate(&fleet::device(), &mut buffer)).unwrap();
    assert_eq!(unverified.verify(&P256).unwrap_err(), Error::NotVerified);
}

/// Texts and serial numbers that lie on the chip, everything in slot 8.
#[test]
fn texts_and_a_serial_number_in_slot_8() {
    let mut rig = Rig::x509(Locks::Both);
    let compressed = labelled(&rig, b"E8EB1B202027", &[0x17; 8], &fleet::dates());
    rig.poke(|eeprom| {
        let mut slot = vec![0xEE; 416];
        slot[..72].copy_from_slice(&Stored::Key(&fleet::SIGNER_KEY).to_bytes());
        slot[72..144].copy_from_slice(compressed.as_bytes());
        slot[361..369].copy_from_slice(&[0x17; 8]);
        slot[376..388].copy_from_slice(b"E8EB1B202027");
        eeprom.set_slot(8, &slot);
    });
    let mut buffer = [0; 1024];
    let read = op!(rig.read_certificate(&fleet::labelled(), &mut buffer)).unwrap();
    assert_eq!(read.serial(), [0x17; 8]);
    assert!(read.der().windows(12).any(|bytes| bytes == b"E8EB1B202027"));
    for offset in [361, 387] {
        let mut rig = Rig::of(atecc608_sim::Chip::with_eeprom(rig.eeprom()));
        rig.poke(|eeprom| {
            let mut slot = eeprom.slot(8).to_vec();
            slot[offset] ^= 1;
            eeprom.set_slot(8, &slot);
        });
        let error = says(op!(rig.read_certificate(&fleet::labelled(), &mut buffer)));
        assert_eq!(error, Error::NotVerified, "{offset}");
    }
}

/// A new key and a new certificate in the field; the first identity is as it was.
#[test]
fn renewed_in_the_field() {
    let mut rig = enrolled(Locks::Both);
    let mut buffer = [0; 512];
    for year in [2027, 2028] {
        let key = op!(rig.generate_key(Slot::S1, OldKeyIsLost)).unwrap();
        let new = fleet::certificate(key, serial(&rig), &fleet::dates_of(year));
        op!(rig.write_places(&[
            (SlotPlace::S14, Stored::Key(&fleet::SIGNER_KEY)),
            (SlotPlace::S15, Stored::Certificate(&fleet::SIGNER_CERTIFICATE)),
            (SlotPlace::S13, Stored::Certificate(&new)),
        ]))
        .unwrap();
        let read = op!(rig.read_certificate(&fleet::renewed(), &mut buffer)).unwrap();
        assert_eq!(read.validity().unwrap().not_before.year(), year);
        assert_eq!(read.public_key(), Ok(key));
        op!(rig.read_certificate(&fleet::device(), &mut buffer)).unwrap();
    }
    // The new key's certificate is not the old one's.
    op!(rig.generate_key(Slot::S1, OldKeyIsLost)).unwrap();
    assert_eq!(says(op!(rig.read_certificate(&fleet::renewed(), &mut buffer))), Error::NotVerified);
}

/// Zeros are no blank place, and no certificate either.
#[test]
fn garbage() {
    let mut buffer = [0; 512];
    let mut rig = enrolled(Locks::Both);
    for byte in [0x00, 0x20, 0x7F, 0xA0] {
        rig.poke(|eeprom| eeprom.set_slot(10, &[byte; 72]));
        let error = says(op!(rig.read_certificate(&fleet::device(), &mut buffer)));
        assert!(!matches!(error, Error::Blank(_)), "{error:?}");
        assert_eq!(bytes_at(&rig, SlotPlace::S10), Compressed::from_bytes([byte; 72]).as_bytes());
    }
    // A signature whose R is no number below the order; a key that is no point.
    let mut rig = enrolled(Locks::Both);
    rig.poke(|eeprom| {
        let mut bytes = eeprom.slot(10).to_vec();
        bytes[..32].fill(0xFF);
        eeprom.set_slot(10, &bytes);
    });
    assert_eq!(says(op!(rig.read_certificate(&fleet::device(), &mut buffer))), Error::NotVerified);
}
