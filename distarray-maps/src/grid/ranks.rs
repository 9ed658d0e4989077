//! `RankList`: the ranks of a grid that follow no rule, with a table to find a rank's place.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::MapError;

/// Ranks by place, and places by rank.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<usize>", into = "Vec<usize>")]
pub(crate) struct RankList {
    ranks: Vec<usize>,
    /// (rank, place), sorted.
    sorted: Vec<(usize, usize)>,
}

impl RankList {
    /// The list, or the first rank if the others follow one by one and no list is needed.
    pub(crate) fn new(ranks: &[usize]) -> Result<Result<usize, Self>, MapError> {
        if let Some(&first) = ranks.first()
            && ranks.iter().enumerate().all(|(place, &rank)| rank.checked_sub(place) == Some(first))
        {
            return Ok(Ok(first));
        }
        Self::try_from(ranks.to_vec()).map(Err)
    }

    pub(crate) fn len(&self) -> usize {
        self.ranks.len()
    }

    pub(crate) fn rank(&self, place: usize) -> usize {
        self.ranks[place]
    }

    pub(crate) fn place(&self, rank: usize) -> Option<usize> {
        let found = self.sorted.binary_search_by_key(&rank, |&(rank, _)| rank).ok()?;
        Some(self.sorted[found].1)
    }

    pub(crate) fn digest_into(&self, digest: &mut Digest) {
        digest.number(self.ranks.len());
        for &rank in &self.ranks {
            digest.number(rank);
        }
    }
}

impl TryFrom<Vec<usize>> for RankList {
    type Error = MapError;

    fn try_from(ranks: Vec<usize>) -> Result<Self, MapError> {
        let mut sorted: Vec<(usize, usize)> =
            ranks.iter().enumerate().map(|(place, &rank)| (rank, place)).collect();
        sorted.sort_unstable();
        if let Some(twice) = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(MapError::RankTwice { rank: twice[0].0 });
        }
        Ok(RankList { ranks, sorted })
    }
}

impl From<RankList> for Vec<usize> {
    fn from(list: RankList) -> Self {
        list.ranks
    }
}
