//! Points in time, read in every form that the service has sent.

use std::{borrow::Cow, convert::Infallible, fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time as the service tells it.
///
/// It is read with and without a zone (without one it is UTC) and with any number of digits. A text
/// that is no date at all is kept, so that one odd field does not cost the whole answer.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use hardware_dashboard::model::Timestamp;
///
/// let Ok(without_zone) = "2026-03-01T08:30:00.1234567".parse::<Timestamp>();
/// let Ok(with_zone) = "2026-03-01T09:30:00.1234567+01:00".parse::<Timestamp>();
/// assert_eq!(without_zone, with_zone);
///
/// let time: DateTime<Utc> = with_zone.to_utc().expect("it is a date");
/// assert_eq!(Timestamp::from(time), with_zone);
///
/// let Ok(odd) = "soon".parse::<Timestamp>();
/// assert_eq!((odd.to_utc(), odd.to_string().as_str()), (None, "soon"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Timestamp(Repr);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Repr {
    Known(DateTime<Utc>),
    Unreadable(Box<str>),
}

impl Timestamp {
    /// The point in time; `None` when the service sent something that is no date.
    #[must_use]
    pub fn to_utc(&self) -> Option<DateTime<Utc>> {
        match &self.0 {
            Repr::Known(time) => Some(*time),
            Repr::Unreadable(_) => None,
        }
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(Repr::Known(time))
    }
}

impl FromStr for Timestamp {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(read(text.trim()).map_or_else(|| Repr::Unreadable(text.into()), Repr::Known)))
    }
}

fn read(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    if let Ok(time) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f") {
        return Some(time.and_utc());
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(date.and_time(NaiveTime::MIN).and_utc())
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Known(time) => f.write_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            Repr::Unreadable(text) => f.write_str(text),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let Ok(time) = text.parse();
        Ok(time)
    }
}

impl JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// When a driver may go out at the earliest.
///
/// ```
/// use hardware_dashboard::model::GoLiveDate;
///
/// assert_eq!(serde_json::from_str::<GoLiveDate>(r#""""#)?, GoLiveDate::AtOnce);
/// let Ok(may) = "2026-05-01".parse();
/// let json = serde_json::to_string(&GoLiveDate::NotBefore(may))?;
/// assert_eq!(json, r#""2026-05-01T00:00:00Z""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GoLiveDate {
    /// As soon as it is certified; the wire says so with an empty text.
    AtOnce,
    /// No sooner than this.
    NotBefore(Timestamp),
}

impl Serialize for GoLiveDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::AtOnce => serializer.serialize_str(""),
            Self::NotBefore(time) => time.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for GoLiveDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.trim().is_empty() {
            return Ok(Self::AtOnce);
        }
        let Ok(time) = text.parse();
        Ok(Self::NotBefore(time))
    }
}

impl JsonSchema for GoLiveDate {
    fn schema_name() -> Cow<'static, str> {
        "GoLiveDate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A date and time, or an empty text for at once.",
            "type": "string",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(json: &str) -> Timestamp {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_form_the_service_sends_is_read() {
        for (json, expected) in [
            (r#""2018-04-12T05:28:32.721Z""#, "2018-04-12T05:28:32.721Z"),
            (r#""2018-04-04T16:11:27.2965057+00:00""#, "2018-04-04T16:11:27.296505700Z"),
            (r#""2018-01-01T00:00:00""#, "2018-01-01T00:00:00Z"),
            (r#""2018-04-04T18:11:27+02:00""#, "2018-04-04T16:11:27Z"),
            (r#""2018-04-12""#, "2018-04-12T00:00:00Z"),
        ] {
            assert_eq!(parsed(json).to_string(), expected, "{json}");
            assert!(parsed(json).to_utc().is_some(), "{json}");
        }
    }

    #[test]
    fn what_is_no_date_is_kept_as_it_came() {
        let time = parsed(r#""sometime in May""#);
        assert_eq!(time.to_utc(), None);
        assert_eq!(serde_json::to_string(&time).unwrap(), r#""sometime in May""#);
    }

    #[test]
    fn an_empty_go_live_date_means_at_once() {
        let date: GoLiveDate = serde_json::from_str(r#""""#).unwrap();
        assert_eq!(date, GoLiveDate::AtOnce);
        assert_eq!(serde_json::to_string(&date).unwrap(), r#""""#);
        let date: GoLiveDate = serde_json::from_str(r#""2030-01-01T00:00:00Z""#).unwrap();
        assert_eq!(serde_json::to_string(&date).unwrap(), r#""2030-01-01T00:00:00Z""#);
    }
}
