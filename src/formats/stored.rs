//! `Serialize` and `Deserialize` for what people store (feature `serde`).
//!
//! | Type | Formats for people (JSON, TOML) | Binary formats (postcard, CBOR) |
//! |---|---|---|
//! | [`PublicKey`], [`Signature`] | 128 hexadecimal digits | 64 bytes |
//! | [`SerialNumber`] | 18 digits | 9 bytes |
//! | [`Revision`] | 8 digits | 4 bytes |
//! | [`ConfigZone`] | 256 digits | 128 bytes |
//! | [`Slot`], [`PublicKeySlot`] | its number | the same |
//! | [`Address`] | its 7-bit form as a number | the same |
//! | [`Status`] | its byte as a number | the same |
//! | [`LockState`] | `config`, `data`: booleans; `slots`: a list of those locked | the same, the slots as 16 bits |
//!
//! What is read is checked: lengths, digits, numbers of slots, addresses. Not that a key lies on the curve, as
//! elsewhere here. These forms change with a major version only.
//!
//! A [`Secret`](crate::Secret) has no such form: it is not to be stored by accident. A
//! [`Plan`](crate::config::plan::Plan) has none, either: it is about what a chip held when it was made; store the
//! [`ConfigZone`] that it aims at, and plan anew.
//!
//! ```
//! use atecc608::{PublicKey, Slot};
//!
//! #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
//! struct Device { slot: Slot, key: PublicKey }
//!
//! let device = Device { slot: Slot::S0, key: PublicKey::from_bytes([0xAB; 64]) };
//! let text = serde_json::to_string(&device)?;
//! assert!(text.starts_with(r#"{"slot":0,"key":"abab"#));
//! assert_eq!(serde_json::from_str::<Device>(&text)?, device);
//! # Ok::<(), serde_json::Error>(())
//! ```

use crate::address::Address;
use crate::command::Revision;
use crate::config::{ConfigZone, LockState};
use crate::key::{PublicKey, Signature};
use crate::memory::{PublicKeySlot, Slot};
use crate::serial::SerialNumber;
use crate::wire::Status;
use core::fmt;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

/// Shown as hexadecimal digits.
struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Reads `N` bytes: as they are, or as digits.
struct Bytes<const N: usize>;

impl<'de, const N: usize> Visitor<'de> for Bytes<N> {
    type Value = [u8; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{N} bytes, or {} hexadecimal digits", 2 * N)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<[u8; N], E> {
        let refused = || E::invalid_value(de::Unexpected::Str(text), &self);
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != N || !rest.is_empty() {
            return Err(E::invalid_length(text.len(), &self));
        }
        let mut bytes = [0; N];
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            for digit in *pair {
                let digit = char::from(digit).to_digit(16).ok_or_else(refused)?;
                *byte = *byte << 4 | digit as u8;
            }
        }
        Ok(bytes)
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<[u8; N], E> {
        bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<[u8; N], A::Error> {
        let mut bytes = [0; N];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = list.next_element()?.ok_or_else(|| de::Error::invalid_length(i, &self))?;
        }
        match list.next_element::<u8>()? {
            None => Ok(bytes),
            Some(_) => Err(de::Error::invalid_length(N + 1, &self)),
        }
    }
}

macro_rules! bytes {
    ($($type:ident: $len:literal, $bytes:expr;)*) => {
        $(impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let bytes: fn(&Self) -> &[u8; $len] = $bytes;
                match serializer.is_human_readable() {
                    true => serializer.collect_str(&Hex(bytes(self))),
                    false => serializer.serialize_bytes(bytes(self)),
                }
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                match deserializer.is_human_readable() {
                    true => deserializer.deserialize_str(Bytes::<$len>),
                    false => deserializer.deserialize_bytes(Bytes::<$len>),
                }
                .map(Self::from)
            }
        })*
    };
}

bytes! {
    PublicKey: 64, Self::as_bytes;
    Signature: 64, Self::as_bytes;
    SerialNumber: 9, |serial| &serial.0;
    Revision: 4, |revision| &revision.0;
    ConfigZone: 128, Self::as_bytes;
}

/// Types that are a checked number.
macro_rules! numbers {
    ($($type:ident: $number:expr, $from:expr;)*) => {
        $(impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let number: fn(Self) -> u8 = $number;
                serializer.serialize_u8(number(*self))
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $from(u8::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        })*
    };
}

numbers! {
    Slot: Self::number, Self::try_from;
    PublicKeySlot: |slot| slot.slot().number(), big_slot;
    Address: Self::to_7bit, Self::try_from;
    Status: Self::to_byte, Self::try_from;
}

fn big_slot(number: u8) -> Result<PublicKeySlot, &'static str> {
    Slot::new(number).and_then(PublicKeySlot::new).ok_or("the slots for public keys are 8 to 15")
}

/// [`LockState`], field by field.
#[derive(Serialize, Deserialize)]
#[serde(rename = "LockState")]
struct Parts<T> {
    config: bool,
    data: bool,
    slots: T,
}

/// A bit for each slot, as a list of the slots.
struct List(u16);

impl Serialize for List {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(Slot::all().filter(|slot| self.0 >> slot.number() & 1 == 1))
    }
}

impl<'de> Visitor<'de> for List {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of slots, 0 to 15")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Self, A::Error> {
        while let Some(slot) = list.next_element::<Slot>()? {
            self.0 |= 1 << slot.number();
        }
        Ok(self)
    }
}

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Self(0))
    }
}

