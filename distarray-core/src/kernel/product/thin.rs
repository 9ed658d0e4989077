//! Products of few rows and columns over a long inner axis: inner products of tall thin matrices.

use crate::kernel::product::INNER_TILE;
use crate::kernel::product::matrix::{Matrix, Place};
use crate::kernel::product::ring::Ring;
use crate::kernel::product::scratch::TILE_ROWS;
use crate::kernel::product::tiled::{block, pack};

/// Up to how many rows, and columns, a product is thin.
pub(super) const THIN: usize = 32;

/// The product, added to what is in the result or put there. What the sums of tiles lose by rounding is kept apart.
pub(super) fn multiply<R: Ring>(
    matrix: &Matrix,
    left: &[R::Element],
    right: &[R::Element],
    result: &mut [R::Element],
    is_added: bool,
    scratch: &mut [R::Element],
) {
    let zero = R::ZEROS.as_ref()[0];
    let (mut totals, mut rests) = ([zero; THIN * THIN], [zero; THIN * THIN]);
    let (rows, columns) = (matrix.rows.min(THIN), matrix.columns.min(THIN));
    for start in (0..matrix.inner).step_by(INNER_TILE) {
        let depth = INNER_TILE.min(matrix.inner - start);
        let (to_left, to_right) = scratch.split_at_mut(rows.next_multiple_of(TILE_ROWS) * depth);
        let to_right = &mut to_right[..columns.next_multiple_of(R::LANES) * depth];
        let range = [start, depth];
        let packed_left = packed::<R>(left, &matrix.left, rows, range, TILE_ROWS, to_left);
        let packed_right = packed::<R>(right, &matrix.right.turned(), columns, range, R::LANES, to_right);
        block::<R>(packed_left, packed_right, depth, |first, second, sums| {
            for (i, line) in sums.iter().take(rows - first).enumerate() {
                let from = (first + i) * THIN + second;
                let places = from..from + R::LANES.min(columns - second);
                let kept = totals[places.clone()].iter_mut().zip(&mut rests[places]);
                for ((total, rest), &sum) in kept.zip(line.as_ref()) {
                    R::carry(total, rest, sum);
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

/// The rows of a matrix in one strip after the other: where they lie if they do so already, copied otherwise.
fn packed<'a, R: Ring>(
    from: &'a [R::Element],
    place: &Place,
    rows: usize,
    [start, depth]: [usize; 2],
    strip: usize,
    to: &'a mut [R::Element],
) -> &'a [R::Element] {
    if rows == strip && place.strides == [1, strip.cast_signed()] {
        let first = place.of(0, start);
        return &from[first..first + strip * depth];
    }
    pack::<R>(from, place, [0, rows], [start, depth], strip, to);
    to
}
