//! JSON that keeps the order of its fields, as a recording has to.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::Number;

/// A JSON value whose objects are as they came.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Json {
    /// The same value with every name of a field and every text in it changed; a text comes with
    /// the name of the field that holds it.
    pub(super) fn map_texts(
        self,
        rename: &mut impl FnMut(String) -> String,
        change: &mut impl FnMut(&str, String) -> String,
    ) -> Self {
        self.map_texts_of("", rename, change)
    }

    fn map_texts_of(
        self,
        name: &str,
        rename: &mut impl FnMut(String) -> String,
        change: &mut impl FnMut(&str, String) -> String,
    ) -> Self {
        match self {
            Self::String(text) => Self::String(change(name, text)),
            Self::Array(items) => {
                let items = items.into_iter();
                Self::Array(items.map(|item| item.map_texts_of(name, rename, change)).collect())
            }
            Self::Object(fields) => {
                let mut field = |(name, value): (String, Self)| {
                    let value = value.map_texts_of(&name, rename, change);
                    (rename(name), value)
                };
                Self::Object(fields.into_iter().map(&mut field).collect())
            }
            other => other,
        }
    }

    /// Shows every text, with the name of the field that holds it.
    pub(super) fn visit_texts(&self, see: &mut impl FnMut(&str, &str)) {
        self.visit_texts_of("", see);
    }

    fn visit_texts_of(&self, name: &str, see: &mut impl FnMut(&str, &str)) {
        match self {
            Self::String(text) => see(name, text),
            Self::Array(items) => items.iter().for_each(|item| item.visit_texts_of(name, see)),
            Self::Object(fields) => {
                fields.iter().for_each(|(name, value)| value.visit_texts_of(name, see));
            }
            Self::Null | Self::Bool(_) | Self::Number(_) => {}
        }
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(fields) => {
                serializer.collect_map(fields.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Json, E> {
        Ok(Json::Bool(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Json, E> {
        Number::from_f64(number).map(Json::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Json::Object(fields))
    }
}
