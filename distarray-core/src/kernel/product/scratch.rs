//! Memory that products work in, beside operands and result.

use crate::dtype::DType;
use crate::element::slice_of_mut;
use crate::error::ElementError;
use crate::kernel::product::INNER_TILE;
use crate::kernel::product::ring::Ring;

/// Rows of a tile: so many lines of sums stay in registers.
pub(super) const TILE_ROWS: usize = 8;

/// Rows of the left operand that are packed at a time.
pub(super) const BLOCK_ROWS: usize = 64;

/// Lines of columns of the right operand that are packed at a time.
pub(super) const BLOCK_LINES: usize = 16;

/// Elements of a vector that are looked at again and again while a matrix goes by.
pub(super) const VECTOR_TILE: usize = 2048;

/// Packed operands, side by side.
pub(super) struct Scratch<'a, R: Ring> {
    /// Of the left operand.
    pub(super) rows: &'a mut [R::Element],
    /// Of the right operand.
    pub(super) lines: &'a mut [R::Line],
}

impl<'a, R: Ring> Scratch<'a, R> {
    /// `bytes`, as [`scratch_bytes`] has counted them, for matrices of so many rows and inner indices.
    pub(super) fn new(
        bytes: &'a mut [u8],
        rows: usize,
        inner: usize,
    ) -> Result<Scratch<'a, R>, ElementError> {
        let packed = row_count(rows) * inner.min(INNER_TILE) * size_of::<R::Element>();
        let (rows, lines) = bytes.split_at_mut(packed.min(bytes.len()));
        Ok(Scratch { rows: slice_of_mut(rows)?, lines: R::lines_mut(slice_of_mut(lines)?) })
    }
}

fn row_count(rows: usize) -> usize {
    rows.min(BLOCK_ROWS).next_multiple_of(TILE_ROWS)
}

/// How many bytes a product of so many rows, columns and inner indices works in.
#[must_use]
pub fn scratch_bytes(dtype: DType, rows: usize, columns: usize, inner: usize) -> usize {
    let width = 64 / dtype.real_part().size_bytes();
    let lines = |columns: usize| columns.min(BLOCK_LINES * width).next_multiple_of(width);
    // Either operand may be taken for the left one.
    let packed = row_count(rows).max(lines(rows)) + row_count(columns).max(lines(columns));
    let vector = if rows.min(columns) <= 1 { inner.min(VECTOR_TILE) } else { 0 };
    (packed * inner.min(INNER_TILE)).max(vector) * dtype.size_bytes()
}
