//! The chip as a random number generator, in both generations of `rand_core`.

use crate::blocking::both::rig::Rig;
use crate::common::Locks;
use atecc608::ErrorKind;
use atecc608_sim::{Bus, ChipId};

fn randoms(bus: &Bus) -> usize {
    bus.with_chip(ChipId::FIRST, |chip| chip.executed().iter().filter(|c| c.opcode == 0x1B).count())
}

/// What a chip of the same seed gives, 32 bytes at a time.
fn reference(chunks: usize) -> Vec<u8> {
    let mut rig = Rig::workbench(Locks::Both);
    (0..chunks).flat_map(|_| rig.chip.random().unwrap()).collect()
}

#[test]
fn bytes_are_given_out_once_and_in_order() {
    let expected = reference(4);
    for piece in [1, 3, 4, 8, 31, 32, 33, 100] {
        let mut rig = Rig::workbench(Locks::Both);
        let mut bytes = vec![0; 100];
        {
            let mut rng = rig.chip.rng();
            bytes.chunks_mut(piece).for_each(|chunk| rng.fill(chunk).unwrap());
        }
        assert_eq!(bytes, expected[..100], "{piece}");
        assert_eq!(randoms(&rig.bus), 4, "{piece}");
        rig.assert_at_rest();
    }
}

#[test]
fn todays_traits() {
    use rand_core::{TryCryptoRng, TryRng};
    fn is_secure(_: &impl TryCryptoRng) {}
    let expected = reference(2);
    let mut rig = Rig::workbench(Locks::Both);
    let mut rng = rig.chip.rng();
    is_secure(&rng);
    let mut bytes = [0; 30];
    assert_eq!(rng.try_next_u32().unwrap().to_le_bytes(), expected[..4]);
    assert_eq!(rng.try_next_u64().unwrap().to_le_bytes(), expected[4..12]);
    rng.try_fill_bytes(&mut bytes).unwrap();
    assert_eq!(bytes, expected[12..42]);

    let mut rig = Rig::workbench(Locks::Nothing);
    let mut rng = rig.chip.rng();
    assert_eq!(rng.try_next_u32().unwrap_err().kind, ErrorKind::NotRandom);
    assert_eq!(rng.try_next_u64().unwrap_err().kind, ErrorKind::NotRandom);
    assert_eq!(rng.try_fill_bytes(&mut bytes).unwrap_err().kind, ErrorKind::NotRandom);
    assert_eq!(bytes, expected[12..42], "no pattern was handed out");
}

#[test]
fn the_previous_generations_traits() {
    use rand_core_06::{CryptoRng, RngCore};
    fn is_secure(_: &impl CryptoRng) {}
    let expected = reference(2);
    let mut rig = Rig::workbench(Locks::Both);
    let mut rng = rig.chip.rng();
    is_secure(&rng);
    let mut bytes = [0; 30];
    assert_eq!(rng.next_u32().to_le_bytes(), expected[..4]);
    assert_eq!(rng.next_u64().to_le_bytes(), expected[4..12]);
    rng.fill_bytes(&mut bytes);
    assert_eq!(bytes, expected[12..42]);
    rng.try_fill_bytes(&mut bytes).unwrap();
    assert_eq!(bytes[..22], expected[42..64]);

    let mut rig = Rig::workbench(Locks::Nothing);
    let error = rig.chip.rng().try_fill_bytes(&mut bytes).unwrap_err();
    assert!(error.code().is_some());
    assert_eq!(bytes[..22], expected[42..64], "no pattern was handed out");
}

/// Traits that allow no error ask until the chip answers.
#[test]
fn a_chip_that_fails_for_a_while_is_asked_again() {
    use rand_core_06::RngCore;
    let mut rig = Rig::workbench(Locks::Both);
    rig.bus.with_chip(ChipId::FIRST, |chip| chip.break_self_tests(1));
    rig.hook.after_pauses(200, |bus| bus.with_chip(ChipId::FIRST, |chip| chip.break_self_tests(0)));
    let mut bytes = [0; 32];
    rig.chip.rng().fill_bytes(&mut bytes);
    assert_ne!(bytes, [0; 32]);
    assert!(randoms(&rig.bus) > 1);
    rig.assert_at_rest();
}
