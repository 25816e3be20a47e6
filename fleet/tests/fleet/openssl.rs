//! OpenSSL says the same.

use crate::workshop::{
    MANIFEST_SIGNER, SIGNER, certificates, device, key, public, roots, signing_certificate,
};
use atecc608::x509::Certificate;
use atecc608_fleet::manifest::{Entry, Manifest};
use atecc608_fleet::{export, key_file};
use p256::ecdsa::Signature;
use std::fs;
use std::path::Path;
use std::process::Command;
use testkit::oracle;

/// Runs openssl with arguments between spaces; what it prints, if it succeeds.
pub(crate) fn openssl(folder: &Path, arguments: &str) -> Option<String> {
    let output =
        Command::new("openssl").args(arguments.split_whitespace()).current_dir(folder).output().unwrap();
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// And GnuTLS, where it is installed.
#[test]
fn chains() {
    let folder = tempfile::tempdir().unwrap();
    let device = device(1);
    let chain: Vec<&[u8]> = device.keys[0].certificates.iter().map(Vec::as_slice).collect();
    assert_eq!(oracle::chain(&chain), Ok(()));
    assert!(oracle::chain(&[chain[0], chain[2]]).is_err());
    // As the file for TLS has them.
    let pem = export::pem_chain(&device, false).unwrap();
    fs::write(folder.path().join("chain.pem"), pem).unwrap();
    fs::write(folder.path().join("root.pem"), export::certificate_pem(certificates().root()).unwrap())
        .unwrap();
    let verify = "verify -x509_strict -purpose sslclient -CAfile root.pem";
    let whole = openssl(folder.path(), &format!("{verify} -untrusted chain.pem chain.pem"));
    assert_eq!(whole.as_deref(), Some("chain.pem: OK\n"));
    assert_eq!(openssl(folder.path(), &format!("{verify} chain.pem")), None);
    let text =
        openssl(folder.path(), "x509 -in chain.pem -noout -subject -serial -fingerprint -sha256").unwrap();
    let certificate = Certificate::parse(chain[0]).unwrap();
    let fingerprint: Vec<String> = certificate.sha256().iter().map(|byte| format!("{byte:02X}")).collect();
    assert!(text.contains("CN = sn0123456789ABCD01EE"), "{text}");
    assert!(text.contains(&fingerprint.join(":")), "{text}");
    assert!(text.contains(&crate::hex(certificate.serial()).to_uppercase()), "{text}");
}

#[test]
fn signature_of_a_manifest() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = signing_certificate(MANIFEST_SIGNER);
    let entry = Entry::sign(&device(1), &certificate, &mut key(MANIFEST_SIGNER)).unwrap();
    // As it stands in the file.
    let manifest = Manifest::parse(Manifest::from(vec![entry]).to_string().as_bytes()).unwrap();
    let entry = &manifest.entries()[0];
    let signature = Signature::from_slice(entry.signature().unwrap().as_bytes()).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("signature", signature.to_der().as_bytes());
    write("signer.der", certificate.der());
    let key = openssl(folder.path(), "x509 -inform der -in signer.der -noout -pubkey").unwrap();
    write("key.pem", key.as_bytes());
    let verify = "dgst -sha256 -verify key.pem -signature signature input";
    write("input", entry.signing_input().as_bytes());
    assert_eq!(openssl(folder.path(), verify).as_deref(), Some("Verified OK\n"));
    write("input", entry.signing_input().replace('.', ",").as_bytes());
    assert_eq!(openssl(folder.path(), verify), None);
    assert!(manifest.verify(&[certificate], &roots()).is_ok());
}

/// Keys of openssl's are read, in both forms, and it reads ours.
#[test]
fn key_files() {
    let folder = tempfile::tempdir().unwrap();
    let genkey = |arguments: &str| key_file::from_pem(&openssl(folder.path(), arguments).unwrap());
    let sec1 = genkey("ecparam -name prime256v1 -genkey").unwrap();
    let pkcs8 = genkey("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256").unwrap();
    assert_ne!(sec1, pkcs8);
    assert!(genkey("ecparam -name prime256v1 -genkey -noout").is_ok());
    assert!(genkey("ecparam -name secp384r1 -genkey").is_err());
    assert!(genkey("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384").is_err());
    assert!(genkey("genpkey -algorithm ED25519").is_err());
    fs::write(folder.path().join("key.pem"), key_file::to_pem(&key(SIGNER)).unwrap().as_bytes()).unwrap();
    let public_key = openssl(folder.path(), "ec -in key.pem -pubout").unwrap();
    assert_eq!(public_key, public(SIGNER).to_pem(&mut [0; 178]).unwrap());
    fs::write(folder.path().join("sec1.pem"), key_file::to_pem(&sec1).unwrap().as_bytes()).unwrap();
    let converted = openssl(folder.path(), "pkcs8 -topk8 -nocrypt -in sec1.pem").unwrap();
    assert_eq!(key_file::from_pem(&converted), Ok(sec1));
}
