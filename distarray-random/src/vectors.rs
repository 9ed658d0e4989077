//! Random vectors in a plain `ndarray`, without ranks.

use distarray_core::kernel::random::VectorVariate;
use distarray_core::kernel::random::vector::Factor;
use distarray_core::{Element, Float};
use ndarray::{ArrayD, ArrayRef2};

use crate::error::RandomError;
use crate::generator::Generator;
use crate::kind::Kind;

/// The normal vectors of a mean and a covariance, which may be singular.
///
/// # Errors
/// What makes `covariance` none, with the entries: not square, not symmetric, not positive semidefinite
/// (see [`Factor::of_covariance`]).
pub fn multivariate_normal(mean: &[f64], covariance: &ArrayRef2<f64>) -> Result<VectorVariate, RandomError> {
    let (rows, columns) = covariance.dim();
    let factor = Factor::of_covariance(rows, columns, |row, column| covariance[(row, column)])?;
    Ok(VectorVariate::MultivariateNormal { mean: mean.to_vec(), factor })
}

impl Generator {
    /// Vectors of `variate`, made from the next stream, as an array of `shape` with their components along one more
    /// axis, the last.
    ///
    /// The same elements as in any distributed array made from that stream.
    ///
    /// # Errors
    /// Parameters or a dtype that make no sense, which take no stream; memory refused.
    pub fn vectors<T: Element>(
        &mut self,
        variate: &VectorVariate,
        shape: &[usize],
    ) -> Result<ArrayD<T>, RandomError> {
        let mut whole = shape.to_vec();
        whole.push(variate.length());
        self.array_of(&Kind::Vector(variate.clone()), &whole)
    }

    /// Normally distributed vectors. `covariance` may be singular.
    ///
    /// # Errors
    /// As [`multivariate_normal`] and [`Generator::vectors`].
    ///
    /// # Example
    /// ```
    /// use distarray_random::Generator;
    /// let covariance = ndarray::arr2(&[[2.0, 1.0], [1.0, 2.0]]);
    /// let points = Generator::new(42).multivariate_normal::<f64>(&[0.0, 5.0], &covariance, &[100])?;
    /// assert_eq!(points.shape(), [100, 2]);
    /// # Ok::<(), distarray_random::RandomError>(())
    /// ```
    pub fn multivariate_normal<T: Float>(
        &mut self,
        mean: &[f64],
        covariance: &ArrayRef2<f64>,
        shape: &[usize],
    ) -> Result<ArrayD<T>, RandomError> {
        self.vectors(&multivariate_normal(mean, covariance)?, shape)
    }

    /// Shares of a whole: vectors of positive numbers whose sum is 1.
    ///
    /// # Errors
    /// As [`Generator::vectors`].
    pub fn dirichlet<T: Float>(&mut self, alpha: &[f64], shape: &[usize]) -> Result<ArrayD<T>, RandomError> {
        self.vectors(&VectorVariate::Dirichlet { alpha: alpha.to_vec() }, shape)
    }

    /// How often each outcome occurs among `trials`; the last probability is what the others leave to 1.
    ///
    /// # Errors
    /// As [`Generator::vectors`].
    pub fn multinomial(
        &mut self,
        trials: u64,
        probabilities: &[f64],
        shape: &[usize],
    ) -> Result<ArrayD<i64>, RandomError> {
        self.vectors(&VectorVariate::Multinomial { trials, probabilities: probabilities.to_vec() }, shape)
    }

    /// How many of each colour are among `sample` balls drawn without putting them back, of so many of each.
    ///
    /// # Errors
    /// As [`Generator::vectors`].
    pub fn multivariate_hypergeometric(
        &mut self,
        colors: &[u64],
        sample: u64,
        shape: &[usize],
    ) -> Result<ArrayD<i64>, RandomError> {
        self.vectors(&VectorVariate::MultivariateHypergeometric { colors: colors.to_vec(), sample }, shape)
    }
}

/// Methods named after shapes.
macro_rules! methods {
    ($($(#[$meta:meta])* $name:ident => $variate:ident;)+) => {
        impl Generator {$(
            $(#[$meta])*
            ///
            /// # Errors
            /// As [`Generator::vectors`].
            pub fn $name<T: Float>(&mut self, shape: &[usize]) -> Result<ArrayD<T>, RandomError> {
                self.vectors(&VectorVariate::$variate, shape)
            }
        )+}
    };
}

methods! {
    /// Points of the circle of radius 1, all equally likely; with two components.
    unit_circle => UnitCircle;
    /// Points in the circle of radius 1, all equally likely; with two components.
    unit_disc => UnitDisc;
    /// Points of the sphere of radius 1, all equally likely; with three components.
    unit_sphere => UnitSphere;
    /// Points in the sphere of radius 1, all equally likely; with three components.
    unit_ball => UnitBall;
}
