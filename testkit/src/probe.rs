//! One command on one slot: made ready as its terms say, sent, and its effect looked at.

use crate::host::{sha256_of, xor};
use crate::pins::{Before, PUBLIC, Rig, TempKey, contents, sign};
use atecc608::Slot;
use atecc608::config::explain::{Action, Needs};
use atecc608::config::{ConfigZone, DerivePolicy};

/// A slot of a configuration.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The configuration.
    pub zone: &'a ConfigZone,
    /// The slot.
    pub slot: Slot,
    /// What is tried.
    pub action: Action,
}

/// What to get wrong on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoil {
    /// Nothing: it must work.
    Nothing,
    /// TempKey was made with another slot.
    OtherKey,
    /// TempKey was not made by GenDig.
    NoGenDig,
    /// TempKey is not random.
    NotRandom,
    /// Nobody authorised.
    NotAuthorised,
    /// Authorised with another slot's key.
    AuthorisedByOther,
    /// The persistent latch is not set.
    NoLatch,
    /// The key is used up.
    Spent,
    /// The other validity.
    Validity,
    /// The MAC is left out.
    WithoutMac,
    /// The MAC is wrong.
    WrongMac,
}

impl Spoil {
    /// All but none.
    pub const KINDS: [Spoil; 10] = [
        Spoil::OtherKey,
        Spoil::NoGenDig,
        Spoil::NotRandom,
        Spoil::NotAuthorised,
        Spoil::AuthorisedByOther,
        Spoil::NoLatch,
        Spoil::Spent,
        Spoil::Validity,
        Spoil::WithoutMac,
        Spoil::WrongMac,
    ];

    /// Everything that can be wrong where these are the terms.
    pub fn all(needs: &Needs) -> Vec<Spoil> {
        let terms = [
            (needs.encrypted_with.is_some(), Spoil::OtherKey),
            (needs.encrypted_with.is_some(), Spoil::NoGenDig),
            (needs.random, Spoil::NotRandom),
            (needs.authorised_by.is_some(), Spoil::NotAuthorised),
            (needs.authorised_by.is_some(), Spoil::AuthorisedByOther),
            (needs.latch, Spoil::NoLatch),
            (needs.counted, Spoil::Spent),
            (needs.valid.is_some() || needs.not_valid, Spoil::Validity),
            (needs.mac_with.is_some(), Spoil::WithoutMac),
            (needs.mac_with.is_some(), Spoil::WrongMac),
        ];
        terms.into_iter().filter(|(applies, _)| *applies).map(|(_, spoil)| spoil).collect()
    }
}

/// Every favour that can be done to a command that should be refused all the same.
pub fn generous(case: Case<'_>) -> Vec<Needs> {
    let config = case.zone.slot_config(case.slot);
    let key = case.zone.key_config(case.slot);
    let number = |nibble: u16| Slot::new((nibble & 0xF) as u8);
    let mut needs = Needs::NOTHING;
    needs.random = true;
    needs.latch = true;
    needs.authorised_by = number(key.bits() >> 8);
    needs.valid = (case.action != Action::Write).then_some(case.slot);
    match case.action {
        Action::ReadEncrypted => needs.encrypted_with = Some(config.read_key()),
        Action::WriteEncrypted | Action::PrivWriteEncrypted => {
            needs.encrypted_with = Some(config.write_key())
        }
        Action::DeriveKey if config.bits() & 0x8000 != 0 => needs.mac_with = Some(config.write_key()),
        Action::Copy => {
            let keys = [case.slot.number() & 0xE, case.slot.number() | 1];
            return keys
                .map(|key| {
                    needs.with = Slot::new(key);
                    needs
                })
                .to_vec();
        }
        _ => {}
    }
    vec![needs]
}

