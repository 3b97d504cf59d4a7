//! What lists are told.

use std::num::{NonZeroU32, NonZeroUsize};

use clap::Args;

use crate::listing::Place;

#[derive(Debug, Args)]
#[command(next_help_heading = "List")]
pub(crate) struct Listing {
    /// Stop after so many items
    #[arg(long, value_name = "ITEMS")]
    pub(crate) limit: Option<NonZeroUsize>,

    /// Ask the service for so many items at once; it may send fewer
    #[arg(long, value_name = "ITEMS")]
    pub(crate) page_size: Option<NonZeroU32>,

    /// Go on where an earlier list stopped, which printed this
    #[arg(long, value_name = "PLACE")]
    pub(crate) continuation: Option<Place>,
}
