//! Assigning: a new version of an array in which a region has other elements.

use super::arrange::Arrange;
use super::place::{Placing, placing_cost, region_of};
use super::version::Version;
use crate::{AnyLocalArray, ArrayMeta, Cost, Error, Inferred, Input, Operation, Worker, exactly};
use distarray_comm::SameMemory;
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

    fn updates(&self) -> bool {
        true
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [array, value] = exactly::<2, _>(Self::NAME, inputs)?;
        let (distribution, value) = (array.array().distribution().clone(), value.into_array());
        let prepared = Version::of(array, worker).and_then(|mut version| {
            let placing = Placing::new(&value, &self.region, &distribution, version.block()?, worker)?;
            Ok((version, placing))
        });
        let (mut version, placing) = worker.agree(Self::NAME, prepared)?;
        placing.run(version.block()?)?;
        Ok(vec![version.finish()])
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
