//! A certificate of a Trust part from what its chip holds, by putting the chip's values in place of the published chip's.
//! Neither the driver nor the simulator does it like this.

use std::process::{Command, Stdio};

use atecc608_sim::chip::Eeprom;
use atecc608_sim::preset::Preset;
use testkit::{bytes, published, sha256};

/// The published chip's certificates: X and Y, dates, names.
const DEVICE_DATES: [&str; 2] = ["201111040000Z", "20481111040000Z"];
const SIGNER_DATES: [&str; 2] = ["181214200000Z", "20491214200000Z"];
const SERIAL: &str = "0123A23F29F9366A01";

/// Where a chip has device certificate, signer's key and signer certificate.
fn stored(preset: Preset, eeprom: &Eeprom) -> [[u8; 72]; 3] {
    let part = |slot: usize, at: usize| eeprom.slot(slot)[at..at + 72].try_into().unwrap();
    match preset {
        Preset::TngLora | Preset::TngAct => [part(8, 72), part(8, 0), part(8, 144)],
        _ => [part(10, 0), part(11, 0), part(12, 0)],
    }
}

/// Device and signer certificates of a chip, the device's key being what GenKey gives, and the root's what is known.
pub(crate) fn chain(preset: Preset, eeprom: &Eeprom, key: &[u8; 64], root: &[u8; 64]) -> [Vec<u8>; 2] {
    let [device, padded, signer] = stored(preset, eeprom);
    assert_eq!((&padded[..4], &padded[36..40]), (&[0; 4][..], &[0; 4][..]), "pads");
    let signer_key = [&padded[4..36], &padded[40..]].concat();
    let config = eeprom.config();
    let serial: String = [&config[..4], &config[8..13]].concat().iter().map(|b| format!("{b:02X}")).collect();

    let mut tbs = tbs_of(&published::device());
    let alternative_name = "302a0603551d1104233021a41f301d311b301906035504051312";
    let alternative_name = [bytes(alternative_name), b"eui48_E8EB1B202027".to_vec()].concat();
    match preset {
        Preset::TngLora | Preset::TngAct => {
            let eui = [b"eui64_", &eeprom.slot(10)[..16]].concat();
            tbs = swap(&tbs, b"eui48_E8EB1B202027", &eui);
        }
        Preset::TngTls | Preset::TngTlsPublished => {
            let eui = [b"eui48_", &eeprom.slot(5)[..12]].concat();
            tbs = swap(&tbs, b"eui48_E8EB1B202027", &eui);
        }
        _ => tbs = swap(&tbs, &alternative_name, &[]),
    }
    let old = preset == Preset::TngTlsLegacy;
    let name = if old { format!("{serial} ATECC") } else { format!("sn{serial}") };
    tbs = swap(&tbs, format!("sn{SERIAL}").as_bytes(), name.as_bytes());
    let number = match preset {
        Preset::TngTlsLegacy => 2,
        Preset::TngLora | Preset::TngAct => 4,
        _ => 3,
    };
    let keys = (&published::device_key()[..], &published::signer_key()[..]);
    let device = expand(&tbs, &device, number, DEVICE_DATES, keys, (key, &signer_key));
    let tbs = tbs_of(&published::signer());
    let keys = (&published::signer_key()[..], &published::root_key()[..]);
    let signer = expand(&tbs, &signer, 1, SIGNER_DATES, keys, (&signer_key, root));
    [device, signer]
}

