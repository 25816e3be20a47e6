use super::super::super::{dps, hub};
use super::super::SymmetricKey;
use super::*;
use embassy_futures::block_on;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::format;
use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

const NOW: u64 = 1_700_000_000;

/// A key in software; keeps what it was asked to sign.
struct Software {
    key: SymmetricKey,
    messages: Vec<String>,
    fails: bool,
}

impl HmacSigner for Software {
    type Error = fmt::Error;

    async fn hmac(&mut self, message: &[u8]) -> Result<[u8; 32], fmt::Error> {
        if self.fails {
            return Err(fmt::Error);
        }
        self.messages.push(String::from_utf8(message.to_vec()).unwrap());
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.secret().expose()).unwrap();
        mac.update(message);
        Ok(mac.finalize().into_bytes().into())
    }
}

fn software() -> Software {
    let key = SymmetricKey::from_bytes(b"sixteen bytes and sixteen more..").unwrap();
    Software { key, messages: vec![], fails: false }
}

#[test]
fn resource_and_end_are_signed() {
    let device = hub::Device::new("greenhouse.azure-devices.net", "sensor:1").unwrap();
    let (mut signer, mut buffer) = (software(), [0; TOKEN_MAX]);
    let token =
        block_on(SasToken::issue(&device.resource(), NOW, Lifetime::HOUR, &mut signer, &mut buffer)).unwrap();
    assert_eq!(signer.messages, ["greenhouse.azure-devices.net%2Fdevices%2Fsensor%3A1\n1700003600"]);
    assert_eq!(token.expires(), NOW + 3600);
    assert!(token.as_str().ends_with("&se=1700003600"), "{}", token.as_str());
    assert!(!format!("{token:?}").contains("Shared"));
    let registration = dps::Registration::new("0ne00ABCDEF", "sensor-1").unwrap();
    let mut buffer = [0; TOKEN_MAX];
    let token =
        block_on(SasToken::issue(&registration.resource(), NOW, Lifetime::HOUR, &mut signer, &mut buffer))
            .unwrap();
    assert_eq!(signer.messages[1], "0ne00ABCDEF%2Fregistrations%2Fsensor-1\n1700003600");
    assert!(token.as_str().ends_with("&se=1700003600&skn=registration"));
    let owner = device.resource().with_policy("device").unwrap();
    assert!(device.resource().with_policy("a&b").is_err());
    let mut buffer = [0; TOKEN_MAX];
    let token = block_on(SasToken::issue(&owner, NOW, Lifetime::HOUR, &mut signer, &mut buffer)).unwrap();
    assert!(token.as_str().ends_with("&skn=device"));
}

/// OpenSSL's HMAC of the same text.
#[test]
fn openssl_gives_the_same_signature() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let device = hub::Device::new("greenhouse.azure-devices.net", "sensor-1").unwrap();
    let (mut signer, mut buffer) = (software(), [0; TOKEN_MAX]);
    let token =
        block_on(SasToken::issue(&device.resource(), NOW, Lifetime::HOUR, &mut signer, &mut buffer)).unwrap();
    let key: String = signer.key.secret().expose().iter().map(|byte| format!("{byte:02x}")).collect();
    let mut openssl = Command::new("openssl")
        .args(["dgst", "-sha256", "-mac", "HMAC", "-macopt", &format!("hexkey:{key}"), "-binary"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let text = b"greenhouse.azure-devices.net%2Fdevices%2Fsensor-1\n1700003600";
    openssl.stdin.take().unwrap().write_all(text).unwrap();
    let expected = openssl.wait_with_output().unwrap();
    assert!(expected.status.success());
    let signature = Base64::encode_string(&expected.stdout);
    assert!(token.as_str().contains(&format!("&sig={}&", Encode(&signature))), "{}", token.as_str());
}

#[test]
fn the_longest_fits_and_what_does_not_is_not_signed() {
    let (host, id) = ("h".repeat(HOST_MAX), ":".repeat(DEVICE_ID_MAX));
    let device = hub::Device::new(&host, &id).unwrap();
    let policy = "p".repeat(64);
    let resource = device.resource().with_policy(&policy).unwrap();
    let mut signer = software();
    let mut buffer = [0; TOKEN_MAX];
    let whole = block_on(SasToken::issue(&resource, u64::MAX - 1, Lifetime::MAX, &mut signer, &mut buffer))
        .unwrap()
        .as_str()
        .len();
    assert_eq!(signer.messages.len(), 1);
    for size in 0..whole {
        let mut buffer = vec![0xEE; size];
        let small =
            block_on(SasToken::issue(&resource, u64::MAX - 1, Lifetime::MAX, &mut signer, &mut buffer))
                .unwrap_err();
        assert_eq!(small, SasError::BufferTooSmall { capacity: size });
        assert!(buffer.iter().all(|byte| *byte == 0), "wiped");
    }
    assert_eq!(signer.messages.len(), 1);
}

#[test]
fn failures_are_told_apart_and_leave_nothing() {
    let device = hub::Device::new("h", "d").unwrap();
    let (mut signer, mut buffer) = (software(), [0; TOKEN_MAX]);
    let unset = block_on(SasToken::issue(&device.resource(), 12, Lifetime::HOUR, &mut signer, &mut buffer));
    assert!(unset.unwrap_err().to_string().contains("clock was never set"));
    assert!(signer.messages.is_empty());
    signer.fails = true;
    let failed = block_on(SasToken::issue(&device.resource(), NOW, Lifetime::HOUR, &mut signer, &mut buffer));
    assert!(failed.unwrap_err().to_string().contains("NoMac"));
    assert_eq!(buffer, [0; TOKEN_MAX]);
}

#[test]
fn the_buffer_is_wiped_with_the_token() {
    let device = hub::Device::new("h", "d").unwrap();
    let mut buffer = [0xEE; TOKEN_MAX];
    let token =
        block_on(SasToken::issue(&device.resource(), NOW, Lifetime::HOUR, &mut software(), &mut buffer));
    drop(token.unwrap());
    assert_eq!(buffer, [0; TOKEN_MAX]);
}
