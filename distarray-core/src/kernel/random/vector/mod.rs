//! VectorVariate: the closed list of random vectors, with their parameters.

mod counts;
mod covariance;
mod dirichlet;
mod normal;
mod place;
mod samples;
mod unit;

use serde::{Deserialize, Serialize};

use super::variate::Family;

pub use covariance::{CovarianceError, Factor};
pub use place::{fill_vectors, fill_vectors_slice};

/// Which random vectors. The components of a vector stand along the last axis of the array; vectors are counted in C
/// order over the other axes.
///
/// Vector `i` takes words `w i .. w (i + 1)` of the stream, `w` being fixed by the parameters, and where these do not
/// suffice goes on in a stream of its own, whose number is `i`. In the definitions `u` and `z` are what they are for
/// [`Variate`](super::Variate), numbered as the words are, and `d` is the number of components.
///
/// Parameters are taken as they are; whoever lets users choose them checks them first (`distarray-random`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the definitions say what the parameters are")]
pub enum VectorVariate {
    /// `mean + factor z`: component `r` is `mean[r] + (factor[r, 0] z[0] + .. + factor[r, r] z[r])`, summed in this
    /// order; `w = d`.
    MultivariateNormal { mean: Vec<f64>, factor: Factor },
    /// Gamma numbers of the shapes `alpha` over their sum; number `j` of vector `i` is as element `d i + j` of a
    /// [`Gamma`](super::Variate::Gamma) array with two words each, or with four if an `alpha` is below 1; by logarithms
    /// if one is below 0.1.
    Dirichlet { alpha: Vec<f64> },
    /// How often each outcome occurs in `trials`, as binomial numbers of what the outcomes before it left. The last
    /// probability is what the others leave to 1, whatever it is. `w = 2 (d - 1)`.
    Multinomial { trials: u64, probabilities: Vec<f64> },
    /// How many of each colour are among `sample` balls drawn without putting them back, as hypergeometric numbers of
    /// what the colours before it left; `w = 2 (d - 1)`.
    MultivariateHypergeometric { colors: Vec<u64>, sample: u64 },
    /// `(cos t, sin t)` of `t = pi (2 u - 1)`.
    UnitCircle,
    /// The point of [`VectorVariate::UnitCircle`] of the first word, times `sqrt u` of the second.
    UnitDisc,
    /// The point of [`VectorVariate::UnitCircle`] of the first word times `sqrt(4 u (1 - u))`, and `2 u - 1`, of the
    /// second.
    UnitSphere,
    /// The point of [`VectorVariate::UnitSphere`], times the cube root of the third word's `u`.
    UnitBall,
}

impl VectorVariate {
    /// How many components its vectors have.
    #[must_use]
    pub fn length(&self) -> usize {
        match self {
            VectorVariate::MultivariateNormal { mean, .. } => mean.len(),
            VectorVariate::Dirichlet { alpha } => alpha.len(),
            VectorVariate::Multinomial { probabilities, .. } => probabilities.len(),
            VectorVariate::MultivariateHypergeometric { colors, .. } => colors.len(),
            VectorVariate::UnitCircle | VectorVariate::UnitDisc => 2,
            VectorVariate::UnitSphere | VectorVariate::UnitBall => 3,
        }
    }

    /// What its components are.
    #[must_use]
    pub const fn family(&self) -> Family {
        match self {
            VectorVariate::Multinomial { .. } | VectorVariate::MultivariateHypergeometric { .. } => {
                Family::Count
            }
            _ => Family::Float,
        }
    }
}
