//! What several questions to a chip of plan B consist of.

use atecc608::command::{Encrypted, MacBlocks, OtherData, TempKeySource};
use atecc608::config::ConfigZone;
use atecc608::memory::Block;
use atecc608::{PublicKey, Secret, SerialNumber, Slot, host};

use crate::patient::{Patient, Reply};
use crate::plan::b::keys;
use crate::probe::{Seen, Stop};
use crate::probes::saw;
pub(super) use crate::probes::temp_key::{is as temp_key_is, load as fixed};

/// The message that is signed, and whose signature is verified.
pub(super) const DIGEST: [u8; 32] = *b"atecc608-doctor plan b: a digest";
/// The slot that authorises, and whose holder may set the latch.
pub(super) const AUTHORISING: u8 = 2;
/// The slot of the I/O protection key.
pub(super) const IO_KEY: u8 = 0;
/// The slot of the storage key.
const STORAGE: Slot = Slot::S3;
/// The slot whose key signs for slots 12 and 14.
pub(super) const PARENT: u8 = 13;
/// A key without conditions.
pub(super) const PLAIN: u8 = 15;
/// An AES key without conditions.
pub(super) const AES: u8 = 4;
/// The message of KDF and HMAC.
pub(super) const MESSAGE: &[u8] = b"what is derived from";
/// KDF's p1: HKDF of a slot, out encrypted.
pub(super) const HKDF_SLOT: u8 = 0x56;

/// A chip that can't be made ready for the question is not asked it.
pub(super) fn here(seen: Result<Seen, Stop>) -> Result<Seen, Stop> {
    match seen {
        Err(Stop::Unready(why)) => Ok(Seen::NotHere(why)),
        seen => seen,
    }
}

/// The answer that a status is.
pub(super) fn by_status(reply: &Reply, table: &[(u8, usize)], doing: &str) -> Seen {
    saw::by_status(reply, table, format!("{doing}: {reply}"))
}

/// Whether these bytes came; a refusal with a status is none of them.
pub(super) fn is(reply: &Reply, expected: &[u8]) -> bool {
    matches!(reply, Reply::Data(data) if data == expected)
}

pub(super) fn serial(patient: &Patient<'_>) -> SerialNumber {
    ConfigZone::from_bytes(*patient.config()).serial_number()
}

/// GenDig of a slot, after which TempKey is what comes back.
pub(super) fn gen_dig(
    patient: &mut Patient<'_>,
    slot: Slot,
    temp_key: &Secret<32>,
) -> Result<Secret<32>, Stop> {
    let number = slot.number();
    patient
        .raw(0x15, 0x02, number.into(), &[0x15, 0x02, number, 0x00])?
        .expect_done(&format!("GenDig of {slot}"))?;
    let key = Secret::new(keys::secret(number));
    Ok(host::gen_dig_slot(&key, slot, &serial(patient), temp_key))
}

/// An authorisation with slot 2, which TempKey does not outlive.
pub(super) fn authorise(patient: &mut Patient<'_>) -> Result<(), Stop> {
    let temp_key = Secret::new(patient.load_random()?);
    let blocks = MacBlocks::SlotAndTempKey(TempKeySource::Random);
    let key = Secret::new(keys::secret(AUTHORISING));
    let response = host::check_mac(&blocks, &OtherData([0; 13]), &key, &temp_key, &serial(patient));
    let data = [&[0; 32][..], &response, &[0; 13]].concat();
    patient.raw(0x28, 0x01, AUTHORISING.into(), &data)?.expect_done("CheckMac, to authorise")
}

/// Sets or clears the latch, with an authorisation.
pub(super) fn latch(patient: &mut Patient<'_>, set: bool) -> Result<(), Stop> {
    authorise(patient)?;
    let reply = patient.raw(0x30, 0x04, if set { 3 } else { 2 }, &[])?;
    reply.expect_data("Info, to change the latch", 4)?;
    match is_latched(patient)? == set {
        true => Ok(()),
        false => Err(Stop::Unready("the latch did not change".into())),
    }
}

pub(super) fn is_latched(patient: &mut Patient<'_>) -> Result<bool, Stop> {
    Ok(patient.raw(0x30, 0x04, 0, &[])?.expect_data("the latch was read", 4)?[0] != 0)
}

/// Counter0, which counts the uses of limited keys.
pub(super) fn counter(patient: &mut Patient<'_>) -> Result<u32, Stop> {
    let value = patient.raw(0x24, 0x00, 0, &[])?.expect_data("Counter0 was read", 4)?;
    Ok(u32::from_le_bytes([value[0], value[1], value[2], value[3]]))
}

/// Verify(Stored) of [`DIGEST`] with a slot's key, or of something that was not signed.
pub(super) fn verify_stored(patient: &mut Patient<'_>, slot: u8, good: bool) -> Result<Reply, Stop> {
    let mut digest = DIGEST;
    digest[0] ^= u8::from(!good);
    fixed(patient, &digest)?;
    patient.raw(0x45, 0x00, slot.into(), &keys::sign(slot, &DIGEST))
}

