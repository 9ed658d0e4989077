//! Reduce and all-reduce: everybody's bytes merged into one, in rank order.

use super::{Group, Verb, tree};
use crate::comm::Comm;
use crate::error::CommError;

/// Merges the bytes of later ranks (second argument) into those of earlier ranks (first argument).
pub type Merge<'a> = dyn FnMut(&mut [u8], &[u8]) + 'a;

impl Group<'_> {
    /// Merges everybody's `bytes`, all of one length, into the root's; the others' are left in any
    /// state. **Collective.**
    ///
    /// `merge(left, right)` is always called with `left` standing for a run of ranks and `right`
    /// for the run that follows it, so it need not commute. Which runs are merged depends on the
    /// size of the group alone (a binomial tree over positions), never on timing: the result has
    /// the same bits in every run, and the same as that of [`all_reduce`](Self::all_reduce).
    ///
    /// # Errors
    /// [`CommError::NotListed`] if `root` is outside the group, [`CommError::SizeMismatch`],
    /// [`CommError::Aborted`], [`CommError::PeerLeft`].
    ///
    /// # Cost
    /// One message of `bytes.len()` bytes per rank but the first of the group, and one more from the
    /// first rank to the root if those differ; ceil(log2 size) steps.
    pub fn reduce(&self, root: usize, bytes: &mut [u8], merge: &mut Merge<'_>) -> Result<(), CommError> {
        self.comm.progress()?;
        let root = self.position_of(root)?;
        self.reduce_to_first(bytes, merge)?;
        if root != 0 && self.position() == 0 {
            self.send(root, Verb::Reduce, self.comm.port().copy(bytes))?;
        } else if root != 0 && self.position() == root {
            let message = self.receive(0, Verb::Reduce)?;
            self.copy_back(0, &message, bytes)?;
        }
        Ok(())
    }

    /// Merges everybody's `bytes`, all of one length, on every rank. **Collective.** The merging
    /// order is that of [`reduce`](Self::reduce).
    ///
    /// # Errors
    /// [`CommError::SizeMismatch`], [`CommError::Aborted`], [`CommError::PeerLeft`].
    ///
    /// # Cost
    /// If the size is a power of two: log2 size messages of `bytes.len()` bytes per rank. Otherwise
    /// a reduction to the first rank and a broadcast from it.
    ///
    /// # Source
    /// Recursive doubling: R. Thakur, R. Rabenseifner, W. Gropp, Int. J. High Perf. Comput. Appl. 19
    /// (2005) 49-66.
    pub fn all_reduce(&self, bytes: &mut [u8], merge: &mut Merge<'_>) -> Result<(), CommError> {
        self.comm.progress()?;
        let (size, position) = (self.size(), self.position());
        if !size.is_power_of_two() {
            self.reduce_to_first(bytes, merge)?;
            return self.broadcast_into(self.rank_at(0), bytes);
        }
        let mut step = 1;
        while step < size {
            let peer = position ^ step;
            self.send(peer, Verb::AllReduce, self.comm.port().copy(bytes))?;
            let message = self.receive(peer, Verb::AllReduce)?;
            if peer > position {
                self.merge_right(peer, bytes, &message, merge)?;
                self.comm.port().recycle(message);
            } else {
                let mut left = message.into_vec();
                self.merge_right(peer, &mut left, bytes, merge)?;
                bytes.copy_from_slice(&left);
                self.comm.port().recycle(left.into());
            }
            step *= 2;
        }
        Ok(())
    }

    fn reduce_to_first(&self, bytes: &mut [u8], merge: &mut Merge<'_>) -> Result<(), CommError> {
        for child in tree::children(self.position(), self.size()) {
            let message = self.receive(child, Verb::Reduce)?;
            self.merge_right(child, bytes, &message, merge)?;
            self.comm.port().recycle(message);
        }
        match tree::parent(self.position()) {
            Some(parent) => self.send(parent, Verb::Reduce, self.comm.port().copy(bytes)),
            None => Ok(()),
        }
    }

    pub(super) fn merge_right(
        &self,
        peer: usize,
        left: &mut [u8],
        right: &[u8],
        merge: &mut Merge<'_>,
    ) -> Result<(), CommError> {
        if left.len() != right.len() {
            let (mine, theirs) =
                if peer > self.position() { (left.len(), right.len()) } else { (right.len(), left.len()) };
            return Err(CommError::SizeMismatch {
                from: self.rank_at(peer),
                expected_bytes: mine as u64,
                received_bytes: theirs as u64,
            });
        }
        merge(left, right);
        Ok(())
    }

    fn copy_back(&self, peer: usize, message: &[u8], bytes: &mut [u8]) -> Result<(), CommError> {
        crate::comm::copy_whole(self.rank_at(peer), message, bytes)
    }
}

impl Comm {
    /// [`Group::reduce`] of all ranks. **Collective.**
    ///
    /// # Errors
    /// As there.
    pub fn reduce(&self, root: usize, bytes: &mut [u8], merge: &mut Merge<'_>) -> Result<(), CommError> {
        self.all().reduce(root, bytes, merge)
    }

    /// [`Group::all_reduce`] of all ranks. **Collective.**
    ///
    /// # Errors
    /// As there.
    pub fn all_reduce(&self, bytes: &mut [u8], merge: &mut Merge<'_>) -> Result<(), CommError> {
        self.all().all_reduce(bytes, merge)
    }
}
