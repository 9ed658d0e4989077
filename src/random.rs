//! Random arrays, by themselves and as lazy arrays of a context.

mod arrays;

use distarray_core::DType;
use distarray_lazy::{DistArray, IntoLayout};
use distarray_spmd::Error;

pub use distarray_random::*;

/// Random arrays of a context. Here and not in `distarray-random`, which does not know of contexts.
///
/// All are made from the next stream of a generator, and are lazy as any other array. Shape and elements do not depend
/// on the number of ranks nor on the layout. In an SPMD program every rank calls with a generator of the same state.
/// What is refused takes no stream.
pub trait RandomArrays {
    /// An array of a [`Variate`]; of a [`VectorVariate`], whose components stand along the last axis, which must have
    /// as many indices.
    ///
    /// # Errors
    /// Parameters, a dtype or a last axis that make no sense; a layout that the maps refuse.
    ///
    /// # Examples
    /// ```
    /// use distarray::comm::threads;
    /// use distarray::prelude::*;
    /// use distarray::random::{Generator, RandomArrays, Variate};
    ///
    /// let uniform = Variate::Uniform { low: 0.0, high: 1.0 };
    /// let quarters = threads::run(3, |comm| {
    ///     let context = Context::spmd(&comm)?;
    ///     let mut generator = Generator::new(42);
    ///     let x = context.random(&mut generator, uniform, DType::Float64, [1000])?;
    ///     let y = context.random(&mut generator, uniform, DType::Float64, [1000])?;
    ///     (&x * &x + &y * &y).less_equal(1.0).mean(()).item()
    /// })?;
    /// assert_eq!(quarters[0], Scalar::Float64(0.808));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// Points in the plane, dealt out one by one:
    ///
    /// ```
    /// use distarray::prelude::*;
    /// use distarray::random::{Generator, RandomArrays, multivariate_normal};
    ///
    /// let covariance = ndarray::arr2(&[[2.0, 1.0], [1.0, 2.0]]);
    /// let normal = multivariate_normal(&[0.0, 5.0], &covariance)?;
    /// let context = Context::local(3)?;
    /// let points = context.random(&mut Generator::new(42), normal, DType::Float64, ([1000, 2], "c"))?;
    /// let alone = Generator::new(42).multivariate_normal::<f64>(&[0.0, 5.0], &covariance, &[1000])?;
    /// assert_eq!(points.fetch::<f64>()?, alone);
    /// context.close()?;
    /// # Ok::<(), Error>(())
    /// ```
    #[track_caller]
    fn random(
        &self,
        generator: &mut Generator,
        kind: impl Into<Kind>,
        dtype: DType,
        layout: impl IntoLayout,
    ) -> Result<DistArray, Error>;

    /// The int64 numbers below the length of a layout of one dimension, in a random order: those of
    /// [`Generator::permutation`].
    ///
    /// # Errors
    /// A layout of another number of dimensions, or that the maps refuse.
    ///
    /// # Example
    /// ```
    /// use distarray::prelude::*;
    /// use distarray::random::{Generator, RandomArrays};
    ///
    /// let context = Context::local(3)?;
    /// let order = context.permutation(&mut Generator::new(42), ([10], "c"))?;
    /// assert_eq!(order.fetch::<i64>()?, Generator::new(42).permutation(10).expect("ten are few").into_dyn());
    /// context.close()?;
    /// # Ok::<(), Error>(())
    /// ```
    #[track_caller]
    fn permutation(&self, generator: &mut Generator, layout: impl IntoLayout) -> Result<DistArray, Error>;

    /// `array` with its rows along `axis` in the order that [`RandomArrays::permutation`] gives of as many numbers;
    /// it lies as it did. Negative axes count from the last.
    ///
    /// # Errors
    /// [`Error::Axis`]; an array of another context, or that carries an error.
    ///
    /// # Example
    /// ```
    /// use distarray::prelude::*;
    /// use distarray::random::{Generator, RandomArrays};
    /// use distarray::spmd::transfer::index::{Indexed, Take};
    ///
    /// let context = Context::local(3)?;
    /// let points = context.linspace(0.0, 1.0, 100);
    /// let shuffled = context.shuffled(&mut Generator::new(42), &points, 0)?;
    /// let order = context.permutation(&mut Generator::new(42), [100])?;
    /// let taken = context.call(Take { indexed: Indexed::by_axis(0, 1) }, &[&points, &order])?;
    /// assert_eq!(shuffled.fetch::<f64>()?, taken[0].fetch::<f64>()?);
    /// context.close()?;
    /// # Ok::<(), Error>(())
    /// ```
    #[track_caller]
    fn shuffled(&self, generator: &mut Generator, array: &DistArray, axis: isize)
    -> Result<DistArray, Error>;

    /// Int64 numbers below `population`, all equally likely: those of [`Generator::choice`].
    ///
    /// # Errors
    /// With replacement a population of none, without one that is smaller than what is chosen; a layout that the maps refuse.
    ///
    /// # Example
    /// ```
    /// use distarray::prelude::*;
    /// use distarray::random::{Generator, RandomArrays, Replacement};
    ///
    /// let context = Context::local(3)?;
    /// let balls = context.choice(&mut Generator::new(42), 49, Replacement::Without, [49])?;
    /// assert_eq!(balls.sum(()).item()?, Scalar::Int64(48 * 49 / 2));
    /// context.close()?;
    /// # Ok::<(), Error>(())
    /// ```
    #[track_caller]
    fn choice(
        &self,
        generator: &mut Generator,
        population: usize,
        replacement: Replacement,
        layout: impl IntoLayout,
    ) -> Result<DistArray, Error>;

    /// Int64 numbers below the length of `weights`, as likely as these say: those of [`Generator::weighted_choice`].
    ///
    /// # Errors
    /// Weights that are not real numbers of one dimension; without replacement, fewer than what is chosen; a layout that
    /// the maps refuse. The weights themselves are looked at when the choice is computed, which fails if one is negative, if
    /// their sum is not 1, or if too few are above 0.
    ///
    /// # Example
    /// ```
    /// use distarray::prelude::*;
    /// use distarray::random::{Generator, RandomArrays, Replacement};
    ///
    /// let context = Context::local(3)?;
    /// let weights = context.linspace(0.0, 0.5, 5) * 0.8;
    /// let chosen = context.weighted_choice(&mut Generator::new(42), &weights, Replacement::Without, [4])?;
    /// // The first weight is 0.
    /// assert_eq!(chosen.sum(()).item()?, Scalar::Int64(1 + 2 + 3 + 4));
    /// context.close()?;
    /// # Ok::<(), Error>(())
    /// ```
    #[track_caller]
    fn weighted_choice(
        &self,
        generator: &mut Generator,
        weights: &DistArray,
        replacement: Replacement,
        layout: impl IntoLayout,
    ) -> Result<DistArray, Error>;
}
