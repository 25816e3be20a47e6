use super::*;
use crate::federation::json;
use atecc608::x509::{DateTime, Error};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use mock_servers::pki::{Day, ExtendedUsage, Holder, Key, NOW, Request, Usage};
use std::format;
use std::process::Command;
use std::string::{String, ToString};
use std::vec::Vec;

/// 390 days, NOW among them: one second less than a day more.
const VALID: (Day, Day) = ((2028, 1, 1), (2029, 1, 25));

struct Chain {
    root: Holder,
    signer: Holder,
}

impl Chain {
    fn new() -> Self {
        let root = Holder::root(&Request::authority("root")).unwrap();
        let signer = root.issue(&Request::authority("signer")).unwrap();
        Self { root, signer }
    }

    /// What is wrong with a device's certificate, of a request like the good one.
    fn unfit(&self, change: impl FnOnce(&mut Request)) -> Limit {
        let mut request = good();
        change(&mut request);
        let device = self.signer.issue(&request).unwrap();
        let Unfit { certificate, limit } = CertificateChain::new(&[device.der()], NOW).unwrap_err();
        assert_eq!(certificate, 0);
        limit
    }
}

fn good() -> Request {
    let usages = [Usage::DigitalSignature, Usage::KeyEncipherment].into();
    Request { valid: VALID, usages, ..Request::device("sensor-1") }
}

#[test]
fn a_chain_as_google_wants_it() {
    let chain = Chain::new();
    let device = chain.signer.issue(&good()).unwrap();
    let der: [&[u8]; 3] = [device.der(), chain.signer.der(), chain.root.der()];
    for len in 1..=3 {
        let fit = CertificateChain::new(&der[..len], NOW).unwrap();
        assert_eq!(fit.default_subject(), Some("sensor-1"));
        let mut buffer = [0; 8192];
        let len_json = json::write(&fit, &mut buffer).unwrap();
        // One text, in it an array of texts.
        let text: String = serde_json::from_slice(&buffer[..len_json]).unwrap();
        let array: Vec<String> = serde_json::from_str(&text).unwrap();
        let read: Vec<_> = array.iter().map(|text| Base64::decode_vec(text).unwrap()).collect();
        assert_eq!(read, der[..len]);
    }
}

#[test]
fn what_google_refuses_is_refused_here() {
    let chain = Chain::new();
    assert_eq!(chain.unfit(|request| request.valid.1 = (2029, 1, 26)), Limit::Lifetime { days: 391 });
    assert_eq!(chain.unfit(|request| request.key = Key::P384), Limit::Key);
    assert_eq!(chain.unfit(|request| request.authority = true), Limit::Authority);
    for usages in [
        [].into(),
        [Usage::DigitalSignature].into(),
        [Usage::KeyEncipherment].into(),
        [Usage::DigitalSignature, Usage::KeyAgreement].into(),
    ] {
        assert_eq!(chain.unfit(|request| request.usages = usages), Limit::KeyUsage);
    }
    let from = DateTime::new(2028, 2, 1, 0, 0, 0).unwrap();
    let now = DateTime::from_unix(NOW).unwrap();
    assert_eq!(chain.unfit(|request| request.valid.0 = (2028, 2, 1)), Limit::NotYetValid { from, now });
    let last = DateTime::new(2028, 1, 2, 0, 0, 0).unwrap();
    assert_eq!(chain.unfit(|request| request.valid.1 = (2028, 1, 2)), Limit::Expired { last, now });
    // What Google leaves alone.
    let changes: [fn(&mut Request); 4] = [
        |request| request.extended_usages = Vec::new(),
        |request| request.extended_usages = [ExtendedUsage::ServerAuth].into(),
        |request| request.usages.push(Usage::KeyAgreement),
        |request| request.names = ["sensor-1.example".to_string()].into(),
    ];
    for change in changes {
        let mut request = good();
        change(&mut request);
        let device = chain.signer.issue(&request).unwrap();
        CertificateChain::new(&[device.der()], NOW).unwrap();
    }
}

