//! `Merged`: what several ranks answered to one request, on its way to the client.

use super::{Outcome, Payload};
use distarray_lazy::backend::{RankStatistics, Reply};
use distarray_spmd::{Failure, FailureKind};

/// The answers of some ranks to one request. Merging is associative and does not care for order, so a
/// tree and a line give the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// Number of the request.
    pub number: u64,
    /// How many ranks have answered.
    pub ranks: usize,
    /// The failure that counts: see [`worse`].
    pub failure: Option<Failure>,
    /// What ranks brought, with the rank, in no order. Ranks that are merely done are not listed.
    pub payloads: Vec<(usize, Payload)>,
}

impl From<Outcome> for Merged {
    fn from(outcome: Outcome) -> Self {
        let Outcome { number, rank, result } = outcome;
        let (failure, payloads) = match result {
            Ok(Payload::Done) => (None, Vec::new()),
            Ok(payload) => (None, vec![(rank, payload)]),
            Err(failure) => (Some(failure), Vec::new()),
        };
        Self { number, ranks: 1, failure, payloads }
    }
}

impl Merged {
    /// No rank has answered request `number` yet. **Pure.**
    #[must_use]
    pub fn nobody(number: u64) -> Self {
        Self { number, ranks: 0, failure: None, payloads: Vec::new() }
    }

    /// Takes in the answers of other ranks to the same request. **Pure.**
    pub fn absorb(&mut self, other: Self) {
        debug_assert_eq!(self.number, other.number, "answers to one request are merged");
        self.ranks += other.ranks;
        self.note(other.failure);
        if self.payloads.is_empty() {
            self.payloads = other.payloads;
        } else {
            self.payloads.extend(other.payloads);
        }
    }

    /// Takes in a failure that is known before its rank has answered. **Pure.**
    pub fn note(&mut self, failure: Option<Failure>) {
        self.failure = match (self.failure.take(), failure) {
            (Some(first), Some(second)) => Some(worse(first, second)),
            (first, second) => first.or(second),
        };
    }

    /// The reply, once all `rank_count` ranks have answered. **Pure.**
    ///
    /// # Errors
    /// The failure that counts.
    pub fn reply(self, rank_count: usize) -> Result<Reply, Failure> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        match self.payloads.first() {
            None | Some((_, Payload::Done)) => Ok(Reply::Done),
            Some((_, Payload::Bytes(_))) => {
                let mut parts = vec![Vec::new(); rank_count];
                for (rank, payload) in self.payloads {
                    if let (Payload::Bytes(bytes), Some(part)) = (payload, parts.get_mut(rank)) {
                        *part = bytes;
                    }
                }
                Ok(Reply::Parts(parts))
            }
            Some((_, Payload::Statistics(_))) => {
                let mut statistics = vec![RankStatistics::default(); rank_count];
                for (rank, payload) in self.payloads {
                    if let (Payload::Statistics(counted), Some(place)) = (payload, statistics.get_mut(rank)) {
                        *place = counted;
                    }
                }
                Ok(Reply::Statistics(statistics))
            }
        }
    }
}

/// Which of two failures of one request is told: that of the lowest rank, but one that was merely
/// given up because another rank failed is told last. **Pure.**
#[must_use]
pub fn worse(first: Failure, second: Failure) -> Failure {
    let order = |failure: &Failure| (failure.kind == FailureKind::Aborted, failure.rank);
    if order(&second) < order(&first) { second } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(rank: usize, kind: FailureKind) -> Failure {
        Failure { operation: "sum".to_owned(), rank, kind, message: String::new() }
    }

    fn outcome(rank: usize, result: Result<Payload, Failure>) -> Merged {
        Merged::from(Outcome { number: 5, rank, result })
    }

    #[test]
    fn parts_come_in_rank_order_whatever_order_they_arrive_in() {
        let mut merged = Merged::nobody(5);
        for rank in [2, 0, 1] {
            let byte = u8::try_from(rank).expect("small");
            merged.absorb(outcome(rank, Ok(Payload::Bytes(vec![byte; rank]))));
        }
        assert_eq!(merged.ranks, 3);
        let Ok(Reply::Parts(parts)) = merged.reply(3) else { panic!("parts") };
        assert_eq!(parts, [vec![], vec![1], vec![2, 2]]);
    }

    #[test]
    fn the_lowest_rank_that_failed_by_itself_is_named() {
        let mut merged = outcome(0, Err(failure(0, FailureKind::Aborted)));
        merged.absorb(outcome(2, Err(failure(2, FailureKind::Panic))));
        merged.absorb(outcome(3, Ok(Payload::Done)));
        merged.absorb(outcome(1, Err(failure(1, FailureKind::Invalid))));
        assert_eq!(merged.reply(4).err(), Some(failure(1, FailureKind::Invalid)));
    }
}
