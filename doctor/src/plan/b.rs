//! Plan B: what KDF, AES, SHA, Verify, SecureBoot and the latch do, and what is in force before the data lock.
//!
//! | Slot | Holds | Serves |
//! |---|---|---|
//! | 0 | I/O protection key | results of KDF, Verify's MAC (U9, U22, U49, U51) |
//! | 1 | private key, its public key is not to be asked for; odd, so that ECDH has no slot N+1 | ECDH and PubInfo in C1D0 (U26, U48) |
//! | 2 | authorising key with NoMac | ReqAuth and the latch (U23, U24, U42), NoMac (U20, U48, U50) |
//! | 3 | storage key with ReqRandom | ReqRandom (U20, U48), access to slot 9 |
//! | 4 | AES key | AES and KDF-AES, what asks for KeyType 7 (U26, U52), too small a slot (D20) |
//! | 5 | AES key with PersistentDisable, open to read and write | the latch (U42, U48, D25) |
//! | 6 | private, of KeyType 6 | AES with it; nothing ever writes it |
//! | 7 | SecureBoot's digest, with PersistentDisable | FullStore before FullCopy (U23), what storing asks (U42); locked last |
//! | 8 | the limit of CountMatch, open | unequal copies (U47), HKDF's message (U21) |
//! | 9 | encrypted storage with ReqAuth and PersistentDisable | encrypted Write and Read (U42, U55) |
//! | 10 | open data with ReqAuth | Read, results, KDF's message (U42), ReqAuth in C1D0 (U48) |
//! | 11 | public key with LimitedUse | LimitedUse (U47, U48), a key off the curve (U49) |
//! | 12 | SecureBoot's public key, to be validated, with ReqAuth | what SecureBoot asks of it (U23) |
//! | 13 | public key that validates slots 12 and 14 | |
//! | 14 | public key that certificates validate | ValidateExternal (D13), the blocks of X509format |
//! | 15 | key that DeriveKey rolls with a MAC | DeriveKey without it (U50), a key without conditions |

pub mod keys;

use atecc608::Slot;
use atecc608::command::CounterId;
use atecc608::config::lint::Kind;
use atecc608::config::{
    ChipOptions, ConfigZone, KeyConfig, KeyFlags, KeyType, PrivateKeyPermissions, SecureBoot, SecureBootMode,
    SlotConfig, SlotFlags, preset,
};

use super::{Design, Layout};
use crate::patient::{Patient, Reply};
use crate::probe::Stop;

/// The message that the "IV" function of KDF looks for, and where (chip reference 5.10).
pub const IV_AT: usize = 9;
/// See [`IV_AT`].
pub const IV: [u8; 2] = *b"iv";
/// What slot 14 asks of a certificate: three blocks, the key after the first one (chip reference 4.10).
pub const FORMAT: u8 = 0x31;
/// Where Counter0 begins. Beyond the smallest limit that CountMatch takes.
pub const COUNTED: u32 = 33;
/// That limit.
pub const LIMIT: u32 = 32;

/// What lint finds and is meant: the finding, the slot, why.
pub const MEANT: &[(Kind, Option<u8>, &str)] = &[
    (
        Kind::PrivateKeyReplaceable,
        Some(1),
        "whether ECDH works before the data lock must not hang on WriteConfig (U26)",
    ),
    (Kind::AuthorisationReplayed, Some(2), "whether KDF takes NoMac must not hang on ReqRandom (U20)"),
    (Kind::AesKeyReadable, Some(5), "whether Read asks for PersistentDisable (U42)"),
    (Kind::ResultReadable, Some(5), "the same"),
    (Kind::PrivateKeyType, Some(6), "whether AES takes a private slot (silent)"),
    (Kind::PrivateKeyUseless, Some(6), "the same: it never holds a key"),
    (Kind::ResultReadable, Some(8), "HKDF's message has to be known (U21), limits have to be written (U47)"),
    (Kind::CountMatchExposed, None, "the same"),
    (Kind::ResultReadable, Some(10), "whether Read and results ask for ReqAuth (U42)"),
    (
        Kind::ResultReadable,
        Some(12),
        "a Write takes the key's validity away, for SecureBoot to ask for it (U23)",
    ),
    (Kind::ValidationReplayed, Some(12), "the same"),
    (Kind::IvFunction, None, "whether it evades KdfProt (U22)"),
];

/// The configuration, on the bytes of a factory chip.
pub const ZONE: ConfigZone = zone();

/// Plan B.
pub const DESIGN: Design = Design { layout: Layout::of(&ZONE), load, settle };

const SECRET: SlotFlags = SlotFlags::IS_SECRET;
const OTHER: Slot = Slot::S15;
/// Neither read nor written, its key serves.
const KEY: SlotConfig = SlotConfig::CLOSED.with_flags(SECRET);
/// Read by anyone, written by nobody.
const FIXED: SlotConfig = SlotConfig::CLOSED.with_flags(SlotFlags::empty());
const OPEN: SlotConfig = SlotConfig::OPEN_DATA;

