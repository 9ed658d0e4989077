//! Distributions against distributions: equal descriptions, equal placement, covering.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::distribution::Distribution;

impl Distribution {
    /// Whether every rank holds the same elements in the same order under both, so that no data would have to move.
    ///
    /// The answer `true` is certain; `false` is also given for a few exotic pairs of slices that place alike.
    ///
    /// # Cost
    /// `O(ndim)`; linear in the parts or ranks where bounds or ranks are listed explicitly.
    pub fn same_placement(&self, other: &Distribution) -> bool {
        if Arc::ptr_eq(&self.inner, &other.inner) {
            return true;
        }
        let same_axes =
            || self.axes().iter().zip(other.axes()).all(|(left, right)| left.same_placement(right));
        self.shape() == other.shape() && self.grid().same_ranks(other.grid()) && same_axes()
    }

    /// Whether every rank that holds something under `needed` holds the same elements in the same order under `self`.
    ///
    /// # Cost
    /// As [`Distribution::same_placement`].
    pub fn covers(&self, needed: &Distribution) -> bool {
        if Arc::ptr_eq(&self.inner, &needed.inner) {
            return true;
        }
        let same_axes =
            || self.axes().iter().zip(needed.axes()).all(|(left, right)| left.same_placement(right));
        self.shape() == needed.shape() && self.grid().covers(needed.grid()) && same_axes()
    }
}

impl PartialEq for Distribution {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
            || (self.shape() == other.shape() && self.grid() == other.grid() && self.axes() == other.axes())
    }
}

impl Eq for Distribution {}

impl Hash for Distribution {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest().hash(state);
    }
}
