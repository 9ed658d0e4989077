//! Products tile by tile: those whose sums are in order, those of integers, and small ones.

use crate::kernel::product::INNER_TILE;
use crate::kernel::product::matrix::{Matrix, Place};
use crate::kernel::product::ring::Ring;
use crate::kernel::product::scratch::{BLOCK_LINES, BLOCK_ROWS, Scratch, TILE_ROWS};
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
    scratch: &mut Scratch<'_, R>,
) {
    let block_columns = BLOCK_LINES * R::WIDTH;
    for start in (0..matrix.inner).step_by(INNER_TILE) {
        let depth = INNER_TILE.min(matrix.inner - start);
        let is_added = is_added || start > 0;
        for column in (0..matrix.columns).step_by(block_columns) {
            let columns = block_columns.min(matrix.columns - column);
            let packed_right = &mut scratch.lines[..columns.div_ceil(R::WIDTH) * depth];
            pack_lines::<R>(right, &matrix.right, [start, depth], [column, columns], packed_right);
            for row in (0..matrix.rows).step_by(BLOCK_ROWS) {
                let rows = BLOCK_ROWS.min(matrix.rows - row);
                let packed_left = &mut scratch.rows[..rows.next_multiple_of(TILE_ROWS) * depth];
                pack_rows::<R>(left, &matrix.left, [row, rows], [start, depth], packed_left);
                block::<R>(packed_left, packed_right, depth, |first, second, sums| {
                    for (i, line) in sums.iter().take(rows - first).enumerate() {
                        for j in 0..R::WIDTH.min(columns - second) {
                            let element = &mut result[matrix.result.of(row + first + i, column + second + j)];
                            let sum = R::get(line, j);
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
    right: &[R::Line],
    depth: usize,
    mut take: impl FnMut(usize, usize, &[R::Line; TILE_ROWS]),
) {
    let mut sums = [R::BLANK; TILE_ROWS];
    for (line, columns) in right.chunks_exact(depth).enumerate() {
        for (strip, rows) in left.chunks_exact(TILE_ROWS * depth).enumerate() {
            tile::<R>(rows, columns, &mut sums);
            take(strip * TILE_ROWS, line * R::WIDTH, &sums);
        }
    }
}

/// Packs rows of the left operand in strips of [`TILE_ROWS`]: of each strip column after column, zeros where rows lack.
pub(super) fn pack_rows<R: Ring>(
    from: &[R::Element],
    place: &Place,
    [row, rows]: [usize; 2],
    [start, depth]: [usize; 2],
    to: &mut [R::Element],
) {
    let zero = R::ZEROS.as_ref()[0];
    for (number, to) in to.chunks_exact_mut(TILE_ROWS * depth).enumerate() {
        let first = row + number * TILE_ROWS;
        let there = TILE_ROWS.min(row + rows - first);
        if there < TILE_ROWS {
            to.fill(zero);
        }
        let columns = to.as_chunks_mut::<TILE_ROWS>().0;
        if place.strides[0] == 1 {
            for (k, to) in columns.iter_mut().enumerate() {
                let from = &from[place.of(first, start + k)..];
                match from.first_chunk() {
                    // So many that the compiler knows it.
                    Some(from) if there == TILE_ROWS => *to = *from,
                    _ => to[..there].copy_from_slice(&from[..there]),
                }
            }
            continue;
        }
        for i in 0..there {
            if place.strides[1] == 1 {
                let from_here = place.of(first + i, start);
                let from = &from[from_here..from_here + depth];
                columns.iter_mut().zip(from).for_each(|(to, from)| to[i] = *from);
            } else {
                columns
                    .iter_mut()
                    .enumerate()
                    .for_each(|(k, to)| to[i] = from[place.of(first + i, start + k)]);
            }
        }
    }
}

/// Packs columns of the right operand in lines of [`Ring::WIDTH`] of them: one line after the other along the inner axis,
/// zeros where columns lack.
pub(super) fn pack_lines<R: Ring>(
    from: &[R::Element],
    place: &Place,
    [start, depth]: [usize; 2],
    [column, columns]: [usize; 2],
    to: &mut [R::Line],
) {
    for (number, to) in to.chunks_exact_mut(depth).enumerate() {
        let first = column + number * R::WIDTH;
        let there = R::WIDTH.min(column + columns - first);
        if there < R::WIDTH {
            to.fill(R::BLANK);
        }
        if place.strides[1] == 1 {
            for (k, line) in to.iter_mut().enumerate() {
                let from = &from[place.of(start + k, first)..][..there];
                if there == R::WIDTH {
                    // So many that the compiler knows it.
                    (0..R::WIDTH).for_each(|j| R::set(line, j, from[j]));
                } else {
                    from.iter().enumerate().for_each(|(j, element)| R::set(line, j, *element));
                }
            }
            continue;
        }
        for j in 0..there {
            if place.strides[0] == 1 {
                let from_here = place.of(start, first + j);
                let from = &from[from_here..from_here + depth];
                to.iter_mut().zip(from).for_each(|(line, element)| R::set(line, j, *element));
            } else {
                let element = |k| from[place.of(start + k, first + j)];
                to.iter_mut().enumerate().for_each(|(k, line)| R::set(line, j, element(k)));
            }
        }
    }
}
