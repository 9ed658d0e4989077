//! How a context makes random arrays: an operation of the generator's next stream, with its place if it is refused.

use std::panic::Location;

use distarray_core::DType;
use distarray_lazy::{Context, DistArray, IntoLayout};
use distarray_maps::Distribution;
use distarray_random::{Generator, Kind, Random, RandomError, Replacement, Shuffle, Variate, WeightedChoice};
use distarray_spmd::compute::reduce::normalize_axes;
use distarray_spmd::create::check_ranks;
use distarray_spmd::{Error, Operation, exactly};

use super::RandomArrays;

impl RandomArrays for Context {
    #[track_caller]
    fn random(
        &self,
        generator: &mut Generator,
        kind: impl Into<Kind>,
        dtype: DType,
        layout: impl IntoLayout,
    ) -> Result<DistArray, Error> {
        located("random", || {
            let layout = laid_out(self, layout)?;
            drawn(self, generator, &[], |generator| Random::new(generator, kind, dtype, layout))
        })
    }

    #[track_caller]
    fn permutation(&self, generator: &mut Generator, layout: impl IntoLayout) -> Result<DistArray, Error> {
        located("permutation", || {
            let layout = laid_out(self, layout)?;
            let &[length] = layout.shape() else {
                return Err(Error::Value {
                    what: "layout",
                    value: format!("of shape {:?}", layout.shape()),
                    reason: "a permutation has one dimension",
                });
            };
            let variate = Variate::Distinct { population: length as u64 };
            drawn(self, generator, &[], |generator| Random::new(generator, variate, DType::Int64, layout))
        })
    }

    #[track_caller]
    fn shuffled(
        &self,
        generator: &mut Generator,
        array: &DistArray,
        axis: isize,
    ) -> Result<DistArray, Error> {
        located("shuffled", || {
            let ndim = array.meta()?.shape().len();
            let [axis] = exactly::<1, _>(Shuffle::NAME, normalize_axes(&[axis], ndim)?)?;
            drawn(self, generator, &[array], |generator| Shuffle::new(generator, axis))
        })
    }

    #[track_caller]
    fn choice(
        &self,
        generator: &mut Generator,
        population: usize,
        replacement: Replacement,
        layout: impl IntoLayout,
    ) -> Result<DistArray, Error> {
        located("choice", || {
            let layout = laid_out(self, layout)?;
            if population == 0 && replacement == Replacement::With && layout.size() > 0 {
                let value = String::from("0");
                return Err(Error::Value {
                    what: "population",
                    value,
                    reason: "there is nothing to choose from",
                });
            }
            let variate = replacement.variate(population as u64, layout.size());
            drawn(self, generator, &[], |generator| Random::new(generator, variate, DType::Int64, layout))
        })
    }

    #[track_caller]
    fn weighted_choice(
        &self,
        generator: &mut Generator,
        weights: &DistArray,
        replacement: Replacement,
        layout: impl IntoLayout,
    ) -> Result<DistArray, Error> {
        located("weighted_choice", || {
            let layout = laid_out(self, layout)?;
            drawn(self, generator, &[weights], |generator| {
                WeightedChoice::new(generator, replacement, layout)
            })
        })
    }
}

/// What `make` gives; if it is refused, with the operation and the line that called for it.
#[track_caller]
fn located(
    operation: &'static str,
    make: impl FnOnce() -> Result<DistArray, Error>,
) -> Result<DistArray, Error> {
    let place = Location::caller();
    make().map_err(|error| Error::At {
        operation: operation.to_owned(),
        place: place.to_string(),
        source: Box::new(error),
    })
}

/// A layout that fits the ranks of `context`.
fn laid_out(context: &Context, layout: impl IntoLayout) -> Result<Distribution, Error> {
    let distribution = layout.into_layout(context.rank_count())?;
    check_ranks(&distribution, context.rank_count())?;
    Ok(distribution)
}

/// What an operation makes of `inputs`. The generator moves on if nothing is refused.
fn drawn<O: Operation>(
    context: &Context,
    generator: &mut Generator,
    inputs: &[&DistArray],
    operation: impl FnOnce(&mut Generator) -> Result<O, RandomError>,
) -> Result<DistArray, Error> {
    let mut moved_on = generator.clone();
    let made = context.call(operation(&mut moved_on)?, inputs)?;
    let [array] = exactly::<1, _>(O::NAME, made)?;
    *generator = moved_on;
    Ok(array)
}
