//! Dirichlet vectors: shares that gamma numbers have of their sum.

use super::super::chacha::Key;
use super::super::gamma::{Gamma, VANISHING};
use super::super::source::Source;
use super::samples::DrawVector;
use crate::kernel::math::{Exp, Function1};

/// Vectors of the gamma numbers of so many shapes.
pub(super) struct Dirichlet {
    gammas: Vec<Gamma>,
    /// Words per component.
    per_component: usize,
    /// Whether numbers may vanish; then logarithms are computed.
    small: bool,
}

impl Dirichlet {
    pub(super) fn new(alpha: &[f64]) -> Dirichlet {
        Dirichlet {
            gammas: alpha.iter().map(|&shape| Gamma::new(shape)).collect(),
            per_component: if alpha.iter().any(|&shape| shape < 1.0) { 4 } else { 2 },
            small: alpha.iter().any(|&shape| shape < VANISHING),
        }
    }
}

impl DrawVector for Dirichlet {
    type Value = f64;

    fn words(&self) -> usize {
        (self.per_component * self.gammas.len()).max(1)
    }

    fn length(&self) -> usize {
        self.gammas.len()
    }

    fn vectors(&self, words: &[u64], indices: &[u64], own: &Key, output: &mut [f64]) {
        if !self.gammas.is_empty() {
            shares(self, words, indices, own, output);
        }
    }
}

crate::multiversion! {
    fn shares(dirichlet: &Dirichlet, words: &[u64], indices: &[u64], own: &Key, output: &mut [f64]) {
        let length = dirichlet.gammas.len();
        let mut words = words.chunks_exact(dirichlet.per_component);
        for (vector, index) in output.chunks_exact_mut(length).zip(indices) {
            let first = index.wrapping_mul(length as u64);
            for (component, (value, gamma)) in vector.iter_mut().zip(&dirichlet.gammas).enumerate() {
                let words = words.next().unwrap_or_default();
                let mut source = Source::new(words, own, first.wrapping_add(component as u64));
                *value = if dirichlet.small { gamma.log_of(&mut source) } else { gamma.of(&mut source) };
            }
            if dirichlet.small {
                let largest = vector.iter().fold(f64::NEG_INFINITY, |most, &value| if value > most { value } else { most });
                for value in &mut *vector {
                    *value = Exp::value(*value - largest);
                }
            }
            let sum = vector.iter().fold(0.0, |sum, value| sum + value);
            for value in vector {
                *value /= sum;
            }
        }
    }
}
