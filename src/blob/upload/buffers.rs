//! Memory for blocks, which is used again and again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many buffers and no more, whoever holds them.
pub(super) struct Buffers {
    free: Mutex<Vec<Vec<u8>>>,
    permits: Arc<Semaphore>,
    size: usize,
}

/// Memory for one block. It returns when the last of those who read from it has done so.
pub(super) struct Buffer {
    memory: Vec<u8>,
    length: usize,
    home: Arc<Buffers>,
    /// Dropped after the memory has been put back.
    _permit: Option<OwnedSemaphorePermit>,
}

impl Buffers {
    pub(super) fn new(count: usize, size: usize) -> Arc<Self> {
        let permits = Arc::new(Semaphore::new(count));
        Arc::new(Self { free: Mutex::default(), permits, size })
    }

    /// Waits until a buffer is free. Buffers are given in the order in which they are asked for.
    pub(super) async fn take(self: &Arc<Self>) -> Buffer {
        // It is never closed, so there is always a permit to come.
        let permit = self.permits.clone().acquire_owned().await.ok();
        let memory = self.free().pop().unwrap_or_else(|| vec![0; self.size]);
        Buffer { memory, length: 0, home: self.clone(), _permit: permit }
    }

    fn free(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Buffer {
    /// Room for so many bytes, which must not be more than a block has.
    pub(super) fn room(&mut self, length: usize) -> &mut [u8] {
        self.length = length;
        &mut self.memory[..length]
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.memory[..self.length]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.home.free().push(std::mem::take(&mut self.memory));
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn memory_is_used_again_when_nobody_reads_from_it() {
        let buffers = Buffers::new(1, 8);
        let mut buffer = buffers.take().await;
        buffer.room(4).copy_from_slice(b"four");
        let content = Bytes::from_owner(buffer);
        let rest = content.slice(2..);
        drop(content);
        assert_eq!(&rest[..], b"ur");
        assert!(buffers.take().now_or_never().is_none());
        drop(rest);
        let again = buffers.take().now_or_never().expect("it has come back");
        assert_eq!((again.as_ref().len(), &again.memory[..4]), (0, &b"four"[..]));
    }
}
