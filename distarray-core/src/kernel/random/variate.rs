//! Variate: the closed list of random numbers, with their parameters.

use serde::{Deserialize, Serialize};

/// Which random numbers. In the definitions `u` is a word of the stream as an odd multiple of 2^-53 in (0, 1), and
/// `z` the standard normal number of a word.
///
/// Parameters are taken as they are; whoever lets users choose them checks them first (`distarray-random`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the definitions say what the parameters are")]
pub enum Variate {
    /// `low + (high - low) v` with a multiple `v` of 2^-53 in [0, 1), below `high`.
    Uniform { low: f64, high: f64 },
    /// `mean + deviation z`.
    Normal { mean: f64, deviation: f64 },
    /// `exp(mean + deviation z)`.
    LogNormal { mean: f64, deviation: f64 },
    /// `-scale log u`.
    Exponential { scale: f64 },
    /// `location + scale tan(pi (u - 1/2))`.
    Cauchy { location: f64, scale: f64 },
    /// `location + scale log(2 u)` below the middle, mirrored above it.
    Laplace { location: f64, scale: f64 },
    /// `location + scale log(u / (1 - u))`.
    Logistic { location: f64, scale: f64 },
    /// `location - scale log(-log u)`.
    Gumbel { location: f64, scale: f64 },
    /// `scale (-log u)^(1 / shape_parameter)`.
    Weibull { shape_parameter: f64, scale: f64 },
    /// Pareto II, or Lomax: `u^(-1 / shape_parameter) - 1`. Pareto's first distribution, from `scale` on, is `scale`
    /// times 1 more than this.
    Pareto { shape_parameter: f64 },
    /// `u^(1 / shape_parameter)`.
    Power { shape_parameter: f64 },
    /// `scale sqrt(-2 log u)`.
    Rayleigh { scale: f64 },
    /// By the inverse of its piecewise quadratic distribution function.
    Triangular { left: f64, mode: f64, right: f64 },
    /// By G. Marsaglia and W. W. Tsang, ACM Transactions on Mathematical Software 26 (2000) 363-372; below a shape of 1
    /// the number for `shape_parameter + 1` times `u^(1 / shape_parameter)`.
    Gamma { shape_parameter: f64, scale: f64 },
    /// `X / (X + Y)` of gamma numbers; by Jöhnk's rejection if both parameters are at most 1.
    Beta { alpha: f64, beta: f64 },
    /// Twice the gamma number of half the degrees of freedom.
    ChiSquare { freedom: f64 },
    /// The quotient of two chi-square numbers, each over its degrees of freedom; by logarithms below 0.2 degrees.
    FisherF { numerator: f64, denominator: f64 },
    /// `z` over the root of a chi-square number over its degrees of freedom.
    StudentT { freedom: f64 },
    /// Inverse Gaussian, by J. R. Michael, W. R. Schucany and R. W. Haas, The American Statistician 30 (1976) 88-90.
    Wald { mean: f64, scale: f64 },
    /// `location + scale (-log u)^(-1 / shape_parameter)`.
    Frechet { location: f64, shape_parameter: f64, scale: f64 },
    /// `location + scale (skewness |z| + z') / sqrt(1 + skewness^2)` with the normal numbers of two words.
    SkewNormal { location: f64, scale: f64, skewness: f64 },
    /// `beta X + sqrt(X) z` with an inverse Gaussian number `X` of scale 1 and mean `1 / sqrt(alpha^2 - beta^2)`.
    NormalInverseGaussian { alpha: f64, beta: f64 },
    /// PERT: a beta number between `left` and `right`, its parameters above 1 by `shape_parameter`, which is 4 as a
    /// rule, times the mode's distance from either end over that of the ends.
    Pert { left: f64, mode: f64, right: f64, shape_parameter: f64 },
    /// Von Mises' angles in [-pi, pi], by D. J. Best and N. I. Fisher, Applied Statistics 28 (1979) 152-157; below a
    /// concentration of 1e-8 all equally likely, above 1e6 normal numbers.
    VonMises { mean: f64, concentration: f64 },
    /// `(z + sqrt noncentrality)^2` and a chi-square number of one degree less; below one degree a chi-square number
    /// of as many more pairs of degrees as a Poisson number of half the noncentrality says.
    NoncentralChiSquare { freedom: f64, noncentrality: f64 },
    /// The quotient of a noncentral chi-square and a chi-square number, each over its degrees of freedom; by logarithms
    /// below 0.2 degrees.
    NoncentralF { numerator: f64, denominator: f64, noncentrality: f64 },

    /// Whether a multiple of 2^-53 in [0, 1) is below `probability`.
    Bernoulli { probability: f64 },
    /// Integers from `low` to `high`, both included, without bias, by D. Lemire, ACM Transactions on Modeling and
    /// Computer Simulation 29 (2019) 3.
    Integers { low: i128, high: i128 },
    /// Integers below `population`, each at most once: element `i` is what stands at place `i` of a
    /// [`Permutation`](super::Permutation).
    Distinct { population: u64 },
    /// Trials up to the first success: `ceil(log u / log(1 - probability))`, at least 1 and at most 2^63 - 1.
    Geometric { probability: f64 },
    /// Inversion below a mean of 10, else PTRS of W. Hörmann, Insurance: Mathematics and Economics 12 (1993) 39-45.
    Poisson { mean: f64 },
    /// Inversion below a mean of 10 of the rarer outcome, else BTRS of W. Hörmann, Journal of Statistical Computation
    /// and Simulation 46 (1993) 101-110.
    Binomial { trials: u64, probability: f64 },
    /// Failures before the `successes`-th success: a Poisson number whose mean is a gamma number.
    NegativeBinomial { successes: f64, probability: f64 },
    /// How many of `good` ones are among `sample` drawn of `good` and `bad` ones together: inversion below a mean of 10
    /// of the rarer kind in the smaller of sample and rest, else HRUA of E. Stadlober, Journal of Computational and
    /// Applied Mathematics 31 (1990) 181-189.
    Hypergeometric { good: u64, bad: u64, sample: u64 },
    /// Ranks from 1 to `size`, `k` with a chance in proportion to `k^-exponent`, by W. Hörmann and G. Derflinger, ACM
    /// Transactions on Modeling and Computer Simulation 6 (1996) 169-184.
    Zipf { size: u64, exponent: f64 },
    /// As [`Variate::Zipf`] without end, NumPy's `zipf`: by L. Devroye, "Non-Uniform Random Variate Generation" (1986),
    /// page 551. What an `int64` does not hold is drawn again.
    Zeta { exponent: f64 },
    /// `k` from 1 on with a chance in proportion to `probability^k / k`, by A. W. Kemp, Applied Statistics 30 (1981)
    /// 249-253.
    LogSeries { probability: f64 },
}

/// What the elements of a variate are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `float32` or `float64`.
    Float,
    /// Any integer dtype.
    Integer,
    /// `int64`.
    Count,
    /// `bool`.
    Truth,
}

impl Variate {
    /// What its elements are.
    #[must_use]
    pub const fn family(&self) -> Family {
        match self {
            Variate::Bernoulli { .. } => Family::Truth,
            Variate::Integers { .. } => Family::Integer,
            Variate::Distinct { .. }
            | Variate::Geometric { .. }
            | Variate::Poisson { .. }
            | Variate::Binomial { .. }
            | Variate::NegativeBinomial { .. }
            | Variate::Hypergeometric { .. }
            | Variate::Zipf { .. }
            | Variate::Zeta { .. }
            | Variate::LogSeries { .. } => Family::Count,
            _ => Family::Float,
        }
    }
}
