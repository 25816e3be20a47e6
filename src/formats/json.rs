//! JSON in a fixed buffer: what has one form in JSON, and nothing else.
//!
//! What does not fit is counted all the same, so that the caller can say how much would.
//!
//! The text is signed, so it must be JSON whatever a `Serialize` does. What serde can say and JSON can't, or what
//! readers take in different ways, is refused: `char`, bytes, integers of 128 bits, tuple variants, names of
//! members that are no text or would have to be escaped. A `Serialize` that goes on after an error, or gives a key
//! without a value, gets an error all the same.

use core::fmt;
use serde::ser::{self, Serialize, Serializer};

/// It can't be written, or its `Serialize` says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no JSON")
    }
}

impl core::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Result<T = ()> = core::result::Result<T, Refused>;

/// Writes `value` to the start of `buffer`; returns how long it is. If that is more than the buffer, the text is cut.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T, buffer: &mut [u8]) -> Result<usize> {
    let mut out = Writer { buffer, len: 0, refused: false };
    value.serialize(&mut out)?;
    if out.refused { Err(Refused) } else { Ok(out.len) }
}

/// Names under which other crates hand over text that is JSON already.
fn is_raw(name: &str) -> bool {
    name == "__serde_json_core_escaped_string__" || name.starts_with("$serde_json::private::")
}

struct Writer<'b> {
    buffer: &'b mut [u8],
    /// Of the text, also of what found no place.
    len: usize,
    /// Stays, even if the value goes on.
    refused: bool,
}

impl<'a, 'b> Writer<'b> {
    fn refuse<T>(&mut self) -> Result<T> {
        self.refused = true;
        Err(Refused)
    }

    fn byte(&mut self, byte: u8) {
        if let Some(place) = self.buffer.get_mut(self.len) {
            *place = byte;
        }
        self.len = self.len.saturating_add(1);
    }

    fn text(&mut self, text: &str) {
        text.bytes().for_each(|byte| self.byte(byte));
    }

    fn escaped(&mut self, text: &str) {
        for byte in text.bytes() {
            let short = match byte {
                b'"' | b'\\' => byte,
                0x08 => b'b',
                b'\t' => b't',
                b'\n' => b'n',
                0x0C => b'f',
                b'\r' => b'r',
                0..0x20 => {
                    self.text(if byte < 0x10 { "\\u000" } else { "\\u001" });
                    let digit = byte & 0xF;
                    self.byte(if digit < 10 { b'0' + digit } else { b'a' - 10 + digit });
                    continue;
                }
                // Of characters outside ASCII, too: they stand for themselves.
                _ => {
                    self.byte(byte);
                    continue;
                }
            };
            self.byte(b'\\');
            self.byte(short);
        }
    }

    /// The name of a member, and its colon.
    fn name(&mut self, name: &str) -> Result {
        if name.bytes().any(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)) {
            return self.refuse();
        }
        self.byte(b'"');
        self.text(name);
        self.text("\":");
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        value.serialize(&mut *self).or_else(|Refused| self.refuse())
    }

    fn open(&'a mut self, open: u8, close: &'static str) -> Result<Open<'a, 'b>> {
        self.byte(open);
        Ok(Open { out: self, first: true, expected: false, close })
    }
}

/// `collect_str`: text in pieces.
impl fmt::Write for Writer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.escaped(text);
        Ok(())
    }
}

impl<'a, 'b> Serializer for &'a mut Writer<'b> {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Open<'a, 'b>;
    type SerializeTuple = Open<'a, 'b>;
    type SerializeTupleStruct = Open<'a, 'b>;
    type SerializeTupleVariant = ser::Impossible<(), Refused>;
    type SerializeMap = Open<'a, 'b>;
    type SerializeStruct = Open<'a, 'b>;
    type SerializeStructVariant = Open<'a, 'b>;

