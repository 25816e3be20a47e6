//! The chip as a random number generator, in both generations of `rand_core`.

use crate::both::rig::Rig;
use atecc608::ErrorKind;
use atecc608_sim::{Bus, ChipId};
use testkit::Locks;

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
    // The first 32 bytes are the reserve.
    let expected = &reference(3)[32..];
    let mut rig = Rig::workbench(Locks::Both);
    let mut rng = rig.chip.rng().seeded().unwrap();
    is_secure(&rng);
    let mut bytes = [0; 30];
    assert_eq!(rng.next_u32().to_le_bytes(), expected[..4]);
    assert_eq!(rng.next_u64().to_le_bytes(), expected[4..12]);
    rng.fill_bytes(&mut bytes);
    assert_eq!(bytes, expected[12..42]);
    rng.try_fill_bytes(&mut bytes).unwrap();
    assert_eq!(bytes[..22], expected[42..64]);
}

/// An unlocked chip gives a pattern: there is no generator, and nobody waits for one.
#[test]
fn an_unlocked_chip_is_no_generator_of_the_previous_generation() {
    let mut rig = Rig::workbench(Locks::Nothing);
    assert_eq!(rig.chip.rng().seeded().unwrap_err().kind, ErrorKind::NotRandom);
    assert_eq!(randoms(&rig.bus), 1, "asked once");
    rig.assert_at_rest();
}

/// Traits that allow no error: from the reserve while the chip fails, from the chip again when it works.
#[test]
fn a_chip_that_fails_has_left_a_reserve() {
    use rand_core_06::RngCore;
    let reserve = reference(1);
    let mut rig = Rig::workbench(Locks::Both);
    let bus = rig.bus.clone();
    let broken = |mask| bus.with_chip(ChipId::FIRST, |chip| chip.break_self_tests(mask));
    let mut rng = rig.chip.rng().seeded().unwrap();
    broken(1);
    let (mut first, mut second) = ([0; 40], [0; 40]);
    let asked = randoms(&bus);
    rng.fill_bytes(&mut first);
    assert!(randoms(&bus) <= asked + 1, "asked once more at most");
    rng.fill_bytes(&mut second);
    let hash = |tag: u8, of: &[u8]| testkit::sha256(&[&[tag], of].concat());
    let next = hash(2, &reserve);
    assert_eq!(first[..32], hash(1, &reserve));
    assert_eq!(first[32..], hash(1, &next)[..8]);
    assert_eq!(second[..32], hash(1, &hash(2, &next)));
    let error = rng.try_fill_bytes(&mut second).unwrap_err();
    assert!(error.code().is_some());
    drop(rng);
    rig.assert_at_rest();
}
