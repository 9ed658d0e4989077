//! Products of a matrix and a vector: the matrix is read once, as it lies.

use crate::kernel::product::matrix::Matrix;
use crate::kernel::product::ring::Ring;
use crate::kernel::product::scratch::VECTOR_TILE;
use crate::multiversion;

/// Rows that meet the vector together, or columns that are added together.
const GROUP: usize = 4;

/// The product of a matrix and a single column, added to what is in the result or put there.
pub(super) fn multiply<R: Ring>(
    matrix: &Matrix,
    left: &[R::Element],
    right: &[R::Element],
    result: &mut [R::Element],
    is_added: bool,
    scratch: &mut [R::Element],
) {
    let zero = R::ZEROS.as_ref()[0];
    if !is_added {
        (0..matrix.rows).for_each(|row| result[matrix.result.of(row, 0)] = zero);
    }
    for start in (0..matrix.inner).step_by(VECTOR_TILE) {
        let count = VECTOR_TILE.min(matrix.inner - start);
        let first = matrix.right.of(start, 0);
        let vector = if matrix.right.strides[0] == 1 || count == 1 {
            &right[first..first + count]
        } else {
            let to = &mut scratch[..count];
            to.iter_mut().enumerate().for_each(|(k, to)| *to = right[matrix.right.of(start + k, 0)]);
            &*to
        };
        if matrix.left.strides[1] == 1 || count == 1 {
            by_rows::<R>(matrix, left, start, vector, result);
        } else if matrix.left.strides[0] == 1 && matrix.result.strides[0] == 1 {
            by_columns::<R>(matrix, left, start, vector, result);
        } else {
            for row in 0..matrix.rows {
                let products = vector.iter().enumerate();
                let element = |k: usize| left[matrix.left.of(row, start + k)];
                let sum = products.fold(zero, |sum, (k, &y)| R::step(sum, element(k), y));
                let to = &mut result[matrix.result.of(row, 0)];
                *to = R::add(*to, sum);
            }
        }
    }
}

/// Rows without gaps, each times the vector.
fn by_rows<R: Ring>(
    matrix: &Matrix,
    left: &[R::Element],
    start: usize,
    vector: &[R::Element],
    result: &mut [R::Element],
) {
    let row = |row: usize| {
        let first = matrix.left.of(row, start);
        &left[first..first + vector.len()]
    };
    let mut add = |row: usize, sum: R::Element| {
        let to = &mut result[matrix.result.of(row, 0)];
        *to = R::add(*to, sum);
    };
    let whole = matrix.rows / GROUP * GROUP;
    for first in (0..whole).step_by(GROUP) {
        let mut sums = [R::ZEROS.as_ref()[0]; GROUP];
        rows_times::<R>([row(first), row(first + 1), row(first + 2), row(first + 3)], vector, &mut sums);
        sums.into_iter().enumerate().for_each(|(i, sum)| add(first + i, sum));
    }
    for first in whole..matrix.rows {
        let mut sums = [R::ZEROS.as_ref()[0]; GROUP];
        rows_times::<R>([row(first), &[], &[], &[]], vector, &mut sums);
        add(first, sums[0]);
    }
}

/// Columns without gaps, each times one element of the vector, added up: a stretch of the result after the other.
fn by_columns<R: Ring>(
    matrix: &Matrix,
    left: &[R::Element],
    start: usize,
    vector: &[R::Element],
    result: &mut [R::Element],
) {
    for row in (0..matrix.rows).step_by(VECTOR_TILE) {
        let rows = VECTOR_TILE.min(matrix.rows - row);
        let to = matrix.result.of(row, 0);
        let to = &mut result[to..to + rows];
        let column = |k: usize| {
            let first = matrix.left.of(row, start + k);
            &left[first..first + rows]
        };
        let (groups, rest) = vector.as_chunks::<GROUP>();
        for (number, ys) in groups.iter().enumerate() {
            let k = number * GROUP;
            add_columns::<R>([column(k), column(k + 1), column(k + 2), column(k + 3)], *ys, to);
        }
        for (number, &y) in rest.iter().enumerate() {
            add_column::<R>(column(groups.len() * GROUP + number), y, to);
        }
    }
}

multiversion! {
    /// Each of the rows times the vector; a row that is empty gives zero. The same whatever stands in the other rows.
    fn rows_times<R: Ring>(rows: [&[R::Element]; GROUP], vector: &[R::Element], sums: &mut [R::Element; GROUP]) {
        for (row, result) in rows.iter().zip(sums.iter_mut()) {
            let mut lines = [R::ZEROS; GROUP];
            let (xs, ys) = (row.chunks_exact(GROUP * R::LANES), vector.chunks_exact(GROUP * R::LANES));
            let (last_xs, last_ys) = (xs.remainder(), &vector[row.len() - xs.remainder().len()..]);
            for (xs, ys) in xs.zip(ys) {
                let pairs = xs.chunks_exact(R::LANES).zip(ys.chunks_exact(R::LANES));
                for (line, (xs, ys)) in lines.iter_mut().zip(pairs) {
                    for ((sum, &x), &y) in line.as_mut().iter_mut().zip(xs).zip(ys) {
                        *sum = R::step(*sum, x, y);
                    }
                }
            }
            let mut line = R::ZEROS;
            for (place, sum) in line.as_mut().iter_mut().enumerate() {
                let [first, second, third, fourth] = [0, 1, 2, 3].map(|number| lines[number].as_ref()[place]);
                *sum = R::add(R::add(first, second), R::add(third, fourth));
            }
            for (xs, ys) in last_xs.chunks(R::LANES).zip(last_ys.chunks(R::LANES)) {
                for ((sum, &x), &y) in line.as_mut().iter_mut().zip(xs).zip(ys) {
                    *sum = R::step(*sum, x, y);
                }
            }
            let mut width = R::LANES / 2;
            while width > 0 {
                let (low, high) = line.as_mut().split_at_mut(width);
                low.iter_mut().zip(high).for_each(|(low, high)| *low = R::add(*low, *high));
                width /= 2;
            }
            *result = line.as_ref()[0];
        }
    }

    /// Adds four columns, each times its number.
    fn add_columns<R: Ring>(columns: [&[R::Element]; GROUP], ys: [R::Element; GROUP], result: &mut [R::Element]) {
        let [first, second, third, fourth] = columns;
        let both = first.iter().zip(second).zip(third.iter().zip(fourth));
        for (sum, ((&a, &b), (&c, &d))) in result.iter_mut().zip(both) {
            *sum = R::step(R::step(R::step(R::step(*sum, a, ys[0]), b, ys[1]), c, ys[2]), d, ys[3]);
        }
    }

    /// Adds one column times a number.
    fn add_column<R: Ring>(column: &[R::Element], y: R::Element, result: &mut [R::Element]) {
        for (sum, &x) in result.iter_mut().zip(column) {
            *sum = R::step(*sum, x, y);
        }
    }
}
