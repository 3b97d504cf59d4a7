//! Going on with what an earlier process has left of a file.

use std::{ops::Range, path::Path, sync::Arc};

use super::{Arrived, parts_of, receive};
use crate::{
    blob::{
        download::{
            DownloadOptions,
            fetch::{Break, Fetch},
            part::Part,
            told::Told,
        },
        partial::{Left, Partial},
    },
    report::{Direction, Event},
};

/// Fetches what is missing of it. `None` when nothing was left that belongs to this file.
pub(super) async fn go_on(
    fetch: &Arc<Fetch>,
    target: &Path,
    options: &DownloadOptions,
) -> Result<Option<Arrived>, Break> {
    let left = Partial::left(target, options.existing, fetch.source()).await?;
    let Some(Left { partial, identity, held }) = left else { return Ok(None) };
    let length = identity.length;
    let Some(told) = Told::earlier(identity).map(Arc::new) else { return Ok(None) };
    let there = held.iter().map(|range| range.end - range.start).sum();
    let direction = Direction::Download;
    fetch.meter.reporter().event(&Event::TransferResumed { direction, there, total: length });
    fetch.meter.begin(Some(length));
    fetch.meter.add(there);
    let gaps = gaps(&held, length).into_iter().flat_map(|gap| parts(fetch, &told, gap));
    receive(partial, &told, &held, gaps, options).await.map(Some)
}

/// What lies between these ranges, which are in their order, and behind them.
fn gaps(held: &[Range<u64>], length: u64) -> Vec<Range<u64>> {
    let starts = std::iter::once(0).chain(held.iter().map(|range| range.end));
    let ends = held.iter().map(|range| range.start).chain([length]);
    starts.zip(ends).map(|(start, end)| start..end).filter(|gap| !gap.is_empty()).collect()
}

/// As large as the origin likes them.
fn parts(fetch: &Arc<Fetch>, told: &Arc<Told>, gap: Range<u64>) -> Vec<Part> {
    let (fetch, told) = (fetch.clone(), told.clone());
    if fetch.origin.manners().gives_parts {
        parts_of(fetch, told, gap).collect()
    } else {
        vec![Part::of(fetch, told, gap)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_held_is_a_gap() {
        for (held, expected) in [
            (vec![], vec![(0, 9)]),
            (vec![(0, 3)], vec![(3, 9)]),
            (vec![(2, 3), (5, 9)], vec![(0, 2), (3, 5)]),
            (vec![(0, 2), (2, 8)], vec![(8, 9)]),
        ] {
            let held: Vec<_> = held.into_iter().map(|(start, end)| start..end).collect();
            let gaps: Vec<_> = gaps(&held, 9).into_iter().map(|gap| (gap.start, gap.end)).collect();
            assert_eq!(gaps, expected, "{held:?}");
        }
    }
}
