//! Lists: shown as they come, and gone on with where they stopped.

use std::str::FromStr;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use futures_util::TryStreamExt;
use hardware_dashboard::{Continuation, List};
use serde_json::json;

use crate::{
    App, Ending,
    args::Listing,
    failure::{Exit, Failure},
    output::{self, Format, data, document, for_people, table::Rows, value},
    show::Row,
};

/// Where a list is gone on with, as a word for the command line.
#[derive(Clone, Debug)]
pub(crate) struct Place(Continuation);

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = BASE64_URL_SAFE_NO_PAD.decode(text.trim()).ok();
        let read = read.and_then(|json| serde_json::from_slice(&json).ok());
        read.map(|[place]: [_; 1]| Self(place))
            .ok_or("this is no place in a list: give what an earlier list printed")
    }
}

impl Place {
    fn word(place: &Continuation) -> Result<String, Failure> {
        // In a list: a word that begins as an object does looks like a token, and is hidden as one.
        let json = serde_json::to_vec(&[place]).map_err(|error| Failure::stdout(error.into()))?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(json))
    }
}

/// Shows a list, as far as it is wanted.
pub(crate) async fn show<T>(app: &App, list: List<T>, wanted: &Listing) -> Ending
where
    T: Row + Send + Unpin + 'static,
{
    let mut list = begun(list, wanted);
    let mut shown = Shown::new(app.console.format, T::COLUMNS);
    let wanted_items = wanted.limit.map_or(usize::MAX, Into::into);
    let (mut items, mut broken) = (0, None);
    while items < wanted_items && broken.is_none() {
        match list.try_next().await {
            Ok(Some(item)) => {
                shown.item(&item)?;
                items += 1;
            }
            Ok(None) => break,
            Err(error) => broken = Some(Failure::from(error)),
        }
    }
    let place = list.continuation().as_ref().map(Place::word).transpose()?;
    // Where nothing has come there is no place to go on from.
    let place = place.filter(|_| items > 0 || wanted.continuation.is_some());
    let ended = shown.end(place.as_deref());
    let Some(failure) = broken else {
        ended?;
        place.iter().for_each(|place| tell_of_more(app, place));
        tell_of_none(app, items);
        return Ok(Exit::Done);
    };
    Failure::unless_unread(ended)?;
    Err(match place {
        Some(place) => failure
            .with_detail(format!("go on behind the last item with: --continuation {place}"))
            .with_fact("continuation", place),
        None => failure,
    })
}

fn begun<T: Send + 'static>(mut list: List<T>, wanted: &Listing) -> List<T> {
    if let Some(items) = wanted.page_size {
        list = list.page_size(items);
    }
    match &wanted.continuation {
        Some(Place(place)) => list.resume(place.clone()),
        None => list,
    }
}

/// An empty table says too little.
fn tell_of_none(app: &App, items: usize) {
    if items == 0 {
        app.console.say("there are none");
    }
}

/// The document tells it by itself.
fn tell_of_more(app: &App, place: &str) {
    match app.console.format {
        Format::Human => app.console.say(&format!("there may be more: --continuation {place}")),
        Format::Json => {}
        Format::Ndjson => output::line(&json!({ "continuation": place }).to_string()),
    }
}

/// Shows a list that is here already.
pub(crate) fn show_all<T: Row>(app: &App, items: &[T]) -> Ending {
    let mut shown = Shown::new(app.console.format, T::COLUMNS);
    items.iter().try_for_each(|item| shown.item(item))?;
    shown.end(None)?;
    tell_of_none(app, items.len());
    Ok(Exit::Done)
}

/// What has come of a list.
enum Shown {
    Human(Rows),
    Document(Vec<serde_json::Value>),
    Lines,
}

impl Shown {
    fn new(format: Format, columns: &'static [&'static str]) -> Self {
        match format {
            Format::Human => Self::Human(Rows::new(columns, output::width())),
            Format::Json => Self::Document(Vec::new()),
            Format::Ndjson => Self::Lines,
        }
    }

    fn item<T: Row>(&mut self, item: &T) -> Result<(), Failure> {
        match self {
            Self::Human(rows) => rows.push(item.row()).map_or(Ok(()), |text| for_people(&text)),
            Self::Document(items) => {
                items.push(value(item)?);
                Ok(())
            }
            Self::Lines => data(&value(item)?.to_string()),
        }
    }

    /// A document is whole even when the list broke off: it says where to go on.
    fn end(self, place: Option<&str>) -> Result<(), Failure> {
        match self {
            Self::Human(mut rows) => rows.flush().map_or(Ok(()), |text| for_people(&text)),
            Self::Document(items) => {
                data(&document(&json!({ "value": items, "continuation": place }))?)
            }
            Self::Lines => Ok(()),
        }
    }
}
