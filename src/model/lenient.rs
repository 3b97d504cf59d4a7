//! Values whose shape on the wire varies.

use std::{borrow::Cow, collections::BTreeMap, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{PreprodAsset, RecipientSpecifications};

/// A whole number that may arrive as text. A text that is no number is kept as it came.
///
/// ```
/// use hardware_dashboard::model::LenientInteger;
///
/// let read = |json| serde_json::from_str::<LenientInteger>(json);
/// assert_eq!(read("64")?, LenientInteger::from(64));
/// assert_eq!(read(r#""64""#)?.get(), Some(64));
/// let odd = read(r#""sixty-four""#)?;
/// assert_eq!((odd.get(), odd.to_string().as_str()), (None, "sixty-four"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LenientInteger(Result<i64, Box<str>>);

impl LenientInteger {
    /// The number; `None` when the service sent something that is none.
    #[must_use]
    pub fn get(&self) -> Option<i64> {
        self.0.as_ref().ok().copied()
    }
}

impl From<i64> for LenientInteger {
    fn from(number: i64) -> Self {
        Self(Ok(number))
    }
}

impl fmt::Display for LenientInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(number) => number.fmt(f),
            Err(text) => f.write_str(text),
        }
    }
}

impl Serialize for LenientInteger {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Ok(number) => serializer.serialize_i64(*number),
            Err(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for LenientInteger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntegerVisitor)
    }
}

struct IntegerVisitor;

impl de::Visitor<'_> for IntegerVisitor {
    type Value = LenientInteger;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, as number or text")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<LenientInteger, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<LenientInteger, E> {
        Ok(i64::try_from(value).map_or_else(|_| unreadable(&value.to_string()), Into::into))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<LenientInteger, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<LenientInteger, E> {
        Ok(value.trim().parse::<i64>().map_or_else(|_| unreadable(value), Into::into))
    }
}

fn unreadable(text: &str) -> LenientInteger {
    LenientInteger(Err(text.into()))
}

impl JsonSchema for LenientInteger {
    fn schema_name() -> Cow<'static, str> {
        "LenientInteger".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["integer", "string"] })
    }
}

/// An array without the nulls in it. Put in by `build.rs`.
pub(super) fn without_null_items<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Items<T>>::deserialize(deserializer)?.map(|items| items.0))
}

/// A map without the entries that are null. Put in by `build.rs`.
pub(super) fn without_null_values<'de, D, T>(
    deserializer: D,
) -> Result<Option<BTreeMap<String, T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let map = Option::<BTreeMap<String, Option<T>>>::deserialize(deserializer)?;
    let entries = |map: BTreeMap<_, Option<T>>| {
        map.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    };
    Ok(map.map(entries))
}

/// The items of an array that are not null, without a second array on the way: lists are long.
struct Items<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Items<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ItemsVisitor(PhantomData)).map(Self)
    }
}

struct ItemsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> de::Visitor<'de> for ItemsVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut kept = Vec::new();
        while let Some(item) = items.next_element::<Option<T>>()? {
            kept.extend(item);
        }
        Ok(kept)
    }
}

/// One thing or an array of them: the sources disagree, so both are read.
#[derive(Deserialize)]
#[serde(untagged, bound = "T: Deserialize<'de>")]
enum OneOrMany<T> {
    Many(Items<T>),
    One(T),
}

impl<T> OneOrMany<T> {
    fn into_vec(self) -> Vec<T> {
        match self {
            Self::Many(items) => items.0,
            Self::One(item) => vec![item],
        }
    }
}

/// The recipients of a shipping label: one object in every sample, an array by the documentation.
///
/// ```
/// use hardware_dashboard::model::Recipients;
///
/// let one: Recipients = serde_json::from_str(r#"{ "receiverPublisherId": "27258209" }"#)?;
/// let many: Recipients = serde_json::from_str(r#"[{ "receiverPublisherId": "27258209" }]"#)?;
/// assert_eq!(one, many);
/// assert_eq!(one.0.len(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Recipients(pub Vec<RecipientSpecifications>);

impl<'de> Deserialize<'de> for Recipients {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOrMany::deserialize(deserializer).map(|items| Self(items.into_vec()))
    }
}

/// The assets of a preproduction package: a bare array, or an object with a `value` field.
///
/// ```
/// use hardware_dashboard::model::PreprodAssetList;
///
/// let bare: PreprodAssetList = serde_json::from_str(r#"[{ "id": "signed" }]"#)?;
/// let wrapped: PreprodAssetList = serde_json::from_str(r#"{ "value": [{ "id": "signed" }] }"#)?;
/// assert_eq!(bare, wrapped);
/// assert_eq!(bare.0.len(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct PreprodAssetList(pub Vec<PreprodAsset>);

#[derive(Deserialize)]
struct Wrapped {
    #[serde(default)]
    value: Option<Items<PreprodAsset>>,
}

impl<'de> Deserialize<'de> for PreprodAssetList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Shape {
            Bare(Items<PreprodAsset>),
            Wrapped(Wrapped),
        }
        Ok(match Shape::deserialize(deserializer)? {
            Shape::Bare(assets) => Self(assets.0),
            Shape::Wrapped(wrapped) => {
                Self(wrapped.value.map(|assets| assets.0).unwrap_or_default())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Product, ProductPage};

    #[test]
    fn a_number_its_text_and_nonsense_are_kept_apart() {
        for (json, number) in
            [("17763", Some(17763)), (r#""17763""#, Some(17763)), (r#""all""#, None)]
        {
            let read: LenientInteger = serde_json::from_str(json).unwrap();
            assert_eq!(read.get(), number, "{json}");
        }
        let read: LenientInteger = serde_json::from_str(r#""all""#).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), r#""all""#);
    }

    #[test]
    fn recipients_are_read_from_an_object_and_from_an_array() {
        let one = r#"{"receiverPublisherId":"27258209","enforceChidTargeting":false}"#;
        for json in [one.to_owned(), format!("[{one}]"), format!("[{one},null]")] {
            let recipients: Recipients = serde_json::from_str(&json).unwrap();
            assert_eq!(recipients.0.len(), 1, "{json}");
        }
    }

    #[test]
    fn assets_are_read_bare_and_wrapped() {
        for json in [r#"[null,{"id":"a"}]"#, r#"{"value":[{"id":"a"},null],"links":[]}"#] {
            let assets: PreprodAssetList = serde_json::from_str(json).unwrap();
            assert_eq!(assets.0.len(), 1, "{json}");
        }
        let none: PreprodAssetList = serde_json::from_str(r#"{"value":null}"#).unwrap();
        assert!(none.0.is_empty());
    }
    #[test]
    fn a_null_among_the_items_of_an_answer_is_passed_over() {
        let product: Product = serde_json::from_str(
            r#"{"links":[null,{"rel":"self"}],"requestedSignatures":["WINDOWS_10",null],
                "selectedProductTypes":{"Windows7":null,"Windows8":"Audio Device"},
                "marketingNames":null}"#,
        )
        .unwrap();
        assert_eq!(product.links.map(|links| links.len()), Some(1));
        assert_eq!(product.requested_signatures.map(|codes| codes.len()), Some(1));
        let types = product.selected_product_types.unwrap();
        assert_eq!(types.into_keys().collect::<Vec<_>>(), ["Windows8"]);
        assert_eq!(product.marketing_names, None);

        let page: ProductPage = serde_json::from_str(r#"{"value":[null,{"id":7}]}"#).unwrap();
        assert_eq!((page.value.unwrap().len(), page.links), (1, None));
    }
}
