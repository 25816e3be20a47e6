//! Chips that are missing, somebody else's, or not to be locked; certificates from files.

use atecc608_sim::Bus;
use atecc608_sim::server;
use serde_json::Value;
use std::fs;
use std::net::TcpListener;
use std::path::Path;

use crate::openssl::{check_chain, openssl};
use crate::program::{failed, json, run, text};

/// A chip that can be reached by TCP, as one that is not in the program: its location.
fn served(bus: &Bus) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let location = format!("tcp:{}", listener.local_addr().unwrap());
    let bus = bus.clone();
    std::thread::spawn(move || server::serve(listener, bus, server::Options::new()));
    location
}

/// Everything the chip holds for good.
fn contents(bus: &Bus) -> Vec<u8> {
    bus.with_chip(atecc608_sim::ChipId::FIRST, |chip| {
        let eeprom = chip.eeprom();
        let slots = (0..16).flat_map(|slot| eeprom.slot(slot));
        eeprom.config().iter().chain(eeprom.otp()).chain(slots).copied().collect()
    })
}

#[test]
fn chips_that_are_not_there() {
    for cloud in ["aws", "azure", "google", "mosquitto"] {
        let said = failed(&["--cloud", cloud, "--i2c", "/dev/i2c-77"]);
        assert!(said.starts_with("error: the chip's bus /dev/i2c-77 could not be opened\n"), "{said}");
        assert!(said.contains("there is no /dev/i2c-77"), "{said}");
    }
    let said = failed(&["--i2c", "sim:tngtls", "--address", "0x60"]);
    assert!(
        said.starts_with("error: the chip was looked for at 0x60 on sim:tngtls, and that failed\n"),
        "{said}"
    );
    assert!(said.contains("--address"), "{said}");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = failed(&["--i2c", &format!("tcp:{free}")]);
    assert!(said.contains("could not be opened") && said.contains("atecc608-sim serve"), "{said}");
    // Nobody at any of the usual addresses.
    let said = failed(&["--i2c", &served(&Bus::new())]);
    assert!(said.starts_with("error: the chip was looked for at 0x60, 0x35, 0x36 on tcp:"), "{said}");
    // The JSON object is whole, or not there.
    let ran = run(&["--i2c", "/dev/i2c-77", "--json"]);
    assert_eq!((ran.code, &*ran.stdout), (Some(1), ""));
}

#[test]
fn a_chip_elsewhere_is_locked_by_nobody_who_did_not_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("authority");
    let authority = ["--authority", authority.to_str().unwrap()];
    let bus = Bus::with_blank_chip(1);
    let location = served(&bus);
    let chip = ["--i2c", &location];
    let before = contents(&bus);
    for more in [&[][..], &authority, &["--csr"], &["--tng"], &["--onboard", "claim"]] {
        let said = failed(&[&chip, more].concat());
        assert_eq!(contents(&bus), before, "{more:?} has changed the chip: {said}");
        let locked = said.contains("--lock-chip-for-ever") && said.contains("can NEVER be undone");
        assert!(locked || matches!(more, ["--tng"]), "{said}");
    }
    // An authority that ends with the program would leave a certificate behind that nobody else trusts.
    let said = failed(&[&chip[..], &["--lock-chip-for-ever"]].concat());
    assert!(said.contains("give --authority a folder"), "{said}");
    assert_eq!(contents(&bus), before);
    let first = json(&[&chip[..], &authority, &["--lock-chip-for-ever"]].concat());
    assert_eq!(first["chip"]["locked_now"], true);
    let locked = contents(&bus);
    // From then on nothing is written.
    let second = json(&[&chip[..], &authority].concat());
    assert_eq!((&second["chip"]["locked_now"], &second["device_pem"]), (&false.into(), &first["device_pem"]));
    assert_eq!(contents(&bus), locked);
    check_chain(&second, true);
    // Without its authority nobody knows what the certificate looks like, but for the file.
    let said = failed(&chip);
    assert!(said.contains("give --authority"), "{said}");
    let chain = folder.path().join("chain.pem");
    fs::write(&chain, text(&first, "chain_pem")).unwrap();
    let third =
        json(&[&chip[..], &["--certificate", chain.to_str().unwrap(), "--cloud", "mosquitto"]].concat());
    assert_eq!(third["chain_pem"], first["chain_pem"]);
}

