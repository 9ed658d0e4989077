//! Contraction: what is multiplied with what, and summed over which axes.

use crate::dispatch;
use crate::dtype::DType;
use crate::element::{Element, slice_of, slice_of_mut};
use crate::error::ElementError;
use crate::kernel::product::axis::{ProductAxis, Role, joined};
use crate::kernel::product::matrix::{Matrix, Place};
use crate::kernel::product::ring::{Numbers, Ring, Truths};
use crate::kernel::product::scratch::Scratch;
use crate::kernel::product::thin::THIN;
use crate::kernel::product::{INNER_TILE, dense, scratch_bytes, thin, tiled, vector};

/// In which order the products are summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Sums {
    /// As is fastest.
    #[default]
    Fast,
    /// In the order of the inner axis, tile by tile ([`INNER_TILE`]): the same bits wherever an element is computed. For
    /// inner axes that begin at a multiple of the tile.
    InOrder,
}

/// Products of fewer multiplications are not worth the preparations for larger ones.
const SMALL: usize = 16 * 16 * 16;

/// Vectors up to this length are no reason to walk a matrix row by row.
const SHORT: usize = 32;

/// A product of two operands of one dtype: axes, and where the first elements lie.
#[derive(Debug, Clone)]
pub struct Contraction {
    dtype: DType,
    /// The axes that are walked one index after the other, slowest first; those that are summed over last.
    outer: Vec<ProductAxis>,
    /// Of these, how many are summed over.
    summed: usize,
    matrix: Matrix,
}

impl Contraction {
    /// The product over these axes of operands whose first elements lie at these places: of the left operand, of the right
    /// one, of the result. What is reached is checked when the memory is known.
    #[must_use]
    pub fn new(dtype: DType, axes: &[ProductAxis], firsts: [usize; 3]) -> Contraction {
        let mut outer = joined(axes, Role::Batch);
        let mut longest = |role: Role| {
            let mut all = joined(axes, role);
            let chosen = (0..all.len()).rev().max_by_key(|place| all[*place].length);
            let single = ProductAxis { length: 1, left: None, right: None, result: None };
            let axis = chosen.map_or(single, |place| all.remove(place));
            let count = all.len();
            outer.extend(all);
            (axis, count)
        };
        let ((rows, _), (columns, _), (inner, summed)) =
            (longest(Role::Row), longest(Role::Column), longest(Role::Inner));
        let place = |number: usize, first: ProductAxis, second: ProductAxis| Place {
            first: firsts[number].cast_signed(),
            strides: [first.strides()[number], second.strides()[number]],
        };
        let matrix = Matrix {
            rows: rows.length,
            columns: columns.length,
            inner: inner.length,
            left: place(0, rows, inner),
            right: place(1, inner, columns),
            result: place(2, rows, columns),
        };
        Contraction { dtype, outer, summed, matrix }
    }

    /// Computes it: the result is added to what is there (`is_added`), or put there. `scratch` has at least
    /// [`scratch_bytes`](super::scratch_bytes) bytes.
    ///
    /// # Errors
    /// [`ElementError::OperandOutOfRange`] before anything is written; [`ElementError::SizeMismatch`],
    /// [`ElementError::Misaligned`] for bytes that are no elements.
    pub fn run(
        &self,
        left: &[u8],
        right: &[u8],
        result: &mut [u8],
        is_added: bool,
        sums: Sums,
        scratch: &mut [u8],
    ) -> Result<(), ElementError> {
        let item_bytes = self.dtype.size_bytes();
        self.check([left.len(), right.len(), result.len()].map(|bytes| bytes / item_bytes))?;
        let &Matrix { rows, columns, inner, .. } = &self.matrix;
        let expected_bytes = scratch_bytes(self.dtype, rows, columns, inner);
        if scratch.len() < expected_bytes && self.outer.iter().all(|axis| axis.length > 0) {
            return Err(ElementError::SizeMismatch { expected_bytes, found_bytes: scratch.len() });
        }
        if self.dtype == DType::Bool {
            return self.walk(is_added, |matrix, is_added| {
                own::<Truths>(matrix, left, right, result, is_added, Sums::InOrder, scratch)
            });
        }
        dispatch!(self.dtype, Number(T) => {
            let (left, right) = (slice_of::<T>(left)?, slice_of::<T>(right)?);
            let result = slice_of_mut::<T>(result)?;
            self.walk(is_added, |matrix, is_added| {
                if sums == Sums::Fast && is_dense::<T>(matrix) {
                    return dense::multiply(matrix, left, right, result, is_added);
                }
                own::<Numbers<T>>(matrix, left, right, result, is_added, sums, scratch)
            })?;
        })
    }

