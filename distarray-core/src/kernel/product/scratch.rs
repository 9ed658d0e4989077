//! Memory that products work in, beside operands and result.

use crate::dtype::DType;
use crate::kernel::product::INNER_TILE;

/// Rows of a tile: so many lines of sums stay in registers.
pub(super) const TILE_ROWS: usize = 8;

/// Rows of the left operand that are packed at a time.
pub(super) const BLOCK_ROWS: usize = 64;

/// Lines of columns of the right operand that are packed at a time.
pub(super) const BLOCK_LINES: usize = 16;

/// Elements of a vector that are looked at again and again while a matrix goes by.
pub(super) const VECTOR_TILE: usize = 2048;

/// How many bytes a product of so many rows, columns and inner indices works in.
#[must_use]
pub fn scratch_bytes(dtype: DType, rows: usize, columns: usize, inner: usize) -> usize {
    let item_bytes = dtype.size_bytes();
    let lanes = 64 / item_bytes;
    let depth = inner.min(INNER_TILE);
    // Either operand may be taken for the left one.
    let side = |length: usize| {
        let rows = length.min(BLOCK_ROWS).next_multiple_of(TILE_ROWS);
        let lines = length.min(BLOCK_LINES * lanes).next_multiple_of(lanes);
        rows.max(lines) * depth
    };
    let vector = if rows.min(columns) <= 1 { inner.min(VECTOR_TILE) } else { 0 };
    (side(rows) + side(columns)).max(vector) * item_bytes
}
