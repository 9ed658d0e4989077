//! Random arrays, by themselves and as lazy arrays of a context.

use std::panic::Location;

use distarray_core::DType;
use distarray_lazy::{Context, DistArray, IntoLayout};
use distarray_spmd::Error;

pub use distarray_random::*;

/// Random arrays of a context. Here and not in `distarray-random`, which does not know of contexts.
pub trait RandomArrays {
    /// An array of `variate` made from the next stream of `generator`; lazy as any other.
    ///
    /// Shape and elements do not depend on the number of ranks nor on the layout. In an SPMD program every rank calls
    /// it with a generator of the same state.
    ///
    /// # Errors
    /// Parameters or a dtype that make no sense, which take no stream; a layout that the maps refuse.
    ///
    /// # Example
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
    #[track_caller]
    fn random(
        &self,
        generator: &mut Generator,
        variate: Variate,
        dtype: DType,
        layout: impl IntoLayout,
    ) -> Result<DistArray, Error>;
}

impl RandomArrays for Context {
    #[track_caller]
    fn random(
        &self,
        generator: &mut Generator,
        variate: Variate,
        dtype: DType,
        layout: impl IntoLayout,
    ) -> Result<DistArray, Error> {
        let place = Location::caller();
        let located = |error: Error| Error::At {
            operation: String::from("random"),
            place: place.to_string(),
            source: Box::new(error),
        };
        let distribution = layout.into_layout(self.rank_count()).map_err(located)?;
        distarray_spmd::create::check_ranks(&distribution, self.rank_count()).map_err(located)?;
        let random = Random::new(generator, variate, dtype, distribution);
        let random = random.map_err(|error| located(error.into()))?;
        let [array] = distarray_spmd::exactly::<1, _>("random", self.call(random, &[])?)?;
        Ok(array)
    }
}
