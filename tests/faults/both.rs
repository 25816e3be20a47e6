//! One call of each operation, for either driver.

mod certificates;

use super::{Atecc608, SharedKey};
use crate::answer::{Answer, Outcome, jwt, peer, sealed};
use crate::chips::SHARED;
use crate::op::Op;
use crate::wire::Wire;
use atecc608::command::{
    AesKey, CounterId, Derivation, DeriveKey, ExtraByte, OtherData, SecureBootCheck, TempKeySource, Tests,
    Validity,
};
use atecc608::config::{ConfigZone, preset};
use atecc608::irreversible::*;
use atecc608::{DataContents, PublicKeySlot, Secret, Slot, host};
use atecc608_sim::hal::SimDelay;
use std::sync::LazyLock;
use testkit::{KEY, known_public_key, message, sha256, sign_outside};

pub(crate) type Device = Atecc608<Wire, SimDelay>;

const DIGEST: [u8; 32] = [0xD1; 32];
const NUM_IN: [u8; 20] = [0x17; 20];
const NONCE: [u8; 32] = [0x66; 32];
const AES: AesKey = AesKey::first_of(Slot::S10);
const IV: [u8; 16] = [0x1F; 16];
const GCM_NONCE: [u8; 12] = [0x0C; 12];

/// The known public key, and a signature made outside.
static SIGNED: LazyLock<(atecc608::PublicKey, atecc608::Signature)> =
    LazyLock::new(|| (known_public_key(), sign_outside(&DIGEST)));

/// What the workbench's chip knows.
fn shared() -> SharedKey {
    SharedKey { slot: Slot::S4, key: io_key() }
}

fn io_key() -> Secret<32> {
    Secret::new(SHARED)
}

fn done<T>(_: T) -> Answer {
    Answer::Bytes(Vec::new())
}

fn bytes(bytes: impl AsRef<[u8]>) -> Answer {
    Answer::Bytes(bytes.as_ref().to_vec())
}

fn stored(slot: Slot) -> PublicKeySlot {
    PublicKeySlot::new(slot).expect("a slot for public keys")
}

/// The serial number that is in the chip of the simulator's seed 608, and the preset for it.
fn wanted() -> ConfigZone {
    preset::gcp_device(&ConfigZone::from_bytes(*crate::chips::blank().config()))
}

fn serial() -> atecc608::SerialNumber {
    wanted().serial_number()
}

/// A statement by the parent of slot 14's key, and its signature.
fn statement() -> ([u8; 19], atecc608::Signature) {
    let temp_key = host::gen_key_stored(&known_public_key(), &[0; 3], &serial(), &Secret::new([0x23; 32]));
    let other_data = [0; 19];
    let digest = host::InternalStatement::digest_of(&other_data, &serial(), &temp_key);
    (other_data, sign_outside(&digest))
}

