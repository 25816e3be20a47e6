//! How AWS comes to know the device; Trust&GO.

use std::fs;

use crate::openssl::{check_chain, openssl};
use crate::program::{failed, in_order, json, steps, text};

#[test]
fn a_certificate_that_registers_itself_comes_again() {
    for (way, activated) in [("jitr", "The operator's rule has activated the certificate "), ("jitp", "")] {
        let said = steps(&["--onboard", way]);
        in_order(
            &said,
            &[
                "the signer is registered",
                "The connection was cut, as AWS does with a certificate that registers itself",
                activated,
                "The device comes again\n",
                "Logged in to ",
                "Acted upon it: the LED is on\n",
                "Logged out\n",
            ],
        );
        let report = json(&["--onboard", way]);
        assert_eq!((&report["way"], &report["handshakes"]), (&way.into(), &2.into()));
        assert_eq!(report["signatures"], 2, "each handshake asks the chip once");
        check_chain(&report, true);
    }
}

#[test]
fn a_claim_gets_a_certificate_for_the_key_in_the_chip() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let chip = format!("sim:{}", path("chip"));
    let own = json(&["--i2c", &chip]);
    let report = json(&["--i2c", &chip, "--onboard", "claim", "--save-certificate", &path("new.pem")]);
    // The claim's key is in software.
    assert_eq!((&report["handshakes"], &report["signatures"]), (&2.into(), &1.into()));
    assert_eq!(report["received"].as_array().unwrap().len(), 1);
    // Another certificate, by Amazon, for the same key.
    assert_ne!(own["device_pem"], report["device_pem"]);
    fs::write(path("own.pem"), text(&own, "device_pem")).unwrap();
    assert_eq!(fs::read_to_string(path("new.pem")).unwrap().trim(), text(&report, "device_pem").trim());
    let key = |file: &str| openssl(folder.path(), &format!("x509 -in {file} -noout -pubkey")).unwrap();
    assert_eq!(key("own.pem"), key("new.pem"));
    let issuer = openssl(folder.path(), "x509 -in new.pem -noout -issuer -subject").unwrap();
    assert!(issuer.contains("Amazon") && issuer.contains(text(&report, "client_id")), "{issuer}");
    // It is good for the next time.
    let next = json(&["--i2c", &chip, "--certificate", &path("new.pem")]);
    assert_eq!(next["device_pem"], report["device_pem"]);
    in_order(
        &steps(&["--i2c", &chip, "--onboard", "claim"]),
        &[
            "Request for a certificate, signed by the chip:\n-----BEGIN CERTIFICATE REQUEST-----\n",
            "the claim certificate shown",
            "That was with the claim certificate",
            "AWS has issued the certificate ",
            "Provisioned by the template atecc608: it is the thing ",
            "The device comes again with its own certificate",
            "by 1 signature of the chip",
            "Logged out\n",
        ],
    );
    // A chip without any certificate will do.
    let other = json(&["--i2c", "sim:arduino", "--onboard", "claim", "--thing", "lamp-1"]);
    assert_eq!((&other["client_id"], &other["signatures"]), (&"lamp-1".into(), &1.into()));
    // The policy of the claim certificate allows one template.
    let said = failed(&["--onboard", "claim", "--template", "others"]);
    assert!(said.contains("no policy permits") && said.contains("provisioning-templates/others"), "{said}");
}

#[test]
fn the_port_443_speaks_mqtt_to_those_who_name_it() {
    for version in ["1.2", "1.3"] {
        let report = json(&["--alpn", "--tls", version]);
        assert_eq!((&report["alpn"], &report["tls_version"]), (&"x-amzn-mqtt-ca".into(), &version.into()));
    }
    assert!(json(&[])["alpn"].is_null());
}

/// Its certificates are read, and nothing is written. They are of many accounts, so no CA of it is registered.
#[test]
fn a_trust_and_go_chip_has_its_certificates() {
    for arguments in [&["--tng"][..], &["--i2c", "sim:tngtls"], &["--i2c", "sim:tngtls", "--tng"]] {
        let report = json(arguments);
        // Its root has no key usage, which strict checking wants.
        check_chain(&report, false);
        assert_eq!(report["chip"]["address"], "0x35");
        assert_eq!(report["chip"]["locked_now"], false);
        assert_eq!(
            text(&report, "client_id"),
            format!("sn{}", text(&report["chip"], "serial").to_uppercase())
        );
        assert_eq!((&report["handshakes"], &report["signatures"]), (&1.into(), &1.into()));
    }
    let said = steps(&["--tng"]);
    in_order(
        &said,
        &[
            "Chain of a Trust&GO TLS (TNGTLS) chip read and verified: sn0123",
            "registered without its CA",
            "Logged out",
        ],
    );
    // Its key is in slot 1.
    assert_eq!(json(&["--i2c", "sim:tnglora"])["chip"]["slot"], 1);
    for (cloud, words) in [("azure", "Logged out"), ("mosquitto", "Logged out")] {
        assert!(steps(&["--tng", "--cloud", cloud]).contains(words));
    }
    let refused = failed(&["--tng", "--cloud", "google"]);
    assert!(refused.contains("issued for 10227 days, and 390 are the most"), "{refused}");
    // The published chip's key is nobody's.
    let refused = failed(&["--i2c", "sim:tngtls-published"]);
    assert!(refused.contains("what to do: "), "{refused}");
}
