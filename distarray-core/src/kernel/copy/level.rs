//! Level: one of the nested loops that a copy consists of.

/// One loop: how often, and how far in the source and in the target each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) count: usize,
    pub(super) source: isize,
    pub(super) target: isize,
}

impl Level {
    pub(super) const ONCE: Level = Level { count: 1, source: 0, target: 0 };

    /// Whether `self` outside and `inner` inside are one loop of the inner's steps.
    pub(super) fn continues(&self, inner: &Level) -> bool {
        let count = inner.count.cast_signed();
        self.source == count * inner.source && self.target == count * inner.target
    }

    /// Where step `index` of this loop is on both sides if its first is at `from`.
    pub(super) fn at(&self, from: (usize, usize), index: usize) -> (usize, usize) {
        let index = index.cast_signed();
        // Checked when the region was made: every position lies inside its array.
        (from.0.wrapping_add_signed(self.source * index), from.1.wrapping_add_signed(self.target * index))
    }
}
