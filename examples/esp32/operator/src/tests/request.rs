//! Requests for a certificate; openssl reads and verifies them.

use super::Script;
use crate::{Stopped, provision, request};
use atecc608::Slot;
use atecc608::blocking::Atecc608;
use atecc608_sim::Bus;
use std::io::Write;
use std::process::{Command, Stdio};
use std::string::String;

fn run(bus: &Bus, name: Option<&str>, answers: &[&str]) -> (Result<(), Stopped>, Script) {
    let mut script = Script::answering(answers.iter().copied());
    let result = request(&mut Atecc608::new(bus.i2c(), bus.delay()), name, &mut script);
    (result, script)
}

fn ready() -> Bus {
    let bus = Bus::with_blank_chip(1);
    provision(&mut Atecc608::new(bus.i2c(), bus.delay()), "k", &mut Script::answering(["LOCK"])).unwrap();
    bus
}

/// The subject and the key of the request that was shown, once openssl has verified its signature.
fn verified(script: &Script) -> String {
    let start = script.shown.find("-----BEGIN CERTIFICATE REQUEST-----").expect("a request");
    let mut openssl = Command::new("openssl")
        .args(["req", "-verify", "-noout", "-subject", "-pubkey"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("openssl");
    openssl.stdin.take().unwrap().write_all(&script.shown.as_bytes()[start..]).unwrap();
    let output = openssl.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_name_is_the_one_typed() {
    let bus = ready();
    let (result, script) = run(&bus, Some("other"), &[" sensor-7 "]);
    assert_eq!(result, Ok(()));
    script.showed(&["or Enter for other", "Request for sensor-7, signed in slot 0"]);
    let said = verified(&script);
    assert!(said.contains("CN = sensor-7") || said.contains("CN=sensor-7"), "{said}");
    let key = Atecc608::new(bus.i2c(), bus.delay()).public_key(Slot::S0).unwrap();
    let mut pem = [0; 200];
    assert!(said.contains(key.to_pem(&mut pem).unwrap().trim_end()), "{said}");
}

#[test]
fn without_an_answer_it_is_the_configured_one_or_the_serial_number() {
    let bus = ready();
    let longest = "n".repeat(64);
    for (name, answers, wanted) in [
        (Some("configured"), &[][..], "configured"),
        (Some("configured"), &[""], "configured"),
        (Some(longest.as_str()), &[], &longest),
        (None, &[], "0123"),
    ] {
        let (result, script) = run(&bus, name, answers);
        assert_eq!(result, Ok(()));
        let said = verified(&script);
        assert!(said.replace(" = ", "=").contains(&std::format!("CN={wanted}")), "{said}");
    }
}

/// A name that was damaged on its way has a character that says so.
#[test]
fn a_damaged_name_is_asked_again() {
    let (result, script) = run(&ready(), None, &["sens…", "sensor-1"]);
    assert_eq!(result, Ok(()));
    script.showed(&["sens… was damaged on its way, or is too long", "Request for sensor-1"]);
}

#[test]
fn without_key_or_chip_it_says_what_to_do() {
    let (result, script) = run(&Bus::with_blank_chip(1), None, &[]);
    assert_eq!(result, Err(Stopped));
    script.showed(&[
        "no request",
        "no slot of the chip that may sign holds a key",
        "Flash `provision` first",
    ]);
    let (result, script) = run(&Bus::new(), None, &[]);
    assert_eq!(result, Err(Stopped));
    script.showed(&["the key was looked for", "no chip answers", "flash `scan`"]);
}
