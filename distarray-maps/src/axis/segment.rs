//! Stretches of an axis: consecutive indices that one part holds.

/// Consecutive global indices of one part, whose local indices are consecutive too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// First global index.
    pub start: usize,
    /// The global index after the last.
    pub stop: usize,
    /// Local index of the first.
    pub local: usize,
}

/// What begins at a global index: who owns it, where, and up to which index that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) part: usize,
    pub(crate) local: usize,
    pub(crate) stop: usize,
}
