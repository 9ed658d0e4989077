//! Redistribution: the same elements, elsewhere.
//!
//! Every rank computes its own share of the schedule from the two distributions; nobody tells anybody
//! what to expect. How the elements go is the matter of `movement`.

use super::movement::{Layout, Movement, To, movement_cost};
use crate::{AnyLocalArray, ArrayMeta, Cost, Error, Inferred, Input, LocalArray, Operation, Worker, exactly};
use distarray_comm::SameMemory;
use distarray_core::{Block, Element};
use distarray_maps::{Distribution, Schedule};
use serde::{Deserialize, Serialize};

/// Moves an array to another distribution of the same shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redistribute {
    /// Where the elements shall lie.
    pub target: Distribution,
}

impl Operation for Redistribute {
    const NAME: &'static str = "redistribute";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [input] = exactly::<1, _>(Self::NAME, inputs.to_vec())?;
        if input.shape() != self.target.shape() {
            return Err(Error::Shape {
                found: self.target.shape().to_vec(),
                expected: input.shape().to_vec(),
            });
        }
        Ok(vec![Inferred::Known(ArrayMeta { dtype: input.dtype, distribution: self.target.clone() })])
    }

    fn communicates(&self, inputs: &[&ArrayMeta]) -> bool {
        inputs.first().is_none_or(|input| !input.distribution.covers(&self.target))
    }

    fn shares(&self, inputs: &[&ArrayMeta]) -> Option<usize> {
        (!self.communicates(inputs)).then_some(0)
    }

    fn cost(&self, inputs: &[&ArrayMeta], rank: usize, ranks: usize, reach: SameMemory) -> Cost {
        let Some(input) = inputs.first().filter(|_| self.communicates(inputs)) else {
            return Cost::default();
        };
        let Ok(schedule) = Schedule::new(&input.distribution, &self.target, rank) else {
            return Cost::default();
        };
        Cost::of(distarray_comm::cost::agree(ranks)).then(movement_cost(
            &schedule,
            input.dtype.size_bytes(),
            true,
            reach,
        ))
    }

    fn takes_views(&self) -> bool {
        true
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [input] = exactly::<1, _>(Self::NAME, inputs)?;
        Ok(vec![redistribute(input.array(), &self.target, worker)?])
    }
}

/// Moves `array` to `target`, a distribution of the same shape. **Collective.**
///
/// # Errors
/// [`Error::Map`] for another shape; memory refused on any rank; what the transport reports.
pub fn redistribute(
    array: &AnyLocalArray,
    target: &Distribution,
    worker: &Worker,
) -> Result<AnyLocalArray, Error> {
    let source = array.distribution();
    let rank = worker.rank();
    let schedule = Schedule::new(source, target, rank)?;
    if source.covers(target) {
        if target.holds(rank) {
            return AnyLocalArray::new(target.clone(), array.view().clone(), rank);
        }
        let block = Block::uninit(array.dtype(), &target.local_shape(rank), worker.pool())?;
        return AnyLocalArray::new(target.clone(), block, rank);
    }
    let allocated = Block::uninit(array.dtype(), &target.local_shape(rank), worker.pool());
    let prepared = allocated
        .map_err(Error::from)
        .and_then(|block| Ok((block, Movement::new(array, schedule, true, worker)?)));
    let (mut block, movement) = worker.agree(Redistribute::NAME, prepared)?;
    movement.run(To::One(&Layout::c_order(block.shape())), block.as_bytes_mut()?)?;
    AnyLocalArray::new(target.clone(), block, rank)
}

impl<T: Element> LocalArray<T> {
    /// The same array on another distribution of its shape. **Collective.**
    ///
    /// # Errors
    /// As [`redistribute`].
    ///
    /// # Cost
    /// Each element that changes its rank moves once. On ranks in the same memory it is copied straight
    /// from block to block; otherwise it travels in pieces through staging buffers of bounded size.
    ///
    /// # Example
    /// ```
    /// # use distarray_comm::threads;
    /// # use distarray_maps::Distribution;
    /// # use distarray_spmd::{LocalArray, Worker};
    /// let gathered = threads::run(2, |comm| {
    ///     let worker = Worker::new(&comm);
    ///     let rows = Distribution::from_spec(&[2, 3], &"b,n".parse()?, 2)?;
    ///     let columns = Distribution::from_spec(&[2, 3], &"n,c".parse()?, 2)?;
    ///     let counted = LocalArray::<i64>::from_function(&rows, &worker, |index| (index[0] * 3 + index[1]) as i64)?;
    ///     counted.redistribute(&columns)?.all_gather()
    /// })?;
    /// for array in gathered {
    ///     assert_eq!(array, ndarray::arr2(&[[0, 1, 2], [3, 4, 5]]).into_dyn());
    /// }
    /// # Ok::<(), distarray_spmd::Error>(())
    /// ```
    pub fn redistribute(&self, target: &Distribution) -> Result<LocalArray<T>, Error> {
        crate::worker::check_ranks(target, self.worker().size())?;
        LocalArray::from_any(redistribute(self.as_any(), target, self.worker())?, self.worker())
    }
}