calls! {
    /// Carries out an operation.
    fn perform(chip: &mut Device, op: Op) -> Outcome {
        let (key, signature) = *SIGNED;
        let mac_command = atecc608::command::Mac {
            blocks: atecc608::command::MacBlocks::SlotAndChallenge(&NONCE),
            include_serial: false,
            slot: Slot::S4,
        };
        let mac = host::mac(&mac_command, &io_key(), &Secret::new([0; 32]), &serial());
        let other = OtherData::of_mac(0, Slot::S4, None);
        Ok(match op {
            Op::Revision => Answer::Bytes(format!("{:?}", wait!(chip.revision())?).into()),
            Op::Identify => Answer::Bytes(format!("{:?}", wait!(chip.identify())?).into()),
            Op::SerialNumber => Answer::Bytes(format!("{:?}", wait!(chip.serial_number())?).into()),
            Op::Random => Answer::Random(wait!(chip.random())?),
            Op::IsKeyValid => bytes([u8::from(wait!(chip.is_key_valid(Slot::S2))?)]),
            Op::Counter => bytes(wait!(chip.counter(CounterId::Counter1))?.to_le_bytes()),
            Op::IncrementCounter => {
                bytes(wait!(chip.increment_counter(CounterId::Counter1, CountIsSpent))?.to_le_bytes())
            }
            Op::SpendUse => done(wait!(chip.spend_use(Slot::S0, CountIsSpent))?),
            Op::UpdateExtra => done(wait!(chip.update_extra(ExtraByte::UserExtra, 0x5A, ByteIsFixed))?),
            Op::SelfTest => bytes([wait!(chip.self_test(Tests::SHA | Tests::AES))?.bits()]),
            Op::ReadConfig => bytes(wait!(chip.read_config())?.as_bytes()),
            Op::LockState => Answer::Bytes(format!("{:?}", wait!(chip.lock_state())?).into()),
            // The number of words depends on what an interrupted call has written.
            Op::WriteConfig => done(wait!(chip.write_config(&wanted()))?),
            Op::Plan => Answer::Bytes(format!("{}", wait!(chip.plan(&wanted()))?).into()),
            Op::Commit => {
                let plan = wait!(chip.plan(&wanted()))?;
                done(wait!(chip.commit(&plan, NoMoreConfigWrites))?)
            }
            Op::LockConfig => {
                let expected = wait!(chip.read_config())?;
                done(wait!(chip.lock_config(&expected, NoMoreConfigWrites))?)
            }
            Op::LockData => done(wait!(chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites))?),
            Op::LockDataUnchecked => done(wait!(chip.lock_data_unchecked(NoMoreFreeDataWrites))?),
            Op::LockSlot => done(wait!(chip.lock_slot(Slot::S13, NoMoreSlotChanges))?),
            Op::GenerateKey => Answer::KeyOf(2, wait!(chip.generate_key(Slot::S2, OldKeyIsLost))?),
            Op::Provision => {
                let (contents, locks) = (&DataContents::BLANK, (NoMoreConfigWrites, NoMoreFreeDataWrites));
                let made = wait!(chip.provision(preset::gcp_device, Slot::S0, contents, locks.0, locks.1));
                Answer::KeyOf(0, made?.0)
            }
            Op::EnsureKey => Answer::KeyOf(0, wait!(chip.ensure_key(Slot::S0))?.0),
            Op::PublicKey => bytes(wait!(chip.public_key(Slot::S2))?.as_bytes()),
            Op::SignDigest => Answer::Signature(DIGEST, wait!(chip.sign_digest(Slot::S2, &DIGEST))?),
            Op::SignLimited => Answer::Signature(DIGEST, wait!(chip.sign_digest(Slot::S0, &DIGEST))?),
            Op::SignMessage => {
                let message = message(70);
                Answer::Signature(sha256(&message), wait!(chip.sign_message(Slot::S2, &message))?)
            }
            Op::SignJwt => {
                let mut buffer = [0; 200];
                let header = atecc608::formats::jwt::Header::ES256;
                let claims = std::collections::BTreeMap::from([("exp", 7)]);
                match wait!(chip.sign_jwt(Slot::S2, &header, &claims, &mut buffer)) {
                    Ok(token) => jwt(token),
                    Err(atecc608::formats::jwt::SignJwtError::Chip(error)) => return Err(error.into()),
                    Err(error) => panic!("{error:?}"),
                }
            }
            Op::Verify => done(wait!(chip.verify(&key, &DIGEST, &signature))?),
            Op::VerifyWrong => done(wait!(chip.verify(&key, &NONCE, &signature))?),
            Op::VerifyStored => done(wait!(chip.verify_stored(stored(Slot::S11), &DIGEST, &signature))?),
            Op::VerifyProtected => {
                done(wait!(chip.verify_protected(&key, &DIGEST, &signature, &io_key(), &NONCE))?)
            }
            Op::VerifyStoredProtected => {
                let slot = stored(Slot::S11);
                done(wait!(chip.verify_stored_protected(slot, &DIGEST, &signature, &io_key(), &NONCE))?)
            }
            Op::SecureBoot => done(wait!(chip.secure_boot(&DIGEST, SecureBootCheck::Full(&signature)))?),
            Op::SecureBootCopy => done(wait!(chip.secure_boot(&DIGEST, SecureBootCheck::Copy(&signature)))?),
            Op::SecureBootProtected => {
                let check = SecureBootCheck::Full(&signature);
                done(wait!(chip.secure_boot_protected(&DIGEST, check, None, &io_key(), &NUM_IN))?)
            }
            Op::SetValidity => {
                let (other_data, signature) = statement();
                let (slot, nonce) = (stored(Slot::S14), [0x23; 32]);
                done(wait!(chip.set_validity(slot, Validity::Validate, &nonce, &signature, &other_data))?)
            }
            Op::WritePublicKey => done(wait!(chip.write_public_key(stored(Slot::S15), &peer()))?),
            Op::ReadPublicKey => bytes(wait!(chip.read_public_key(stored(Slot::S11)))?.as_bytes()),
            Op::ReadSlot => {
                let mut read = [0; 66];
                wait!(chip.read_slot(Slot::S11, 3, &mut read))?;
                bytes(read)
            }
            Op::ReadWord => {
                let mut read = [0; 4];
                wait!(chip.read_slot(Slot::S12, 8, &mut read))?;
                bytes(read)
            }
            Op::WriteSlot => done(wait!(chip.write_slot(Slot::S13, 0, &[0x13; 64]))?),
            Op::WriteWord => done(wait!(chip.write_slot(Slot::S13, 8, &[0x31; 4]))?),
            Op::ReadOtp => bytes(wait!(chip.read_otp())?),
            Op::WriteOtp => done(wait!(chip.write_otp(&[0x07; 64]))?),
            Op::WriteEncrypted => {
                let plain = Secret::new([0x3A; 32]);
                done(wait!(chip.write_encrypted(Slot::S8, 1, &plain, &shared(), &NUM_IN))?)
            }
            Op::ReadEncrypted => {
                bytes(wait!(chip.read_encrypted(Slot::S8, 1, &shared(), &NUM_IN))?.expose())
            }
            Op::WritePrivateKey => {
                done(wait!(chip.write_private_key(Slot::S7, &Secret::new(KEY), OldKeyIsLost))?)
            }
            Op::WritePrivateKeyEncrypted => {
                let key = Secret::new(KEY);
                let done_so =
                    wait!(chip.write_private_key_encrypted(Slot::S7, &key, &shared(), &NUM_IN, OldKeyIsLost));
                done(done_so?)
            }
            Op::CheckPassword => done(wait!(chip.check_password(&shared(), &NUM_IN))?),
            Op::CheckPasswordWrong => {
                let wrong = SharedKey { key: Secret::new([0x45; 32]), ..shared() };
                done(wait!(chip.check_password(&wrong, &NUM_IN))?)
            }
            Op::Sha256 => bytes(wait!(chip.sha256(&message(70)))?),
            Op::ShaStream => {
                let message = message(70);
                let mut stream = chip.sha256_stream();
                wait!(stream.update(&message[..67]))?;
                wait!(stream.update(&message[67..]))?;
                bytes(wait!(stream.finish())?)
            }
            Op::HmacStream => {
                let mut stream = chip.hmac_stream(Slot::S4);
                wait!(stream.update(&message(70)))?;
                bytes(wait!(stream.finish())?)
            }
            Op::Hmac => bytes(wait!(chip.hmac(Slot::S4, &message(70)))?),
            Op::Mac => bytes(wait!(chip.mac(Slot::S4, &NONCE, false))?),
            Op::CheckMac => done(wait!(chip.check_mac(Slot::S4, &NONCE, &mac, &other))?),
            Op::CheckMacWrong => done(wait!(chip.check_mac(Slot::S4, &DIGEST, &mac, &other))?),
            Op::SharedSecret => bytes(wait!(chip.shared_secret(Slot::S2, &peer()))?.expose()),
            Op::SharedSecretProtected => {
                bytes(wait!(chip.shared_secret_protected(Slot::S2, &peer(), &io_key()))?.expose())
            }
            Op::EphemeralSecret => {
                let (key, secret) = wait!(chip.ephemeral_secret(&peer()))?;
                Answer::Shared(key, *secret.expose())
            }
            Op::Derive => {
                let hkdf = Derivation::hkdf(b"purpose").expect("short");
                bytes(wait!(chip.derive(Slot::S4, hkdf))?.expose())
            }
            Op::DeriveProtected => {
                let hkdf = Derivation::hkdf(b"purpose").expect("short");
                bytes(wait!(chip.derive_protected(Slot::S4, hkdf, &io_key()))?.expose())
            }
            Op::DeriveKey => {
                let nonce = atecc608::command::NonceFixed::TempKey(&NONCE);
                let derive = DeriveKey { target: Slot::S5, source: TempKeySource::Input, mac: None };
                done(session!(chip, |chip| {
                    wait!(chip.execute(&nonce))?;
                    wait!(chip.execute(&derive))
                })?)
            }
            Op::AesEncrypt => bytes(session!(chip, |chip| wait!(chip.aes_encrypt(AES, &IV)))?),
            Op::AesDecrypt => bytes(session!(chip, |chip| wait!(chip.aes_decrypt(AES, &IV)))?),
            Op::AesCbcEncrypt => {
                let mut data = [0x5C; 32];
                session!(chip, |chip| wait!(chip.aes_cbc_encrypt(AES, &IV, &mut data)))?;
                bytes(data)
            }
            Op::AesCbcDecrypt => {
                let mut data = [0x5C; 32];
                session!(chip, |chip| wait!(chip.aes_cbc_decrypt(AES, &IV, &mut data)))?;
                bytes(data)
            }
            Op::AesCtr => {
                let mut data = [0x5C; 20];
                session!(chip, |chip| wait!(chip.aes_ctr(AES, &IV, &mut data)))?;
                bytes(data)
            }
            Op::AesGcmSeal => {
                let mut data = [0x5C; 20];
                let tag = session!(chip, |chip| wait!(chip.aes_gcm_seal(AES, &GCM_NONCE, b"aad", &mut data)))?;
                bytes([&data[..], &tag].concat())
            }
            Op::AesGcmOpen => {
                let (mut data, tag) = sealed();
                session!(chip, |chip| wait!(chip.aes_gcm_open(AES, &GCM_NONCE, b"aad", &mut data, &tag)))?;
                bytes(data)
            }
            Op::AesGcmForged => {
                let (mut data, mut tag) = sealed();
                tag[0] ^= 1;
                session!(chip, |chip| wait!(chip.aes_gcm_open(AES, &GCM_NONCE, b"aad", &mut data, &tag)))?;
                bytes(data)
            }
            Op::AesCmac => bytes(session!(chip, |chip| wait!(chip.aes_cmac(AES, &message(20))))?),
            op => wait!(certificates::perform(chip, op))?,
        })
    }
}
