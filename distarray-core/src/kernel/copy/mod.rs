//! Copying regions: between blocks, into messages and out of them.

mod pieces;
mod region;
mod walk;

use crate::error::ElementError;

pub use region::Region;

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

    /// How many indices this is.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.length.saturating_mul(self.repeats)
    }
}

/// Copies a region: the product over the axes of their runs. See [`Region`].
///
/// # Errors
/// Before anything is written: [`ElementError::ItemSize`], [`ElementError::AxisCount`],
/// [`ElementError::RunOutOfRange`], [`ElementError::SizeMismatch`].
pub fn copy_region<R: AsRef<[CopyRun]>>(
    item_bytes: usize,
    source: &[u8],
    source_shape: &[usize],
    target: &mut [u8],
    target_shape: &[usize],
    axes: &[R],
) -> Result<(), ElementError> {
    Region::between(item_bytes, source_shape, target_shape, axes)?.copy(source, target)
}

/// Copies elements `first..` of a region into `target`, as many as it holds, one after the other.
///
/// The elements of a region are counted in C order: the last axis fastest; along an axis run after run,
/// piece after piece, index after index. The target side of the runs is not looked at. For many pieces of
/// one region make a [`Region::packing`] once.
///
/// # Errors
/// As [`copy_region`]; [`ElementError::RangeOutOfRegion`].
pub fn pack_region<R: AsRef<[CopyRun]>>(
    item_bytes: usize,
    source: &[u8],
    source_shape: &[usize],
    axes: &[R],
    first: usize,
    target: &mut [u8],
) -> Result<(), ElementError> {
    Region::packing(item_bytes, source_shape, axes)?.pack(source, first, target)
}

/// Copies `source` to elements `first..` of a region of the target: what [`pack_region`] undoes.
///
/// The source side of the runs is not looked at.
///
/// # Errors
/// As [`pack_region`].
pub fn unpack_region<R: AsRef<[CopyRun]>>(
    item_bytes: usize,
    source: &[u8],
    first: usize,
    target: &mut [u8],
    target_shape: &[usize],
    axes: &[R],
) -> Result<(), ElementError> {
    Region::unpacking(item_bytes, target_shape, axes)?.unpack(source, first, target)
}