impl Serialize for LockState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let &Self { config, data, .. } = self;
        let slots =
            Slot::all().filter(|slot| self.slot(*slot)).fold(0, |slots, slot| slots | 1 << slot.number());
        match serializer.is_human_readable() {
            true => Parts { config, data, slots: List(slots) }.serialize(serializer),
            false => Parts { config, data, slots }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for LockState {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match deserializer.is_human_readable() {
            true => {
                let Parts { config, data, slots: List(slots) } = Parts::deserialize(deserializer)?;
                Self::from_parts(config, data, slots)
            }
            false => {
                let Parts { config, data, slots } = Parts::deserialize(deserializer)?;
                Self::from_parts(config, data, slots)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::preset;
    use core::fmt::Debug;
    use serde::de::DeserializeOwned;
    use serde_test::{Configure, Token, assert_de_tokens_error, assert_tokens};
    use std::string::ToString;

    fn json<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T, text: &str) {
        assert_eq!(serde_json::to_string(&value).unwrap(), text);
        assert_eq!(serde_json::from_str::<T>(text).unwrap(), value);
        if text.starts_with('"') {
            assert_eq!(serde_json::from_str::<T>(&text.to_uppercase()).unwrap(), value);
        }
    }

    fn binary<T: Serialize + DeserializeOwned + PartialEq + Debug + Copy>(value: T, bytes: &'static [u8]) {
        assert_tokens(&value.compact(), &[Token::BorrowedBytes(bytes)]);
        let list = bytes.iter().map(|byte| Token::U8(*byte));
        let list = [Token::Seq { len: None }].into_iter().chain(list).chain([Token::SeqEnd]);
        let list: std::vec::Vec<Token> = list.collect();
        serde_test::assert_de_tokens(&value.compact(), &list);
        let (short, long) = (&bytes[1..], [bytes, &[0]].concat().leak());
        for wrong in [short, long] {
            let error = std::format!(
                "invalid length {}, expected {} bytes, or {} hexadecimal digits",
                wrong.len(),
                bytes.len(),
                bytes.len() * 2
            );
            serde_test::assert_de_tokens_error::<serde_test::Compact<T>>(&[Token::Bytes(wrong)], &error);
        }
    }

    const XY: [u8; 64] = [0xAB; 64];

    #[test]
    fn bytes_are_digits_for_people_and_bytes_for_machines() {
        json(PublicKey::from_bytes(XY), &std::format!("\"{}\"", "ab".repeat(64)));
        json(Signature::from_bytes(XY), &std::format!("\"{}\"", "ab".repeat(64)));
        json(SerialNumber([1, 0x23, 4, 5, 6, 7, 8, 0x0C, 0xEE]), "\"012304050607080cee\"");
        json(Revision([0, 0, 0x60, 2]), "\"00006002\"");
        binary(PublicKey::from_bytes(XY), &XY);
        binary(Signature::from_bytes(XY), &XY);
        binary(SerialNumber([9; 9]), &[9; 9]);
        binary(Revision([0, 0, 0x60, 2]), &[0, 0, 0x60, 2]);
        static FACTORY: [u8; 128] = preset::FACTORY;
        binary(ConfigZone::from_bytes(FACTORY), &FACTORY);
        let text = serde_json::to_string(&ConfigZone::from_bytes(FACTORY)).unwrap();
        json(ConfigZone::from_bytes(FACTORY), &text);
        assert_eq!(text.len(), 256 + 2);
    }

    #[test]
    fn wrong_digits_are_refused() {
        for text in ["", "0000600", "000060020", "0000600g", "0000 600", "0x006002", "00é0602", "+0+0+6+2"] {
            let error =
                serde_json::from_str::<Revision>(&std::format!("\"{text}\"")).unwrap_err().to_string();
            assert!(error.contains("4 bytes, or 8 hexadecimal digits"), "{text}: {error}");
        }
    }

    #[test]
    fn numbers_are_checked() {
        json(Slot::S15, "15");
        json(PublicKeySlot::new(Slot::S8).unwrap(), "8");
        json(Address::DEFAULT, "96");
        json(Status::Execution, "15");
        json(Status::from_byte(0x77), "119");
        assert_tokens(&Slot::S3.compact(), &[Token::U8(3)]);
        assert_tokens(&Address::DEFAULT.compact(), &[Token::U8(0x60)]);
        assert_de_tokens_error::<Slot>(&[Token::U8(16)], "there is no slot 16: they are 0 to 15");
        assert_de_tokens_error::<PublicKeySlot>(&[Token::U8(7)], "the slots for public keys are 8 to 15");
        assert_de_tokens_error::<Address>(
            &[Token::U8(0xC0)],
            "0xc0 is no 7-bit I2C address (0x08 to 0x77); if it is one of 8 bits, use 0x60",
        );
    }

    #[test]
    fn locks_are_fields() {
        let state = LockState::from_parts(true, false, 1 << 3 | 1 << 15);
        json(state, r#"{"config":true,"data":false,"slots":[3,15]}"#);
        let text = r#"{"config":true,"data":false,"slots":[16]}"#;
        let error = serde_json::from_str::<LockState>(text).unwrap_err().to_string();
        assert!(error.contains("there is no slot 16"), "{error}");
        assert_tokens(
            &state.compact(),
            &[
                Token::Struct { name: "LockState", len: 3 },
                Token::Str("config"),
                Token::Bool(true),
                Token::Str("data"),
                Token::Bool(false),
                Token::Str("slots"),
                Token::U16(1 << 3 | 1 << 15),
                Token::StructEnd,
            ],
        );
    }
}
