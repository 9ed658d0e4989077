//! Scans: of each element and all before it along an axis the sum, the product, the smallest or the largest.

use serde::{Deserialize, Serialize};

use crate::block::Block;
use crate::dtype::DType;
use crate::element::{Plain, slice_of, slice_of_mut};
use crate::error::ElementError;
use crate::kernel::operation::{Add, And, Binary, Maximum, Minimum, Multiply, Or};
use crate::kernel::reduce::Reduction;
use crate::multiversion;

/// What is made of the elements up to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scan {
    /// The sum; small integers and `bool` in 64 bits.
    Sum,
    /// The product; small integers and `bool` in 64 bits.
    Prod,
    /// The smallest, or NaN if there was one.
    Min,
    /// The largest, or NaN if there was one.
    Max,
}

/// Evaluates an expression, a `Result`, with `$type` and `$operation` standing for elements of a dtype and what a scan does.
macro_rules! with_operation {
    ($scan:expr, $dtype:expr, $type:ident, $operation:ident => $body:expr) => {{
        macro_rules! with {
            ($found:ty) => {{
                type $operation = $found;
                $body
            }};
        }
        macro_rules! of_numbers {
                    ($dtype_:expr, $found:ty) => {
                        $crate::dispatch!($dtype_, Number($type) => with!($found)).and_then(|result| result)
                    };
                }
        match ($scan, $dtype) {
            (Scan::Min | Scan::Prod, DType::Bool) => {
                type $type = u8;
                with!(And)
            }
            (Scan::Max | Scan::Sum, DType::Bool) => {
                type $type = u8;
                with!(Or)
            }
            (Scan::Sum, dtype) => of_numbers!(dtype, Add),
            (Scan::Prod, dtype) => of_numbers!(dtype, Multiply),
            (Scan::Min, dtype) => of_numbers!(dtype, Minimum),
            (Scan::Max, dtype) => of_numbers!(dtype, Maximum),
        }
    }};
}

impl Scan {
    /// NumPy's name of it: that of the function, or of the method of a ufunc.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Scan::Sum => "cumsum",
            Scan::Prod => "cumprod",
            Scan::Min => "minimum.accumulate",
            Scan::Max => "maximum.accumulate",
        }
    }

    /// The dtype of the result for elements of `dtype`.
    #[must_use]
    pub const fn result_dtype(self, dtype: DType) -> DType {
        match self {
            Scan::Sum => Reduction::Sum.result_dtype(dtype),
            Scan::Prod => Reduction::Prod.result_dtype(dtype),
            Scan::Min | Scan::Max => dtype,
        }
    }

    /// Replaces each element of `block`, of the result's dtype, by what the scan makes of those up to it along `axis`.
    ///
    /// # Errors
    /// None for a block that is not shared.
    pub fn run(self, block: &mut Block, axis: usize) -> Result<(), ElementError> {
        let (lengths, dtype) = (Lengths::of(block.shape(), axis), block.dtype());
        let bytes = block.as_bytes_mut()?;
        with_operation!(self, dtype, T, F => {
            scan_lines::<T, F>(slice_of_mut(bytes)?, lengths.length, lengths.inner);
            Ok(())
        })
    }

    /// Writes what `block`, a scan along `axis`, ends with: the elements with the last index. Of an empty axis there is
    /// nothing, which is `false`.
    ///
    /// # Errors
    /// [`ElementError::SizeMismatch`] for `totals` of another size.
    pub fn totals(self, block: &Block, axis: usize, totals: &mut [u8]) -> Result<bool, ElementError> {
        let Lengths { outer, length, inner } = Lengths::of(block.shape(), axis);
        let row_bytes = inner * block.dtype().size_bytes();
        if totals.len() != outer * row_bytes {
            return Err(ElementError::SizeMismatch {
                expected_bytes: outer * row_bytes,
                found_bytes: totals.len(),
            });
        }
        if length == 0 || row_bytes == 0 {
            return Ok(length > 0);
        }
        let lines = block.as_bytes().chunks_exact(length * row_bytes);
        for (total, lines) in totals.chunks_exact_mut(row_bytes).zip(lines) {
            total.copy_from_slice(&lines[(length - 1) * row_bytes..]);
        }
        Ok(true)
    }

    /// Joins what came before, as [`Scan::totals`] writes it, to each element of `block`, a scan along `axis`.
    ///
    /// # Errors
    /// [`ElementError::SizeMismatch`] for totals of another size.
    pub fn begin_with(self, before: &[u8], block: &mut Block, axis: usize) -> Result<(), ElementError> {
        let (lengths, dtype) = (Lengths::of(block.shape(), axis), block.dtype());
        let expected_bytes = lengths.outer * lengths.inner * dtype.size_bytes();
        if before.len() != expected_bytes {
            return Err(ElementError::SizeMismatch { expected_bytes, found_bytes: before.len() });
        }
        let bytes = block.as_bytes_mut()?;
        with_operation!(self, dtype, T, F => {
            begin_lines::<T, F>(slice_of(before)?, slice_of_mut(bytes)?, lengths.length, lengths.inner);
            Ok(())
        })
    }

    /// Joins totals to those that come before them, both of `dtype`.
    ///
    /// # Errors
    /// [`ElementError::SizeMismatch`] for totals of different sizes, [`ElementError::Misaligned`].
    pub fn join(self, dtype: DType, before: &mut [u8], totals: &[u8]) -> Result<(), ElementError> {
        if before.len() != totals.len() {
            return Err(ElementError::SizeMismatch {
                expected_bytes: before.len(),
                found_bytes: totals.len(),
            });
        }
        with_operation!(self, dtype, T, F => {
            join_rows::<T, F>(slice_of_mut(before)?, slice_of(totals)?);
            Ok(())
        })
    }
}

/// The elements of a block as lines along an axis.
#[derive(Clone, Copy)]
struct Lengths {
    outer: usize,
    length: usize,
    inner: usize,
}

impl Lengths {
    fn of(shape: &[usize], axis: usize) -> Self {
        Lengths {
            outer: shape[..axis].iter().product(),
            length: shape[axis],
            inner: shape[axis + 1..].iter().product(),
        }
    }
}

multiversion! {
    fn scan_lines<T: Plain, F: Binary<T, Output = T>>(elements: &mut [T], length: usize, inner: usize) {
        if length == 0 || inner == 0 {
            return;
        }
        for lines in elements.chunks_exact_mut(length * inner) {
            if inner == 1 {
                let mut last = lines[0];
                for element in &mut lines[1..] {
                    last = F::apply(last, *element);
                    *element = last;
                }
                continue;
            }
            for row in 1..length {
                let (done, rest) = lines.split_at_mut(row * inner);
                let before = &done[(row - 1) * inner..];
                for (element, before) in rest[..inner].iter_mut().zip(before) {
                    *element = F::apply(*before, *element);
                }
            }
        }
    }

    fn begin_lines<T: Plain, F: Binary<T, Output = T>>(
        before: &[T], elements: &mut [T], length: usize, inner: usize,
    ) {
        if length == 0 || inner == 0 {
            return;
        }
        for (lines, before) in elements.chunks_exact_mut(length * inner).zip(before.chunks_exact(inner)) {
            for row in lines.chunks_exact_mut(inner) {
                for (element, before) in row.iter_mut().zip(before) {
                    *element = F::apply(*before, *element);
                }
            }
        }
    }

    fn join_rows<T: Plain, F: Binary<T, Output = T>>(before: &mut [T], totals: &[T]) {
        for (before, total) in before.iter_mut().zip(totals) {
            *before = F::apply(*before, *total);
        }
    }
}
