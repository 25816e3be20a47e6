//! Tokens, and the time in them.

use super::Script;
use crate::{Stopped, provision, sign};
use atecc608::blocking::Atecc608;
use atecc608::{Signature, Slot};
use atecc608_cloud::federation::{Identity, Provider};
use atecc608_cloud::mqtt::Device;
use atecc608_sim::Bus;
use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use std::string::String;

const BUILT: u64 = 1_790_000_000;

fn device() -> Device<'static> {
    Device::new("my-project", "us-central1", "my-registry", "sensor-1").unwrap()
}

fn identity() -> Identity<'static> {
    let provider = Provider::new(123_456_789_012, "devices", "sensor-1").unwrap();
    Identity::new(provider, "https://devices.example.com", "sensor-1", "key-1").unwrap()
}

fn ready() -> Bus {
    let bus = Bus::with_blank_chip(1);
    provision(&mut Atecc608::new(bus.i2c(), bus.delay()), "k", &mut Script::answering(["LOCK"])).unwrap();
    bus
}

fn run(bus: &Bus, answers: &[&str]) -> (Result<(), Stopped>, Script) {
    let mut script = Script::answering(answers.iter().copied());
    let result = sign(&mut Atecc608::new(bus.i2c(), bus.delay()), &device(), &identity(), BUILT, &mut script);
    (result, script)
}

/// The claims of the bridge's token.
fn claims(bus: &Bus, script: &Script) -> String {
    verified(bus, script, 0)
}

/// The claims of the nth token shown, after its signature was verified with the chip's key.
fn verified(bus: &Bus, script: &Script, nth: usize) -> String {
    let token = script.shown.lines().filter(|line| line.starts_with("eyJ")).nth(nth).expect("a token");
    let (input, signature) = token.rsplit_once('.').unwrap();
    let mut bytes = [0; 64];
    Base64UrlUnpadded::decode(signature, &mut bytes).unwrap();
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let key = chip.public_key(Slot::S0).unwrap();
    let digest = Sha256::digest(input.as_bytes()).into();
    chip.verify(&key, &digest, &Signature::from_bytes(bytes)).unwrap();
    let payload = input.split_once('.').unwrap().1;
    String::from_utf8(Base64UrlUnpadded::decode_vec(payload).unwrap()).unwrap()
}

#[test]
fn the_time_is_the_one_typed() {
    let bus = ready();
    let (result, script) = run(&bus, &["1800000000"]);
    assert_eq!(result, Ok(()));
    assert_eq!(claims(&bus, &script), r#"{"iat":1800000000,"exp":1800003600,"aud":"my-project"}"#);
    script.showed(&["iat 1800000000, exp 1800003600, aud my-project"]);
    assert_eq!(
        verified(&bus, &script, 1),
        r#"{"iss":"https://devices.example.com","sub":"sensor-1","aud":"//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/devices/providers/sensor-1","iat":1799999970,"exp":1800003570}"#
    );
    script.showed(&["iss https://devices.example.com, sub sensor-1, kid key-1, iat 1799999970"]);
    script.showed(&["projects/my-project/locations/us-central1/registries/my-registry/devices/sensor-1"]);
}

#[test]
fn without_an_answer_it_is_when_it_was_built() {
    let bus = ready();
    for answers in [&[][..], &[""]] {
        let (result, script) = run(&bus, answers);
        assert_eq!(result, Ok(()));
        assert_eq!(claims(&bus, &script), r#"{"iat":1790000000,"exp":1790003600,"aud":"my-project"}"#);
    }
}

#[test]
fn what_is_no_time_is_asked_again() {
    let bus = ready();
    let (_, script) = run(&bus, &["noon", "12", "-1", " 1800000001 "]);
    script.showed(&["noon is no time", "12 is no time", "-1 is no time"]);
    assert!(claims(&bus, &script).contains("1800000001"));
}

/// A key that is not for digests from outside: the rule is named.
#[test]
fn a_chip_that_refuses_says_why() {
    let bus = ready();
    bus.with_chip(atecc608_sim::ChipId::FIRST, |chip| {
        let mut config = *chip.eeprom().config();
        config[20] &= !0x01;
        chip.eeprom_mut().set_config(&config);
    });
    let (result, script) = run(&bus, &["1800000000"]);
    assert_eq!(result, Err(Stopped));
    script.showed(&["no token", "does not sign: the key in slot 0 does not sign digests from outside"]);
}

#[test]
fn without_key_or_chip_it_says_what_to_do() {
    let bus = Bus::with_blank_chip(1);
    let (result, script) = run(&bus, &[]);
    assert_eq!(result, Err(Stopped));
    script.showed(&["no slot of the chip that may sign holds a key", "Flash `provision` first"]);
    let (result, script) = run(&Bus::new(), &[]);
    assert_eq!(result, Err(Stopped));
    script.showed(&["the key was looked for", "no chip answers", "flash `scan`"]);
}
