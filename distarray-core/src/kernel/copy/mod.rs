//! Copying regions: between blocks, into messages and out of them.

mod level;
mod pieces;
mod region;
mod run;
mod side;
mod strip;
mod transfer;
mod walk;

use crate::error::ElementError;

pub use region::Region;
pub use run::CopyRun;
pub use side::{Side, Strides, c_strides, size_of};
pub use strip::{Strip, TURNED_TILE, copy_strips, copy_turned};

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
    Region::packing(item_bytes, &Side::c_order(source_shape), axes)?.pack(source, first, target)
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
    Region::unpacking(item_bytes, &Side::c_order(target_shape), axes)?.unpack(source, first, target)
}