impl Case<'_> {
    /// Runs the command with its terms met but for `spoil`. Whether it was done; panics if it did something
    /// else than it should.
    pub fn attempt(&self, rig: &mut Rig, needs: &Needs, spoil: Spoil) -> bool {
        let mut config = *self.zone.as_bytes();
        config[..16].copy_from_slice(&rig.own_bytes());
        config[13] = self.zone.byte(13);
        if spoil == Spoil::Spent {
            config[52..60].copy_from_slice(&[0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]);
        }
        let before = self.before(needs, spoil);
        rig.prepare(&before, &config);
        let done = self.run(rig, needs, spoil, before);
        if done && spoil == Spoil::Nothing {
            let counted = rig.memory().config()[52..60] != config[52..60];
            assert_eq!(counted, needs.counted, "counted");
        }
        done
    }

    fn before(&self, needs: &Needs, spoil: Spoil) -> Before {
        let random = needs.random && spoil != Spoil::NotRandom;
        let plain = if random { TempKey::Random } else { TempKey::Fixed };
        let temp_key = match (self.action, needs.encrypted_with) {
            _ if spoil == Spoil::NoGenDig => plain,
            (_, Some(key)) => {
                let other = usize::from(spoil == Spoil::OtherKey);
                TempKey::GenDig { slot: (key.index() + other) % 16, random }
            }
            (Action::SignInternal, _) => TempKey::GenDig { slot: 3, random },
            // A slot that can't hold a public key has no digest.
            (Action::Validate, _) if self.slot >= Slot::S8 => {
                TempKey::PublicDigest { slot: self.slot.index(), random }
            }
            _ if looks_at_temp_key(self.action) => plain,
            _ => TempKey::Any,
        };
        let authorised = match (needs.authorised_by, spoil) {
            (_, Spoil::NotAuthorised) => None,
            (Some(slot), Spoil::AuthorisedByOther) => Some((slot.index() + 1) % 16),
            (slot, _) => slot.map(Slot::index),
        };
        Before {
            authorised,
            latch: needs.latch && spoil != Spoil::NoLatch,
            temp_key,
            valid: needs.valid.is_some() != (spoil == Spoil::Validity),
        }
    }

    fn run(&self, rig: &mut Rig, needs: &Needs, spoil: Spoil, before: Before) -> bool {
        let slot = self.slot.index();
        let key_id = slot as u16;
        let address = key_id << 3;
        let held = contents(slot, before.valid);
        let source_flag = if before.temp_key.is_random() { 0 } else { 4 };
        let temp_key = rig.temp_key;
        let [sn8, sn0, sn1] = rig.serial();
        match self.action {
            Action::Read => data(&rig.run(0x02, 0x82, address, &[]), &held[..32]),
            Action::ReadEncrypted => {
                let answer = rig.run(0x02, 0x82, address, &[]);
                // In clear is another action.
                answer != held[..32] && data(&answer, &xor(&held[..32], &temp_key))
            }
            Action::Write => {
                done(&rig.run(0x12, 0x82, address, &[0x3C; 32])) && changed(rig, slot, 1, &[0x3C; 31])
            }
            Action::WriteWord => {
                done(&rig.run(0x12, 0x02, address, &[0x3C; 4])) && changed(rig, slot, 1, &[0x3C; 3])
            }
            Action::WriteEncrypted => {
                let head = [0x12, 0xC2, address as u8, 0, sn8, sn0, sn1];
                let mac = sha256_of(&[&temp_key, &head, &[0; 25], &[0x3C; 32]]);
                let sent = [xor(&[0x3C; 32], &temp_key), mac.to_vec()].concat();
                done(&rig.run(0x12, 0xC2, address, &sent)) && changed(rig, slot, 1, &[0x3C; 31])
            }
            Action::PrivWrite => {
                let key = [[0; 4].as_slice(), &[0x3C; 32]].concat();
                done(&rig.run(0x46, 0, key_id, &key)) && changed(rig, slot, 4, &[0x3C; 32])
            }
            Action::PrivWriteEncrypted => {
                let key = [[0; 4].as_slice(), &[0x3C; 32]].concat();
                let mac =
                    sha256_of(&[&temp_key, &[0x46, 0x40, slot as u8, 0, sn8, sn0, sn1], &[0; 21], &key]);
                let mask = [temp_key, sha256_of(&[&temp_key])].concat();
                let sent = [xor(&key, &mask), mac.to_vec()].concat();
                done(&rig.run(0x46, 0x40, key_id, &sent)) && changed(rig, slot, 4, &[0x3C; 32])
            }
            Action::GenKey => {
                length(&rig.run(0x40, 4, key_id, &[]), 64) && rig.memory().slot(slot)[4..36] != held[4..36]
            }
            Action::PublicKey => length(&rig.run(0x40, 0, key_id, &[]), 64),
            Action::PublicKeyDigest => done(&rig.run(0x40, 0x10, key_id, &[0; 3])),
            Action::SignExternal => length(&rig.run(0x41, 0x80, key_id, &[]), 64),
            Action::SignInternal => length(&rig.run(0x41, 0, key_id, &[]), 64),
            Action::Ecdh => length(&rig.run(0x43, 0x0C, key_id, &PUBLIC[..]), 32),
            Action::EcdhEncrypted => length(&rig.run(0x43, 0x0E, key_id, &PUBLIC[..]), 64),
            Action::EcdhTempKey => done(&rig.run(0x43, 0x08, key_id, &PUBLIC[..])),
            Action::EcdhNextSlot => {
                let next = slot | 1;
                done(&rig.run(0x43, 0x04, key_id, &PUBLIC[..]))
                    && rig.memory().slot(next)[..32] != contents(next, before.valid)[..32]
            }
            Action::Verify => done(&rig.run(0x45, 0, key_id, &sign(&temp_key))),
            Action::Validate if self.certificate_format() != 0 => self.validate_by_certificate(rig),
            Action::Validate => {
                let message =
                    sha256_of(&[&temp_key, &[0x41], &[0; 10], &[sn8], &[0; 4], &[sn0, sn1], &[0; 5]]);
                let sent = [sign(&message), vec![0; 19]].concat();
                done(&rig.run(0x45, 3, key_id, &sent)) && rig.memory().slot(slot)[0] >> 4 == 5
            }
            Action::Mac => {
                let head = [0x08, 0, slot as u8, 0];
                let mac = sha256_of(&[
                    &held[..32],
                    &[7; 32],
                    &head,
                    &[0; 11],
                    &[sn8],
                    &[0; 4],
                    &[sn0, sn1],
                    &[0; 2],
                ]);
                data(&rig.run(0x08, 0, key_id, &[7; 32]), &mac)
            }
            Action::CheckMac => done(&rig.check_mac(slot, 0)),
            Action::Copy => {
                let key = needs.with.map_or(slot, Slot::index);
                if !done(&rig.check_mac(key, 1 | source_flag)) {
                    return false;
                }
                // What TempKey holds now, if anything, is told by a MAC that takes no key from a slot.
                let head = [0x08, 6, 0, 0];
                let mac = sha256_of(&[
                    &held[..32],
                    &[7; 32],
                    &head,
                    &[0; 11],
                    &[sn8],
                    &[0; 4],
                    &[sn0, sn1],
                    &[0; 2],
                ]);
                rig.run(0x08, 6, 0, &[7; 32]) == mac
            }
            Action::GenDig => done(&rig.run(0x15, 2, key_id, &[0x15, 2, slot as u8, 0])),
            Action::Hmac => done(&rig.run(0x47, 4, key_id, &[])),
            Action::DeriveKey => self.derive_key(rig, needs, spoil, source_flag),
            Action::Aes => length(&rig.run(0x51, 0, key_id, &[0; 16]), 16),
            Action::Kdf => done(&self.kdf(rig, 0)),
            Action::KdfOutput => length(&self.kdf(rig, 4), 32),
            Action::KdfEncrypted => length(&self.kdf(rig, 5), 64),
            Action::KdfMessage => {
                // A key of zeros, 32 bytes of the slot, the result to TempKey.
                let sent = [[4, slot as u8, 0, 32].as_slice(), &[0; 32]].concat();
                done(&rig.run(0x56, 0x40, 0, &sent))
            }
            Action::Result => {
                let sent = [[6, 0, 0, 32].as_slice(), &[0; 32]].concat();
                let target = key_id << 8;
                done(&rig.run(0x56, 0x48, target, &sent)) && rig.memory().slot(slot)[..32] != held[..32]
            }
            Action::SecureBootKey => {
                let sent = [vec![9; 32], sign(&[9; 32])].concat();
                self.zone.secure_boot().key_slot() == self.slot && done(&rig.run(0x80, 5, 0, &sent))
            }
            Action::SecureBootStore => {
                let sent = [vec![9; 32], sign(&[9; 32])].concat();
                self.zone.secure_boot().digest_slot() == self.slot
                    && done(&rig.run(0x80, 7, 0, &sent))
                    && rig.memory().slot(slot)[..32] != held[..32]
            }
            Action::LockSlot => done(&rig.run(0x17, 2 | (slot as u8) << 2, 0, &[])),
            other => panic!("no attempt for {other}"),
        }
    }

    fn certificate_format(&self) -> u8 {
        self.zone.x509_format(self.zone.key_config(self.slot).x509_id())
    }

    /// A certificate of as many blocks as the format says, with the key in its place.
    fn validate_by_certificate(&self, rig: &mut Rig) -> bool {
        let (blocks, position) = (self.certificate_format() >> 4, self.certificate_format() & 0xF);
        let key_id = self.slot.index() as u16;
        let mut message = vec![];
        assert!(done(&rig.run(0x47, 0, 0, &[])));
        let fill = |rig: &mut Rig, blocks: u8, message: &mut Vec<u8>| {
            for _ in 0..blocks {
                assert!(done(&rig.run(0x47, 1, 64, &[0x5C; 64])));
                message.extend([0x5C; 64]);
            }
        };
        fill(rig, position, &mut message);
        if !done(&rig.run(0x47, 3, key_id, &[])) {
            return false;
        }
        message.extend(&PUBLIC[..]);
        // The last block is padding alone.
        fill(rig, blocks.saturating_sub(position + 2), &mut message);
        let digest = sha256_of(&[&message]);
        assert_eq!(rig.run(0x47, 2, 0, &[]), digest);
        done(&rig.run(0x45, 1, key_id, &sign(&digest))) && rig.memory().slot(self.slot.index())[0] >> 4 == 5
    }

    /// The key must be the one that comes from the source the terms name.
    fn derive_key(&self, rig: &mut Rig, needs: &Needs, spoil: Spoil, p1: u8) -> bool {
        let slot = self.slot.index();
        let [sn8, sn0, sn1] = rig.serial();
        let head = [0x1C, p1, slot as u8, 0, sn8, sn0, sn1];
        let secret = |slot: usize, rig: &Rig| rig.memory().slot(slot)[..32].to_vec();
        let source = secret(needs.with.map_or(slot, Slot::index), rig);
        let expected = sha256_of(&[&source, &head, &[0; 25], &rig.temp_key]);
        let mut mac = match needs.mac_with {
            Some(parent) if spoil != Spoil::WithoutMac => {
                sha256_of(&[&secret(parent.index(), rig), &head]).to_vec()
            }
            _ => vec![],
        };
        if let (Spoil::WrongMac, Some(byte)) = (spoil, mac.last_mut()) {
            *byte ^= 1;
        }
        if !done(&rig.run(0x1C, p1, slot as u16, &mac)) {
            return false;
        }
        let generous = self.zone.slot_config(self.slot).derive_policy() == DerivePolicy::Never;
        assert!(generous || rig.memory().slot(slot)[..32] == expected, "derived from another key");
        true
    }

    /// HKDF, which takes keys of every type.
    fn kdf(&self, rig: &mut Rig, target: u8) -> Vec<u8> {
        let sent = [[2, 0, 0, 32].as_slice(), &[0; 32]].concat();
        rig.run(0x56, 0x42 | target << 2, self.slot.index() as u16, &sent)
    }
}

