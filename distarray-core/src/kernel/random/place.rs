//! Filling a block with the random elements that belong at its places in the whole array.

use super::stream::Stream;
use super::target::Target;
use super::variate::Variate;
use crate::block::Block;
use crate::element::{Plain, as_bytes_mut};
use crate::error::ElementError;
use crate::kernel::copy::CopyRun;

/// Fills a block with `variate` at the flat (C order) indices of the whole array of `global_shape`; `axes` are the
/// places as in [`each_stretch`](crate::kernel::generate::each_stretch).
///
/// # Errors
/// [`ElementError::NotInFamily`] or [`ElementError::DTypeMismatch`] for a dtype that the variate does not have:
/// floats are `float32` or `float64` (`float32` is the other rounded), integers any integer dtype, counts `int64`,
/// truth values `bool`.
pub fn fill(
    block: &mut Block,
    variate: &Variate,
    stream: &Stream,
    global_shape: &[usize],
    axes: &[Vec<CopyRun>],
) -> Result<(), ElementError> {
    let (dtype, shape) = (block.dtype(), block.shape().to_vec());
    let bytes = block.as_bytes_mut()?;
    Target { dtype, bytes, stream, global_shape, axes, shape: &shape }.fill(variate)
}

/// Fills a slice with the elements of `variate` from flat index `first` on.
///
/// # Errors
/// As [`fill`].
pub fn fill_slice<T: Plain>(
    elements: &mut [T],
    variate: &Variate,
    stream: &Stream,
    first: usize,
) -> Result<(), ElementError> {
    let length = elements.len();
    let axes = [vec![CopyRun::piece(length, first, 0)]];
    let bytes = as_bytes_mut(elements);
    let target =
        Target { dtype: T::DTYPE, bytes, stream, global_shape: &[usize::MAX], axes: &axes, shape: &[length] };
    target.fill(variate)
}
