//! Answers of a chip that says anything, to the parser and to both whole drivers.

use super::scripted_device::{Delay, ScriptedDevice};
use super::{Source, intact};
use atecc608::command::{
    AesKey, CounterId, Derivation, ExtraByte, OtherData, SecureBootCheck, Tests, Validity,
};
use atecc608::config::{ConfigZone, preset};
use atecc608::irreversible::*;
use atecc608::{DataContents, ErrorKind, PublicKey, PublicKeySlot, Secret, Signature, Slot, wire::frame};
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

const OPERATIONS: u8 = 51;

/// The result as bytes, and whether they are the last answer's, as they came.
type Outcome = Result<(Vec<u8>, bool), String>;

/// The answer as it came.
fn plain<E>(bytes: impl AsRef<[u8]>) -> Result<(Vec<u8>, bool), E> {
    Ok((bytes.as_ref().to_vec(), true))
}

/// Something made of answers.
fn made<E>(what: impl core::fmt::Debug) -> Result<(Vec<u8>, bool), E> {
    Ok((format!("{what:?}").into_bytes(), false))
}

fn said<E: core::fmt::Debug + core::fmt::Display>(error: E) -> String {
    let (text, debug) = (error.to_string(), format!("{error:?}"));
    assert!(!text.is_empty() && !debug.contains("Argument"), "{debug}");
    debug
}

/// An operation, by number.
macro_rules! perform {
    ($chip:ident, $number:expr, $shared:expr, [$($async:tt)*], [$($wait:tt)*]) => {{
        macro_rules! done {
            ($call:expr, $bytes:expr) => {{
                let result = $call $($wait)*;
                result.map_err(said).and_then($bytes)
            }};
        }
        let (key, signature) = (PublicKey::from_bytes([0x11; 64]), Signature::from_bytes([0x22; 64]));
        let (digest, num_in, secret) = ([0x33; 32], [0x17; 20], Secret::new([0x44; 32]));
        let stored = PublicKeySlot::new(Slot::S11).expect("a slot for public keys");
        let (aes, mut data) = (AesKey::first_of(Slot::S1), [0x5C; 20]);
        let shared = $shared;
        match $number {
            0 => done!($chip.revision(), |answer| plain(answer.0)),
            1 => done!($chip.serial_number(), made),
            2 => done!($chip.random(), plain),
            3 => done!($chip.read_config(), made),
            4 => done!($chip.lock_state(), made),
            5 => done!($chip.counter(CounterId::Counter0), |value| plain(value.to_le_bytes())),
            6 => done!($chip.public_key(Slot::S0), |key| plain(key.as_bytes())),
            7 => done!($chip.sign_digest(Slot::S0, &digest), |answer| plain(answer.as_bytes())),
            8 => done!($chip.verify(&key, &digest, &signature), made),
            9 => done!($chip.sha256(&[0x44; 130]), plain),
            10 => done!($chip.self_test(Tests::all()), made),
            11 => done!($chip.read_slot(Slot::S8, 5, &mut [0; 70]), made),
            12 => done!($chip.shared_secret(Slot::S0, &key), |secret| plain(secret.expose())),
            13 => done!($chip.ensure_key(Slot::S0), |(key, _)| plain(key.as_bytes())),
            14 => done!($chip.is_key_valid(Slot::S0), made),
            15 => {
                let session = $chip.session($($async)* |chip| {
                    chip.aes_gcm_open(aes, &[0; 12], b"", &mut data, &[0; 16]) $($wait)*
                });
                done!(session, made)
            }
            16 => done!($chip.identify(), made),
            17 => done!($chip.increment_counter(CounterId::Counter1, CountIsSpent), |value| plain(value.to_le_bytes())),
            18 => done!($chip.update_extra(ExtraByte::UserExtra, 1, ByteIsFixed), made),
            19 => done!($chip.write_config(&ConfigZone::from_bytes(preset::FACTORY)), made),
            20 => done!($chip.lock_config(&ConfigZone::from_bytes(preset::FACTORY), NoMoreConfigWrites), made),
            21 => done!($chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites), made),
            22 => done!($chip.lock_slot(Slot::S3, NoMoreSlotChanges), made),
            23 => done!($chip.generate_key(Slot::S0, OldKeyIsLost), |key| plain(key.as_bytes())),
            24 => done!($chip.sign_message(Slot::S0, &[0x44; 70]), |answer| plain(answer.as_bytes())),
            25 => done!($chip.verify_protected(&key, &digest, &signature, &secret, &digest), made),
            26 => done!($chip.secure_boot(&digest, SecureBootCheck::Full(&signature)), made),
            27 => done!($chip.set_validity(stored, Validity::Validate, &digest, &signature, &[0; 19]), made),
            28 => done!($chip.write_public_key(stored, &key), made),
            29 => done!($chip.read_public_key(stored), made),
            30 => done!($chip.write_slot(Slot::S8, 4, &[0x55; 64]), made),
            31 => done!($chip.read_otp(), made),
            32 => done!($chip.write_encrypted(Slot::S8, 1, &secret, &shared, &num_in), made),
            33 => done!($chip.read_encrypted(Slot::S8, 1, &shared, &num_in), |secret| made(secret.expose())),
            34 => done!($chip.write_private_key_encrypted(Slot::S7, &secret, &shared, &num_in, OldKeyIsLost), made),
            35 => done!($chip.check_password(&shared, &num_in), made),
            36 => done!($chip.hmac(Slot::S4, &[0x44; 70]), plain),
            37 => done!($chip.mac(Slot::S4, &digest, false), plain),
            38 => done!($chip.check_mac(Slot::S4, &digest, &digest, &OtherData([0; 13])), made),
            39 => done!($chip.derive(Slot::S4, Derivation::hkdf(b"purpose").expect("short")), |secret| plain(secret.expose())),
            40 => done!($chip.shared_secret_protected(Slot::S0, &key, &secret), |secret| made(secret.expose())),
            41 => done!($chip.write_otp(&[0x55; 64]), made),
            42 => {
                let session = $chip.session($($async)* |chip| chip.aes_cmac(aes, &[0x44; 40]) $($wait)*);
                done!(session, made)
            }
            43 => done!($chip.derive_protected(Slot::S4, Derivation::hkdf(b"purpose").expect("short"), &secret), |secret| made(secret.expose())),
            44 => done!($chip.verify_stored_protected(stored, &digest, &signature, &secret, &digest), made),
            45 => {
                let check = SecureBootCheck::Full(&signature);
                done!($chip.secure_boot_protected(&digest, check, None, &secret, &num_in), made)
            }
            46 => done!($chip.ephemeral_secret(&key), |(key, secret)| made((key, secret.expose()))),
            47 => {
                let session = $chip.session($($async)* |chip| {
                    chip.aes_cbc_decrypt(aes, &[0; 16], &mut [0x5C; 32]) $($wait)*
                });
                done!(session, made)
            }
            48 => {
                let session = $chip.session($($async)* |chip| {
                    chip.aes_gcm_seal(aes, &[0; 12], b"associated", &mut data) $($wait)*
                });
                done!(session, made)
            }
            49 => done!($chip.write_private_key(Slot::S7, &secret, OldKeyIsLost), made),
            _ => {
                let mut stream = $chip.hmac_stream(Slot::S4);
                match stream.update(&[0x44; 70]) $($wait)* {
                    Ok(()) => done!(stream.finish(), plain),
                    Err(error) => {
                        let again = stream.update(&[0x44; 70]) $($wait)*;
                        assert_eq!(again.map_err(|error| error.kind), Err(ErrorKind::Reset));
                        Err(said(error))
                    }
                }
            }
        }
    }};
}

