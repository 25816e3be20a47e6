//! How long an example is, asked in a `const`.

/// Bytes of the first value in the first value, with its header: the TBSCertificate of a certificate.
pub(super) const fn tbs_len(der: &[u8]) -> Option<usize> {
    match header(der) {
        Some((_, content)) => match header(content) {
            Some((len, _)) => Some(len),
            None => None,
        },
        None => None,
    }
}

/// Length with header, and what follows the header, of a SEQUENCE below 64 KiB.
const fn header(der: &[u8]) -> Option<(usize, &[u8])> {
    match der {
        [0x30, len @ 0..=0x7F, content @ ..] => Some((2 + *len as usize, content)),
        [0x30, 0x81, len, content @ ..] => Some((3 + *len as usize, content)),
        [0x30, 0x82, high, low, content @ ..] => {
            Some((4 + u16::from_be_bytes([*high, *low]) as usize, content))
        }
        _ => None,
    }
}
