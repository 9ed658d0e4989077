//! Normal vectors of any covariance.

use super::super::chacha::Key;
use super::super::normal::normals;
use super::covariance::Factor;
use super::samples::DrawVector;

/// Vectors of a mean and of the covariance of a factor.
pub(super) struct MultivariateNormal<'a> {
    pub(super) mean: &'a [f64],
    pub(super) factor: &'a Factor,
}

impl DrawVector for MultivariateNormal<'_> {
    type Value = f64;

    fn words(&self) -> usize {
        self.mean.len().max(1)
    }

    fn length(&self) -> usize {
        self.mean.len()
    }

    fn vectors(&self, words: &[u64], _: &[u64], _: &Key, output: &mut [f64]) {
        if self.mean.is_empty() {
            return;
        }
        let mut standard = vec![0.0; words.len()];
        normals(words, &mut standard);
        correlate(self.mean, self.factor, &standard, output);
    }
}

/// Vectors that are computed side by side.
const LANES: usize = 8;

crate::multiversion! {
    /// Writes `mean + factor z` for every vector `z` of `standard`.
    fn correlate(mean: &[f64], factor: &Factor, standard: &[f64], output: &mut [f64]) {
        let length = mean.len();
        let mut columns = vec![[0.0; LANES]; length];
        for (standard, output) in standard.chunks(LANES * length).zip(output.chunks_mut(LANES * length)) {
            for (lane, vector) in standard.chunks_exact(length).enumerate() {
                for (value, column) in vector.iter().zip(&mut columns) {
                    column[lane] = *value;
                }
            }
            for (row, mean) in mean.iter().enumerate() {
                let mut sums = [0.0; LANES];
                for (entry, column) in factor.row(row).iter().zip(&columns) {
                    for (sum, value) in sums.iter_mut().zip(column) {
                        *sum += entry * value;
                    }
                }
                for (vector, sum) in output.chunks_exact_mut(length).zip(sums) {
                    vector[row] = mean + sum;
                }
            }
        }
    }
}
