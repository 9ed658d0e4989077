//! Factor: the triangular root of a covariance, which may be singular.

use serde::{Deserialize, Serialize};

/// A lower triangle `L` with `L L^T` the covariance.
///
/// Row by row in packed form: row `r` has `r + 1` entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    order: usize,
    entries: Vec<f64>,
}

/// A matrix that is no covariance.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum CovarianceError {
    #[error("covariance of shape [{rows}, {columns}] is refused: it must be square")]
    NotSquare { rows: usize, columns: usize },
    #[error("covariance[{row}, {column}] {value} is refused: it must be finite")]
    NotFinite { row: usize, column: usize, value: f64 },
    #[error(
        "covariance[{row}, {column}] {value} is refused: it must equal [{column}, {row}], which is {mirrored}"
    )]
    NotSymmetric { row: usize, column: usize, value: f64, mirrored: f64 },
    #[error("covariance[{row}, {row}] {value} is refused: a variance must not be negative")]
    Negative { row: usize, value: f64 },
    #[error(
        "covariance is refused: it must be positive semidefinite, but given the components before it component {row} \
         has variance {left} of {variance}"
    )]
    NotSemidefinite { row: usize, left: f64, variance: f64 },
    #[error(
        "covariance is refused: it must be positive semidefinite, but components {row} and {column} have covariance \
         {left} where the components before them determine component {column}"
    )]
    Determined { row: usize, column: usize, left: f64 },
}

impl Factor {
    /// How far a covariance may be from symmetric and from positive semidefinite, measured on its correlations; that
    /// of NumPy.
    pub const TOLERANCE: f64 = 1e-8;

    /// The factor of the matrix of `rows` times `columns` entries whose entry is `covariance(row, column)`.
    ///
    /// Cholesky's, computed row by row and in the order of columns, so that it changes little where the covariance
    /// does. What the components before it leave of a component's variance `v` counts as nothing up to
    /// `4 order 2^-52 v`, which is about what rounding makes of nothing, and down to `-TOLERANCE v`: then its column is
    /// zero, as long as what is left of its covariances is as small as such a variance allows.
    ///
    /// # Errors
    /// The first entries that make this no covariance.
    ///
    /// # Cost
    /// `order^3 / 6` multiplications and additions.
    ///
    /// # Source
    /// G. H. Golub and C. F. Van Loan, "Matrix Computations" (4th edition, 2013), sections 4.2.5 and 4.2.8.
    pub fn of_covariance(
        rows: usize,
        columns: usize,
        covariance: impl Fn(usize, usize) -> f64,
    ) -> Result<Factor, CovarianceError> {
        check_entries(rows, columns, &covariance)?;
        let order = rows;
        #[expect(clippy::cast_precision_loss, reason = "orders are small")]
        let rounding = 4.0 * order as f64 * f64::EPSILON;
        let mut entries: Vec<f64> = Vec::with_capacity(order * (order + 1) / 2);
        for row in 0..order {
            let first = entries.len();
            for column in 0..row {
                let (earlier, current) = entries.split_at(first);
                let other = &earlier[start(column)..];
                let products = current.iter().zip(other).map(|(left, right)| left * right);
                let left = products.fold(covariance(row, column), |left, product| left - product);
                let pivot = other[column];
                if pivot > 0.0 {
                    entries.push(left / pivot);
                    continue;
                }
                let bound =
                    (covariance(row, row).sqrt() * covariance(column, column).sqrt()) * rounding.sqrt();
                // What is left of nothing may be no number only if the entries overflowed.
                if left.abs() > bound {
                    return Err(CovarianceError::Determined { row, column, left });
                }
                entries.push(0.0);
            }
            let variance = covariance(row, row);
            let left = entries[first..].iter().fold(variance, |left, entry| left - entry * entry);
            if left > rounding * variance {
                entries.push(left.sqrt());
            } else if left >= -Factor::TOLERANCE * variance {
                entries.push(0.0);
            } else {
                return Err(CovarianceError::NotSemidefinite { row, left, variance });
            }
        }
        Ok(Factor { order, entries })
    }

