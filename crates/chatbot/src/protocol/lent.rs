//! JSON that borrows its texts from the body that it was read from.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

/// A value. Of numbers those alone are told that are whole and not negative.
#[derive(Debug)]
pub(super) enum Lent<'a> {
    Null,
    Text(Cow<'a, str>),
    Whole(u64),
    List(Vec<Lent<'a>>),
    Object(Fields<'a>),
    Other,
}

/// An object's fields as they come. Of those with the same name the last one counts.
#[derive(Debug)]
pub(super) struct Fields<'a>(Vec<(Name<'a>, Lent<'a>)>);

#[derive(Debug, Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Fields<'a> {
    /// What a field is, if it is there.
    pub(super) fn get(&self, name: &str) -> Option<&Lent<'a>> {
        let mut named = self.0.iter().rev().filter(|(own, _)| own.0 == name);
        named.next().map(|(_, value)| value)
    }
}

impl Lent<'_> {
    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Lent<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Lent<'de>, E> {
        Ok(Lent::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Lent<'de>, E> {
        Ok(Lent::Other)
    }

    fn visit_u64<E>(self, number: u64) -> Result<Lent<'de>, E> {
        Ok(Lent::Whole(number))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Lent<'de>, E> {
        Ok(Lent::Other)
    }

    fn visit_str<E>(self, text: &str) -> Result<Lent<'de>, E> {
        Ok(Lent::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Lent<'de>, E> {
        Ok(Lent::Text(Cow::Borrowed(text)))
    }

    fn visit_unit<E>(self) -> Result<Lent<'de>, E> {
        Ok(Lent::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Lent<'de>, A::Error> {
        let mut all = Vec::new();
        while let Some(value) = list.next_element()? {
            all.push(value);
        }
        Ok(Lent::List(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Lent<'de>, A::Error> {
        OfObject.visit_map(map).map(Lent::Object)
    }
}

struct OfObject;

impl<'de> Visitor<'de> for OfObject {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut all = Vec::new();
        while let Some(field) = map.next_entry()? {
            all.push(field);
        }
        Ok(Fields(all))
    }
}

impl<'de> Deserialize<'de> for Lent<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OfObject)
    }
}
