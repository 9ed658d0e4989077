//! Copying regions: between blocks, into messages and out of them.

use crate::error::ElementError;

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

/// Copies a region: the product over the axes of their runs.
///
/// # Errors
/// Before anything is written: [`ElementError::ItemSize`], [`ElementError::AxisCount`],
/// [`ElementError::RunOutOfRange`], [`ElementError::SizeMismatch`].
pub fn copy_region(
    item_bytes: usize,
    source: &[u8],
    source_shape: &[usize],
    target: &mut [u8],
    target_shape: &[usize],
    axes: &[Vec<CopyRun>],
) -> Result<(), ElementError> {
    let _ = (item_bytes, source, source_shape, target, target_shape, axes);
    Ok(())
}

/// Copies elements `first..` of a region into `target`, as many as it holds, one after the other.
///
/// The elements of a region are counted in C order: the last axis fastest, along an axis run after run,
/// piece after piece, index after index. The target side of the runs is not looked at.
///
/// # Errors
/// As [`copy_region`]; [`ElementError::RangeOutOfRegion`].
pub fn pack_region(
    item_bytes: usize,
    source: &[u8],
    source_shape: &[usize],
    axes: &[Vec<CopyRun>],
    first: usize,
    target: &mut [u8],
) -> Result<(), ElementError> {
    let _ = (item_bytes, source, source_shape, axes, first, target);
    Ok(())
}

/// Copies `source` to elements `first..` of a region of the target: what [`pack_region`] undoes.
///
/// The source side of the runs is not looked at.
///
/// # Errors
/// As [`pack_region`].
pub fn unpack_region(
    item_bytes: usize,
    source: &[u8],
    first: usize,
    target: &mut [u8],
    target_shape: &[usize],
    axes: &[Vec<CopyRun>],
) -> Result<(), ElementError> {
    let _ = (item_bytes, source, first, target, target_shape, axes);
    Ok(())
}
