//! What the service lists, and whether that can be all of it.

use futures_util::TryStreamExt;

use crate::{error::Error, list::List};

/// Lists were seen to end here without a word, whatever the size of their pages. One that has come so
/// far proves nothing by what is not in it, and is read no further.
const MAY_BE_CUT: usize = 1650;

/// What there is that may be of a kind and name.
#[derive(Debug)]
pub(super) struct Listed<T> {
    pub(super) ids: Vec<T>,
    /// The service tells no id of something that may be of the kind and name.
    pub(super) has_untold: bool,
    /// Nothing that is there can be missing.
    pub(super) is_whole: bool,
}

impl<T> Listed<T> {
    /// What was there, when that is known.
    pub(super) fn if_whole(self) -> Option<Vec<T>> {
        self.is_whole.then_some(self.ids)
    }
}

/// A list that could not be read to its end.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) error: Error,
    /// The service gave up after it had told some of it.
    pub(super) in_the_middle: bool,
}

/// Reads a list as far as it can prove something, of which `pick` takes what may be meant; `Some(None)` stands for what has no id.
pub(super) async fn read<T, I>(
    mut list: List<T>,
    mut pick: impl FnMut(T) -> Option<Option<I>>,
) -> Result<Listed<I>, Broken>
where
    T: Send + Unpin + 'static,
{
    let mut listed = Listed { ids: Vec::new(), has_untold: false, is_whole: true };
    let mut read = 0;
    loop {
        match list.try_next().await {
            Ok(Some(item)) => {
                read += 1;
                let picked = pick(item);
                listed.has_untold |= matches!(picked, Some(None));
                listed.ids.extend(picked.flatten());
                if read >= MAY_BE_CUT {
                    // More pages would prove no more, and a large account has hundreds of them.
                    listed.is_whole = false;
                    return Ok(listed);
                }
            }
            Ok(None) => return Ok(listed),
            Err(error) => {
                let gave_up = error.status().is_some_and(|status| status.is_server_error());
                return Err(Broken { error, in_the_middle: gave_up && read > 0 });
            }
        }
    }
}
