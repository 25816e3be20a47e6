//! Microchip's templates 1 and 3 a second way: the published certificates with bytes of others at the offsets of Microchip's
//! own definitions.

use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Where what is, from the first byte of the certificate.
pub(super) struct Layout {
    pub(super) template: u8,
    serial: usize,
    /// 4 digits.
    signer: usize,
    not_before: usize,
    not_after: usize,
    /// 18 digits.
    chip: Option<usize>,
    /// 12 digits.
    pub(super) mac: Option<usize>,
    key: usize,
    subject_id: usize,
    issuer_id: usize,
    /// Of the bit string's tag: here ends what is signed and the algorithm.
    signature: usize,
}

pub(super) const SIGNER: Layout = Layout {
    template: 1,
    serial: 15,
    signer: 235,
    not_before: 128,
    not_after: 143,
    chip: None,
    mac: None,
    key: 266,
    subject_id: 381,
    issuer_id: 414,
    signature: 446,
};

pub(super) const DEVICE: Layout = Layout {
    template: 3,
    serial: 15,
    signer: 120,
    not_before: 128,
    not_after: 143,
    chip: Some(208),
    mac: Some(355),
    key: 253,
    subject_id: 408,
    issuer_id: 441,
    signature: 473,
};

/// What goes in beside the 72 bytes.
pub(super) struct Given {
    pub(super) subject_key: [u8; 64],
    pub(super) issuer_key: [u8; 64],
    pub(super) chip: [u8; 9],
    pub(super) mac: [u8; 12],
}

/// What the dates say.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(super) struct Dates {
    pub(super) year: u16,
    pub(super) month: u8,
    pub(super) day: u8,
    pub(super) hour: u8,
    /// 0: for ever.
    pub(super) years: u16,
}

/// The dates by the digits of their bits.
pub(super) fn dates(compressed: &[u8; 72]) -> Option<Dates> {
    let version = compressed[70] & 0xF;
    let (upper, rest) = (format!("{:08b}", compressed[71]), compressed[71] & 0xF);
    let (upper_year, upper_years) = match version {
        0 if compressed[71] == 0 => ("", ""),
        1 | 2 if rest == 0 => upper[..4].split_at(2),
        _ => return None,
    };
    let bits: String = compressed[64..67].iter().map(|byte| format!("{byte:08b}")).collect();
    let number = |bits: &str| u16::from_str_radix(bits, 2).expect("bits");
    let year = 2000 + number(&format!("{upper_year}{}", &bits[..5]));
    let (month, day, hour) = (number(&bits[5..9]), number(&bits[9..14]), number(&bits[14..19]));
    let years = number(&format!("{upper_years}{}", &bits[19..]));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && year != 2100 => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    let good = (1..=days).contains(&day) && hour < 24;
    good.then_some(Dates { year, month: month as u8, day: day as u8, hour: hour as u8, years })
}

/// The serial number, as the rule has it, `len` bytes of a hash; nothing if there is no such rule, or it is stored.
pub(super) fn serial(bytes: &[u8; 72], len: usize, given: &Given) -> Option<Vec<u8>> {
    let (rule, version) = (bytes[70] >> 4, bytes[70] & 0xF);
    let whom = match rule {
        8 => return Some([&[0x40], &given.chip[..]].concat()),
        9 => return Some(vec![0x40, bytes[67], bytes[68]]),
        10..16 if rule % 2 == 0 => &given.subject_key[..],
        10..16 => &given.chip,
        _ => return None,
    };
    let longer = match version {
        0 => vec![],
        1 | 2 => vec![bytes[71] & 0xF0],
        _ => return None,
    };
    let mut hash = Sha256::digest([whom, &bytes[64..67], &longer].concat()).to_vec();
    hash[0] = match rule {
        10 | 11 => hash[0] % 0x40 + 0x40,
        12 | 13 => hash[0] % 0x80,
        _ => hash[0],
    };
    hash.truncate(len);
    (hash.len() == len && len > 0).then_some(hash)
}

/// What is signed and the algorithm, in `example`, or nothing if this template can't say it. Behind it comes the signature.
pub(super) fn rebuilt(layout: &Layout, example: &[u8], bytes: &[u8; 72], given: &Given) -> Option<Vec<u8>> {
    // Chain 0, and the rule for serial numbers is A.
    (bytes[69] == layout.template << 4 && bytes[70] >> 4 == 0xA).then_some(())?;
    let Dates { year, month, day, hour, years } = dates(bytes)?;
    // UTCTime.
    let short = year.checked_sub(2000).filter(|year| *year < 50)?;
    let mut der = example[..layout.signature].to_vec();
    let mut put = |at: usize, part: &[u8]| der[at..at + part.len()].copy_from_slice(part);

    put(layout.serial, &serial(bytes, 16, given)?);
    put(layout.signer, format!("{:02X}{:02X}", bytes[67], bytes[68]).as_bytes());
    put(layout.not_before, format!("{short:02}{month:02}{day:02}{hour:02}0000Z").as_bytes());
    let end = match years {
        0 => "99991231235959Z".to_owned(),
        years => format!("{:04}{month:02}{day:02}{hour:02}0000Z", year + years),
    };
    put(layout.not_after, end.as_bytes());
    if let Some(at) = layout.chip {
        let digits: String = given.chip.iter().map(|byte| format!("{byte:02X}")).collect();
        put(at, digits.as_bytes());
    }
    if let Some(at) = layout.mac {
        put(at, &given.mac);
    }
    put(layout.key, &given.subject_key);
    let id = |key: &[u8; 64]| Sha1::new().chain_update([4]).chain_update(key).finalize();
    put(layout.subject_id, &id(&given.subject_key));
    put(layout.issuer_id, &id(&given.issuer_key));
    Some(der)
}

/// The whole certificate.
pub(super) fn signed(mut der: Vec<u8>, signature: &[u8; 64]) -> Vec<u8> {
    let number = |half: &[u8]| {
        let zeros = half.iter().take_while(|byte| **byte == 0).count().min(31);
        let mut content = half[zeros..].to_vec();
        if content[0] >= 0x80 {
            content.insert(0, 0);
        }
        [&[0x02, content.len() as u8], &content[..]].concat()
    };
    let numbers = [number(&signature[..32]), number(&signature[32..])].concat();
    let len = numbers.len() as u8;
    der.extend([0x03, len + 3, 0x00, 0x30, len]);
    der.extend(numbers);
    let whole = (der.len() - 4) as u16;
    der[2..4].copy_from_slice(&whole.to_be_bytes());
    der
}