    fn serialize_bool(self, value: bool) -> Result {
        self.text(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result {
        if value < 0 {
            self.byte(b'-');
        }
        self.serialize_u64(value.unsigned_abs())
    }

    fn serialize_i128(self, _: i128) -> Result {
        self.refuse()
    }

    fn serialize_u8(self, value: u8) -> Result {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result {
        // Doubled bit by bit: without division, which small processors have to buy with flash. 20 digits are the
        // most, the last one first.
        let (mut digits, mut count) = ([0; 20], 1);
        let mut bits = value;
        for _ in 0..u64::BITS {
            let mut carry = (bits >> 63) as u8;
            bits <<= 1;
            for digit in digits.iter_mut().take(count) {
                let doubled = 2 * *digit + carry;
                carry = u8::from(doubled >= 10);
                *digit = doubled - 10 * carry;
            }
            if let Some(digit) = digits.get_mut(count).filter(|_| carry != 0) {
                *digit = carry;
                count += 1;
            }
        }
        digits.iter().take(count).rev().for_each(|digit| self.byte(b'0' + digit));
        Ok(())
    }

    fn serialize_u128(self, _: u128) -> Result {
        self.refuse()
    }

    fn serialize_f32(self, value: f32) -> Result {
        match value.is_finite() {
            true => self.text(ryu::Buffer::new().format_finite(value)),
            false => self.text("null"),
        }
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Result {
        match value.is_finite() {
            true => self.text(ryu::Buffer::new().format_finite(value)),
            false => self.text("null"),
        }
        Ok(())
    }

    fn serialize_char(self, _: char) -> Result {
        self.refuse()
    }

    fn serialize_str(self, value: &str) -> Result {
        self.byte(b'"');
        self.escaped(value);
        self.byte(b'"');
        Ok(())
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result {
        self.byte(b'"');
        if fmt::write(self, format_args!("{value}")).is_err() {
            return self.refuse();
        }
        self.byte(b'"');
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result {
        self.refuse()
    }

    fn serialize_none(self) -> Result {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result {
        self.value(value)
    }

    fn serialize_unit(self) -> Result {
        self.text("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result {
        if is_raw(name) {
            return self.refuse();
        }
        self.value(value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result {
        self.byte(b'{');
        self.name(variant)?;
        self.value(value)?;
        self.byte(b'}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'a, 'b>> {
        self.open(b'[', "]")
    }

    fn serialize_tuple(self, _: usize) -> Result<Open<'a, 'b>> {
        self.open(b'[', "]")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Open<'a, 'b>> {
        self.open(b'[', "]")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant> {
        self.refuse()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Open<'a, 'b>> {
        self.open(b'{', "}")
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Open<'a, 'b>> {
        if is_raw(name) {
            return self.refuse();
        }
        self.open(b'{', "}")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Open<'a, 'b>> {
        self.byte(b'{');
        self.name(variant)?;
        self.open(b'{', "}}")
    }
}

/// A list or an object that is not closed yet.
struct Open<'a, 'b> {
    out: &'a mut Writer<'b>,
    first: bool,
    /// A key stands there without its value.
    expected: bool,
    close: &'static str,
}

impl Open<'_, '_> {
    fn comma(&mut self) {
        if !core::mem::replace(&mut self.first, false) {
            self.out.byte(b',');
        }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        self.comma();
        self.out.value(value)
    }

    fn member<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result {
        self.comma();
        self.out.name(name)?;
        self.out.value(value)
    }

    /// A key, or a value of a map, out of turn.
    fn turn(&mut self, expected: bool) -> Result {
        match self.expected == expected {
            true => Ok(()),
            false => self.out.refuse(),
        }
    }

    fn close(self) -> Result {
        self.out.text(self.close);
        Ok(())
    }
}

impl ser::SerializeSeq for Open<'_, '_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        self.element(value)
    }

    fn end(self) -> Result {
        self.close()
    }
}

impl ser::SerializeTuple for Open<'_, '_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        self.element(value)
    }

    fn end(self) -> Result {
        self.close()
    }
}

impl ser::SerializeTupleStruct for Open<'_, '_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        self.element(value)
    }

    fn end(self) -> Result {
        self.close()
    }
}

impl ser::SerializeMap for Open<'_, '_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result {
        self.turn(false)?;
        self.comma();
        let start = self.out.len;
        self.out.value(key)?;
        // Whatever was written there, it is whole, so this says that it is text; unless it found no place, and then
        // nobody reads it.
        if self.out.buffer.get(start).is_some_and(|byte| *byte != b'"') {
            return self.out.refuse();
        }
        self.expected = true;
        self.out.byte(b':');
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        self.turn(true)?;
        self.expected = false;
        self.out.value(value)
    }

    fn end(mut self) -> Result {
        self.turn(false)?;
        self.close()
    }
}

impl ser::SerializeStruct for Open<'_, '_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result {
        self.member(name, value)
    }

    fn end(self) -> Result {
        self.close()
    }
}

impl ser::SerializeStructVariant for Open<'_, '_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result {
        self.member(name, value)
    }

    fn end(self) -> Result {
        self.close()
    }
}
