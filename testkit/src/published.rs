//! A real chip whose public data is published: an ATECC608B-TNGTLS, in the tests of nerves-hub/atecc508a
//! (`test/support/sim608b_tng.ex`, `test/atecc608b/trust_and_go_cert_test.exs`).
//!
//! The signer's certificate is not published: it is what slots 11 and 12 stand for, and Microchip's root signed it.

use crate::bytes;
use base64ct::{Base64, Encoding};

/// The serial number.
pub const SERIAL: [u8; 9] = [0x01, 0x23, 0xA2, 0x3F, 0x29, 0xF9, 0x36, 0x6A, 0x01];
/// The start of slot 5: the MAC, as text.
pub const MAC: &str = "E8EB1B202027";
/// The signer's id, slots 10 and 12.
pub const SIGNER_ID: u16 = 0x2C00;
/// Key id of the device's key (SHA-1).
pub const DEVICE_KEY_ID: &str = "97b749e690438f36a9fafc6092479f2816bac9b8";
/// Key id of the signer's key.
pub const SIGNER_KEY_ID: &str = "0f621ff44ab590d34d04c1f37df612cb5bb5ed34";
/// Key id of the root's key.
pub const ROOT_KEY_ID: &str = "7aed7d6dc6b7789db23801a5e84a8cb0a40e2a8c";
/// SHA-256 over the device's certificate.
pub const DEVICE_SHA256: &str = "e5d0935b056968c97815b71b40c49f24110e981411b33172923de76d612d0065";
/// SHA-256 over the signer's certificate.
pub const SIGNER_SHA256: &str = "ec4e5db63bd91b6ff5f38516eb9121aa3af23be103c7f47b2badef96af84deeb";
/// SHA-256 over the root.
pub const ROOT_SHA256: &str = "a5b883bf22933f43a9414fedcd4da87dd468e7301d875b86c5b783f22a0116bd";

/// X and Y of the key in slot 0, as GenKey(public) gives it.
pub fn device_key() -> [u8; 64] {
    hex("d330b8b2ede4d502df48b54a2f29cc79f901e594fd6bf92deb6d187ac77f2dbb\
         b160279a4a20a7e6e3507f973aad43919bef2d1c99b29c153323dfcd99106769")
}

/// X and Y of the signer's key.
pub fn signer_key() -> [u8; 64] {
    let slot = slot_11();
    let mut key = [0; 64];
    key[..32].copy_from_slice(&slot[4..36]);
    key[32..].copy_from_slice(&slot[40..]);
    key
}

/// X and Y of the root's key.
pub fn root_key() -> [u8; 64] {
    hex("bd54e66de3875484006b53ae1580d50aa069e78adf5578d85ce2d54dd5b83029\
         6bffdd6e6f7256fbd99ef1a116b11d33ad49103aa1858739dcfae437e19d634e")
}

/// Slot 10: the device's certificate, compressed.
pub fn slot_10() -> [u8; 72] {
    hex("e197aa26d2d0ac94ab4decc230554f5611cd53ae24ad1ae2737ea2d69ecaa2ad\
         25d05c0e6ea51c603e5a5b84e04cab5126c6bdb37c8906a159606c3482b024af\
         a5ac9c2c0030a000")
}

/// Slot 11: the signer's key.
pub fn slot_11() -> [u8; 72] {
    hex("000000002eba1b2ad0b73e4e44725e0c09348d4092a08bd7a8b7619bfdc7a56eb2054bdc\
         00000000a338f00dc64dec1d84b4b36ec62426bd4c9340244fa853e235d053c05df67ef4")
}

/// Slot 12: the signer's certificate, compressed.
pub fn slot_12() -> [u8; 72] {
    hex("ecc949988f619130b9277322958cfda97d9b0a8cb8f37894bcc473e9d47a4087\
         2123d5a2566b89a159bc8a8de52283ce16b5337b2a2599afe4d75efa073ed611\
         963a9f2c0010a000")
}

/// The device's certificate: 547 bytes.
pub fn device() -> Vec<u8> {
    der(include_str!("published/device.pem"))
}

/// The signer's: 520 bytes.
pub fn signer() -> Vec<u8> {
    der(include_str!("published/signer.pem"))
}

/// Microchip's root, Crypto Authentication Root CA 002: 501 bytes.
pub fn root() -> Vec<u8> {
    der(include_str!("published/root.pem"))
}

fn der(pem: &str) -> Vec<u8> {
    let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    Base64::decode_vec(&text).expect("base64")
}

fn hex<const N: usize>(digits: &str) -> [u8; N] {
    bytes(digits).try_into().expect("that many digits")
}
