//! The examples, run as a user does: without arguments, and with wrong ones.
#![cfg(target_os = "linux")]

use std::path::PathBuf;

use testkit::examples::{Ran, built, program, run};

const EXAMPLES: [&str; 3] = ["axum", "reqwest", "rumqttc"];

fn folder() -> PathBuf {
    built(env!("CARGO_MANIFEST_DIR"), &EXAMPLES, &["src", "examples"])
}

fn example(name: &str, arguments: &[&str]) -> Ran {
    run(&program(&folder(), name), arguments)
}

/// The device of every simulated Trust&GO chip of that kind.
const DEVICE: &str = "sn0123B09000914F1301";

fn assert_ran(name: &str, lines: &[&str]) {
    let Ran { code, stdout, stderr } = example(name, &[]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    let mut rest = stdout.lines();
    for line in lines {
        assert!(rest.any(|said| said.contains(line)), "no {line:?}, or not in that order:\n{stdout}");
    }
}

#[test]
fn mqtt_by_rumqttc() {
    let measured = format!("devices/{DEVICE}/measured");
    assert_ran(
        "rumqttc",
        &[
            "chip: sim:tngtls at 0x35, serial number 0123b09000914f1301",
            &format!("broker: {DEVICE} has logged in with 2 certificates"),
            &format!("logged in as {DEVICE}"),
            &format!("received: {measured} 21.5"),
        ],
    );
}

#[test]
fn https_by_reqwest() {
    let done = format!("done: {DEVICE} was let in");
    assert_ran("reqwest", &[&format!("200 OK, hello {DEVICE}"), &done]);
}

#[test]
fn a_server_by_axum() {
    let without = "without a certificate: the other end wants a certificate and got none";
    assert_ran(
        "axum",
        &["listening: https://localhost:", &format!("with a certificate: hello {DEVICE}"), without],
    );
}

/// Each ends with words and a status, whatever is wrong.
#[test]
fn what_can_go_wrong() {
    for name in EXAMPLES {
        let Ran { code, stdout, stderr } = example(name, &["--help"]);
        assert_eq!((code, &*stderr), (Some(0), ""));
        assert!(stdout.starts_with(name) && stdout.contains("[--chip LOCATION]"), "{stdout}");
        for (arguments, words) in [
            (&["--nonsense"][..], "invalid option '--nonsense'"),
            (&["--slot", "16"], "a slot is a number from 0 to 15"),
            (&["--address", "0xC0"], "0xC0 is no address"),
            (&["--chip", "nowhere"], "nowhere"),
            (&["--chip", "/dev/i2c-4077"], "/dev/i2c-4077"),
            (&["--chain", "/nowhere/chain.pem"], "/nowhere/chain.pem: "),
            // A key, and no certificate for it.
            (&["--chip", "sim:"], "asked for the public key of slot 0"),
        ] {
            let Ran { code, stderr, .. } = example(name, arguments);
            assert_eq!(code, Some(1), "{name} {arguments:?}");
            assert!(stderr.contains(words), "{name} {arguments:?}: {stderr}");
        }
    }
}
