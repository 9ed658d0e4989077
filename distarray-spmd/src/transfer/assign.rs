//! Assigning: a new version of an array in which a region has other elements.

use super::arrange::Arrange;
use super::place::{Placing, placing_cost, region_of};
use crate::{AnyLocalArray, ArrayMeta, Cost, Error, Inferred, Input, Operation, Worker, exactly};
use distarray_comm::SameMemory;
use distarray_core::Block;
use serde::{Deserialize, Serialize};

/// The array with the elements of a value in the region that `region` selects.
///
/// Inputs: the array, and the value: of the array's dtype and the region's shape, distributed in any way. The array is
/// overwritten if nobody else needs it, and copied otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assign {
    /// Which elements are written, and in which order of axes the value has them.
    pub region: Arrange,
}

impl Operation for Assign {
    const NAME: &'static str = "assign";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [array, value] = exactly::<2, _>(Self::NAME, inputs.to_vec())?;
        check_part(&self.region, array, value)?;
        Ok(vec![Inferred::Known(array.clone())])
    }

    fn cost(&self, inputs: &[&ArrayMeta], rank: usize, ranks: usize, reach: SameMemory) -> Cost {
        let &[array, value] = inputs else { return Cost::default() };
        Cost::of(distarray_comm::cost::agree(ranks)).then(placing_cost(
            value,
            &self.region,
            &array.distribution,
            rank,
            reach,
        ))
    }

    fn takes_views(&self) -> bool {
        true
    }

    fn overwrites(&self) -> Option<usize> {
        Some(0)
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [array, value] = exactly::<2, _>(Self::NAME, inputs)?;
        let (distribution, value) = (array.array().distribution().clone(), value.into_array());
        let prepared = own_block(array, worker).and_then(|block| {
            let placing = Placing::new(&value, &self.region, &distribution, &block, worker)?;
            Ok((block, placing))
        });
        let (mut block, placing) = worker.agree(Self::NAME, prepared)?;
        placing.run(&mut block)?;
        Ok(vec![AnyLocalArray::new(distribution, block, worker.rank())?])
    }
}

/// The elements in memory that nobody shares: the input's own if it may be overwritten.
fn own_block(array: Input<'_>, worker: &Worker) -> Result<Block, Error> {
    match array {
        Input::Owned(array) if array.view().is_unique() && !array.view().is_derived() => {
            array.into_block(worker.pool())
        }
        array => {
            let view = array.array().view();
            let mut block = Block::uninit(view.dtype(), view.shape(), worker.pool())?;
            view.copy_to(block.as_bytes_mut()?)?;
            Ok(block)
        }
    }
}

/// Refuses a value that does not fit into a region of an array. **Pure.**
///
/// # Errors
/// [`Error::DType`], [`Error::Shape`], and what is wrong with the region.
pub(crate) fn check_part(region: &Arrange, array: &ArrayMeta, value: &ArrayMeta) -> Result<(), Error> {
    let lies = region_of(region, &array.distribution)?;
    if value.dtype != array.dtype {
        return Err(Error::DType { found: value.dtype.name(), expected: array.dtype.name() });
    }
    if value.shape() != lies.shape() {
        return Err(Error::Shape { found: value.shape().to_vec(), expected: lies.shape().to_vec() });
    }
    Ok(())
}
