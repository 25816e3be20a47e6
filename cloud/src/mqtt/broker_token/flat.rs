//! Own claims among the token's.

use core::cell::Cell;
use core::fmt::Display;
use serde::ser::{Error as _, Impossible, Serialize, SerializeMap, SerializeStruct, Serializer};

/// Names that the token sets itself (RFC 7519, section 4.1).
const RESERVED: [&str; 6] = ["iss", "sub", "aud", "exp", "nbf", "iat"];

/// Notes a claim that the token sets itself.
#[derive(Debug, Default)]
pub(super) struct Clash(Cell<Option<&'static str>>);

impl Clash {
    pub(super) fn get(&self) -> Option<&'static str> {
        self.0.get()
    }

    fn check<E: serde::ser::Error>(&self, name: &str) -> Result<(), E> {
        match RESERVED.into_iter().find(|reserved| *reserved == name) {
            None => Ok(()),
            Some(reserved) => {
                self.0.set(Some(reserved));
                Err(E::custom("a claim that the token sets itself"))
            }
        }
    }
}

/// Writes the members of a struct or map to `map`; what is neither is refused.
pub(super) struct Flat<'m, M> {
    pub(super) map: &'m mut M,
    pub(super) clash: &'m Clash,
}

/// A name, looked at.
struct Name<'m, E> {
    clash: &'m Clash,
    error: core::marker::PhantomData<E>,
}

/// What is refused of what serde can say.
macro_rules! refuse {
    ($error:ty; $($method:ident($($argument:ty),*) -> $output:ty;)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<$output, $error> {
            Err(<$error>::custom("claims are a struct, or a map with texts as names"))
        })*
    };
}

impl<'m, M: SerializeMap> Serializer for Flat<'m, M> {
    type Ok = ();
    type Error = M::Error;
    type SerializeSeq = Impossible<(), M::Error>;
    type SerializeTuple = Impossible<(), M::Error>;
    type SerializeTupleStruct = Impossible<(), M::Error>;
    type SerializeTupleVariant = Impossible<(), M::Error>;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), M::Error>;

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, M::Error> {
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, M::Error> {
        Ok(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), M::Error> {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), M::Error> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<(), M::Error> {
        Ok(())
    }

    fn serialize_unit(self) -> Result<(), M::Error> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), M::Error> {
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), M::Error> {
        Err(M::Error::custom("claims are no variant"))
    }

    fn collect_str<T: Display + ?Sized>(self, _: &T) -> Result<(), M::Error> {
        Err(M::Error::custom("claims are no text"))
    }

    refuse! { M::Error;
        serialize_bool(bool) -> (); serialize_i8(i8) -> (); serialize_i16(i16) -> (); serialize_i32(i32) -> ();
        serialize_i64(i64) -> (); serialize_u8(u8) -> (); serialize_u16(u16) -> (); serialize_u32(u32) -> ();
        serialize_u64(u64) -> (); serialize_f32(f32) -> (); serialize_f64(f64) -> (); serialize_char(char) -> ();
        serialize_str(&str) -> (); serialize_bytes(&[u8]) -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_seq(Option<usize>) -> Impossible<(), M::Error>;
        serialize_tuple(usize) -> Impossible<(), M::Error>;
        serialize_tuple_struct(&'static str, usize) -> Impossible<(), M::Error>;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Impossible<(), M::Error>;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Impossible<(), M::Error>;
    }
}

impl<M: SerializeMap> SerializeStruct for Flat<'_, M> {
    type Ok = ();
    type Error = M::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), M::Error> {
        self.clash.check(name)?;
        self.map.serialize_entry(name, value)
    }

    fn end(self) -> Result<(), M::Error> {
        Ok(())
    }
}

impl<M: SerializeMap> SerializeMap for Flat<'_, M> {
    type Ok = ();
    type Error = M::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Result<(), M::Error> {
        name.serialize(Name { clash: self.clash, error: core::marker::PhantomData })?;
        self.map.serialize_key(name)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), M::Error> {
        self.map.serialize_value(value)
    }

    fn end(self) -> Result<(), M::Error> {
        Ok(())
    }
}

impl<E: serde::ser::Error> Serializer for Name<'_, E> {
    type Ok = ();
    type Error = E;
    type SerializeSeq = Impossible<(), E>;
    type SerializeTuple = Impossible<(), E>;
    type SerializeTupleStruct = Impossible<(), E>;
    type SerializeTupleVariant = Impossible<(), E>;
    type SerializeMap = Impossible<(), E>;
    type SerializeStruct = Impossible<(), E>;
    type SerializeStructVariant = Impossible<(), E>;

    fn serialize_str(self, name: &str) -> Result<(), E> {
        self.clash.check(name)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), E> {
        self.clash.check(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, name: &T) -> Result<(), E> {
        name.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, name: &T) -> Result<(), E> {
        name.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), E> {
        Err(E::custom("a name is no variant"))
    }

    fn collect_str<T: Display + ?Sized>(self, _: &T) -> Result<(), E> {
        Err(E::custom("a name is one text"))
    }

    refuse! { E;
        serialize_bool(bool) -> (); serialize_i8(i8) -> (); serialize_i16(i16) -> (); serialize_i32(i32) -> ();
        serialize_i64(i64) -> (); serialize_u8(u8) -> (); serialize_u16(u16) -> (); serialize_u32(u32) -> ();
        serialize_u64(u64) -> (); serialize_f32(f32) -> (); serialize_f64(f64) -> (); serialize_char(char) -> ();
        serialize_bytes(&[u8]) -> (); serialize_none() -> (); serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_seq(Option<usize>) -> Impossible<(), E>;
        serialize_tuple(usize) -> Impossible<(), E>;
        serialize_tuple_struct(&'static str, usize) -> Impossible<(), E>;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Impossible<(), E>;
        serialize_map(Option<usize>) -> Impossible<(), E>;
        serialize_struct(&'static str, usize) -> Impossible<(), E>;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Impossible<(), E>;
    }
}
