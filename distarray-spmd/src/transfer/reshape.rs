//! Reshaping where every rank keeps its elements in their order: another description of the same memory.

use crate::{AnyLocalArray, ArrayMeta, Error, Inferred, Input, Operation, Worker, exactly};
use distarray_core::Block;
use distarray_maps::Distribution;
use serde::{Deserialize, Serialize};

/// The elements in C order of another shape, for distributions in which nothing has to move for it
/// ([`Distribution::reshaped`]). The result shares the memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reshape {
    /// The shape of the result.
    pub shape: Vec<usize>,
}

impl Reshape {
    fn target(&self, source: &Distribution) -> Result<Distribution, Error> {
        source.reshaped(&self.shape)?.ok_or_else(|| Error::Value {
            what: "reshaping in place",
            value: format!("of {:?} to {:?}", source.shape(), self.shape),
            reason: "the elements of a rank would not follow each other",
        })
    }
}

impl Operation for Reshape {
    const NAME: &'static str = "reshape";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [array] = exactly::<1, _>(Self::NAME, inputs.to_vec())?;
        let distribution = self.target(&array.distribution)?;
        Ok(vec![Inferred::Known(ArrayMeta { dtype: array.dtype, distribution })])
    }

    fn communicates(&self, _: &[&ArrayMeta]) -> bool {
        false
    }

    fn shares(&self, _: &[&ArrayMeta]) -> Option<usize> {
        Some(0)
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [array] = exactly::<1, _>(Self::NAME, inputs)?;
        let (array, rank) = (array.into_array(), worker.rank());
        let target = self.target(array.distribution())?;
        let (dtype, shape) = (array.dtype(), target.local_shape(rank));
        let block = if target.holds(rank) {
            array.into_block(worker.pool())?.reshape(&shape)?
        } else {
            Block::uninit(dtype, &shape, worker.pool())?
        };
        Ok(vec![AnyLocalArray::new(target, block, rank)?])
    }
}
