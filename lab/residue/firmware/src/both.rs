// One text for both halves of the driver.

use atecc608::command::{AesKey, Derivation, SecureBootCheck};
use atecc608::irreversible::OldKeyIsLost;
use atecc608::{PublicKeySlot, Secret, Slot};
use core::hint::black_box;

type Chip = Atecc608<crate::board::Bus, crate::board::Delay>;

const AES: AesKey = AesKey::first_of(Slot::S10);
const IV: [u8; 16] = [0x1F; 16];
const GCM_NONCE: [u8; 12] = [0x0C; 12];
const TEXT: [u8; 70] = [0x2E; 70];
const HKDF: Option<Derivation<'static>> = Derivation::hkdf(b"purpose");
const STORED: Option<PublicKeySlot> = PublicKeySlot::new(Slot::S11);

const FAILED: u32 = 1;

pub(crate) fn shared() -> &'static SharedKey {
    static SHARED: SharedKey = SharedKey { slot: Slot::S4, key: Secret::new(given::place(b'k')) };
    black_box(&SHARED)
}

/// What came out is looked at where it is, and dropped.
fn end<T, E>(result: &mut Result<T, E>) -> u32 {
    if black_box(result).is_ok() { 0 } else { FAILED }
}

/// What came out is the caller's.
fn returned<E>(result: &mut Result<Secret<32>, E>) -> u32 {
    if let Ok(secret) = result {
        crate::board::returned(secret.expose());
    }
    end(result)
}

fn ephemeral<E>(result: &mut Result<(atecc608::PublicKey, Secret<32>), E>) -> u32 {
    if let Ok((_, secret)) = result {
        crate::board::returned(secret.expose());
    }
    end(result)
}

/// What came out is no `Secret`, so it is overwritten here.
fn over<const N: usize, E>(result: &mut Result<[u8; N], E>) -> u32 {
    if let Ok(bytes) = result {
        crate::board::publish(bytes);
        black_box(bytes).fill(0);
    }
    end(result)
}

operations! {
    WriteEncrypted fn write_encrypted(chip) {
        call!(chip.write_encrypted(Slot::S8, 1, given::plain(), shared(), given::num_in()), end)
    }
    ReadEncrypted fn read_encrypted(chip) {
        call!(chip.read_encrypted(Slot::S8, 1, shared(), given::num_in()), returned)
    }
    WritePrivateKey fn write_private_key(chip) {
        call!(chip.write_private_key(Slot::S7, given::plain(), OldKeyIsLost), end)
    }
    WritePrivateKeyEncrypted fn write_private_key_encrypted(chip) {
        let (key, shared, num_in) = (given::plain(), shared(), given::num_in());
        call!(chip.write_private_key_encrypted(Slot::S7, key, shared, num_in, OldKeyIsLost), end)
    }
    SharedSecret fn shared_secret(chip) {
        call!(chip.shared_secret(Slot::S2, given::public_key()), returned)
    }
    SharedSecretProtected fn shared_secret_protected(chip) {
        call!(chip.shared_secret_protected(Slot::S2, given::public_key(), given::key()), returned)
    }
    EphemeralSecret fn ephemeral_secret(chip) {
        call!(chip.ephemeral_secret(given::public_key()), ephemeral)
    }
    Derive fn derive(chip) {
        let Some(hkdf) = HKDF else { return FAILED };
        call!(chip.derive(Slot::S4, hkdf), returned)
    }
    DeriveProtected fn derive_protected(chip) {
        let Some(hkdf) = HKDF else { return FAILED };
        call!(chip.derive_protected(Slot::S4, hkdf, given::key()), returned)
    }
    CheckPassword fn check_password(chip) {
        call!(chip.check_password(shared(), given::num_in()), end)
    }
    VerifyProtected fn verify_protected(chip) {
        let (key, signature) = (given::public_key(), given::signature());
        call!(chip.verify_protected(key, given::digest(), signature, given::key(), given::nonce()), end)
    }
    VerifyStoredProtected fn verify_stored_protected(chip) {
        let Some(slot) = STORED else { return FAILED };
        let signature = given::signature();
        call!(chip.verify_stored_protected(slot, given::digest(), signature, given::key(), given::nonce()), end)
    }
    SecureBootProtected fn secure_boot_protected(chip) {
        let check = SecureBootCheck::Full(given::signature());
        call!(chip.secure_boot_protected(given::digest(), check, None, given::key(), given::num_in()), end)
    }
    Hmac fn hmac(chip) {
        call!(chip.hmac(Slot::S4, given::bytes()), over)
    }
    HmacStream fn hmac_stream(chip) {
        let mut stream = chip.hmac_stream(Slot::S4);
        if done!(stream.update(given::bytes())).is_err() || done!(stream.update(&TEXT)).is_err() {
            return FAILED;
        }
        call!(stream.finish(), over)
    }
    Sha256Stream fn sha256_stream(chip) {
        let mut stream = chip.sha256_stream();
        if done!(stream.update(&TEXT)).is_err() || done!(stream.update(given::bytes())).is_err() {
            return FAILED;
        }
        call!(stream.finish(), over)
    }
    AesDecrypt fn aes_decrypt(chip) {
        call!(session!(chip, |chip| step!(chip.aes_decrypt(AES, &IV))), over)
    }
    AesCbcDecrypt fn aes_cbc_decrypt(chip) {
        let mut data = [0x5C; 32];
        let mut result = done!(session!(chip, |chip| step!(chip.aes_cbc_decrypt(AES, &IV, &mut data))));
        black_box(&mut data).fill(0);
        end(&mut result)
    }
    AesCtr fn aes_ctr(chip) {
        let mut data = [0x5C; 20];
        let mut result = done!(session!(chip, |chip| step!(chip.aes_ctr(AES, &IV, &mut data))));
        black_box(&mut data).fill(0);
        end(&mut result)
    }
    AesGcmSeal fn aes_gcm_seal(chip) {
        let mut data = [0x5C; 20];
        let sealed = call!(session!(chip, |chip| step!(chip.aes_gcm_seal(AES, &GCM_NONCE, b"aad", &mut data))), over);
        black_box(&mut data).fill(0);
        sealed
    }
    AesGcmOpen fn aes_gcm_open(chip) {
        let (mut data, mut tag) = ([0x5C; 20], [0; 16]);
        let sealed = call!(
            session!(chip, |chip| step!(chip.aes_gcm_seal(AES, &GCM_NONCE, b"aad", &mut data))),
            |sealed: &mut Result<[u8; 16], _>| {
                if let Ok(sealed) = sealed {
                    tag = *sealed;
                }
                end(sealed)
            }
        );
        if let Some(byte) = tag.get_mut(usize::from(given::bytes()[0])) {
            *byte ^= 0x10;
        }
        crate::board::mark();
        let opened = done!(session!(chip, |chip| step!(
            chip.aes_gcm_open(AES, &GCM_NONCE, b"aad", &mut data, &tag)
        )));
        crate::board::mark();
        if opened.is_ok() { FAILED } else { sealed }
    }
    AesCmac fn aes_cmac(chip) {
        call!(session!(chip, |chip| step!(chip.aes_cmac(AES, given::bytes()))), over)
    }
    Random fn random(chip) {
        call!(chip.random(), over)
    }
}
