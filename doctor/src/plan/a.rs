//! Plan A: one configuration for what restricts the use of a key: MACs, authorisation, limits, encrypted access, results of
//! ECDH and KDF that stay inside.
//!
//! A chip with it is good for nothing else: its keys are public test values, its private keys, too.

use atecc608::config::lint::Kind;
use atecc608::config::{
    ChipOptions, ConfigZone, KeyConfig, KeyFlags as K, KeyType, PrivateKeyPermissions as P, SlotConfig,
    SlotFlags as S, preset,
};
use atecc608::{Slot, command::CounterId};

use super::{Design, Layout};
use crate::probes::plan_a::prepare;

/// Where Counter0 starts, and the limit in slot 12: so many uses are left to the questions about limited use, and what they
/// leave is counted off by the last one.
pub const COUNTER_0: u32 = 32;
/// See [`COUNTER_0`].
pub const LIMIT: u32 = 64;
/// The slot that is locked between the locks.
pub const LOCKED_SLOT: u8 = 9;
/// Counter1: the pattern of no value (U8). By the rule of the others it is 4, and it has 8 zero bits.
pub const PATTERN: [u8; 8] = [0x0F, 0x0F, 0xFF, 0xFF, 0, 0, 0, 0];

/// I/O protection with the key in slot 4, EcdhProt 1 and KdfProt 3 (chip reference 4.13): what they do to ECDH's compatible
/// mode and to KDF is a question (silent). KDF into the chip's registers is asked of chips without a plan, too.
const OPTIONS: ChipOptions = ChipOptions::from_bits(0x0002 | 1 << 8 | 3 << 10 | 4 << 12);

/// Plan A. The slots are written before each stage: what the questions between the locks need they write themselves, too, as
/// they change it.
pub const DESIGN: Design = Design {
    layout: Layout::of(&configuration(&ConfigZone::from_bytes(preset::FACTORY))),
    load: prepare,
    settle: prepare,
};

/// WriteConfig, as several commands read it (chip reference 4.6).
mod write {
    /// Write: always, in clear.
    pub(super) const ALWAYS: u8 = 0b0000;
    /// Write: never. DeriveKey and GenKey: not at all.
    pub(super) const NEVER: u8 = 0b1000;
    /// Write: encrypted. DeriveKey: not at all.
    pub(super) const ENCRYPTED: u8 = 0b0100;
    /// GenKey, and PrivWrite encrypted.
    pub(super) const PRIVATE: u8 = 0b0110;
    /// DeriveKey: from itself; the second with a MAC.
    pub(super) const ROLL: u8 = 0b0010;
    pub(super) const ROLL_MAC: u8 = 0b1010;
    /// DeriveKey: from WriteKey's slot; the second with a MAC.
    pub(super) const CREATE: u8 = 0b0011;
    pub(super) const CREATE_MAC: u8 = 0b1011;
}

/// The configuration, on the chip whose own bytes `chip` has.
#[must_use]
pub const fn configuration(chip: &ConfigZone) -> ConfigZone {
    let mut zone = preset::on_chip(&preset::FACTORY, chip);
    // IV function off.
    zone.set_kdf_iv(0xF0, [0, 0]);
    zone.set_chip_options(OPTIONS);
    zone.set_count_match(Some(Slot::S12));
    let _ = zone.set_counter(CounterId::Counter0, COUNTER_0);
    let mut byte = 0;
    while byte < PATTERN.len() {
        zone.set_byte(60 + byte as u8, PATTERN[byte]);
        byte += 1;
    }

    let secret = SlotConfig::from_bits(0).with_flags(S::IS_SECRET).with_read_key(Slot::S15);
    let never = secret.with_write_config(write::NEVER).with_write_key(Slot::S15);
    let plain = KeyConfig::new(KeyType::ShaOrData, K::empty());
    let private = KeyConfig::new(KeyType::P256, K::PRIVATE.union(K::PUB_INFO));
    let all_private = P::EXTERNAL_SIGN.union(P::INTERNAL_SIGN).union(P::ECDH);

    // 0: the private key of most questions: U3, U14 to U17, D6, D15, U33. Slot 1 is where its ECDH may put results (U17).
    let config =
        SlotConfig::private_key(all_private).with_write_config(write::PRIVATE).with_write_key(Slot::S4);
    set(&mut zone, Slot::S0, config, private);
    // 1: a target of results that anyone may write (U17).
    let config = secret.with_write_config(write::ALWAYS).with_write_key(Slot::S15);
    set(&mut zone, Slot::S1, config, plain);
    // 2: the private key whose ECDH goes into the next slot (U18, U19, D8), limited (U16), and written with the NoMac key
    // (U30).
    let config = SlotConfig::private_key(all_private.union(P::ECDH_TO_NEXT_SLOT))
        .with_flags(S::IS_SECRET.union(S::LIMITED_USE))
        .with_write_config(write::PRIVATE)
        .with_write_key(Slot::S5);
    set(&mut zone, Slot::S2, config, private);
    // 3: a target of results that Write never changes (U19).
    set(&mut zone, Slot::S3, never, plain);
    // 4: the key without restrictions: MAC, CheckMac, GenDig; encrypts, authorises, protects outputs.
    set(&mut zone, Slot::S4, never, plain);
    // 5: the same with NoMac (U30).
    set(&mut zone, Slot::S5, never.with_flags(S::IS_SECRET.union(S::NO_MAC)), plain);
    // 6: the same with LimitedUse (U12, mismatches, time). Its CheckMac copies slot 7.
    set(&mut zone, Slot::S6, never.with_flags(S::IS_SECRET.union(S::LIMITED_USE)), plain);
    // 7: a private key with ReadKey 0: CheckMac's copy. It is allowed nothing, which makes ECDH with it fail; PrivWrite (U27)
    // and results (U19) are tried on it.
    let config =
        SlotConfig::private_key(P::empty()).with_write_config(write::PRIVATE).with_write_key(Slot::S4);
    set(&mut zone, Slot::S7, config, private);
    // 8: data that anyone reads and writes (U39), with PersistentDisable (D25): nothing sets the latch.
    set(&mut zone, Slot::S8, SlotConfig::OPEN_DATA, plain.with_flags(K::PERSISTENT_DISABLE));
    // 9: with ReadKey 0, to be locked (copy by its own CheckMac, U19, U39); DeriveKey makes it from a private key, if it does.
    let config = secret.with_read_key(Slot::S0).with_write_config(write::CREATE).with_write_key(Slot::S0);
    set(&mut zone, Slot::S9, config, plain.with_flags(K::LOCKABLE));
    // 10: read and written encrypted with slot 4 (U3, U10, U29, D17).
    let config = secret.with_flags(S::IS_SECRET.union(S::ENCRYPT_READ)).with_write_config(write::ENCRYPTED);
    set(&mut zone, Slot::S10, config.with_read_key(Slot::S4).with_write_key(Slot::S4), plain);
    // 11: the same with slot 5, the NoMac key (U30).
    set(&mut zone, Slot::S11, config.with_read_key(Slot::S5).with_write_key(Slot::S5), plain);
    // 12: EncryptRead without IsSecret (U6), and the limit of Counter0 (U13).
    let config = never.with_flags(S::ENCRYPT_READ).with_read_key(Slot::S4);
    set(&mut zone, Slot::S12, config, plain);
    // 13: DeriveKey, a roll with a MAC of slot 15; both ask for slot 4 (silent).
    let config = secret.with_write_config(write::ROLL_MAC).with_write_key(Slot::S15);
    set(&mut zone, Slot::S13, config, plain.with_auth_key(Some(Slot::S4)));
    // 14: DeriveKey from the limited key with its MAC (U3, U30, silent).
    let config = secret.with_write_config(write::CREATE_MAC).with_write_key(Slot::S6);
    set(&mut zone, Slot::S14, config, plain);
    // 15: DeriveKey, a roll that asks for slot 4 (D29).
    let config = secret.with_write_config(write::ROLL).with_write_key(Slot::S4);
    set(&mut zone, Slot::S15, config, plain.with_auth_key(Some(Slot::S4)));
    zone
}

