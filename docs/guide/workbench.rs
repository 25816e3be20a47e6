// What the examples of the guide start from: a simulated chip with the vendor's test configuration
// (chip reference 6.1), put into its EEPROM behind the bus's back. Included by the examples' hidden lines.

/// The private key in slots 0 and 2; whoever "signs outside" has it, too.
const PRIVATE_KEY: [u8; 32] = [0x27; 32];

/// Bytes 16 to 127 of the vendor's test configuration, lock bytes aside.
const CONFIGURATION: [[u8; 16]; 7] = [
    [0xC0, 0x00, 0xA1, 0x00, 0xAF, 0x2F, 0xC4, 0x44, 0x87, 0x20, 0xC4, 0xF4, 0x8F, 0x0F, 0x0F, 0x0F],
    [0x9F, 0x8F, 0x83, 0x64, 0xC4, 0x44, 0xC4, 0x64, 0x0F, 0x0F, 0x0F, 0x0F, 0x0F, 0x0F, 0x0F, 0x0F],
    [0x0F, 0x0F, 0x0F, 0x0F, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF],
    [0x00, 0x00, 0x00, 0x00, 0xFF, 0x84, 0x03, 0xBC, 0x09, 0x69, 0x76, 0x00, 0x00, 0x00, 0x00, 0x00],
    [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x55, 0x55, 0xFF, 0xFF, 0x0E, 0x40, 0x00, 0x00, 0x00, 0x00],
    [0x33, 0x00, 0x1C, 0x00, 0x13, 0x00, 0x1C, 0x00, 0x3C, 0x00, 0x3A, 0x10, 0x1C, 0x00, 0x33, 0x00],
    [0x1C, 0x00, 0x1C, 0x00, 0x38, 0x00, 0x30, 0x00, 0x3C, 0x00, 0x3C, 0x00, 0x32, 0x00, 0x30, 0x00],
];

/// A bus with the configured chip; `seed` makes its serial number.
fn prepared(seed: u64, data_locked: bool) -> atecc608_sim::Bus {
    let bus = atecc608_sim::Bus::with_blank_chip(seed);
    bus.with_chip(atecc608_sim::ChipId::FIRST, |chip| {
        let eeprom = chip.eeprom_mut();
        let mut zone = *eeprom.config();
        zone[16..].copy_from_slice(CONFIGURATION.as_flattened());
        zone[86] = if data_locked { 0x00 } else { 0x55 };
        zone[87] = 0x00;
        eeprom.set_config(&zone);
        eeprom.set_private_key(0, &PRIVATE_KEY);
        eeprom.set_private_key(2, &PRIVATE_KEY);
        eeprom.set_slot(4, &[0x44; 32]);
        eeprom.set_slot(9, &[0x99; 32]);
        for slot in [11, 14, 15] {
            eeprom.set_public_key(slot, public_key().as_bytes());
        }
        eeprom.set_slot(14, &[0xA0]);
    });
    bus
}

/// Both zones locked.
fn workbench() -> atecc608_sim::Bus {
    prepared(1, true)
}

/// Configuration locked, data zone not.
fn between_the_locks() -> atecc608_sim::Bus {
    prepared(1, false)
}

/// Another chip with the same keys, on a bus of its own.
fn second_chip() -> atecc608_sim::Bus {
    prepared(2, true)
}

/// The public key of [`PRIVATE_KEY`].
fn public_key() -> atecc608::PublicKey {
    let key = p256::ecdsa::SigningKey::from_slice(&PRIVATE_KEY).unwrap();
    let point = key.verifying_key().to_sec1_point(false);
    atecc608::PublicKey::from_sec1(point.as_bytes().try_into().unwrap()).unwrap()
}

/// A signature by [`PRIVATE_KEY`], made outside the chip.
fn sign_outside(digest: &[u8; 32]) -> atecc608::Signature {
    use p256::ecdsa::signature::hazmat::PrehashSigner;
    let key = p256::ecdsa::SigningKey::from_slice(&PRIVATE_KEY).unwrap();
    let signature: p256::ecdsa::Signature = key.sign_prehash(digest).unwrap();
    atecc608::Signature::from_bytes(signature.to_bytes().into())
}

/// SHA-256, made outside the chip.
fn sha256(message: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(message).into()
}
