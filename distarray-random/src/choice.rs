//! Choosing from a population: with and without putting back, all alike or by weights.

mod with;
mod without;

use distarray_comm::SameMemory;
use distarray_core::kernel::random::{Stream, Weights, arrivals};
use distarray_core::{Block, DType, Element};
use distarray_maps::Distribution;
use distarray_spmd::create::check_ranks;
use distarray_spmd::transfer::redistribute::redistribute;
use distarray_spmd::{
    AnyLocalArray, ArrayMeta, Cost, Error, Inferred, Input, LocalArray, Operation, Worker, exactly,
};
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

use crate::Variate;
use crate::error::RandomError;
use crate::generator::Generator;
use crate::plain::{elements_from, size_of_shape};

/// How far from 1 the sum of weights may be, as in NumPy: the root of a float64's precision.
const SUM_TOLERANCE: f64 = 1.5e-8;

/// Whether what has been chosen can be chosen again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Replacement {
    /// It is put back.
    With,
    /// It is not: every index occurs at most once.
    Without,
}

impl Replacement {
    /// What makes a choice of indices below `population`, all equally likely.
    #[must_use]
    pub const fn variate(self, population: u64) -> Variate {
        match self {
            Replacement::With => Variate::Integers { low: 0, high: population as i128 - 1 },
            Replacement::Without => Variate::Distinct { population },
        }
    }
}

/// Chooses indices by weights.
///
/// Takes one array, the weights: of one dimension, real, not negative, with the sum 1. Gives int64 indices of them, of
/// any shape and distribution; which, depends on the weights and the stream alone.
///
/// With replacement, element `i` is found by where integer `i` of the stream falls among the running sums. Without, the
/// elements in C order are the first arrivals of a race; see [`arrivals`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeightedChoice {
    stream: Stream,
    replacement: Replacement,
    distribution: Distribution,
}

impl WeightedChoice {
    /// A choice from the next stream of `generator`, spread as `distribution` says. **Pure.**
    ///
    /// # Errors
    /// [`RandomError::Exhausted`].
    pub fn new(
        generator: &mut Generator,
        replacement: Replacement,
        distribution: Distribution,
    ) -> Result<WeightedChoice, RandomError> {
        Ok(WeightedChoice { stream: generator.draw()?, replacement, distribution })
    }

    /// This rank's share of the indices. **Collective.**
    ///
    /// # Errors
    /// [`Error::Value`] for weights that are not of one dimension; [`Error::Ranks`]; what weights make no sense, agreed
    /// upon; memory refused on any rank; what the transport reports.
    pub fn local_array<T: Element>(&self, weights: &LocalArray<T>) -> Result<LocalArray<i64>, Error> {
        let worker = weights.worker();
        self.infer(&[&weights.as_any().meta()])?;
        let inputs = vec![Input::Borrowed(weights.as_any())];
        let [array] = exactly::<1, _>(Self::NAME, self.execute(worker, inputs)?)?;
        LocalArray::from_any(array, worker)
    }
}

impl Operation for WeightedChoice {
    const NAME: &'static str = "weighted_choice";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [weights] = exactly::<1, _>(Self::NAME, inputs.to_vec())?;
        let &[population] = weights.shape() else {
            return Err(Error::Value {
                what: "weights",
                value: format!("of shape {:?}", weights.shape()),
                reason: "they must be of one dimension",
            });
        };
        if weights.dtype.is_complex() {
            return Err(Error::DType { found: weights.dtype.name(), expected: "real numbers" });
        }
        check_count(self.replacement, population, self.distribution.size())?;
        Ok(vec![Inferred::Known(ArrayMeta { dtype: DType::Int64, distribution: self.distribution.clone() })])
    }

    fn cost(&self, _: &[&ArrayMeta], _: usize, _: usize, _: SameMemory) -> Cost {
        Cost::depends_on_data()
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        check_ranks(&self.distribution, worker.size())?;
        let [weights] = exactly::<1, _>(Self::NAME, inputs)?;
        let entrants = Entrants::new(weights.array(), worker)?;
        let chosen = match self.replacement {
            Replacement::With => with::choose(self, &entrants, worker)?,
            Replacement::Without => without::choose(self, &entrants, worker)?,
        };
        Ok(vec![chosen])
    }
}

/// A stretch of the population with its weights, and what lies before it and in all.
struct Entrants {
    block: Block,
    sums: Weights,
    /// The first index of the stretch.
    first: usize,
    /// For every rank and the end, the units of weight before its stretch.
    bounds: Vec<u64>,
}

