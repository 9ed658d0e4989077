//! Replacement: whether what has been chosen can be chosen again.

use serde::{Deserialize, Serialize};

use crate::Variate;
use crate::error::RandomError;

/// Whether what has been chosen can be chosen again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Replacement {
    /// It is put back.
    With,
    /// It is not: every index occurs at most once.
    Without,
}

impl Replacement {
    /// What makes a choice of `count` indices below `population`, all equally likely.
    #[must_use]
    pub const fn variate(self, population: u64, count: usize) -> Variate {
        match self {
            Replacement::With if count > 0 => Variate::Integers { low: 0, high: population as i128 - 1 },
            // Nothing can be chosen of nothing too, where there is no integer to draw.
            Replacement::With | Replacement::Without => Variate::Distinct { population },
        }
    }
}

/// Whether so many can be chosen at all.
pub(super) fn check_count(
    replacement: Replacement,
    population: usize,
    count: usize,
) -> Result<(), RandomError> {
    if replacement == Replacement::With || count <= population {
        return Ok(());
    }
    Err(RandomError::Population { count: count as u64, population: population as u64 })
}
