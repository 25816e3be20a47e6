//! Configurations to compare: random ones, and known ones with a few bits changed.

use crate::vendor_configuration::WORKBENCH;
use atecc608::config::preset;

/// Random numbers of fixed seed (xorshift64*). In this series, other than in [`Random`](crate::Random)'s, every kind of
/// permission comes often enough.
#[derive(Debug, Clone)]
pub struct Xorshift(u64);

impl Xorshift {
    /// The series of this seed.
    pub fn new(seed: u64) -> Xorshift {
        Xorshift(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Any number of 48 bits.
    #[allow(clippy::should_implement_trait, reason = "the series has no end")]
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    /// One below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// The vendor's test configuration.
pub fn vendor_test() -> [u8; 128] {
    let mut zone = preset::FACTORY;
    zone[16..].copy_from_slice(&WORKBENCH);
    zone
}

/// SlotConfig and KeyConfig of BitBox02 (chip reference 6.4).
fn bitbox02() -> [u8; 128] {
    let slots = [0x8080, 0x8080, 0x8080, 0x20A0, 0x4280, 0x2083, 0x6283, 0x2083];
    let keys = [0x007C, 0x007C, 0x01FC, 0x01DC, 0x01DC, 0x01F3, 0x01D3, 0x01D3];
    let mut zone = preset::FACTORY;
    for slot in 0..16 {
        let (config, key) = if slot < 8 { (slots[slot], keys[slot]) } else { (0x42C2, 0x01DC) };
        zone[20 + 2 * slot..][..2].copy_from_slice(&u16::to_le_bytes(config));
        zone[96 + 2 * slot..][..2].copy_from_slice(&u16::to_le_bytes(key));
    }
    zone[90..92].copy_from_slice(&[0x02, 0x04]);
    zone
}

/// Every byte that can be written is random. Half of them have no certificate formats and regular counters,
/// and slot locks are rarer than chance would have them.
pub fn random(random: &mut Xorshift) -> [u8; 128] {
    let mut zone: [u8; 128] = core::array::from_fn(|_| random.next() as u8);
    for byte in &mut zone[88..90] {
        *byte |= random.next() as u8 | random.next() as u8;
    }
    if random.below(2) == 0 {
        zone[92..96].fill(0);
        zone[52..68].copy_from_slice(&preset::FACTORY[52..68]);
    }
    zone
}

/// A known configuration with one to six bits changed.
pub fn near_valid(random: &mut Xorshift) -> [u8; 128] {
    let known = [preset::FACTORY, vendor_test(), bitbox02(), preset::TNGTLS, preset::TFLXTLS];
    let mut zone = known[random.below(known.len())];
    for _ in 0..=random.below(6) {
        let byte = loop {
            let byte = 16 + random.below(112);
            if !(84..88).contains(&byte) {
                break byte;
            }
        };
        zone[byte] ^= 1 << random.below(8);
    }
    zone
}