/// Everything that all templates have: the signature, and key, dates, ids of an example's subject and issuer.
fn expand(
    tbs: &[u8],
    compressed: &[u8; 72],
    template: u8,
    example_dates: [&str; 2],
    (example_key, example_issuer): (&[u8], &[u8]),
    (key, issuer): (&[u8], &[u8]),
) -> Vec<u8> {
    assert_eq!(compressed[69..], [template << 4, 0xA0, 0], "template, serial number source, version");
    let id = u16::from_be_bytes([compressed[67], compressed[68]]);
    let mut tbs = swap(tbs, b"Signer 2C00", format!("Signer {id:04X}").as_bytes());
    tbs.splice(11..27, serial_number(key, &compressed[64..67]));
    for (old, new) in example_dates.into_iter().zip(dates(&compressed[64..67])) {
        tbs = swap(&tbs, old.as_bytes(), new.as_bytes());
    }
    tbs = swap(&tbs, example_key, key);
    tbs = swap(&tbs, &key_id(example_key), &key_id(key));
    tbs = swap(&tbs, &key_id(example_issuer), &key_id(issuer));

    let [r, s] = [&compressed[..32], &compressed[32..64]].map(integer);
    let signature = element(0x30, &[r, s].concat());
    let signature = element(0x03, &[&[0][..], &signature].concat());
    element(0x30, &[tbs, bytes("300a06082a8648ce3d040302"), signature].concat())
}

fn serial_number(key: &[u8], dates: &[u8]) -> Vec<u8> {
    let mut number = sha256(&[key, dates].concat())[..16].to_vec();
    number[0] = number[0] & 0x3F | 0x40;
    number
}

/// From and to, as the certificates write them.
fn dates(stored: &[u8]) -> [String; 2] {
    let bits: String = stored.iter().map(|byte| format!("{byte:08b}")).collect();
    let number = |at: usize, len: usize| u32::from_str_radix(&bits[at..at + len], 2).unwrap();
    let rest = format!("{:02}{:02}{:02}0000Z", number(5, 4), number(9, 5), number(14, 5));
    let year = number(0, 5);
    [format!("{year:02}{rest}"), format!("{}{rest}", 2000 + year + number(19, 5))]
}

/// OpenSSL's SHA-1 of the point.
fn key_id(key: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("point");
    std::fs::write(&file, [&[4], key].concat()).unwrap();
    let openssl =
        Command::new("openssl").args(["dgst", "-sha1", "-binary"]).arg(&file).stdin(Stdio::null()).output();
    let digest = openssl.unwrap().stdout;
    assert_eq!(digest.len(), 20);
    digest
}

fn tbs_of(certificate: &[u8]) -> Vec<u8> {
    let length = usize::from(u16::from_be_bytes([certificate[6], certificate[7]]));
    certificate[4..8 + length].to_vec()
}

/// The one place that has `old` has `new` instead, and the lengths of all elements around it are right again.
fn swap(der: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let places: Vec<usize> = (0..der.len()).filter(|at| der[*at..].starts_with(old)).collect();
    let [at] = places[..] else { panic!("{} places with {old:02X?}", places.len()) };
    splice(der, at, old.len(), new)
}

fn splice(element_der: &[u8], at: usize, length: usize, new: &[u8]) -> Vec<u8> {
    let (head, contents) = split(element_der);
    let place = at - head;
    let mut start = 0;
    // Only what is made of elements is looked into; an extension's value is, in its OCTET STRING.
    let composed = element_der[0] & 0x20 != 0 || element_der[0] == 0x04 && contents[0] == 0x30;
    while composed && start < contents.len() {
        let (head, inner) = split(&contents[start..]);
        let end = start + head + inner.len();
        if start < place && place + length <= end {
            let spliced = splice(&contents[start..end], place - start, length, new);
            return element(element_der[0], &[&contents[..start], &spliced, &contents[end..]].concat());
        }
        start = end;
    }
    element(element_der[0], &[&contents[..place], new, &contents[place + length..]].concat())
}

/// How long tag and length are, and the contents.
fn split(der: &[u8]) -> (usize, &[u8]) {
    let (head, length) = match der[1] {
        0x81 => (3, usize::from(der[2])),
        0x82 => (4, usize::from(u16::from_be_bytes([der[2], der[3]]))),
        short => (2, usize::from(short)),
    };
    (head, &der[head..head + length])
}

fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len();
    let head = match length {
        ..0x80 => vec![tag, length as u8],
        0x80..0x100 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [&head[..], contents].concat()
}

fn integer(number: &[u8]) -> Vec<u8> {
    let first = number.iter().position(|byte| *byte != 0).unwrap();
    let sign: &[u8] = if number[first] & 0x80 != 0 { &[0] } else { &[] };
    element(0x02, &[sign, &number[first..]].concat())
}