impl Entrants {
    /// The weights in blocks, one to a rank, if they are weights. **Collective.**
    fn new(weights: &AnyLocalArray, worker: &Worker) -> Result<Entrants, Error> {
        let blocks = Distribution::block_rows(weights.shape(), worker.size())?;
        let moved = redistribute(weights, &blocks, worker)?;
        let first = blocks.axis(0).global(worker.rank(), 0).unwrap_or(weights.shape()[0]);
        let added = moved.block().cast(DType::Float64, worker.pool()).and_then(|block| {
            let (sums, sum) = Weights::new(block.as_slice()?).map_err(|error| error.after(first))?;
            Ok((block, sums, sum))
        });
        let (block, sums, sum) = worker.agree(WeightedChoice::NAME, added.map_err(Error::from))?;
        let every = worker.comm().all_gather(&sum.to_le_bytes())?;
        let every = every.iter().filter_map(|bytes| Some(u128::from_le_bytes(bytes.try_into().ok()?)));
        Ok(Entrants { block, sums, first, bounds: bounds(every)? })
    }

    /// The units of all weights.
    fn total(&self) -> u64 {
        self.bounds.last().copied().unwrap_or(0)
    }
}

/// The units before each of the stretches with these sums, and in all.
///
/// # Errors
/// [`RandomError::WeightSum`] if they are not about 1 in all.
fn bounds(sums: impl Iterator<Item = u128>) -> Result<Vec<u64>, RandomError> {
    let mut total = 0_u128;
    let mut bounds = vec![0];
    for sum in sums {
        total = total.saturating_add(sum);
        bounds.push(u64::try_from(total).unwrap_or(u64::MAX));
    }
    let sum = Weights::as_number(total);
    if (sum - 1.0).abs() <= SUM_TOLERANCE { Ok(bounds) } else { Err(RandomError::WeightSum { sum }) }
}

/// Whether so many can be chosen at all.
fn check_count(replacement: Replacement, population: usize, count: usize) -> Result<(), RandomError> {
    if replacement == Replacement::With || count <= population {
        return Ok(());
    }
    Err(RandomError::Population { count: count as u64, population: population as u64 })
}

/// As many arrived as were wanted, or those with weight were too few.
fn check_arrived(arrived: usize, count: usize) -> Result<(), RandomError> {
    if arrived >= count { Ok(()) } else { Err(RandomError::Weighted { arrived, count }) }
}

impl Generator {
    /// Indices below `population`, all equally likely.
    ///
    /// # Errors
    /// As [`Generator::array`]; [`RandomError::Population`] for more than there are without replacement.
    pub fn choice(
        &mut self,
        population: usize,
        shape: &[usize],
        replacement: Replacement,
    ) -> Result<ArrayD<i64>, RandomError> {
        self.array(&replacement.variate(population as u64), shape)
    }

    /// Indices of `weights`, as likely as these say: those of [`WeightedChoice`].
    ///
    /// # Errors
    /// Weights that are negative or do not sum to 1; [`RandomError::Population`], [`RandomError::Weighted`] for more
    /// than there are without replacement. None takes a stream.
    pub fn weighted_choice(
        &mut self,
        weights: &[f64],
        shape: &[usize],
        replacement: Replacement,
    ) -> Result<ArrayD<i64>, RandomError> {
        let count = size_of_shape(shape)?;
        check_count(replacement, weights.len(), count)?;
        let (sums, sum) = Weights::new(weights)?;
        let bounds = bounds(std::iter::once(sum))?;
        if replacement == Replacement::Without {
            check_arrived(weights.iter().filter(|weight| **weight > 0.0).count(), count)?;
        }
        let stream = self.draw()?;
        let indices = match replacement {
            Replacement::With => {
                let mut places = vec![0; count];
                elements_from(&stream, &positions(bounds[1]), 0, &mut places)?;
                sums.find(&mut places);
                places
            }
            Replacement::Without => {
                let arrivals = arrivals(weights, 0, &stream, count)?;
                arrivals.into_iter().map(|(_, index)| index).collect()
            }
        };
        let indices = indices.into_iter().map(u64::cast_signed).collect();
        ArrayD::from_shape_vec(shape, indices).map_err(|_| RandomError::Size { shape: shape.to_vec() })
    }
}

/// Where choices with replacement fall among so many units.
fn positions(total: u64) -> Variate {
    Variate::Integers { low: 0, high: i128::from(total) - 1 }
}