/// HMAC of [`MESSAGE`] with a slot's key, or the status with which its start was refused.
pub(super) fn hmac(patient: &mut Patient<'_>, slot: u16) -> Result<Reply, Stop> {
    match patient.raw(0x47, 0x04, slot, &[])? {
        Reply::Status(0) => patient.raw(0x47, 0xC2, MESSAGE.len() as u16, MESSAGE),
        refused => Ok(refused),
    }
}

/// HMAC-SHA256 of the host, which HKDF is, too.
pub(super) fn hmac_with(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    *host::hkdf(&Secret::new(*key), message).expose()
}

/// KDF with these four bytes of details in front of the message.
pub(super) fn kdf(
    patient: &mut Patient<'_>,
    p1: u8,
    p2: u16,
    details: u32,
    message: &[u8],
) -> Result<Reply, Stop> {
    patient.raw(0x56, p1, p2, &[&details.to_le_bytes(), message].concat())
}

/// Details of HKDF with a message that comes along.
pub(super) fn sent(message: &[u8]) -> u32 {
    (message.len() as u32) << 24 | 0x02
}

/// HKDF of [`MESSAGE`] with a slot's key, decrypted.
pub(super) fn hkdf(patient: &mut Patient<'_>, slot: u8) -> Result<Reply, Stop> {
    Ok(opened(kdf(patient, HKDF_SLOT, slot.into(), sent(MESSAGE), MESSAGE)?))
}

/// What KDF gave out encrypted (chip reference 5.0.6): 32 or 64 bytes. A status stays as it is.
pub(super) fn opened(reply: Reply) -> Reply {
    let key = Secret::new(keys::secret(IO_KEY));
    let Reply::Data(data) = &reply else { return reply };
    let Some((ciphertext, nonce)) = data.split_last_chunk::<32>() else { return reply };
    match (ciphertext.first_chunk::<64>(), ciphertext.first_chunk::<32>()) {
        (Some(ciphertext), _) => {
            let output = Encrypted { ciphertext: *ciphertext, nonce: *nonce };
            Reply::Data(host::io_decrypt(&output, &key).expose().to_vec())
        }
        (None, Some(ciphertext)) => {
            let output = Encrypted { ciphertext: *ciphertext, nonce: *nonce };
            Reply::Data(host::io_decrypt(&output, &key).expose().to_vec())
        }
        (None, None) => reply,
    }
}

/// AES-128 of one block on the host.
pub(super) fn aes_with(key: &[u8], plain: [u8; 16]) -> [u8; 16] {
    use aes::Aes128;
    use aes::cipher::{BlockCipherEncrypt, KeyInit};
    let mut block = plain.into();
    // A key of another length encrypts nothing, which no chip answers.
    if let Ok(cipher) = Aes128::new_from_slice(key) {
        cipher.encrypt_block(&mut block);
    }
    block.into()
}

/// Has slot 12 validated by slot 13.
pub(super) fn validate(patient: &mut Patient<'_>) -> Result<(), Stop> {
    let slot = 12;
    // GenKey's digest uses the key, as far as ReqAuth goes.
    authorise(patient)?;
    fixed(patient, &DIGEST)?;
    let head = [0; 3];
    patient.raw(0x40, 0x10, slot.into(), &head)?.expect_done("GenKey's digest of slot 12")?;
    let key = PublicKey::from_bytes(keys::public(slot));
    let temp_key = host::gen_key_stored(&key, &head, &serial(patient), &Secret::new(DIGEST));
    let other = [0; 19];
    let digest = host::InternalStatement::digest_of(&other, &serial(patient), &temp_key);
    let data = [&keys::sign(PARENT, &digest)[..], &other].concat();
    patient.raw(0x45, 0x03, slot.into(), &data)?.expect_done("Verify(Validate) of slot 12")
}

/// An encrypted Write of 32 bytes to slot 9.
pub(super) fn write_stored(patient: &mut Patient<'_>, block: u8, bytes: [u8; 32]) -> Result<Reply, Stop> {
    let place = Block::data(Slot::S9, block).ok_or(Stop::Unready("slot 9 has three blocks".into()))?;
    let nonce = Secret::new(patient.load_random()?);
    let temp_key = gen_dig(patient, STORAGE, &nonce)?;
    let (cipher, mac) = host::encrypt_write(&Secret::new(bytes), place, &serial(patient), &temp_key);
    patient.raw(0x12, 0xC2, place.address(), &[cipher, mac].concat())
}

/// An encrypted Read of a block of slot 9, decrypted.
pub(super) fn read_stored(patient: &mut Patient<'_>, block: u8) -> Result<Reply, Stop> {
    let place = Block::data(Slot::S9, block).ok_or(Stop::Unready("slot 9 has three blocks".into()))?;
    let nonce = Secret::new(patient.load_random()?);
    let temp_key = gen_dig(patient, STORAGE, &nonce)?;
    let reply = patient.raw(0x02, 0x82, place.address(), &[])?;
    Ok(match &reply {
        Reply::Data(data) => match data.first_chunk() {
            Some(cipher) => Reply::Data(host::decrypt_read(cipher, &temp_key).expose().to_vec()),
            None => reply,
        },
        Reply::Status(_) => reply,
    })
}

/// A clear Read of the first block of a slot.
pub(super) fn read(patient: &mut Patient<'_>, slot: u8) -> Result<Reply, Stop> {
    patient.raw(0x02, 0x82, u16::from(slot) << 3, &[])
}