    /// Refuses a product that reaches beyond memories of so many elements.
    fn check(&self, sizes: [usize; 3]) -> Result<(), ElementError> {
        if self.outer.iter().any(|axis| axis.length == 0) {
            return Ok(());
        }
        // The corners of all matrices: the outer axes move each of the three to both sides.
        for is_high in [false, true] {
            let mut matrix = self.matrix;
            for axis in &self.outer {
                let reach = |stride: isize| {
                    let end = stride.saturating_mul(axis.length.cast_signed() - 1);
                    if is_high { end.max(0) } else { end.min(0) }
                };
                shift(&mut matrix, axis.strides().map(reach));
            }
            matrix.check(sizes[0], sizes[1], sizes[2])?;
        }
        Ok(())
    }

    /// Calls `each` with every product of two matrices, and whether it is added to what the result has.
    fn walk(
        &self,
        is_added: bool,
        mut each: impl FnMut(&Matrix, bool) -> Result<(), ElementError>,
    ) -> Result<(), ElementError> {
        let count: usize = self.outer.iter().map(|axis| axis.length).product();
        let is_empty = self.outer[self.outer.len() - self.summed..].iter().any(|axis| axis.length == 0);
        if is_empty {
            // A sum over nothing is still to be written.
            let outer = self.outer[..self.outer.len() - self.summed].to_vec();
            let matrix = Matrix { inner: 0, ..self.matrix };
            return Contraction { dtype: self.dtype, outer, summed: 0, matrix }.walk(is_added, each);
        }
        let mut at = vec![0; self.outer.len()];
        let mut matrix = self.matrix;
        for _ in 0..count {
            let is_first = at[at.len() - self.summed..].iter().all(|index| *index == 0);
            each(&matrix, is_added || !is_first)?;
            for (index, axis) in at.iter_mut().zip(&self.outer).rev() {
                *index += 1;
                if *index < axis.length {
                    shift(&mut matrix, axis.strides());
                    break;
                }
                let back = 1 - index.cast_signed();
                shift(&mut matrix, axis.strides().map(|stride| stride * back));
                *index = 0;
            }
        }
        Ok(())
    }
}

fn shift(matrix: &mut Matrix, by: [isize; 3]) {
    matrix.left.first = matrix.left.first.saturating_add(by[0]);
    matrix.right.first = matrix.right.first.saturating_add(by[1]);
    matrix.result.first = matrix.result.first.saturating_add(by[2]);
}

/// Whether a product is left to the `gemm` crate.
fn is_dense<T: Element>(matrix: &Matrix) -> bool {
    let &Matrix { rows, columns, inner, .. } = matrix;
    let is_small = rows.saturating_mul(columns).saturating_mul(inner) <= SMALL;
    let is_float = T::DTYPE.is_float() || T::DTYPE.is_complex();
    is_float && rows > 1 && columns > 1 && !is_small && !is_thin(matrix)
}

fn is_thin(matrix: &Matrix) -> bool {
    matrix.rows <= THIN && matrix.columns <= THIN && matrix.inner > 2 * INNER_TILE
}

/// A product by one of our own kernels.
fn own<R: Ring>(
    matrix: &Matrix,
    left: &[R::Element],
    right: &[R::Element],
    result: &mut [R::Element],
    is_added: bool,
    sums: Sums,
    scratch: &mut [u8],
) -> Result<(), ElementError> {
    let &Matrix { rows, columns, inner, .. } = matrix;
    if inner == 0 {
        if !is_added {
            let zero = R::ZEROS.as_ref()[0];
            for row in 0..rows {
                (0..columns).for_each(|column| result[matrix.result.of(row, column)] = zero);
            }
        }
        return Ok(());
    }
    if sums == Sums::Fast && rows.min(columns) == 1 {
        if inner > SHORT {
            let scratch = slice_of_mut(scratch)?;
            if columns == 1 {
                vector::multiply::<R>(matrix, left, right, result, is_added, scratch);
            } else {
                vector::multiply::<R>(&matrix.turned(), right, left, result, is_added, scratch);
            }
            return Ok(());
        }
        if columns == 1 {
            // The longer side is cut into lines.
            let turned = matrix.turned();
            let mut scratch = Scratch::new(scratch, turned.rows, inner)?;
            tiled::multiply::<R>(&turned, right, left, result, is_added, &mut scratch);
            return Ok(());
        }
    }
    let mut scratch = Scratch::new(scratch, rows, inner)?;
    if sums == Sums::Fast && is_thin(matrix) {
        thin::multiply::<R>(matrix, left, right, result, is_added, &mut scratch);
    } else {
        tiled::multiply::<R>(matrix, left, right, result, is_added, &mut scratch);
    }
    Ok(())
}
