//! The draw of every variate: the only match over the list.

use super::binomial::Binomial;
use super::count::Geometric;
use super::float::{
    Cauchy, Exponential, Frechet, Gumbel, Inverse, Laplace, Logistic, Normal, Pareto, Power, Rayleigh,
    Triangular, Uniform, Weibull,
};
use super::gamma::{Beta, Gamma, Quotient, Scaled, SmallBeta, StudentT, Wald};
use super::hypergeometric::Hypergeometric;
use super::integer::{Bernoulli, Integers};
use super::permutation::Distinct;
use super::poisson::{NegativeBinomial, Poisson};
use super::rejection::Rejection;
use super::skewed::{NoncentralChiSquare, NoncentralF, NormalInverseGaussian, Pert, SkewNormal};
use super::target::Target;
use super::variate::Variate;
use super::von_mises::VonMises;
use super::zipf::{LogSeries, Zeta, Zipf};
use crate::dtype::DType;
use crate::error::ElementError;

impl Target<'_> {
    /// Fills it with `variate`.
    pub(super) fn fill(mut self, variate: &Variate) -> Result<(), ElementError> {
        let target = &mut self;
        match *variate {
            Variate::Uniform { low, high } => {
                let limit = if target.dtype == DType::Float32 { below_f32(high) } else { high.next_down() };
                target.floats(&Inverse(Uniform { low, width: high - low, limit }))
            }
            Variate::Normal { mean, deviation } => {
                target.floats(&Normal { mean, deviation, exponential: false })
            }
            Variate::LogNormal { mean, deviation } => {
                target.floats(&Normal { mean, deviation, exponential: true })
            }
            Variate::Exponential { scale } => target.floats(&Inverse(Exponential(scale))),
            Variate::Cauchy { location, scale } => target.floats(&Inverse(Cauchy(location, scale))),
            Variate::Laplace { location, scale } => target.floats(&Inverse(Laplace(location, scale))),
            Variate::Logistic { location, scale } => target.floats(&Inverse(Logistic(location, scale))),
            Variate::Gumbel { location, scale } => target.floats(&Inverse(Gumbel(location, scale))),
            Variate::Weibull { shape_parameter, scale } => {
                target.floats(&Inverse(Weibull(shape_parameter, scale)))
            }
            Variate::Pareto { shape_parameter } => target.floats(&Inverse(Pareto(shape_parameter))),
            Variate::Power { shape_parameter } => target.floats(&Inverse(Power(shape_parameter))),
            Variate::Rayleigh { scale } => target.floats(&Inverse(Rayleigh(scale))),
            Variate::Triangular { left, mode, right } => {
                target.floats(&Inverse(Triangular(left, mode, right)))
            }
            Variate::Gamma { shape_parameter, scale } => {
                target.floats(&Rejection(Scaled(Gamma::new(shape_parameter), scale)))
            }
            Variate::Beta { alpha, beta } if alpha <= 1.0 && beta <= 1.0 => {
                target.floats(&Rejection(SmallBeta(alpha, beta)))
            }
            Variate::Beta { alpha, beta } => {
                target.floats(&Rejection(Beta(Gamma::new(alpha), Gamma::new(beta))))
            }
            Variate::ChiSquare { freedom } => {
                target.floats(&Rejection(Scaled(Gamma::new(0.5 * freedom), 2.0)))
            }
            Variate::FisherF { numerator, denominator } => {
                target.floats(&Rejection(Quotient::new(numerator, denominator)))
            }
            Variate::StudentT { freedom } => {
                target.floats(&Rejection(StudentT(Gamma::new(0.5 * freedom), freedom)))
            }
            Variate::Wald { mean, scale } => target.floats(&Rejection(Wald(mean, scale))),
            Variate::Frechet { location, shape_parameter, scale } => {
                target.floats(&Inverse(Frechet(location, shape_parameter, scale)))
            }
            Variate::SkewNormal { location, scale, skewness } => {
                target.floats(&SkewNormal::new(location, scale, skewness))
            }
            Variate::NormalInverseGaussian { alpha, beta } => {
                target.floats(&Rejection(NormalInverseGaussian::new(alpha, beta)))
            }
            Variate::Pert { left, mode, right, shape_parameter } => {
                target.floats(&Rejection(Pert::new(left, mode, right, shape_parameter)))
            }
            Variate::VonMises { mean, concentration } => {
                target.floats(&Rejection(VonMises::new(mean, concentration)))
            }
            Variate::NoncentralChiSquare { freedom, noncentrality } => {
                target.floats(&Rejection(NoncentralChiSquare::new(freedom, noncentrality)))
            }
            Variate::NoncentralF { numerator, denominator, noncentrality } => {
                target.floats(&Rejection(NoncentralF::new(numerator, denominator, noncentrality)))
            }
            Variate::Bernoulli { probability } => target.as_they_are(&Bernoulli(probability)),
            Variate::Integers { low, high } => target.integers(&integers(low, high)),
            Variate::Distinct { population } => target.as_they_are(&Distinct(population)),
            Variate::Geometric { probability } => target.as_they_are(&Geometric::new(probability)),
            Variate::Poisson { mean } => target.as_they_are(&Rejection(Poisson::new(mean))),
            Variate::Binomial { trials, probability } => {
                target.as_they_are(&Rejection(Binomial::new(trials, probability)))
            }
            Variate::NegativeBinomial { successes, probability } => {
                target.as_they_are(&Rejection(NegativeBinomial::new(successes, probability)))
            }
            Variate::Hypergeometric { good, bad, sample } => {
                target.as_they_are(&Rejection(Hypergeometric::new(good, bad, sample)))
            }
            Variate::Zipf { size, exponent } => target.as_they_are(&Rejection(Zipf::new(size, exponent))),
            Variate::Zeta { exponent } => target.as_they_are(&Rejection(Zeta::new(exponent))),
            Variate::LogSeries { probability } => target.as_they_are(&Rejection(LogSeries::new(probability))),
        }
    }
}

/// The largest float32 below `high`, which is one.
#[expect(clippy::cast_possible_truncation, reason = "float32 numbers are asked for")]
fn below_f32(high: f64) -> f64 {
    f64::from((high as f32).next_down())
}

/// The range in 64 bits that wrap.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "64 bits are right for every dtype"
)]
fn integers(low: i128, high: i128) -> Integers {
    Integers { low: low as u64, last: high.wrapping_sub(low) as u64 }
}
