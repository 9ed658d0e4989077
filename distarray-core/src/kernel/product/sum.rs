//! Adding up products that several have computed.

use crate::dispatch;
use crate::dtype::DType;
use crate::element::as_bytes_mut;
use crate::error::ElementError;
use crate::kernel::product::ring::{Numbers, Ring, Truths};

/// How many elements are added at a time.
const PIECE: usize = 256;

/// Adds the elements of `others` to those of `sums`; truth values by or. Either may begin at any address.
///
/// # Errors
/// [`ElementError::SizeMismatch`] if they are not equally many bytes.
pub fn add_to(dtype: DType, sums: &mut [u8], others: &[u8]) -> Result<(), ElementError> {
    if sums.len() != others.len() {
        return Err(ElementError::SizeMismatch { expected_bytes: sums.len(), found_bytes: others.len() });
    }
    if dtype == DType::Bool {
        add::<Truths>(sums, others);
        return Ok(());
    }
    dispatch!(dtype, Number(T) => add::<Numbers<T>>(sums, others))
}

fn add<R: Ring>(sums: &mut [u8], others: &[u8]) {
    let zero = R::ZEROS.as_ref()[0];
    let (mut left, mut right) = ([zero; PIECE], [zero; PIECE]);
    let bytes = size_of_val(&left);
    for (sums, others) in sums.chunks_mut(bytes).zip(others.chunks(bytes)) {
        as_bytes_mut(&mut left)[..sums.len()].copy_from_slice(sums);
        as_bytes_mut(&mut right)[..others.len()].copy_from_slice(others);
        for (sum, other) in left.iter_mut().zip(&right) {
            *sum = R::add(*sum, *other);
        }
        sums.copy_from_slice(&as_bytes_mut(&mut left)[..sums.len()]);
    }
}
