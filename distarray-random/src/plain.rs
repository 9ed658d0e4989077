//! Random numbers in a plain `ndarray`, without ranks.

use distarray_core::kernel::random::{Stream, Variate, fill_slice};
use distarray_core::{Element, Float, Plain};
use ndarray::ArrayD;

use crate::check::check;
use crate::error::RandomError;
use crate::generator::Generator;
use crate::kind::Kind;

impl Generator {
    /// An array of `variate`, made from the next stream.
    ///
    /// The same elements as in any distributed array made from that stream.
    ///
    /// # Errors
    /// Parameters or a dtype that make no sense, which take no stream; memory refused.
    pub fn array<T: Element>(
        &mut self,
        variate: &Variate,
        shape: &[usize],
    ) -> Result<ArrayD<T>, RandomError> {
        self.array_of(&Kind::Scalar(*variate), shape)
    }

    /// Overwrites `elements` with `variate`, made from the next stream: for memory that one has.
    ///
    /// # Errors
    /// As [`Generator::array`].
    pub fn fill<T: Plain>(&mut self, variate: &Variate, elements: &mut [T]) -> Result<(), RandomError> {
        check(variate, T::DTYPE, elements.len())?;
        fill_slice(elements, variate, &self.draw()?, 0)?;
        Ok(())
    }

    /// Integers from `low` to `high`, which is left out, all equally likely.
    ///
    /// # Errors
    /// As [`Generator::array`].
    pub fn integers<T: Element>(&mut self, low: T, high: T, shape: &[usize]) -> Result<ArrayD<T>, RandomError>
    where
        i128: From<T>,
    {
        self.array(&Variate::Integers { low: i128::from(low), high: i128::from(high) - 1 }, shape)
    }

    /// Integers from `low` to `high`, which is one of them, all equally likely.
    ///
    /// # Errors
    /// As [`Generator::array`].
    pub fn integers_inclusive<T: Element>(
        &mut self,
        low: T,
        high: T,
        shape: &[usize],
    ) -> Result<ArrayD<T>, RandomError>
    where
        i128: From<T>,
    {
        self.array(&Variate::Integers { low: i128::from(low), high: i128::from(high) }, shape)
    }

    /// Bytes, all equally likely.
    ///
    /// # Errors
    /// As [`Generator::array`].
    pub fn bytes(&mut self, count: usize) -> Result<Vec<u8>, RandomError> {
        let bytes = self.array(&Variate::Integers { low: 0, high: 255 }, &[count])?;
        Ok(bytes.into_raw_vec_and_offset().0)
    }

    /// Truth values, true with `probability`.
    ///
    /// # Errors
    /// As [`Generator::array`].
    pub fn bernoulli(&mut self, probability: f64, shape: &[usize]) -> Result<ArrayD<bool>, RandomError> {
        self.array(&Variate::Bernoulli { probability }, shape)
    }

    /// Floats with mean 0 and deviation 1, normally distributed.
    ///
    /// # Errors
    /// As [`Generator::array`].
    pub fn standard_normal<T: Float>(&mut self, shape: &[usize]) -> Result<ArrayD<T>, RandomError> {
        self.array(&Variate::Normal { mean: 0.0, deviation: 1.0 }, shape)
    }
}

