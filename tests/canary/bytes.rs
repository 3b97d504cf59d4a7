//! Keys, which are bytes and not text.

use super::search::{PART, Search};

impl Search {
    /// Looks for pieces of these bytes, too, as `Debug` and as programs write bytes.
    pub(super) fn watch_bytes(&mut self, secret: &[u8]) {
        for piece in secret.chunks_exact(PART).step_by(8) {
            let list = format!("{piece:?}");
            self.watch(&list[1..list.len() - 1]);
            self.watch(&piece.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        }
    }
}
