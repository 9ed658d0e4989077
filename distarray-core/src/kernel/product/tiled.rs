//! Products tile by tile: those whose sums are in order, those of integers, and small ones.

use crate::kernel::product::INNER_TILE;
use crate::kernel::product::matrix::{Matrix, Place};
use crate::kernel::product::ring::Ring;
use crate::kernel::product::scratch::{BLOCK_LINES, BLOCK_ROWS, TILE_ROWS};
use crate::kernel::product::tile::tile;

/// The product, added to what is in the result or put there.
///
/// Each element of the result is a sum over [`INNER_TILE`] products, to which that over the next is added, and so on.
pub(super) fn multiply<R: Ring>(
    matrix: &Matrix,
    left: &[R::Element],
    right: &[R::Element],
    result: &mut [R::Element],
    is_added: bool,
    scratch: &mut [R::Element],
) {
    let block_columns = BLOCK_LINES * R::LANES;
    for start in (0..matrix.inner).step_by(INNER_TILE) {
        let depth = INNER_TILE.min(matrix.inner - start);
        let is_added = is_added || start > 0;
        for column in (0..matrix.columns).step_by(block_columns) {
            let columns = block_columns.min(matrix.columns - column);
            let lines = columns.next_multiple_of(R::LANES);
            let (packed_right, rest) = scratch.split_at_mut(lines * depth);
            pack::<R>(
                right,
                &matrix.right.turned(),
                [column, columns],
                [start, depth],
                R::LANES,
                packed_right,
            );
            for row in (0..matrix.rows).step_by(BLOCK_ROWS) {
                let rows = BLOCK_ROWS.min(matrix.rows - row);
                let packed_left = &mut rest[..rows.next_multiple_of(TILE_ROWS) * depth];
                pack::<R>(left, &matrix.left, [row, rows], [start, depth], TILE_ROWS, packed_left);
                block::<R>(packed_left, packed_right, depth, |first, second, sums| {
                    let place = |i, j| matrix.result.of(row + first + i, column + second + j);
                    for (i, line) in sums.iter().take(rows - first).enumerate() {
                        for (j, &sum) in line.as_ref().iter().take(columns - second).enumerate() {
                            let element = &mut result[place(i, j)];
                            *element = if is_added { R::add(*element, sum) } else { sum };
                        }
                    }
                });
            }
        }
    }
}

/// All tiles of packed rows and packed columns: gives the sums of each with its first row and column.
pub(super) fn block<R: Ring>(
    left: &[R::Element],
    right: &[R::Element],
    depth: usize,
    mut take: impl FnMut(usize, usize, &[R::Lanes; TILE_ROWS]),
) {
    let mut sums = [R::ZEROS; TILE_ROWS];
    for (line, columns) in right.chunks_exact(R::LANES * depth).enumerate() {
        for (strip, rows) in left.chunks_exact(TILE_ROWS * depth).enumerate() {
            tile::<R>(rows, columns, &mut sums);
            take(strip * TILE_ROWS, line * R::LANES, &sums);
        }
    }
}

/// Packs rows of a matrix in strips of `strip` rows: of each strip column after column, zeros where rows lack.
pub(super) fn pack<R: Ring>(
    from: &[R::Element],
    place: &Place,
    [row, rows]: [usize; 2],
    [start, depth]: [usize; 2],
    strip: usize,
    to: &mut [R::Element],
) {
    let zero = R::ZEROS.as_ref()[0];
    for (number, to) in to.chunks_exact_mut(strip * depth).enumerate() {
        let first = row + number * strip;
        let there = strip.min(row + rows - first);
        if place.strides[0] == 1 {
            for (k, to) in to.chunks_exact_mut(strip).enumerate() {
                let from_here = place.of(first, start + k);
                let (to, lacking) = to.split_at_mut(there);
                to.copy_from_slice(&from[from_here..from_here + there]);
                lacking.fill(zero);
            }
            continue;
        }
        for i in 0..strip {
            let to = to[i..].iter_mut().step_by(strip);
            if i >= there {
                to.for_each(|to| *to = zero);
            } else if place.strides[1] == 1 {
                let from_here = place.of(first + i, start);
                to.zip(&from[from_here..from_here + depth]).for_each(|(to, from)| *to = *from);
            } else {
                to.enumerate().for_each(|(k, to)| *to = from[place.of(first + i, start + k)]);
            }
        }
    }
}
