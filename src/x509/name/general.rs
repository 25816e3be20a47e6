//! Alternative names.

use super::Name;
use super::text::{Charset, InvalidText};
use crate::x509::der::tag;
use crate::x509::der::write::Writer;
use crate::x509::error::Error;

/// One of the subject's alternative names (RFC 5280 4.2.1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum GeneralName<'a> {
    /// A host: labels of 1 to 63 letters, digits, `-` and `_`, with dots between them, 253 characters at most. The
    /// first label may be `*`.
    Dns(&'a str),
    /// A URI with its scheme (`urn:uuid:...`, `https://...`), in ASCII without spaces.
    Uri(&'a str),
    /// A name of attributes. Not empty.
    Directory(Name<'a>),
}

/// Bytes of a domain's name, and of one of its labels.
const MOST: usize = 253;
const MOST_IN_LABEL: usize = 63;

impl GeneralName<'_> {
    pub(crate) const fn emit(&self, writer: &mut Writer<'_>) {
        match self {
            Self::Dns(name) => {
                if let Err(why) = check_dns(name.as_bytes()) {
                    writer.fail(Error::DnsName(why));
                }
                writer.value(tag::context(2), name.as_bytes());
            }
            Self::Uri(uri) => {
                if let Err(why) = check_uri(uri) {
                    writer.fail(Error::Uri(why));
                }
                writer.value(tag::context(6), uri.as_bytes());
            }
            Self::Directory(name) => {
                if name.is_empty() {
                    writer.fail(Error::NoName);
                }
                let since = writer.len();
                name.emit(writer);
                writer.wrap(tag::context_constructed(4), since);
            }
        }
    }
}

const fn check_dns(name: &[u8]) -> Result<(), InvalidText> {
    if name.is_empty() || name.len() > MOST {
        return Err(InvalidText::Length { found: name.len(), least: 1, most: MOST });
    }
    let mut rest = match name {
        [b'*', b'.', labels @ ..] => labels,
        _ => name,
    };
    let mut label = 0;
    loop {
        let wrong = Err(InvalidText::Character { at: name.len() - rest.len() });
        match rest {
            [] | [b'.', ..] if label == 0 => return wrong,
            [] => return Ok(()),
            [b'.', labels @ ..] => {
                label = 0;
                rest = labels;
                continue;
            }
            // Not at either end of a label.
            [b'-'] | [b'-', b'.', ..] => return wrong,
            [b'-', ..] if label > 0 => {}
            [b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_', ..] => {}
            _ => return wrong,
        }
        if label == MOST_IN_LABEL {
            return wrong;
        }
        label += 1;
        if let [_, more @ ..] = rest {
            rest = more;
        }
    }
}

const fn check_uri(uri: &str) -> Result<(), InvalidText> {
    if let Err(why) = Charset::Ia5.check(uri, 1, usize::MAX) {
        return Err(why);
    }
    let mut rest = uri.as_bytes();
    let mut scheme = true;
    while let [byte, more @ ..] = rest {
        let at = uri.len() - rest.len();
        if *byte == b' ' {
            return Err(InvalidText::Character { at });
        }
        if scheme {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' => {}
                b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
                b':' if at > 0 && !more.is_empty() => scheme = false,
                _ => return Err(InvalidText::Scheme),
            }
        }
        rest = more;
    }
    if scheme { Err(InvalidText::Scheme) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::der::write::written;
    use crate::x509::{Attribute, Name};
    use std::string::String;
    use std::vec::Vec;

    fn der(name: GeneralName<'_>) -> Result<Vec<u8>, Error> {
        written(|writer| name.emit(writer))
    }

    #[test]
    fn golden() {
        assert_eq!(der(GeneralName::Dns("a.b")).unwrap(), b"\x82\x03a.b");
        assert_eq!(der(GeneralName::Uri("urn:x")).unwrap(), b"\x86\x05urn:x");
        let name = Name::Attributes(&[Attribute::common_name("x")]);
        let wanted = b"\xa4\x0e\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01x";
        assert_eq!(der(GeneralName::Directory(name)).unwrap(), wanted);
        assert_eq!(der(GeneralName::Directory(Name::Attributes(&[]))), Err(Error::NoName));
    }

    #[test]
    fn domains() {
        let label = String::from_iter(['a'; 63]);
        let most = std::format!("{label}.{label}.{label}.{}", &label[..61]);
        for name in ["a", "a.b", "*.example.com", "a-b.c", "_dns.x", "xn--bcher-kva.example", "1.2", &most] {
            assert!(der(GeneralName::Dns(name)).is_ok(), "{name}");
        }
        let character = |at| InvalidText::Character { at };
        for (name, why) in [
            ("", InvalidText::Length { found: 0, least: 1, most: 253 }),
            (&std::format!("{most}b"), InvalidText::Length { found: 254, least: 1, most: 253 }),
            (&std::format!("{label}a"), character(63)),
            (&std::format!("b.{label}a"), character(65)),
            (".a", character(0)),
            ("a.", character(2)),
            ("a..b", character(2)),
            ("-a", character(0)),
            ("a-.b", character(1)),
            ("a-", character(1)),
            ("*", character(0)),
            ("*.", character(2)),
            ("*a.b", character(0)),
            ("a.*.b", character(2)),
            ("a b", character(1)),
            ("ü.de", character(0)),
            ("a\0b", character(1)),
        ] {
            assert_eq!(der(GeneralName::Dns(name)), Err(Error::DnsName(why)), "{name:?}");
        }
    }

    #[test]
    fn uris() {
        for uri in ["urn:uuid:1", "https://a/b?c#d", "a:b", "x-1.+:y"] {
            assert!(der(GeneralName::Uri(uri)).is_ok(), "{uri}");
        }
        let character = |at| InvalidText::Character { at };
        for (uri, why) in [
            ("", InvalidText::Length { found: 0, least: 1, most: usize::MAX }),
            ("no-scheme", InvalidText::Scheme),
            ("//host/path", InvalidText::Scheme),
            (":x", InvalidText::Scheme),
            ("a:", InvalidText::Scheme),
            ("1a:x", InvalidText::Scheme),
            ("a:x y", character(3)),
            ("a:ü", character(2)),
            ("a:\n", character(2)),
        ] {
            assert_eq!(der(GeneralName::Uri(uri)), Err(Error::Uri(why)), "{uri:?}");
        }
    }
}
