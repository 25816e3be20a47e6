//! Claims of every kind that serde knows, those that JSON has no form for among them.

use super::Source;
use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
};
use serde::ser::{SerializeTupleVariant, Serializer};

/// A value, as its `Serialize` hands it over.
pub enum Tree {
    Bool(bool),
    Signed(u8, i64),
    Unsigned(u8, u64),
    Wide(i128),
    Single(f32),
    Double(f64),
    Char(char),
    Text(String),
    Displayed(String),
    Bytes(Vec<u8>),
    Unit,
    None,
    Some(Box<Tree>),
    Newtype(Box<Tree>),
    Variant(&'static str),
    NewtypeVariant(&'static str, Box<Tree>),
    TupleVariant(Vec<Tree>),
    List(Vec<Tree>),
    Map(Vec<(Tree, Tree)>),
    Struct(Vec<(&'static str, Tree)>),
    StructVariant(&'static str, Vec<(&'static str, Tree)>),
    /// Says that it can't.
    Refuses,
    /// A map that goes on after this entry failed, or did not.
    Careless(Box<Tree>),
}

/// Names of members; the second half would have to be escaped.
const NAMES: [&str; 8] = ["iat", "exp", "aud", "é", "a\"b", "back\\slash", "line\n", "\u{1}"];

impl Tree {
    pub fn read(source: &mut Source<'_>, depth: u8) -> Self {
        let kind = source.byte();
        let few = usize::from(source.byte() % 4);
        let name = |source: &mut Source<'_>| {
            NAMES[usize::from(source.byte() % 8).min(usize::from(source.byte() % 11))]
        };
        let text = |source: &mut Source<'_>| {
            let len = usize::from(source.byte() % 24);
            String::from_utf8_lossy(source.bytes(len)).into_owned()
        };
        let deeper = |source: &mut Source<'_>| Box::new(Self::read(source, depth + 1));
        // The bad ones are rare, or nothing would ever be written.
        match kind % 64 {
            0..8 => Self::Text(text(source)),
            8..12 => Self::Unsigned(kind, u64::from_le_bytes(source.array())),
            12..16 => Self::Signed(kind, i64::from_le_bytes(source.array())),
            16..18 => Self::Bool(kind & 1 == 1),
            18..20 => Self::Single(f32::from_le_bytes(source.array())),
            20..22 => Self::Double(f64::from_le_bytes(source.array())),
            22 => Self::Displayed(text(source)),
            23 => Self::Unit,
            24 => Self::None,
            25 => Self::Variant(name(source)),
            26 => Self::Char(char::from(source.byte())),
            27 => Self::Wide(i128::from(i64::from_le_bytes(source.array())) * 3),
            28 => Self::Bytes(source.bytes(few).to_vec()),
            29 => Self::Refuses,
            _ if depth > 4 => Self::Unit,
            30 => Self::Careless(deeper(source)),
            31 => Self::TupleVariant((0..few).map(|_| Self::read(source, depth + 1)).collect()),
            32..35 => Self::Some(deeper(source)),
            35..38 => Self::Newtype(deeper(source)),
            38..41 => Self::NewtypeVariant(name(source), deeper(source)),
            41..47 => Self::List((0..few).map(|_| Self::read(source, depth + 1)).collect()),
            47..53 => Self::Map(
                (0..few)
                    .map(|_| {
                        let key = match source.byte() % 16 {
                            0 => Self::read(source, depth + 1),
                            _ => Self::Text(text(source)),
                        };
                        (key, Self::read(source, depth + 1))
                    })
                    .collect(),
            ),
            53..59 => Self::Struct((0..few).map(|_| (name(source), Self::read(source, depth + 1))).collect()),
            _ => Self::StructVariant(
                name(source),
                (0..few).map(|_| (name(source), Self::read(source, depth + 1))).collect(),
            ),
        }
    }

    /// Whether it is one that the driver writes: the list of what it refuses.
    pub fn is_plain(&self) -> bool {
        let named = |name: &str| !name.contains(['"', '\\', '\n', '\u{1}']);
        match self {
            Self::Char(_) | Self::Wide(_) | Self::Bytes(_) | Self::TupleVariant(_) | Self::Refuses => false,
            Self::Some(inner) | Self::Newtype(inner) | Self::Careless(inner) => inner.is_plain(),
            Self::NewtypeVariant(name, inner) => named(name) && inner.is_plain(),
            Self::List(list) => list.iter().all(Self::is_plain),
            Self::Map(map) => map.iter().all(|(key, value)| key.is_text() && value.is_plain()),
            Self::Struct(fields) => fields.iter().all(|(name, value)| named(name) && value.is_plain()),
            Self::StructVariant(variant, fields) => {
                named(variant) && fields.iter().all(|(name, value)| named(name) && value.is_plain())
            }
            _ => true,
        }
    }

    fn is_text(&self) -> bool {
        match self {
            Self::Text(_) | Self::Displayed(_) | Self::Variant(_) => true,
            Self::Some(inner) | Self::Newtype(inner) => inner.is_text(),
            _ => false,
        }
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Signed(width, value) => match width % 4 {
                0 => serializer.serialize_i8(*value as i8),
                1 => serializer.serialize_i16(*value as i16),
                2 => serializer.serialize_i32(*value as i32),
                _ => serializer.serialize_i64(*value),
            },
            Self::Unsigned(width, value) => match width % 4 {
                0 => serializer.serialize_u8(*value as u8),
                1 => serializer.serialize_u16(*value as u16),
                2 => serializer.serialize_u32(*value as u32),
                _ => serializer.serialize_u64(*value),
            },
            Self::Wide(value) => match u128::try_from(*value) {
                Ok(value) => serializer.serialize_u128(value),
                Err(_) => serializer.serialize_i128(*value),
            },
            Self::Single(value) => serializer.serialize_f32(*value),
            Self::Double(value) => serializer.serialize_f64(*value),
            Self::Char(value) => serializer.serialize_char(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Displayed(value) => serializer.collect_str(value),
            Self::Bytes(value) => serializer.serialize_bytes(value),
            Self::Unit => serializer.serialize_unit(),
            Self::None => serializer.serialize_none(),
            Self::Some(inner) => serializer.serialize_some(inner),
            Self::Newtype(inner) => serializer.serialize_newtype_struct("Newtype", inner),
            Self::Variant(name) => serializer.serialize_unit_variant("Enum", 0, name),
            Self::NewtypeVariant(name, inner) => serializer.serialize_newtype_variant("Enum", 0, name, inner),
            Self::TupleVariant(list) => {
                let mut variant = serializer.serialize_tuple_variant("Enum", 0, "tuple", list.len())?;
                list.iter().try_for_each(|item| variant.serialize_field(item))?;
                variant.end()
            }
            Self::List(list) => {
                let mut seq = serializer.serialize_seq(None)?;
                list.iter().try_for_each(|item| seq.serialize_element(item))?;
                seq.end()
            }
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(None)?;
                entries.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
            Self::Struct(fields) => {
                let mut out = serializer.serialize_struct("Struct", fields.len())?;
                fields.iter().try_for_each(|(name, value)| out.serialize_field(name, value))?;
                out.end()
            }
            Self::StructVariant(variant, fields) => {
                let mut out = serializer.serialize_struct_variant("Enum", 0, variant, fields.len())?;
                fields.iter().try_for_each(|(name, value)| out.serialize_field(name, value))?;
                out.end()
            }
            Self::Refuses => Err(S::Error::custom("this can't be written")),
            Self::Careless(inner) => {
                let mut map = serializer.serialize_map(None)?;
                let _ = map.serialize_entry("careless", inner);
                map.serialize_entry("after", &true)?;
                map.end()
            }
        }
    }
}
