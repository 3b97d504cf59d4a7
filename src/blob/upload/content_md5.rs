//! The MD5 of the whole, computed beside the sending.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use md5::{Digest, Md5};
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    task::JoinHandle,
};

use super::options::ContentMd5;

/// A task that has blocks hashed in their order, each on a thread that may be kept busy.
pub(super) struct Hasher {
    /// `None` when the MD5 is not wanted, or no longer.
    blocks: Option<mpsc::Sender<Bytes>>,
    task: Option<JoinHandle<Option<[u8; 16]>>>,
    given_up: Arc<AtomicBool>,
    patient: bool,
}

impl Hasher {
    /// At most `behind` blocks wait to be hashed; they are in memory for so long.
    pub(super) fn start(wanted: ContentMd5, behind: usize) -> Self {
        let given_up = Arc::new(AtomicBool::new(false));
        let patient = wanted == ContentMd5::Always;
        if wanted == ContentMd5::Never {
            return Self { blocks: None, task: None, given_up, patient };
        }
        let (sender, blocks) = mpsc::channel(behind.max(1));
        let stop = given_up.clone();
        let task = tokio::spawn(hash(blocks, stop));
        Self { blocks: Some(sender), task: Some(task), given_up, patient }
    }

    /// Takes the next block. One that is not `urgent` can wait until there is room for it.
    pub(super) async fn add(&mut self, block: Bytes, urgent: bool) {
        let Some(blocks) = &self.blocks else { return };
        let lost = if self.patient || !urgent {
            blocks.send(block).await.is_err()
        } else {
            // Closed or full, it comes to the same: there will be no MD5.
            matches!(blocks.try_send(block), Err(TrySendError::Full(_) | TrySendError::Closed(_)))
        };
        if lost {
            tracing::info!("the line is faster than the MD5 of the whole: it is left out");
            self.given_up.store(true, Ordering::Relaxed);
            self.blocks = None;
        }
    }

    /// The MD5 of all blocks, unless it was not wanted or not kept up with.
    pub(super) async fn finish(self) -> Option<[u8; 16]> {
        drop(self.blocks);
        self.task?.await.ok()?
    }
}

async fn hash(mut blocks: mpsc::Receiver<Bytes>, given_up: Arc<AtomicBool>) -> Option<[u8; 16]> {
    let mut md5 = Md5::new();
    while let Some(block) = blocks.recv().await {
        if given_up.load(Ordering::Relaxed) {
            return None;
        }
        let add = move || {
            md5.update(&block);
            md5
        };
        md5 = tokio::task::spawn_blocking(add).await.ok()?;
    }
    (!given_up.load(Ordering::Relaxed)).then(|| md5.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENT: Bytes = Bytes::from_static(b"123456789");

    async fn hashed(wanted: ContentMd5, blocks: usize, urgent: bool) -> Option<[u8; 16]> {
        let mut hasher = Hasher::start(wanted, 2);
        for _ in 0..blocks {
            hasher.add(CONTENT, urgent).await;
        }
        hasher.finish().await
    }

    #[tokio::test]
    async fn the_md5_is_that_of_all_blocks_in_their_order() {
        let expected: [u8; 16] = Md5::digest(CONTENT.repeat(50)).into();
        assert_eq!(hashed(ContentMd5::Always, 50, true).await, Some(expected));
        assert_eq!(hashed(ContentMd5::WhileItKeepsUp, 50, false).await, Some(expected));
        assert_eq!(hashed(ContentMd5::Never, 50, false).await, None);
    }

    #[test]
    fn an_md5_that_does_not_keep_up_is_left_out() {
        let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build();
        runtime.unwrap().block_on(async {
            // Until this is dropped the only thread for hashing has something else to do.
            let (busy, wait) = std::sync::mpsc::channel::<()>();
            tokio::task::spawn_blocking(move || wait.recv());
            let mut hasher = Hasher::start(ContentMd5::WhileItKeepsUp, 2);
            for _ in 0..3 {
                hasher.add(CONTENT, true).await;
            }
            drop(busy);
            assert_eq!(hasher.finish().await, None);
        });
    }
}