const fn zone() -> ConfigZone {
    use KeyFlags as Is;
    let (p256, aes, sha) = (KeyType::P256, KeyType::Aes, KeyType::ShaOrData);
    let none = Is::empty();
    let mut zone = ConfigZone::from_bytes(preset::FACTORY);
    let agreement = PrivateKeyPermissions::EXTERNAL_SIGN.union(PrivateKeyPermissions::ECDH);
    set(&mut zone, Slot::S0, KEY, key(sha, none));
    set(&mut zone, Slot::S1, SlotConfig::private_key(agreement).with_gen_key(), key(p256, Is::PRIVATE));
    set(&mut zone, Slot::S2, SlotConfig::CLOSED, key(sha, none));
    set(&mut zone, Slot::S3, KEY, key(sha, Is::REQ_RANDOM));
    set(&mut zone, Slot::S4, KEY, key(aes, none));
    set(&mut zone, Slot::S5, OPEN, key(aes, Is::PERSISTENT_DISABLE));
    set(&mut zone, Slot::S6, SlotConfig::private_key(PrivateKeyPermissions::empty()), key(aes, Is::PRIVATE));
    set(&mut zone, Slot::S7, FIXED, key(sha, Is::PERSISTENT_DISABLE.union(Is::LOCKABLE)));
    set(&mut zone, Slot::S8, OPEN, key(sha, none));
    let stored = SlotConfig::CLOSED
        .with_flags(SECRET.union(SlotFlags::ENCRYPT_READ))
        .with_read_key(Slot::S3)
        .with_write_key(Slot::S3)
        .with_write_config(0b0100);
    set(&mut zone, Slot::S9, stored, asking(key(sha, Is::REQ_AUTH.union(Is::PERSISTENT_DISABLE))));
    set(&mut zone, Slot::S10, OPEN, asking(key(sha, Is::REQ_AUTH)));
    set(&mut zone, Slot::S11, FIXED.with_flags(SlotFlags::LIMITED_USE), key(p256, none));
    set(
        &mut zone,
        Slot::S12,
        OPEN.with_read_key(Slot::S13),
        asking(key(p256, Is::PUB_INFO.union(Is::REQ_AUTH))),
    );
    set(&mut zone, Slot::S13, FIXED, key(p256, none));
    set(&mut zone, Slot::S14, FIXED.with_read_key(Slot::S13), key(p256, Is::PUB_INFO).with_x509_id(1));
    // Rolled from itself, with a MAC of slot 2.
    let rolled = KEY.with_write_key(Slot::S2).with_write_config(0b1010);
    set(&mut zone, OTHER, rolled, key(sha, none));
    zone.set_x509_format(1, FORMAT);
    zone.set_kdf_iv(IV_AT as u8, IV);
    zone.set_count_match(Some(Slot::S8));
    if zone.set_counter(CounterId::Counter0, COUNTED).is_none() {
        panic!("Counter0 counts further than that");
    }
    zone.set_volatile_key_permission(Some(Slot::S2));
    zone.set_secure_boot(SecureBoot::new(SecureBootMode::FullDigest, Slot::S7, Slot::S12));
    // I/O protection key in slot 0, KDF with AES, KdfProt 1 (chip reference 4.13).
    zone.set_chip_options(ChipOptions::from_bits(0x0406));
    zone
}

const fn key(key_type: KeyType, flags: KeyFlags) -> KeyConfig {
    KeyConfig::new(key_type, flags)
}

/// Its use needs an authorisation with slot 2.
const fn asking(key: KeyConfig) -> KeyConfig {
    key.with_auth_key(Some(Slot::S2))
}

const fn set(zone: &mut ConfigZone, slot: Slot, config: SlotConfig, key: KeyConfig) {
    zone.set_slot_config(slot, config);
    zone.set_key_config(slot, key);
}

/// All keys, but for the digest of slot 7, which SecureBoot has to find blank. Slot 6 can't be written. A chip that
/// makes no key in slot 1 yet answers all other questions.
fn load(patient: &mut Patient<'_>) -> Result<(), Stop> {
    let _: Reply = patient.raw(0x40, 0x04, 1, &[])?;
    settle(patient)
}

/// What the questions before the data lock may have changed.
fn settle(patient: &mut Patient<'_>) -> Result<(), Stop> {
    for slot in [0, 2, 3, 4, 5, 10, 15] {
        write(patient, slot, 0, &keys::secret(slot))?;
    }
    write(patient, 8, 0, &keys::open_data())?;
    for block in 0..3 {
        write(patient, 9, block, &keys::secret(9))?;
    }
    [11, 12, 13, 14].into_iter().try_for_each(|slot| write_public(patient, slot, &keys::public(slot)))
}

/// A public key, or what should be one, as slots hold it (chip reference 4.16).
///
/// # Errors
///
/// [`Stop`]; [`Stop::Unready`] if the chip refuses.
pub fn write_public(patient: &mut Patient<'_>, slot: u8, key: &[u8; 64]) -> Result<(), Stop> {
    let (x, y) = key.split_at(32);
    let mut stored = [0; 96];
    stored[4..36].copy_from_slice(x);
    stored[40..72].copy_from_slice(y);
    let (blocks, _) = stored.as_chunks();
    (0..).zip(blocks).try_for_each(|(block, bytes)| write(patient, slot, block, bytes))
}

/// 32 bytes in clear.
///
/// # Errors
///
/// [`Stop`]; [`Stop::Unready`] if the chip refuses.
pub fn write(patient: &mut Patient<'_>, slot: u8, block: u8, bytes: &[u8; 32]) -> Result<(), Stop> {
    patient
        .raw(0x12, 0x82, u16::from(block) << 8 | u16::from(slot) << 3, bytes)?
        .expect_done(&format!("block {block} of slot {slot} was written"))
}
