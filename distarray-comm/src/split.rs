//! New communicators from one there is: duplicates, parts, and endpoints for other threads.

use std::rc::Rc;

use crate::comm::{Comm, Endpoint};
use crate::error::CommError;

impl Comm {
    /// A communicator of the same ranks whose messages do not mix with those of this one. It shares
    /// this one's thread, request, abort handle and meter. **Collective.**
    ///
    /// # Errors
    /// [`CommError::Aborted`], [`CommError::PeerLeft`].
    ///
    /// # Cost
    /// One [`all_reduce`](Self::all_reduce) of 8 bytes.
    pub fn duplicate(&self) -> Result<Self, CommError> {
        let context = self.agree_on_context(1)?;
        let members = self.members().cloned();
        Ok(Self::on_port(self.port(), members, context, self.rank()))
    }

    /// One communicator for each colour, of the ranks that pass it, ordered by `key` and, where keys
    /// are equal, by rank; `None` for ranks that pass no colour. It shares this one's thread,
    /// request, abort handle and meter. **Collective.**
    ///
    /// # Errors
    /// [`CommError::Aborted`], [`CommError::PeerLeft`].
    ///
    /// # Cost
    /// One [`all_gather`](Self::all_gather) of at most 30 bytes per rank.
    pub fn split(&self, color: Option<u64>, key: u64) -> Result<Option<Self>, CommError> {
        let wishes: Vec<(Option<u64>, u64, u64)> =
            self.all().all_gather_values(&(color, key, self.port().next_context()))?;
        let base = wishes.iter().map(|(_, _, next)| *next).max().unwrap_or(0);
        let mut colors: Vec<u64> = wishes.iter().filter_map(|(color, _, _)| *color).collect();
        colors.sort_unstable();
        colors.dedup();
        self.port().use_contexts_below(base + colors.len() as u64);
        let Some(color) = color else { return Ok(None) };
        let index = colors.partition_point(|&other| other < color);

        let mut chosen: Vec<(u64, usize)> = wishes
            .iter()
            .enumerate()
            .filter(|(_, wish)| wish.0 == Some(color))
            .map(|(rank, wish)| (wish.1, rank))
            .collect();
        chosen.sort_unstable();
        let rank = chosen.iter().position(|&(_, rank)| rank == self.rank()).unwrap_or(0);
        let members: Result<Rc<[usize]>, CommError> =
            chosen.iter().map(|&(_, rank)| self.world_rank(rank)).collect();
        Ok(Some(Self::on_port(self.port(), Some(members?), base + index as u64, rank)))
    }

    /// An endpoint of the same ranks, for use by any thread: with a transport, requests, an abort
    /// handle and a meter of its own. **Collective.**
    ///
    /// If it fails on one rank it should be given up on all.
    ///
    /// # Errors
    /// [`CommError::Aborted`], [`CommError::PeerLeft`], and what the transport reports.
    pub fn duplicate_endpoint(&self) -> Result<Endpoint, CommError> {
        let key = self.agree_on_context(1)?;
        let members = match self.members() {
            Some(members) => members.to_vec(),
            None => (0..self.size()).collect(),
        };
        let transport = self.port().with_transport(|transport| transport.duplicate(key, &members))?;
        Ok(Endpoint::new(transport))
    }

    /// Reserves `count` context numbers that no rank has used yet, and returns the first.
    fn agree_on_context(&self, count: u64) -> Result<u64, CommError> {
        let mut next = self.port().next_context().to_le_bytes();
        self.all_reduce(&mut next, &mut |left, right| {
            // Compared as numbers: the most significant byte is the last.
            if left.iter().rev().lt(right.iter().rev()) {
                left.copy_from_slice(right);
            }
        })?;
        let first = u64::from_le_bytes(next);
        self.port().use_contexts_below(first + count);
        Ok(first)
    }
}

#[cfg(test)]
mod tests {
    use crate::wire;

    #[test]
    fn a_wish_is_small() {
        let largest = wire::encode(&(Some(u64::MAX), u64::MAX, u64::MAX)).expect("encodes");
        assert!(largest.len() <= 30);
    }
}
