//! What can be reached at all: the chip is asked every way to authorise and to set the latch, from every state
//! it got into, and in the end knows the same slots as [`Permitted`].

use atecc608::Slot;
use atecc608::config::explain::{Permitted, Stage};
use atecc608::config::{ConfigZone, preset};
use std::collections::BTreeSet;
use testkit::configurations::Xorshift;
use testkit::pins::{Before, Rig, TempKey, sign};

const CONFIGURATIONS: usize = 80;

/// Secrets and public keys in all slots that ask for each other's authorisation and for the latch.
fn entangled(random: &mut Xorshift) -> [u8; 128] {
    let mut zone = preset::FACTORY;
    for slot in 0..16 {
        let config = 0x8F8F | if random.below(10) == 0 { 0x20 } else { 0 };
        let mut key = match random.below(8) {
            0 => 0x18,
            1 => 0x13,
            2..5 if slot >= 8 => 0x10,
            _ => 0x1C,
        };
        if random.below(3) != 0 {
            key |= 0x80 | (random.below(16) as u16) << 8;
        }
        if random.below(3) == 0 {
            key |= 0x1000;
        }
        if random.below(4) == 0 {
            key |= 0x40;
        }
        zone[20 + 2 * slot..][..2].copy_from_slice(&u16::to_le_bytes(config));
        zone[96 + 2 * slot..][..2].copy_from_slice(&key.to_le_bytes());
    }
    zone[69] = if random.below(4) == 0 { 0 } else { 0x80 | random.below(16) as u8 };
    // Secure boot, which sometimes sets the latch.
    zone[70] = if random.below(4) == 0 { 0x09 } else { 0x01 };
    zone[71] = (random.below(16) as u8) << 4;
    zone[86..88].fill(0);
    zone
}

/// A chip with a configuration, and what it has let us do so far.
struct Explorer<'a> {
    rig: &'a mut Rig,
    config: [u8; 128],
    authorise: BTreeSet<u8>,
    latch: bool,
}

impl Explorer<'_> {
    /// The chip with this slot's authorisation, and the latch if it could be set.
    fn prepare(&mut self, authorised: Option<u8>) {
        let before = Before {
            authorised: authorised.map(usize::from),
            latch: self.latch,
            temp_key: TempKey::Random,
            valid: true,
        };
        self.rig.prepare(&before, &self.config);
    }

    /// Everything that may come of one authorisation. Whether anything new did.
    fn explore(&mut self, authorised: Option<u8>) -> bool {
        let known = (self.authorise.len(), self.latch);
        for slot in (0..16).filter(|slot| !self.authorise.contains(slot)).collect::<Vec<u8>>() {
            self.prepare(authorised);
            let mut done = self.rig.check_mac(usize::from(slot), 0) == [0];
            if !done && slot >= 8 {
                self.prepare(authorised);
                let signature = sign(&self.rig.temp_key);
                done = self.rig.run(0x45, 0, u16::from(slot), &signature) == [0];
            }
            if done {
                self.authorise.insert(slot);
            }
        }
        if !self.latch {
            self.prepare(authorised);
            self.rig.run(0x30, 4, 3, &[]);
            let signed = [vec![9; 32], sign(&[9; 32])].concat();
            self.rig.run(0x80, 5, 0, &signed);
            self.latch = self.rig.run(0x30, 4, 0, &[])[0] == 1;
        }
        known != (self.authorise.len(), self.latch)
    }
}

#[test]
fn the_chip_can_be_brought_as_far_as_the_rules_say() {
    let mut rig = Rig::new();
    let mut random = Xorshift::new(0xA07);
    let (mut slots, mut latches) = (0, 0);
    for _ in 0..CONFIGURATIONS {
        let mut config = entangled(&mut random);
        config[..16].copy_from_slice(&rig.own_bytes());
        let zone = ConfigZone::from_bytes(config);
        let mut explorer = Explorer { rig: &mut rig, config, authorise: BTreeSet::new(), latch: false };
        loop {
            let mut news = explorer.explore(None);
            for authorised in explorer.authorise.clone() {
                news |= explorer.explore(Some(authorised));
            }
            if !news {
                break;
            }
        }
        let permitted = Permitted::new(&zone, Stage::Locked);
        let expected: BTreeSet<u8> =
            Slot::all().filter(|slot| permitted.can_authorise(*slot)).map(Slot::number).collect();
        assert_eq!(explorer.authorise, expected, "{zone}");
        assert_eq!(explorer.latch, permitted.can_set_latch(), "{zone}");
        slots += expected.len();
        latches += usize::from(explorer.latch);
    }
    println!(
        "{CONFIGURATIONS} entangled configurations: {slots} slots can authorise, {latches} latches can be set; \
         no disagreement"
    );
    assert!(slots > CONFIGURATIONS * 3 && slots < CONFIGURATIONS * 13, "all or nothing proves little");
    assert!(latches > CONFIGURATIONS / 10 && latches < CONFIGURATIONS * 9 / 10);
}
