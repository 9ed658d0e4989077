//! Casting: elements of one dtype to another, as NumPy's `astype` does on x86-64.

use crate::dispatch;
use crate::dtype::DType;
use crate::element::convert::Convert;
use crate::element::{Plain, slice_of, slice_of_mut};
use crate::error::ElementError;
use crate::multiversion;

/// Converts elements. Both sides begin at an address for their dtype.
///
/// Integers wrap. A float becomes the integer towards zero; what does not fit, infinities and NaN become
/// what the processor's truncating instruction gives, cut to the target's width: the smallest `int64` for
/// `int64` and `uint32`, the smallest `int32` for `int32` and everything narrower; `uint64` takes numbers
/// from 2^63 on less 2^63. Complex numbers lose their imaginary part. All but zero is `true`.
///
/// NumPy's own vector loops convert a float outside `uint32` otherwise than its scalar loops do; this
/// follows the scalar ones everywhere.
///
/// # Errors
/// [`ElementError::SizeMismatch`] if the counts of elements differ, [`ElementError::Misaligned`].
pub fn cast(
    source_dtype: DType,
    source: &[u8],
    target_dtype: DType,
    target: &mut [u8],
) -> Result<(), ElementError> {
    let count = source.len() / source_dtype.size_bytes();
    if target.len() != count * target_dtype.size_bytes() {
        return Err(ElementError::SizeMismatch {
            expected_bytes: count * target_dtype.size_bytes(),
            found_bytes: target.len(),
        });
    }
    if source_dtype == target_dtype {
        target.copy_from_slice(source);
        return Ok(());
    }
    if target_dtype == DType::Bool {
        return dispatch!(source_dtype, Stored(S) => {
            to_bool::<S>(slice_of(source)?, target);
            Ok(())
        });
    }
    dispatch!(source_dtype, Stored(S) => {
        dispatch!(target_dtype, Stored(T) => {
            // A bool that is neither 0 nor 1 counts as 1, so that it may come from anywhere.
            if source_dtype == DType::Bool {
                from_bool::<T>(source, slice_of_mut(target)?);
            } else {
                convert::<T, S>(slice_of(source)?, slice_of_mut(target)?);
            }
        });
    });
    Ok(())
}

multiversion! {
    /// Converts element by element.
    fn convert<T: Plain, S: Convert<T>>(source: &[S], target: &mut [T]) {
        for (target, source) in target.iter_mut().zip(source) {
            *target = source.convert();
        }
    }

    /// Writes 1 for what is not zero.
    fn to_bool<S: Plain>(source: &[S], target: &mut [u8]) {
        for (target, source) in target.iter_mut().zip(source) {
            *target = u8::from(*source != S::ZERO);
        }
    }

    /// Writes one for what is not zero, zero otherwise.
    fn from_bool<T: Plain>(source: &[u8], target: &mut [T]) {
        for (target, source) in target.iter_mut().zip(source) {
            *target = if *source != 0 { T::ONE } else { T::ZERO };
        }
    }
}
