//! Products of few rows and columns over a long inner axis: inner products of tall thin matrices.

use crate::kernel::product::INNER_TILE;
use crate::kernel::product::matrix::{Matrix, Place};
use crate::kernel::product::ring::Ring;
use crate::kernel::product::scratch::{Scratch, TILE_ROWS};
use crate::kernel::product::tiled::{block, pack_lines, pack_rows};

/// Up to how many rows, and columns, a product is thin.
pub(super) const THIN: usize = 32;

/// The product, added to what is in the result or put there. What the sums of tiles lose by rounding is kept apart.
pub(super) fn multiply<R: Ring>(
    matrix: &Matrix,
    left: &[R::Element],
    right: &[R::Element],
    result: &mut [R::Element],
    is_added: bool,
    scratch: &mut Scratch<'_, R>,
) {
    let zero = R::ZEROS.as_ref()[0];
    let (mut totals, mut rests) = ([zero; THIN * THIN], [zero; THIN * THIN]);
    let (rows, columns) = (matrix.rows.min(THIN), matrix.columns.min(THIN));
    for start in (0..matrix.inner).step_by(INNER_TILE) {
        let depth = INNER_TILE.min(matrix.inner - start);
        let packed_left = rows_of::<R>(left, &matrix.left, rows, [start, depth], scratch.rows);
        let packed_right = lines_of::<R>(right, &matrix.right, [start, depth], columns, scratch.lines);
        block::<R>(packed_left, packed_right, depth, |first, second, sums| {
            for (i, line) in sums.iter().take(rows - first).enumerate() {
                for j in 0..R::WIDTH.min(columns - second) {
                    let place = (first + i) * THIN + second + j;
                    R::carry(&mut totals[place], &mut rests[place], R::get(line, j));
                }
            }
        });
    }
    for i in 0..rows {
        for j in 0..columns {
            let sum = R::add(totals[i * THIN + j], rests[i * THIN + j]);
            let element = &mut result[matrix.result.of(i, j)];
            *element = if is_added { R::add(*element, sum) } else { sum };
        }
    }
}

/// Packed rows: where they lie if they do so already, copied otherwise.
fn rows_of<'a, R: Ring>(
    from: &'a [R::Element],
    place: &Place,
    rows: usize,
    [start, depth]: [usize; 2],
    to: &'a mut [R::Element],
) -> &'a [R::Element] {
    if rows == TILE_ROWS && place.strides == [1, TILE_ROWS.cast_signed()] {
        let first = place.of(0, start);
        return &from[first..first + TILE_ROWS * depth];
    }
    let to = &mut to[..rows.next_multiple_of(TILE_ROWS) * depth];
    pack_rows::<R>(from, place, [0, rows], [start, depth], to);
    to
}

/// Packed columns: where they lie if they do so already, copied otherwise.
fn lines_of<'a, R: Ring>(
    from: &'a [R::Element],
    place: &Place,
    [start, depth]: [usize; 2],
    columns: usize,
    to: &'a mut [R::Line],
) -> &'a [R::Line] {
    if columns == R::WIDTH && place.strides == [R::WIDTH.cast_signed(), 1] {
        let first = place.of(start, 0);
        if let Some(lines) = R::as_lines(&from[first..first + R::WIDTH * depth]) {
            return lines;
        }
    }
    let to = &mut to[..columns.div_ceil(R::WIDTH) * depth];
    pack_lines::<R>(from, place, [start, depth], [0, columns], to);
    to
}
