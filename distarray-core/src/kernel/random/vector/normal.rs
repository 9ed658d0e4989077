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

crate::multiversion! {
    /// Writes `mean + factor z` for every vector `z` of `standard`.
    fn correlate(mean: &[f64], factor: &Factor, standard: &[f64], output: &mut [f64]) {
        match mean.len() {
            1 => short::<1>(mean, factor, standard, output),
            2 => short::<2>(mean, factor, standard, output),
            3 => short::<3>(mean, factor, standard, output),
            4 => short::<4>(mean, factor, standard, output),
            _ => long(mean, factor, standard, output),
        }
    }
}

/// Few components: all sums of a vector at once.
#[inline(always)]
fn short<const LENGTH: usize>(mean: &[f64], factor: &Factor, standard: &[f64], output: &mut [f64]) {
    let (mut entries, mut means) = ([[0.0; LENGTH]; LENGTH], [0.0; LENGTH]);
    for (row, (entries, value)) in entries.iter_mut().zip(&mut means).enumerate() {
        entries[..=row].copy_from_slice(factor.row(row));
        *value = mean[row];
    }
    let vectors = output.as_chunks_mut::<LENGTH>().0.iter_mut();
    for (vector, standard) in vectors.zip(standard.as_chunks::<LENGTH>().0) {
        for row in 0..LENGTH {
            let mut sum = 0.0;
            for column in 0..=row {
                sum += entries[row][column] * standard[column];
            }
            vector[row] = means[row] + sum;
        }
    }
}

/// Vectors of many components that are computed side by side.
const LANES: usize = 8;

/// Many components: the same sum of some vectors at once.
#[inline(always)]
fn long(mean: &[f64], factor: &Factor, standard: &[f64], output: &mut [f64]) {
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
