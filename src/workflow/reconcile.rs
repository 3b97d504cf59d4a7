//! What became of a call whose answer was lost: a pure function of what the service lists.

use super::known::Intent;

/// What a look at the service tells of a call that may have made something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found<T> {
    /// This came of it.
    One(T),
    /// One of these may have come of it; only a person can tell which.
    Several(Vec<T>),
    /// Nothing so far, but it may still come.
    NotYet,
    /// Nothing came of it, and nothing will.
    Nothing,
}

/// Judges what the service lists of the same kind and name. `settled` says that so much time had
/// passed before the look that nothing more can come of the call.
pub(super) fn judge<T: Clone + PartialEq>(
    intent: &Intent<T>,
    listed: &[T],
    settled: bool,
) -> Found<T> {
    let is_new = |id: &&T| intent.there.as_ref().is_none_or(|there| !there.contains(id));
    let new: Vec<T> = listed.iter().filter(is_new).cloned().collect();
    match (new.as_slice(), settled) {
        ([], true) => Found::Nothing,
        ([], false) => Found::NotYet,
        // Without knowing what was there before, even a single one may be another's.
        ([one], _) if intent.there.is_some() => Found::One(one.clone()),
        _ => Found::Several(new),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn only_the_one_new_thing_is_adopted() {
        for (there, listed, settled, found) in [
            (Some(vec![]), vec![], false, Found::NotYet),
            (Some(vec![]), vec![], true, Found::Nothing),
            (Some(vec![]), vec![7], false, Found::One(7)),
            (Some(vec![]), vec![7], true, Found::One(7)),
            (Some(vec![7]), vec![7], false, Found::NotYet),
            (Some(vec![7]), vec![7], true, Found::Nothing),
            (Some(vec![7]), vec![7, 8], true, Found::One(8)),
            (Some(vec![7]), vec![7, 8, 9], true, Found::Several(vec![8, 9])),
            (None, vec![], false, Found::NotYet),
            (None, vec![], true, Found::Nothing),
            (None, vec![7], true, Found::Several(vec![7])),
        ] {
            let intent = Intent { at: DateTime::UNIX_EPOCH, there, request_id: None };
            assert_eq!(judge(&intent, &listed, settled), found, "{intent:?} {listed:?} {settled}");
        }
    }
}
