//! CopyRun: which indices of an axis go where.

/// `repeats` pieces of `length` consecutive indices of one axis, in the source and in the target.
///
/// Piece `k` begins at index `source + k * source_stride` of the source's axis and at
/// `target + k * target_stride` of the target's. A stride may be negative; the indices of a piece always
/// increase by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CopyRun {
    /// Indices in a piece.
    pub length: usize,
    /// Pieces.
    pub repeats: usize,
    /// The first index of the first piece in the source.
    pub source: usize,
    /// From one piece to the next in the source.
    pub source_stride: isize,
    /// The first index of the first piece in the target.
    pub target: usize,
    /// From one piece to the next in the target.
    pub target_stride: isize,
}

impl CopyRun {
    /// All `length` indices of an axis, at the same place on both sides.
    #[must_use]
    pub const fn whole(length: usize) -> CopyRun {
        CopyRun::piece(length, 0, 0)
    }

    /// One piece of `length` indices.
    #[must_use]
    pub const fn piece(length: usize, source: usize, target: usize) -> CopyRun {
        CopyRun { length, repeats: 1, source, source_stride: 0, target, target_stride: 0 }
    }

    /// The way back: the target for the source.
    #[must_use]
    pub const fn reversed(self) -> CopyRun {
        let CopyRun { length, repeats, source, source_stride, target, target_stride } = self;
        CopyRun {
            length,
            repeats,
            source: target,
            source_stride: target_stride,
            target: source,
            target_stride: source_stride,
        }
    }

    /// How many indices this is.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.length.saturating_mul(self.repeats)
    }
}
