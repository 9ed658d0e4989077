//! Scan: what everybody before has, merged.

use super::{Group, Merge, Verb};
use crate::error::CommError;

impl Group<'_> {
    /// What the bytes of all earlier positions, all of one length, merge into; `None` on the first. **Collective.**
    ///
    /// `merge(left, right)` is always called with `left` standing for a run of positions and `right` for the run that follows
    /// it, so it need not commute. Which runs are merged depends on the size of the group alone.
    ///
    /// # Errors
    /// [`CommError::SizeMismatch`], [`CommError::Aborted`], [`CommError::PeerLeft`].
    ///
    /// # Cost
    /// At most ceil(log2 size) messages of `bytes.len()` bytes to later positions, and as many from earlier ones.
    ///
    /// # Source
    /// W. D. Hillis and G. L. Steele, Data parallel algorithms, Communications of the ACM 29 (1986).
    pub fn exclusive_scan(&self, bytes: &[u8], merge: &mut Merge<'_>) -> Result<Option<Vec<u8>>, CommError> {
        self.comm.progress()?;
        let (size, position) = (self.size(), self.position());
        // What this position and so many before it have, and those before it alone.
        let mut run = bytes.to_vec();
        let mut before: Option<Vec<u8>> = None;
        let mut step = 1;
        while step < size {
            if position + step < size {
                self.send(position + step, Verb::Scan, self.comm.port().copy(&run))?;
            }
            if let Some(peer) = position.checked_sub(step) {
                let left = self.receive(peer, Verb::Scan)?.into_vec();
                let mut earlier = left.clone();
                if let Some(before) = &before {
                    self.merge_right(peer, &mut earlier, before, merge)?;
                }
                before = Some(earlier);
                let mut joined = left;
                self.merge_right(peer, &mut joined, &run, merge)?;
                run = joined;
            }
            step *= 2;
        }
        Ok(before)
    }
}
