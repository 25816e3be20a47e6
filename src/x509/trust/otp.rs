//! The code in the OTP zone.

use super::Part;
use core::fmt;

/// The first 8 bytes of the OTP zone, by which Microchip's library chooses a template (chip reference 4.15).
///
/// No proof of a part: library and data sheets disagree about some codes, and codes may change. Here it decides only
/// which template is tried first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct OtpCode(pub [u8; 8]);

/// Known codes: of which parts the library, and then the data sheets, say that they have them.
const KNOWN: [(&[u8; 8], &[Part]); 9] = [
    (b"x6tjuZMy", &[Part::TngTls]),
    (b"KQp2ZkD8", &[Part::TngTls, Part::TflxTls]),
    (b"MKMwyhP1", &[Part::TflxTls]),
    (b"wdNxAjae", &[Part::TngTlsLegacy, Part::TflxTls]),
    (b"BWuzMoAa", &[Part::TflxTls]),
    (b"Rsuy5YJh", &[Part::TngTlsLegacy]),
    (b"jsMu7iYO", &[Part::TngLora]),
    (b"09qJNxI3", &[Part::TngLora]),
    (b"BxZvm6q2", &[Part::TngLoraLegacy]),
];

impl OtpCode {
    /// From the zone's first block.
    pub(crate) const fn from_block(block: &[u8; 32]) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = *block;
        Self([a, b, c, d, e, f, g, h])
    }

    /// The parts that are said to have this code, the likeliest first; none if it is unknown.
    #[must_use]
    pub fn parts(&self) -> &'static [Part] {
        KNOWN.iter().find(|(code, _)| **code == self.0).map_or(&[], |(_, parts)| parts)
    }

    /// Whether one of these parts is said to have this code.
    pub(crate) fn hints_at(&self, part: Part) -> bool {
        self.parts().contains(&part)
    }
}

impl fmt::Display for OtpCode {
    /// As text if it is one, else 16 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match core::str::from_utf8(&self.0) {
            Ok(text) if self.0.iter().all(u8::is_ascii_graphic) => f.write_str(text),
            _ => self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
        }
    }
}

impl fmt::Debug for OtpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OtpCode({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    /// Chip reference 4.15, D30.
    #[test]
    fn codes_that_library_and_data_sheets_read_differently_hint_at_both() {
        assert_eq!(OtpCode(*b"x6tjuZMy").parts(), [Part::TngTls]);
        assert_eq!(OtpCode(*b"KQp2ZkD8").parts(), [Part::TngTls, Part::TflxTls]);
        assert_eq!(OtpCode(*b"wdNxAjae").parts(), [Part::TngTlsLegacy, Part::TflxTls]);
        assert!(OtpCode([0xFF; 8]).parts().is_empty());
    }

    #[test]
    fn shown_as_text_if_it_is_one() {
        assert_eq!(OtpCode(*b"jsMu7iYO").to_string(), "jsMu7iYO");
        assert_eq!(OtpCode([0xFF; 8]).to_string(), "ffffffffffffffff");
        assert_eq!(OtpCode([0; 8]).to_string(), "0000000000000000");
    }
}
