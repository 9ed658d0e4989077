//! Large products of floats, by the `gemm` crate: one of the few files with `unsafe`.

use gemm::Parallelism;

use crate::element::Plain;
use crate::error::ElementError;
use crate::kernel::product::matrix::Matrix;

/// The product, added to what is in the result or put there, on this thread. For floats and complex numbers.
///
/// The crate packs what it works on into memory of its own: some MiB, whatever the size of the product. It uses the fused
/// multiply-adds of the processor.
///
/// # Errors
/// [`ElementError::OperandOutOfRange`] before anything is written.
pub(super) fn multiply<T: Plain>(
    matrix: &Matrix,
    left: &[T],
    right: &[T],
    result: &mut [T],
    is_added: bool,
) -> Result<(), ElementError> {
    matrix.check(left.len(), right.len(), result.len())?;
    let Matrix { rows, columns, inner, left: from_left, right: from_right, result: to } = *matrix;
    if rows == 0 || columns == 0 {
        return Ok(());
    }
    // SAFETY: `check` has seen that every element of the three matrices, none of which is empty, lies in its slice, and
    // `&mut` says that nobody else reads or writes the result. An inner axis of length 0 reads nothing of the operands, whose
    // pointers are only added to with wrapping then. The crate looks at the type of the elements for itself.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            result.as_mut_ptr().wrapping_offset(to.first),
            to.strides[1],
            to.strides[0],
            is_added,
            left.as_ptr().wrapping_offset(from_left.first),
            from_left.strides[1],
            from_left.strides[0],
            right.as_ptr().wrapping_offset(from_right.first),
            from_right.strides[1],
            from_right.strides[0],
            T::ONE,
            T::ONE,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
    Ok(())
}
