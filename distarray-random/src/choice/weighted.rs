//! `WeightedChoice`: an operation that chooses indices by weights.

use distarray_comm::SameMemory;
use distarray_core::kernel::random::Stream;
use distarray_core::{DType, Element};
use distarray_maps::Distribution;
use distarray_spmd::create::check_ranks;
use distarray_spmd::{
    AnyLocalArray, ArrayMeta, Cost, Error, Inferred, Input, LocalArray, Operation, Worker, exactly,
};
use serde::{Deserialize, Serialize};

use super::entrants::{self, Entrants};
use super::replacement::{Replacement, check_count};
use super::{with, without};
use crate::error::RandomError;
use crate::generator::Generator;

/// Chooses indices by weights.
///
/// Takes one array, the weights: of one dimension, real, not negative, with the sum 1. Gives int64 indices of them, of
/// any shape and distribution; which, depends on the weights and the stream alone.
///
/// With replacement, element `i` is found by where integer `i` of the stream falls among the running sums. Without, the
/// elements in C order are the first arrivals of a race; see [`arrivals`](distarray_core::kernel::random::arrivals).
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
    const NAME: &'static str = entrants::NAME;

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
            Replacement::With => with::choose(&self.stream, &self.distribution, &entrants, worker)?,
            Replacement::Without => without::choose(&self.stream, &self.distribution, &entrants, worker)?,
        };
        Ok(vec![chosen])
    }
}
