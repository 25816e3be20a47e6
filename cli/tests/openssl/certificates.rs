//! Requests, and certificates on the chip.

use atecc608::blocking::CertificateSigner as _;
use atecc608::config::preset;
use atecc608::x509::{DateTime, SignerId};
use atecc608_fleet::authority::{Certificates, Issuer, Kind, Names};
use atecc608_fleet::{export, key_file};

use crate::bench::{Bench, CHIP};

/// Certificates are issued then.
fn then() -> DateTime {
    DateTime::new(2026, 11, 30, 5, 0, 0).unwrap()
}

#[test]
fn requests() {
    let bench = Bench::new();
    let bus = "sim:tngtls";
    let subject = |line: &str| {
        bench.write("device.csr", bench.atecc(bus, line));
        bench.openssl("req -in device.csr -noout -verify -text -nameopt RFC2253")
    };
    assert!(subject("csr").contains("Subject: CN=sn0123B09000914F1301\n"));
    let long = "csr --slot 2 --cn sensor-7 --o Example --ou Sensors --c DE --st Hessen --l Kassel --serial-number 7 \
                --san DNS:sensor-7.example.com --san URI:urn:dev:7 --usage client --usage server";
    let text = subject(long);
    for part in [
        "Subject: CN=sensor-7,serialNumber=7,OU=Sensors,O=Example,L=Kassel,ST=Hessen,C=DE",
        "DNS:sensor-7.example.com, URI:urn:dev:7",
        "TLS Web Server Authentication, TLS Web Client Authentication",
        "Digital Signature",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    bench.atecc(bus, "key public 2 --out key.pem");
    assert_eq!(bench.openssl("req -in device.csr -noout -pubkey").as_bytes(), bench.read("key.pem"));
    bench.atecc(bus, "csr --der --out device.der");
    bench.openssl("req -inform DER -in device.der -noout -verify");
}

#[test]
fn the_chain_of_trust_and_go() {
    let bench = Bench::new();
    for bus in [
        "sim:tngtls",
        "sim:tngtls-legacy",
        "sim:tngtls-published",
        "sim:tflxtls",
        "sim:tnglora",
        "sim:tngact",
    ] {
        for what in ["device", "signer", "root", "chain"] {
            bench.atecc(bus, &format!("tng {what} --out {what}.pem"));
        }
        bench.openssl("verify -attime 1796014800 -CAfile root.pem -untrusted signer.pem device.pem");
        bench.atecc(bus, "cert verify chain.pem --root root.pem --time 2026-11-30T05:00:00Z");
        let told = bench.json(bus, "cert show device.pem");
        let sum = bench.openssl("x509 -in device.pem -noout -fingerprint -sha256");
        let sum = sum.trim().rsplit_once('=').unwrap().1.replace(':', "").to_lowercase();
        assert_eq!(told["certificates"][0]["sha256"], sum);
    }
}

/// An authority's files, and a chip with a key.
fn enrolled() -> Bench {
    let (mut root, signer) = (key_file::generate(), key_file::generate());
    let names = Names { organization: "Example".into(), root: "Root".into(), signer: "Signer".into() };
    let certificates =
        Certificates::make(&mut root, signer.public_key(), &names, SignerId(0x00A1), Kind::default(), then())
            .unwrap();
    let mut issuer = Issuer::new(signer, certificates).unwrap();
    Bench::with_chip(preset::x509_device, |bench| {
        for slot in [0, 1, 2] {
            bench.atecc(CHIP, &format!("key new {slot}"));
        }
        let serial = bench.chip(|chip| Ok(chip.serial_number()?));
        for (slot, name) in [(0, "device"), (1, "second"), (2, "third")] {
            let slot = atecc608::Slot::new(slot).unwrap();
            let key = bench.chip(|chip| Ok(chip.public_key(slot)?));
            let issued = issuer.issue(serial, &key, then()).unwrap();
            bench.write(&format!("{name}.pem"), export::certificate_pem(&issued.certificate).unwrap());
        }
        let ca = issuer.certificates();
        for (name, der) in [("signer", ca.signer()), ("root", ca.root()), ("example", ca.example())] {
            bench.write(&format!("{name}.pem"), export::certificate_pem(der).unwrap());
        }
        // The first seat is written between the locks, and can't be read yet.
        let done = bench.json(CHIP, "cert write device.pem --signer signer.pem --root root.pem");
        assert_eq!((&done["written"], &done["read_back"]), (&true.into(), &false.into()));
    })
}

#[test]
fn on_the_chip_and_back() {
    let bench = enrolled();
    let read = |seat: &str| {
        let line =
            format!("cert read --example example.pem --signer signer.pem --root root.pem --seat {seat}");
        bench.atecc(CHIP, &format!("{line} --out chain.pem"));
        bench.atecc(CHIP, &format!("{line} --only device"))
    };
    assert_eq!(read("first"), bench.read("device.pem"));
    for (seat, file) in [("second", "second.pem"), ("third", "third.pem")] {
        let line = format!("cert write {file} --signer signer.pem --root root.pem --seat {seat}");
        bench.atecc(CHIP, &format!("--dry-run {line}"));
        assert_eq!(
            bench
                .fails(
                    CHIP,
                    &format!(
                        "cert read --example example.pem --signer signer.pem --root root.pem --seat {seat}"
                    )
                )
                .0,
            1
        );
        assert_eq!(bench.json(CHIP, &line)["read_back"], true);
        assert_eq!(read(seat), bench.read(file));
        bench.openssl("verify -attime 1796014800 -CAfile root.pem -untrusted chain.pem chain.pem");
    }
    // Another root did not sign them.
    bench.atecc("sim:tngtls", "tng root --out other.pem");
    let (code, said) =
        bench.fails(CHIP, "cert read --example example.pem --signer signer.pem --root other.pem");
    assert_eq!(code, 1, "{said}");
    let (code, _) = bench.fails(CHIP, "cert verify chain.pem --root other.pem --time 2026-11-30T05:00:00Z");
    assert_eq!(code, 1);
    bench.atecc(CHIP, "cert verify chain.pem --root root.pem --time 2026-11-30T05:00:00Z");
    for time in ["2026-11-30T04:59:59Z", "2090-01-01T00:00:00Z"] {
        let (code, said) = bench.fails(CHIP, &format!("cert verify chain.pem --root root.pem --time {time}"));
        assert!(code == 1 && said.contains("holds from"), "{said}");
    }
    assert_eq!(
        bench.fails(CHIP, "cert verify signer.pem second.pem --root root.pem --time 2026-11-30T05:00:00Z").0,
        1
    );
}

/// What is not written.
#[test]
fn wrong_certificates() {
    let bench = enrolled();
    let (code, said) =
        bench.fails(CHIP, "cert write second.pem --signer signer.pem --root root.pem --seat third");
    assert!(code == 2 && said.contains("another key than that in slot 2"), "{said}");
    let (code, said) = bench.fails(CHIP, "cert write device.pem --signer signer.pem --root root.pem");
    assert!(code == 5 && said.contains("slot 10"), "{said}");
    // Of an authority that does not know 72 bytes.
    bench.atecc(CHIP, "csr --slot 1 --out device.csr");
    bench.openssl("ecparam -name prime256v1 -genkey -noout -out ca.key.pem");
    bench.openssl("req -x509 -new -key ca.key.pem -subj /CN=CA -days 3650 -out ca.pem");
    bench.openssl(
        "x509 -req -in device.csr -CA ca.pem -CAkey ca.key.pem -CAcreateserial -days 365 -out own.pem",
    );
    let (code, said) = bench.fails(CHIP, "cert write own.pem --signer ca.pem --root ca.pem --seat second");
    assert!(code == 2 && said.contains("does not fit into 72 bytes"), "{said}");
}