fn looks_at_temp_key(action: Action) -> bool {
    use Action as A;
    matches!(
        action,
        A::ReadEncrypted | A::WriteEncrypted | A::PrivWriteEncrypted | A::PublicKeyDigest | A::SignExternal
    ) || matches!(
        action,
        A::SignInternal | A::Verify | A::Validate | A::Mac | A::CheckMac | A::Copy | A::GenDig
    ) || matches!(action, A::Hmac | A::DeriveKey | A::SecureBootKey | A::SecureBootStore)
}

/// Success, or one of the two ways to refuse.
fn done(answer: &[u8]) -> bool {
    match answer {
        [0x00] => true,
        [0x03 | 0x0F] => false,
        other => panic!("unexpected answer {other:02x?}"),
    }
}

/// An answer of data, or a refusal.
fn length(answer: &[u8], wanted: usize) -> bool {
    match answer {
        [_] => done(answer),
        data => data.len() == wanted,
    }
}

fn data(answer: &[u8], wanted: &[u8]) -> bool {
    if answer.len() == 1 {
        return done(answer);
    }
    assert_eq!(answer, wanted, "other data");
    true
}

fn changed(rig: &Rig, slot: usize, offset: usize, wanted: &[u8]) -> bool {
    assert_eq!(&rig.memory().slot(slot)[offset..][..wanted.len()], wanted, "written");
    true
}
