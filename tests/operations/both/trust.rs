//! Pre-provisioned parts: the same commands in both halves, and the chip at rest whatever was found. What is found, is in
//! `tests/trust`.

use super::rig::{Rig, opcodes};
use atecc608::wire::Opcode::{self, GenKey, Read, Sha, Verify};
use atecc608::x509::trust::{self, Part, TrustError};
use atecc608::{Address, Slot};
use atecc608_sim::preset::Preset;
use testkit::published;

fn rig(preset: Preset) -> Rig {
    let mut rig = Rig::of(preset.chip(1));
    rig.chip = rig.chip.with_address(Address::from_7bit(preset.address()).unwrap());
    rig
}

/// So many of each.
fn commands(list: &[(Opcode, usize)]) -> Vec<u8> {
    let each = list.iter().flat_map(|(opcode, count)| std::iter::repeat_n(*opcode, *count));
    opcodes(&each.collect::<Vec<_>>())
}

/// OTP code; 72 bytes to see which template; then 72 bytes, chip's serial number and key, 430 bytes hashed.
const SIGNER: [(Opcode, usize); 3] = [(Read, 1 + 3 + 3 + 1 + 3), (Sha, 8), (Verify, 1)];
/// 72 bytes to see which template; then 72 bytes, chip's serial number, key and address, 457 bytes hashed.
const DEVICE: [(Opcode, usize); 5] = [(Read, 3 + 3 + 1), (GenKey, 1), (Read, 1), (Sha, 9), (Verify, 1)];

#[test]
fn nothing_is_asked_that_is_not_needed() {
    let mut rig = rig(Preset::TngTlsPublished);
    let both = commands(&[&SIGNER[..], &DEVICE].concat());
    let [mut first, mut second] = [[0; trust::MAX_LEN]; 2];

    let signer = op!(rig.read_trust_signer(&trust::MICROCHIP, &mut first)).unwrap();
    assert_eq!(signer.der(), published::signer());
    assert_eq!(rig.executed(), commands(&SIGNER));

    let device = op!(rig.read_trust_device(&trust::MICROCHIP, &mut first)).unwrap();
    assert_eq!(device.der(), published::device());
    assert_eq!(rig.executed(), both);

    let chain = op!(rig.read_trust_chain(&trust::MICROCHIP, &mut first, &mut second)).unwrap();
    assert_eq!((chain.device.der(), chain.signer.der()), (&*published::device(), &*published::signer()));
    assert_eq!(rig.executed(), both);

    assert_eq!(op!(rig.identify_trust(&trust::MICROCHIP)).unwrap().part, Part::TngTls);
    assert_eq!(rig.executed(), [both, commands(&[(Read, 1)])].concat());
}

#[test]
fn a_refusal_leaves_the_chip_at_rest() {
    // Another root, no certificates, nothing readable.
    let mut demo = rig(Preset::TngTls);
    let refusal = op!(demo.identify_trust(&trust::MICROCHIP)).unwrap_err();
    assert!(matches!(refusal, TrustError::NotByRoot(_)), "{refusal}");
    let mut empty = rig(Preset::TflxTls);
    empty.poke(|eeprom| (10..13).for_each(|slot| eeprom.set_slot(slot, &[0xFF; 72])));
    let refusal = op!(empty.identify_trust(&trust::MICROCHIP)).unwrap_err();
    assert!(matches!(refusal, TrustError::NoCertificate { .. }), "{refusal}");
    let mut blank = Rig::blank();
    assert_eq!(op!(blank.identify_trust(&trust::MICROCHIP)).unwrap_err(), TrustError::NotTrust(None));
    // The chip works on.
    op!(demo.public_key(Slot::S0)).unwrap();
}
