//! The chip on the machine's bus.

use atecc608_sim::{Bus, Chip, ChipId};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use testkit::vendor_configuration;

use crate::secrets::Secrets;

/// Whose public key and signature the program has.
const SIGNER: [u8; 32] = [0x31; 32];
const DIGEST: [u8; 32] = [0xD1; 32];

/// What else the program's file has names for.
pub(crate) fn public() -> Option<[(Vec<u8>, Vec<u8>); 2]> {
    let key = SigningKey::from_slice(&SIGNER).ok()?;
    let point = key.verifying_key().to_sec1_point(false).as_bytes().get(1..)?.to_vec();
    let signature: p256::ecdsa::Signature = key.sign_prehash(&DIGEST).ok()?;
    Some([(b"public:x".repeat(8), point), (b"signed:x".repeat(8), signature.to_bytes().to_vec())])
}

/// Both zones locked, or only the configuration's; the secrets in the slots that the program uses. `random` is
/// what its random numbers are made from.
pub(crate) fn bus(secrets: &Secrets, data_locked: bool, random: u64) -> Bus {
    let mut zone = *Chip::blank(608).eeprom().config();
    let mut eeprom = Chip::blank(random).eeprom().clone();
    zone[16..84].copy_from_slice(&vendor_configuration::WORKBENCH[..68]);
    zone[84..86].fill(0);
    zone[86..88].copy_from_slice(&[if data_locked { 0x00 } else { 0x55 }, 0x00]);
    zone[88..].copy_from_slice(&vendor_configuration::WORKBENCH[72..]);
    eeprom.set_config(&zone);
    eeprom.set_private_key(2, &secrets.plain);
    eeprom.set_slot(4, &secrets.key);
    eeprom.set_slot(8, &[[0; 32], secrets.plain].concat());
    eeprom.set_slot(10, &[secrets.key, secrets.plain].concat());
    if let Some([(_, key), _]) = public()
        && let Ok(key) = key.as_slice().try_into()
    {
        eeprom.set_public_key(11, key);
    }
    eeprom.set_slot(13, &secrets.bytes);
    let bus = Bus::new();
    bus.add(Chip::with_eeprom(eeprom));
    bus
}

/// What slots 7 and 8 and 13 hold: where the program writes.
pub(crate) fn written(bus: &Bus) -> Vec<u8> {
    bus.with_chip(ChipId::FIRST, |chip| {
        let eeprom = chip.eeprom();
        [eeprom.slot(7), eeprom.slot(8), eeprom.slot(13)].concat()
    })
}
