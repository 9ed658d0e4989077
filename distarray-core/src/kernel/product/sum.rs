//! Adding up products that several have computed.

use crate::dispatch;
use crate::dtype::DType;
use crate::element::{slice_of, slice_of_mut};
use crate::error::ElementError;
use crate::kernel::product::ring::{Numbers, Ring, Truths};

/// Adds the elements of `others` to those of `sums`; truth values by or.
///
/// # Errors
/// [`ElementError::SizeMismatch`], [`ElementError::Misaligned`].
pub fn add_to(dtype: DType, sums: &mut [u8], others: &[u8]) -> Result<(), ElementError> {
    if sums.len() != others.len() {
        return Err(ElementError::SizeMismatch { expected_bytes: sums.len(), found_bytes: others.len() });
    }
    if dtype == DType::Bool {
        add::<Truths>(sums, others);
        return Ok(());
    }
    dispatch!(dtype, Number(T) => {
        add::<Numbers<T>>(slice_of_mut(sums)?, slice_of(others)?);
    })
}

fn add<R: Ring>(sums: &mut [R::Element], others: &[R::Element]) {
    for (sum, other) in sums.iter_mut().zip(others) {
        *sum = R::add(*sum, *other);
    }
}
