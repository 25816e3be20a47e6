//! Each cloud: what was made, shown, sent and received.

use serde_json::{Value, json};

use crate::openssl::check_chain;
use crate::program::{in_order, json, steps, text};

/// What the mocks change.
fn change() -> Value {
    json!({"led": "on", "interval_s": 30})
}

/// What was received, as JSON, without what is the cloud's own.
fn received(report: &Value) -> Value {
    let messages = report["received"].as_array().unwrap();
    assert_eq!(messages.len(), 1, "{report}");
    let payload: Value = serde_json::from_str(messages[0]["payload"].as_str().unwrap()).unwrap();
    let mut change = payload.get("state").cloned().unwrap_or(payload);
    change.as_object_mut().unwrap().retain(|name, _| !name.starts_with('$'));
    change
}

/// Payloads of the published messages that are what the device does.
fn reported(report: &Value) -> Vec<Value> {
    let payloads =
        report["published"].as_array().unwrap().iter().map(|message| message["payload"].as_str().unwrap());
    let states =
        payloads.filter_map(|payload| serde_json::from_str::<Value>(payload).ok()).map(
            |payload| match payload.pointer("/state/reported") {
                Some(reported) => reported.clone(),
                None => payload,
            },
        );
    states.filter(|state| state.get("led").is_some()).collect()
}

/// Twice with the same chip.
fn twice(cloud: &[&str], handshakes: u64, signatures: u64) {
    let folder = tempfile::tempdir().unwrap();
    let chip = format!("sim:{}/chip", folder.path().display());
    let run = || json(&[cloud, &["--i2c", &chip]].concat());
    let (first, second) = (run(), run());
    for report in [&first, &second] {
        assert_eq!(report["cloud"], cloud[1]);
        check_chain(report, true);
        assert_eq!(received(report), change());
        let [before, after] = &reported(report)[..] else { panic!("{report}") };
        assert_eq!((before, after), (&json!({"led": "off", "interval_s": 60}), &change()));
        assert_eq!(report["state"], change());
        let telemetry = &report["published"].as_array().unwrap().iter().find_map(|message| {
            let payload: Value = serde_json::from_str(message["payload"].as_str()?).ok()?;
            payload.get("serial").cloned()
        });
        assert_eq!(telemetry.as_ref(), Some(&report["chip"]["serial"]));
        assert!(["1.2", "1.3"].contains(&text(report, "tls_version")));
        assert_eq!((&report["handshakes"], &report["signatures"]), (&handshakes.into(), &signatures.into()));
        let name = format!("sn{}", text(&report["chip"], "serial").to_uppercase());
        assert_eq!(text(report, "client_id"), name);
        assert!(report["steps"].as_array().unwrap().len() > 8);
        assert_eq!(text(&report["chip"], "compressed_hex").len(), 144);
    }
    for same in ["device_pem", "chain_pem", "root_pem", "client_id"] {
        assert_eq!(first[same], second[same], "{same}");
    }
    let made = |report: &Value| {
        [&report["chip"]["new_key"], &report["chip"]["locked_now"]].map(|b| b.as_bool().unwrap())
    };
    assert_eq!((made(&first), made(&second)), ([true; 2], [false; 2]));
}

#[test]
fn aws() {
    twice(&["--cloud", "aws"], 1, 1);
}

#[test]
fn azure_event_grid() {
    twice(&["--cloud", "azure"], 1, 1);
}

#[test]
fn azure_iot_hub() {
    twice(&["--cloud", "azure", "--service", "hub"], 1, 1);
}

#[test]
fn azure_device_provisioning() {
    twice(&["--cloud", "azure", "--service", "dps"], 2, 2);
}

/// Pub/Sub does not ask for the certificate.
#[test]
fn google() {
    twice(&["--cloud", "google"], 2, 1);
}

#[test]
fn mosquitto() {
    twice(&["--cloud", "mosquitto"], 1, 1);
}

#[test]
fn the_version_of_tls_is_the_one_that_was_asked_for() {
    for cloud in ["aws", "azure", "google", "mosquitto"] {
        for version in ["1.2", "1.3"] {
            let report = json(&["--cloud", cloud, "--tls", version]);
            assert_eq!(report["tls_version"], version, "{cloud}");
            assert_eq!(received(&report), change());
            let suite = text(&report, "cipher_suite");
            assert_eq!(suite.starts_with("TLS13_"), version == "1.3", "{suite}");
        }
    }
    for service in ["hub", "dps"] {
        assert_eq!(json(&["--cloud", "azure", "--service", service])["tls_version"], "1.2");
    }
}

#[test]
fn each_step_is_a_line() {
    in_order(
        &steps(&[]),
        &[
            "Chip found: ATECC608A (00006002), serial number 0123",
            "\nConfiguration written and locked, for ever\n",
            "Key made in slot 0; it never leaves the chip\n",
            "Certificate issued by Example Signer 2C00 for sn0123",
            "in 72 bytes",
            "Data zone locked, for ever\n",
            "Chain read back from the chip and verified: sn0123",
            ", issued by Example Signer 2C00, issued by Example Root CA\n",
            "A mock of AWS IoT Core listens on 127.0.0.1:",
            "\nTLS 1.3 with a1b2c3d4e5f6g7-ats.iot.eu-central-1.amazonaws.com at 127.0.0.1:",
            "the device's shown, by 1 signature of the chip",
            "Logged in to ",
            "Subscribed to the shadow\n",
            "There is no shadow yet\n",
            "Published telemetry to devices/sn0123",
            "Reported to the shadow: {\"interval_s\":60,\"led\":\"off\"}\n",
            "Change of the shadow received: {",
            "Acted upon it: the LED is on\n",
            "Reported to the shadow: {\"interval_s\":30,\"led\":\"on\"}\n",
            "Logged out\n",
            "the shadow's reported state is {\"interval_s\":30,\"led\":\"on\"}\n",
        ],
    );
}

#[test]
fn names_and_topics_of_ones_own() {
    for (cloud, name) in [
        ("aws", "--thing"),
        ("azure", "--device-id"),
        ("mosquitto", "--client-id"),
        ("google", "--client-id"),
    ] {
        let topic = if cloud == "google" { "own-topic" } else { "devices/lamp-1/own" };
        let report = json(&["--cloud", cloud, name, "lamp-1", "--topic", topic]);
        assert_eq!(report["client_id"], "lamp-1");
        let published =
            report["published"][if cloud == "aws" { 1 } else { 0 }]["topic"].as_str().unwrap().to_owned();
        assert!(published.ends_with(topic), "{published}");
        check_chain(&report, true);
    }
}

/// Every new chip is another one.
#[test]
fn two_chips_are_two_devices() {
    let (one, other) = (json(&["--cloud", "mosquitto"]), json(&["--cloud", "mosquitto"]));
    assert_ne!(one["device_pem"], other["device_pem"]);
    assert_ne!(one["root_pem"], other["root_pem"]);
}