const fn set(zone: &mut ConfigZone, slot: Slot, config: SlotConfig, key: KeyConfig) {
    zone.set_slot_config(slot, config);
    zone.set_key_config(slot, key);
}

/// The warnings and errors of lint on it, with why they are meant.
pub const MEANT: &[(Kind, Option<u8>, &str)] = &[
    (Kind::PrivateKeyCopied, Some(7), "whether it is copied is asked"),
    (Kind::PrivateKeyUseless, Some(7), "what fails with it is asked"),
    (Kind::PrivateKeyReplaceable, Some(0), "GenKey and PrivWrite are asked about"),
    (Kind::PrivateKeyReplaceable, Some(2), "GenKey and PrivWrite are asked about"),
    (Kind::PrivateKeyReplaceable, Some(7), "GenKey and PrivWrite are asked about"),
    (Kind::PrivateKeyWritten, Some(0), "PrivWrite's MAC is asked about"),
    (Kind::PrivateKeyWritten, Some(7), "PrivWrite's key and pad are asked about"),
    (Kind::EcdhOverwrites, Some(1), "where ECDH's secrets go is asked"),
    (Kind::EcdhOverwrites, Some(3), "where ECDH's secrets go is asked"),
    (Kind::SecretReplaceable, Some(1), "results have to go there"),
    (Kind::EncryptReadWithoutSecret, Some(12), "what it does is asked"),
    (Kind::ResultReadable, Some(8), "the slot is data; KdfProt 3 is asked about"),
    (Kind::EncryptsWithNoMac, Some(2), "whether it does is asked"),
    (Kind::EncryptsWithNoMac, Some(11), "whether it does is asked"),
    (Kind::EncryptedAccessReplayed, Some(0), "a fixed nonce is asked about"),
    (Kind::EncryptedAccessReplayed, Some(7), "a fixed nonce is asked about"),
    (Kind::EncryptedAccessReplayed, Some(10), "a fixed nonce is asked about"),
    (Kind::EncryptedAccessReplayed, Some(12), "a fixed nonce is asked about"),
    (Kind::AuthorisationReplayed, Some(4), "nothing is guarded by it but questions"),
    (Kind::AuthorisedByMac, Some(4), "nothing is guarded by it but questions"),
    (Kind::DeriveUnusable, Some(9), "a private parent is asked about"),
    (Kind::CounterPattern, None, "what it counts is asked"),
    (Kind::OutputProtectionInvalid, None, "what KdfProt 3 does is asked"),
    (Kind::LatchNeverSet, Some(8), "a Write with the latch at 0 is asked about"),
];

/// The first 32 bytes of a slot that holds no private key, as the plan writes them.
#[must_use]
pub fn contents(slot: u8) -> [u8; 32] {
    let mut contents: [u8; 32] = core::array::from_fn(|index| slot << 4 ^ index as u8);
    if slot == 12 {
        let [a, b, c, d] = LIMIT.to_le_bytes();
        contents[..8].copy_from_slice(&[a, b, c, d, a, b, c, d]);
    }
    contents
}

/// A private key, as the plan writes it.
#[must_use]
pub const fn private_key(slot: u8) -> [u8; 32] {
    [slot + 1; 32]
}