    /// How many rows it has.
    #[must_use]
    pub fn order(&self) -> usize {
        self.order
    }

    /// Whether it has all its entries and they are finite, as anything made by [`Factor::of_covariance`] has.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let count = self.order.checked_add(1).and_then(|next| next.checked_mul(self.order));
        count.is_some_and(|count| count / 2 == self.entries.len())
            && self.entries.iter().all(|entry| entry.is_finite())
    }

    /// The entries of a row, up to its diagonal.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f64] {
        &self.entries[start(row)..=start(row) + row]
    }
}

/// Where a row begins.
fn start(row: usize) -> usize {
    row * (row + 1) / 2
}

/// Whether a matrix is square, finite and symmetric, with no negative variance.
fn check_entries(
    rows: usize,
    columns: usize,
    covariance: &impl Fn(usize, usize) -> f64,
) -> Result<(), CovarianceError> {
    if rows != columns {
        return Err(CovarianceError::NotSquare { rows, columns });
    }
    for row in 0..rows {
        for column in 0..columns {
            let value = covariance(row, column);
            if !value.is_finite() {
                return Err(CovarianceError::NotFinite { row, column, value });
            }
        }
        let value = covariance(row, row);
        if value < 0.0 {
            return Err(CovarianceError::Negative { row, value });
        }
    }
    for row in 0..rows {
        for column in 0..row {
            let (value, mirrored) = (covariance(row, column), covariance(column, row));
            let scale = covariance(row, row).sqrt() * covariance(column, column).sqrt();
            if value != mirrored && (value - mirrored).abs() > Factor::TOLERANCE * scale {
                return Err(CovarianceError::NotSymmetric { row, column, value, mirrored });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(matrix: &[&[f64]]) -> Result<Factor, CovarianceError> {
        Factor::of_covariance(matrix.len(), matrix.len(), |row, column| matrix[row][column])
    }

    #[test]
    fn factors_are_those_by_hand() {
        let found = factor(&[&[4.0, 12.0, -16.0], &[12.0, 37.0, -43.0], &[-16.0, -43.0, 98.0]]);
        assert_eq!(found.map(|factor| factor.entries), Ok(vec![2.0, 6.0, 1.0, -8.0, 5.0, 3.0]));
    }

    #[test]
    fn what_is_determined_has_a_zero_column() {
        let ones: &[&[f64]] = &[&[1.0, 1.0, 1.0], &[1.0, 1.0, 1.0], &[1.0, 1.0, 2.0]];
        assert_eq!(factor(ones).map(|factor| factor.entries), Ok(vec![1.0, 1.0, 0.0, 1.0, 0.0, 1.0]));
        let zeros: &[&[f64]] = &[&[0.0, 0.0], &[0.0, 9.0]];
        assert_eq!(factor(zeros).map(|factor| factor.entries), Ok(vec![0.0, 0.0, 3.0]));
        // Singular but for rounding.
        let (a, b) = (0.1, 0.7);
        let sums: &[&[f64]] = &[&[a * a, a * b, a], &[a * b, b * b, b], &[a, b, 1.0]];
        let found = factor(sums).expect("a covariance of rank 1");
        for (row, length) in [a, b, 1.0].iter().enumerate() {
            assert!((found.row(row)[0] - length).abs() < 1e-15);
            assert!(found.row(row)[1..].iter().all(|entry| entry.abs() < 1e-7));
        }
    }

    #[test]
    fn what_is_no_covariance_is_refused() {
        let error = factor(&[&[1.0, 2.0], &[2.0, 1.0]]).expect_err("not semidefinite");
        assert_eq!(error, CovarianceError::NotSemidefinite { row: 1, left: -3.0, variance: 1.0 });
        let error = factor(&[&[0.0, 0.5], &[0.5, 1.0]]).expect_err("not semidefinite");
        assert_eq!(error, CovarianceError::Determined { row: 1, column: 0, left: 0.5 });
        let error = factor(&[&[1.0, 0.5], &[0.25, 1.0]]).expect_err("not symmetric");
        assert_eq!(error, CovarianceError::NotSymmetric { row: 1, column: 0, value: 0.25, mirrored: 0.5 });
    }
}