#[test]
fn chains_in_order_and_not_too_long() {
    let chain = Chain::new();
    let device = chain.signer.issue(&good()).unwrap();
    let (own, signer, root): (&[u8], &[u8], &[u8]) = (device.der(), chain.signer.der(), chain.root.der());
    let unfit = |der: &[&[u8]]| {
        let Unfit { certificate, limit, .. } = CertificateChain::new(der, NOW).unwrap_err();
        (certificate, limit)
    };
    assert_eq!(unfit(&[]), (0, Limit::Missing));
    assert_eq!(unfit(&[own, root]), (1, Limit::Order));
    assert_eq!(unfit(&[own, signer, own]), (2, Limit::Order));
    assert_eq!(unfit(&[signer, own]).1, Limit::Lifetime { days: 2191 });
    assert_eq!(unfit(&[own, signer, root, root, root, root]), (5, Limit::Length { certificates: 6 }));
    CertificateChain::new(&[own, signer, root, root, root], NOW).unwrap();
    assert!(matches!(unfit(&[&own[1..]]), (0, Limit::Malformed(Error::Malformed { .. }))));
    assert!(matches!(unfit(&[own, &signer[..100]]), (1, Limit::Malformed(Error::Malformed { .. }))));
    // An issuer that is no CA.
    let other = chain.root.issue(&Request { authority: false, ..Request::authority("signer") }).unwrap();
    assert_eq!(unfit(&[own, other.der()]), (1, Limit::NoAuthority));
    let ended = Request { valid: ((2026, 1, 1), (2028, 1, 1)), ..Request::authority("signer") };
    let ended = chain.root.issue(&ended).unwrap();
    assert!(matches!(unfit(&[own, ended.der()]), (1, Limit::Expired { .. })));
    // Nothing but the first must be a certificate.
    CertificateChain::unchecked(&[own, own, b"?"]).unwrap();
    assert!(CertificateChain::unchecked(&[b"?"]).is_err() && CertificateChain::unchecked(&[]).is_err());
}

/// One that OpenSSL makes with the extensions of Google's page, and what it makes of others.
#[test]
fn as_openssl_writes_it() {
    let made = |usage: &str, constraints: &str| {
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
            .args(["-keyout", "/dev/null", "-subj", "/CN=example", "-days", "390", "-outform", "der"])
            .args(["-config", "/dev/stdin", "-extensions", "leaf"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn();
        let mut made = made.unwrap();
        let config = format!("[req]\ndistinguished_name=dn\n[dn]\n[leaf]\n{usage}\n{constraints}\n");
        std::io::Write::write_all(&mut made.stdin.take().unwrap(), config.as_bytes()).unwrap();
        made.wait_with_output().unwrap().stdout
    };
    let result = |usage: &str, constraints: &str| {
        let der = made(usage, constraints);
        let from = Certificate::parse(&der).unwrap().validity().unwrap().not_before.to_unix().unwrap();
        CertificateChain::new(&[&der], from).map(drop).map_err(|unfit| unfit.limit)
    };
    let usage = "keyUsage=critical,Digital Signature, Key Encipherment";
    let constraints = "basicConstraints=critical, CA:FALSE";
    assert_eq!(result(usage, constraints), Ok(()));
    assert_eq!(result("keyUsage=digitalSignature,keyEncipherment", constraints), Err(Limit::KeyUsage));
    assert_eq!(result(usage, ""), Err(Limit::NoConstraints));
    assert_eq!(result(usage, "basicConstraints=CA:TRUE"), Err(Limit::Authority));
}

#[test]
fn words() {
    let say = |certificate, limit| Unfit { certificate, limit }.to_string();
    let (from, now) = (DateTime::from_unix(0).unwrap(), DateTime::from_unix(NOW).unwrap());
    for (unfit, words) in [
        (say(0, Limit::Missing), "this chain: it has no certificate"),
        (say(5, Limit::Length { certificates: 6 }), "6 certificates, and 5 are the most"),
        (say(0, Limit::Malformed(Error::OtherKey)), "the device's certificate: "),
        (say(2, Limit::Order), "certificate 2 above the device's: its subject is not the issuer"),
        (say(1, Limit::NoAuthority), "it may not issue"),
        (say(0, Limit::Key), "not on P-256"),
        (say(0, Limit::Lifetime { days: 10_227 }), "10227 days, and 390 are the most. One of Trust&GO"),
        (say(0, Limit::Authority), "must be a device's"),
        (say(0, Limit::NoConstraints), "CA:FALSE"),
        (say(0, Limit::KeyUsage), "digitalSignature and keyEncipherment"),
        (say(0, Limit::NotYetValid { from, now }), "holds from 1970-01-01T00:00:00Z on"),
        (say(0, Limit::Expired { last: from, now }), "clock says 2028-01-15T00:00:00Z"),
    ] {
        assert!(unfit.starts_with("Google would refuse ") && unfit.contains(words), "{unfit}");
    }
}

#[test]
fn a_bound_token_is_asked_for_by_the_certificates_sha_256() {
    use sha2::Digest;
    let device = Chain::new().signer.issue(&good()).unwrap();
    let der: [&[u8]; 1] = [device.der()];
    let chain = CertificateChain::new(&der, NOW).unwrap();
    assert!(!chain.bound && chain.with_bound_token().bound);
    let mut buffer = [0; 100];
    let len = json::write(&Fingerprint(chain.own.sha256()), &mut buffer).unwrap();
    let text: String = serde_json::from_slice(&buffer[..len]).unwrap();
    let text = text.replace("%7B", "{").replace("%7D", "}").replace("%22", "\"").replace("%3A", ":");
    let options: serde_json::Value = serde_json::from_str(&text).unwrap();
    let sha256 = Base64UrlUnpadded::encode_string(&sha2::Sha256::digest(der[0]));
    assert_eq!(options, serde_json::json!({ "bindCertFingerprint": sha256 }));
}