fn blocking(number: u8, device: ScriptedDevice<'_>) -> (Outcome, ScriptedDevice<'_>) {
    use atecc608::blocking::{Atecc608, SharedKey};
    let mut chip = Atecc608::new(device, Delay::default());
    let shared = SharedKey { slot: Slot::S4, key: Secret::new([0x44; 32]) };
    let outcome = perform!(chip, number, shared, [], []);
    let (device, delay) = chip.release();
    delay.check();
    (outcome, device)
}

fn asynch(number: u8, device: ScriptedDevice<'_>) -> (Outcome, ScriptedDevice<'_>) {
    use atecc608::asynch::{Atecc608, SharedKey};
    let mut chip = Atecc608::new(device, Delay::default());
    let shared = SharedKey { slot: Slot::S4, key: Secret::new([0x44; 32]) };
    let outcome = now(async { perform!(chip, number, shared, [async], [.await]) });
    let (device, delay) = chip.release();
    delay.check();
    (outcome, device)
}

/// Neither bus nor delay ever pends here.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here pends"),
    }
}

pub fn run(data: &[u8]) {
    if let Ok(payload) = frame::payload(data) {
        assert_eq!(payload.len() + 3, usize::from(data[0]));
        assert!(intact(&data[..payload.len() + 3]), "a damaged group taken");
    } else if let [count, rest @ ..] = data
        && let len @ 4.. = usize::from(*count)
        && rest.len() >= len - 1
    {
        assert!(!intact(&data[..len]), "a good group refused");
    }
    let &[number, silent, ref rest @ ..] = data else { return };
    let device = || ScriptedDevice::new(Source(rest), silent & 1 == 1);
    let (outcome, left) = blocking(number % OPERATIONS, device());
    let (other, right) = asynch(number % OPERATIONS, device());
    assert_eq!(outcome, other, "the drivers differ");
    assert_eq!(left.sent, right.sent, "the drivers differ");
    match outcome {
        Ok((bytes, true)) => assert_eq!(Some(&bytes), left.answers.last(), "not what the chip said"),
        // A session for an error alone: it is over.
        Ok(_) => left.all_went_well(),
        Err(_) => {}
    }
}
