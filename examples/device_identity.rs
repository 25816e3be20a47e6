//! Device identity: a device shows who it is, to a server that has nothing but its public key.
//!
//! Twice: with a token (ES256 JWT) for a cloud's log-in, and by signing a challenge, which also shows that
//! the device is there now.
//!
//! | Slot | Holds | Why |
//! |---|---|---|
//! | 0 | the device's private key | made in the chip before the data lock, never seen, never replaced |
//!
//! The configuration is the preset `gcp_device` as it is; its plan is looked at and committed.
//!
//! Run it with `cargo run --example device_identity`.

use firmware::Claims;
use mock_servers::jwt;
use p256::ecdsa::VerifyingKey;
use p256::ecdsa::signature::Verifier;
use p256::elliptic_curve::Generate;
use std::time::{SystemTime, UNIX_EPOCH};
use testkit::demo::{Failure, blank_chip, checked, refused};

/// What runs on the device.
mod firmware {
    use atecc608::blocking::Atecc608;
    use atecc608::config::plan::CommitError;
    use atecc608::config::{ConfigZone, preset};
    use atecc608::formats::jwt::{Header, SignJwtError};
    use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
    use atecc608::{DataContents, Error, PublicKey, Signature, Slot};
    use embedded_hal::delay::DelayNs;
    use embedded_hal::i2c::I2c;

    const KEY: Slot = Slot::S0;

    pub(crate) fn config(chip: &ConfigZone) -> ConfigZone {
        preset::gcp_device(chip)
    }

    /// From a blank chip to one with an identity. Register the public key with the server.
    pub(crate) fn provision<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
    ) -> Result<PublicKey, CommitError<I::Error>> {
        let config = config(&chip.read_config()?);
        let plan = chip.plan(&config)?;
        chip.commit(&plan, NoMoreConfigWrites)?;
        let (key, _) = chip.ensure_key(KEY)?;
        chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites)?;
        Ok(key)
    }

    #[derive(serde::Serialize)]
    pub(crate) struct Claims<'a> {
        pub(crate) aud: &'a str,
        pub(crate) iat: u64,
        pub(crate) exp: u64,
    }

    /// A token for a log-in.
    pub(crate) fn token<'b, I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        claims: &Claims<'_>,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, SignJwtError<I::Error>> {
        chip.sign_jwt(KEY, &Header::ES256, claims, buffer)
    }

    /// What is signed for a challenge. The device never signs the server's bytes alone: a challenge that
    /// is the digest of a token would make it sign that token.
    pub(crate) fn statement(challenge: &[u8; 32]) -> [u8; 48] {
        let mut statement = *b"who-are-you v1: --------------------------------";
        statement[16..].copy_from_slice(challenge);
        statement
    }

    /// The answer to a server's challenge.
    pub(crate) fn answer<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        challenge: &[u8; 32],
    ) -> Result<Signature, Error<I::Error>> {
        chip.sign_message(KEY, &statement(challenge))
    }
}

const AUDIENCE: &str = "my-cloud";

/// The other end: one registered device.
struct Server {
    key: atecc608::PublicKey,
    asked: Option<[u8; 32]>,
}

impl Server {
    fn log_in(&self, token: &str) -> Result<(), String> {
        let mut pem = [0; atecc608::formats::pem::PEM_LEN];
        let pem = self.key.to_pem(&mut pem).map_err(|error| error.to_string())?;
        let key = jwt::Key::from_pem(pem).map_err(|error| error.to_string())?;
        let claims: serde_json::Value = jwt::verified(token, &key).map_err(|error| error.to_string())?;
        if claims["aud"] != AUDIENCE {
            return Err("for another server".into());
        }
        let valid = claims["exp"].as_u64().is_some_and(|exp| now() < exp);
        if valid { Ok(()) } else { Err("expired".into()) }
    }

    /// A challenge: random, and good for one answer.
    fn ask(&mut self) -> [u8; 32] {
        *self.asked.insert(Generate::generate())
    }

    fn check(&mut self, answer: &atecc608::Signature) -> Result<(), String> {
        let challenge = self.asked.take().ok_or("nothing was asked")?;
        let key = VerifyingKey::from_sec1_bytes(&self.key.to_sec1()).map_err(|error| error.to_string())?;
        let signature = p256::ecdsa::Signature::from_slice(answer.as_bytes());
        let signature = signature.map_err(|error| error.to_string())?;
        key.verify(&firmware::statement(&challenge), &signature)
            .map_err(|_| "not this device's signature of this challenge".into())
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock that is set").as_secs()
}

fn main() -> Result<(), Failure> {
    let (_, mut device) = blank_chip();
    checked("the device's", &mut device, firmware::config)?;
    let mut server = Server { key: firmware::provision(&mut device)?, asked: None };
    let (_, mut other) = blank_chip();
    firmware::provision(&mut other)?;
    let now = now();
    let claims = Claims { aud: AUDIENCE, iat: now, exp: now + 3600 };

    let (mut buffer, mut others) = ([0; 512], [0; 512]);
    let token = firmware::token(&mut device, &claims, &mut buffer)?;
    server.log_in(token)?;
    println!("accepted: the device's token");
    refused("another chip's token", server.log_in(firmware::token(&mut other, &claims, &mut others)?))?;
    // The claims of one token, the signature of another.
    let longer = Claims { exp: now + 7200, ..claims };
    let claimed = firmware::token(&mut other, &longer, &mut others)?;
    let (claimed, signature) = (claimed.rsplit_once('.'), token.rsplit_once('.'));
    let forged =
        claimed.zip(signature).map(|((claimed, _), (_, signature))| format!("{claimed}.{signature}"));
    refused("a token with a later expiry", server.log_in(&forged.ok_or("no token")?))?;
    let old = Claims { iat: now - 7200, exp: now - 3600, ..claims };
    refused("yesterday's token", server.log_in(firmware::token(&mut device, &old, &mut others)?))?;

    let challenge = server.ask();
    let answer = firmware::answer(&mut device, &challenge)?;
    server.check(&answer)?;
    println!("accepted: the device's answer to a challenge");
    refused("the same answer once more", server.check(&answer))?;
    server.ask();
    refused("a recorded answer to a new challenge", server.check(&answer))?;
    let challenge = server.ask();
    refused("another chip's answer", server.check(&firmware::answer(&mut other, &challenge)?))?;
    Ok(())
}