#[test]
fn authorities_that_are_another_ones_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let chip = format!("sim:{}", path("chip"));
    let first = json(&["--i2c", &chip]);
    json(&["--authority", &path("other")]);
    let said = failed(&["--i2c", &chip, "--authority", &path("other")]);
    assert!(said.contains("the issuer's key") && said.contains("--authority that one's folder"), "{said}");
    let said = failed(&["--i2c", &chip, "--authority", &path("none")]);
    assert!(said.contains("there is no authority in"), "{said}");
    assert!(!Path::new(&path("none")).exists());
    // Any chip can have its certificate of a kept authority: another device of the same root.
    let other = json(&["--authority", &path("chip.authority")]);
    assert_eq!(other["root_pem"], first["root_pem"]);
    assert_ne!(other["device_pem"], first["device_pem"]);
    fs::write(path("chip.authority/ca/signer.key.pem"), "no key").unwrap();
    assert!(failed(&["--i2c", &chip]).contains("not a private key"));
    fs::remove_file(path("chip.authority/ca/signer.key.pem")).unwrap();
    assert!(failed(&["--i2c", &chip]).contains("signer.key.pem"));
    fs::write(path("rubbish"), "not an EEPROM").unwrap();
    assert!(failed(&["--i2c", &format!("sim:{}", path("rubbish"))]).contains("could not be opened"));
    assert_eq!(fs::read_to_string(path("rubbish")).unwrap(), "not an EEPROM");
}

/// A certificate by OpenSSL for the key of a chip that somebody else has set up; the file.
fn certified(folder: &Path, chip: &str, dates: &str) -> String {
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    let csr = run(&["--i2c", chip, "--csr", "--client-id", "lamp-1"]);
    assert_eq!((csr.code, &*csr.stderr), (Some(0), ""));
    write("request.pem", &csr.stdout);
    let verified = openssl(folder, "req -in request.pem -noout -verify -subject").unwrap();
    assert_eq!(verified.trim(), "subject=CN = lamp-1");
    write(
        "extensions",
        "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=clientAuth\n",
    );
    write(
        "ca.cnf",
        "[ca]\ndefault_ca=c\n[c]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\nrand_serial=yes\n[p]\ncommonName=supplied\n",
    );
    write("index", "");
    if !folder.join("ca.pem").exists() {
        let new = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -subj /CN=Owner -days 36500";
        openssl(folder, new).unwrap();
    }
    let issue = format!(
        "ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -in request.pem -out device.pem -extfile extensions {dates}"
    );
    openssl(folder, &issue).unwrap();
    let chain = [
        fs::read_to_string(folder.join("device.pem")).unwrap(),
        fs::read_to_string(folder.join("ca.pem")).unwrap(),
    ];
    write("chain.pem", &chain.concat());
    folder.join("chain.pem").to_str().unwrap().to_owned()
}

/// Until a day that this program does not see.
const GOOD: &str = "-startdate 20200101000000Z -enddate 20990101000000Z";

#[test]
fn a_chip_of_somebody_else_logs_in_with_a_certificate_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let said = failed(&["--i2c", "sim:arduino"]);
    assert!(said.contains("give --certificate the chain") && said.contains("--csr"), "{said}");
    let chain = certified(folder.path(), "sim:arduino", GOOD);
    for cloud in ["aws", "azure", "mosquitto"] {
        let report = json(&["--i2c", "sim:arduino", "--certificate", &chain, "--cloud", cloud]);
        assert_eq!((&report["client_id"], &report["signatures"]), (&"lamp-1".into(), &1.into()));
        assert_eq!(report["chip"]["compressed_hex"], Value::Null);
        // The root is not sent.
        assert_eq!(text(&report, "chain_pem"), text(&report, "device_pem"));
        assert_eq!(text(&report, "root_pem"), fs::read_to_string(folder.path().join("ca.pem")).unwrap());
    }
    // Another chip's key.
    let said = failed(&["--i2c", "sim:tngtls", "--certificate", &chain]);
    assert!(said.contains("the certificate is for another key than the one in the chip's slot"), "{said}");
    // Another slot, which has none.
    let said = failed(&["--i2c", "sim:arduino", "--certificate", &chain, "--slot", "9"]);
    assert!(said.contains("slot 9"), "{said}");
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (contents, words) in [
        (fs::read_to_string(path("ca.key")).unwrap(), "there is no certificate in it"),
        (String::from("rubbish"), "neither PEM nor DER"),
        (fs::read_to_string(path("ca.pem")).unwrap(), "for another key"),
    ] {
        fs::write(path("wrong.pem"), contents).unwrap();
        let said = failed(&["--i2c", "sim:arduino", "--certificate", &path("wrong.pem")]);
        assert!(said.contains(words), "{said}");
    }
    assert!(failed(&["--i2c", "sim:arduino", "--certificate", &path("none.pem")]).contains("No such file"));
}

#[test]
fn a_certificate_that_has_ended_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let chain =
        certified(folder.path(), "sim:arduino", "-startdate 20200101000000Z -enddate 20201231000000Z");
    for (cloud, words) in [
        ("aws", "the mock: the certificate is not valid now"),
        ("azure", "the certificate is not valid now"),
        ("mosquitto", "Expired"),
        ("google", "2020-12-31"),
    ] {
        let said = failed(&["--i2c", "sim:arduino", "--certificate", &chain, "--cloud", cloud]);
        assert!(said.to_lowercase().contains(&words.to_lowercase()), "{cloud}: {said}");
    }
}