/// Methods named after distributions.
macro_rules! methods {
    (floats: $($(#[$meta:meta])* $name:ident => $variate:ident { $($parameter:ident),+ };)+) => {
        impl Generator {$(
            $(#[$meta])*
            ///
            /// # Errors
            /// As [`Generator::array`].
            pub fn $name<T: Float>(
                &mut self,
                $($parameter: f64,)+
                shape: &[usize],
            ) -> Result<ArrayD<T>, RandomError> {
                self.array(&Variate::$variate { $($parameter),+ }, shape)
            }
        )+}
    };
    (counts: $($(#[$meta:meta])* $name:ident => $variate:ident { $($parameter:ident: $type:ty),+ };)+) => {
        impl Generator {$(
            $(#[$meta])*
            ///
            /// # Errors
            /// As [`Generator::array`].
            pub fn $name(
                &mut self,
                $($parameter: $type,)+
                shape: &[usize],
            ) -> Result<ArrayD<i64>, RandomError> {
                self.array(&Variate::$variate { $($parameter),+ }, shape)
            }
        )+}
    };
}

methods! { floats:
    /// Floats from `low` to `high`, which is left out, all equally likely.
    uniform => Uniform { low, high };
    /// Normally distributed floats.
    normal => Normal { mean, deviation };
    /// Floats whose logarithms are normally distributed with this mean and deviation.
    log_normal => LogNormal { mean, deviation };
    /// Exponentially distributed floats of mean `scale`.
    exponential => Exponential { scale };
    /// Cauchy's distribution.
    cauchy => Cauchy { location, scale };
    /// Laplace's distribution.
    laplace => Laplace { location, scale };
    /// The logistic distribution.
    logistic => Logistic { location, scale };
    /// Gumbel's distribution.
    gumbel => Gumbel { location, scale };
    /// Weibull's distribution.
    weibull => Weibull { shape_parameter, scale };
    /// Pareto's second distribution, or Lomax's, as NumPy's `pareto`.
    pareto => Pareto { shape_parameter };
    /// Density `shape_parameter x^(shape_parameter - 1)` between 0 and 1, as NumPy's `power`.
    power => Power { shape_parameter };
    /// Rayleigh's distribution.
    rayleigh => Rayleigh { scale };
    /// A triangular density.
    triangular => Triangular { left, mode, right };
    /// The gamma distribution.
    gamma => Gamma { shape_parameter, scale };
    /// The beta distribution.
    beta => Beta { alpha, beta };
    /// Chi-square numbers.
    chi_square => ChiSquare { freedom };
    /// Fisher's F distribution.
    fisher_f => FisherF { numerator, denominator };
    /// Student's t distribution.
    student_t => StudentT { freedom };
    /// The inverse Gaussian distribution, as NumPy's `wald`.
    wald => Wald { mean, scale };
    /// Fréchet's distribution.
    frechet => Frechet { location, shape_parameter, scale };
    /// Skew normal floats; a `skewness` of 0 gives normal ones.
    skew_normal => SkewNormal { location, scale, skewness };
    /// Normal floats whose variance is inverse Gaussian.
    normal_inverse_gaussian => NormalInverseGaussian { alpha, beta };
    /// The PERT distribution; `shape_parameter` is 4 as a rule.
    pert => Pert { left, mode, right, shape_parameter };
    /// Von Mises' distribution of angles, in [-pi, pi].
    von_mises => VonMises { mean, concentration };
    /// Noncentral chi-square numbers.
    noncentral_chi_square => NoncentralChiSquare { freedom, noncentrality };
    /// The noncentral F distribution.
    noncentral_f => NoncentralF { numerator, denominator, noncentrality };
}

methods! { counts:
    /// Trials up to the first success.
    geometric => Geometric { probability: f64 };
    /// Poisson's distribution.
    poisson => Poisson { mean: f64 };
    /// Successes among `trials`.
    binomial => Binomial { trials: u64, probability: f64 };
    /// Failures before the `successes`-th success.
    negative_binomial => NegativeBinomial { successes: f64, probability: f64 };
    /// How many of `good` ones are among `sample` drawn of `good` and `bad` ones together.
    hypergeometric => Hypergeometric { good: u64, bad: u64, sample: u64 };
    /// Ranks from 1 to `size` by Zipf's law.
    zipf => Zipf { size: u64, exponent: f64 };
    /// Ranks by Zipf's law without end, as NumPy's `zipf`.
    zeta => Zeta { exponent: f64 };
    /// The logarithmic series.
    log_series => LogSeries { probability: f64 };
}

/// The elements from flat index `first` on of an array of `variate` made from `stream`: any part of any array.
///
/// # Errors
/// Parameters or a dtype that make no sense; elements beyond the first 2^63.
pub fn elements_from<T: Plain>(
    stream: &Stream,
    variate: &Variate,
    first: usize,
    elements: &mut [T],
) -> Result<(), RandomError> {
    let end = first.checked_add(elements.len()).filter(|end| *end <= 1 << 63);
    let count = end.ok_or_else(|| RandomError::Size { shape: vec![first.saturating_add(elements.len())] })?;
    check(variate, T::DTYPE, count)?;
    Ok(fill_slice(elements, variate, stream, first)?)
}
