//! Taking: an array made of the rows of another, by lists of indices.

use super::ask::Questions;
use crate::transfer::redistribute::redistribute;
use crate::{AnyLocalArray, ArrayMeta, Cost, Error, Inferred, Input, Operation, Worker, exactly};
use distarray_comm::SameMemory;
use distarray_core::kernel::select::Rows;
use distarray_core::{Block, DType, room_for};
use distarray_maps::{AxisMap, Distribution};
use serde::{Deserialize, Serialize};

/// Takes the rows along an axis that an array of indices names, as NumPy's `take`.
///
/// Inputs: the array, and the indices: integers from `-length` to `length - 1`. The indices are of one dimension, or the
/// array is. Of an array of one dimension every rank takes what its own indices name; of others the axis is cut into even
/// blocks over as many parts as it was, and the other axes stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Take {
    /// The axis that is indexed.
    pub axis: usize,
}

impl Take {
    /// How the result lies.
    fn target(&self, array: &ArrayMeta, indices: &ArrayMeta) -> Result<Distribution, Error> {
        let ndim = array.shape().len();
        if self.axis >= ndim {
            return Err(Error::Axis { axis: self.axis.cast_signed(), ndim });
        }
        if !indices.dtype.is_integer() {
            return Err(Error::DType { found: indices.dtype.name(), expected: "integers" });
        }
        if ndim == 1 {
            return Ok(indices.distribution.clone());
        }
        let &[count] = indices.shape() else {
            return Err(Error::Value {
                what: "indices",
                value: format!("of shape {:?}", indices.shape()),
                reason: "for an array of several dimensions they must be of one",
            });
        };
        let source = &array.distribution;
        let mut axes = source.axes().to_vec();
        axes[self.axis] = AxisMap::block(count, source.axis(self.axis).parts())?;
        let shape: Vec<usize> = axes.iter().map(AxisMap::length).collect();
        Ok(Distribution::new(&shape, axes, source.grid().clone())?)
    }
}

impl Operation for Take {
    const NAME: &'static str = "take";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [array, indices] = exactly::<2, _>(Self::NAME, inputs.to_vec())?;
        Ok(vec![Inferred::Known(ArrayMeta {
            dtype: array.dtype,
            distribution: self.target(array, indices)?,
        })])
    }

    fn cost(&self, _: &[&ArrayMeta], _: usize, _: usize, _: SameMemory) -> Cost {
        Cost::depends_on_data()
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [array, indices] = exactly::<2, _>(Self::NAME, inputs)?;
        let (array, indices) = (array.array(), indices.array());
        let target = self.target(&array.meta(), &indices.meta())?;
        let needed = if array.shape().len() == 1 {
            target.clone()
        } else {
            let others: Vec<usize> = (0..target.ndim()).filter(|axis| *axis != self.axis).collect();
            target.reduce(&others, false)?
        };
        let indices = redistribute(indices, &needed, worker)?;
        let wanted = worker.agree(Self::NAME, self.wanted(&indices, array, worker))?;
        Ok(vec![take_rows(array, self.axis, &wanted, &target, worker)?])
    }
}

impl Take {
    /// This rank's indices, counted from the beginning of the axis.
    fn wanted(
        &self,
        indices: &AnyLocalArray,
        array: &AnyLocalArray,
        worker: &Worker,
    ) -> Result<Vec<u64>, Error> {
        // The block of no dimensions of a rank outside the grid has an element, which means nothing.
        if !indices.distribution().holds(worker.rank()) {
            return Ok(Vec::new());
        }
        let indices = indices.to_block(worker.pool())?;
        let length = array.shape()[self.axis];
        let count = length as i128;
        let place = |index: i128| {
            let place = if index < 0 { index + count } else { index };
            let place = u64::try_from(place).ok().filter(|_| place < count);
            place.ok_or(Error::Index { index, axis: self.axis, length })
        };
        if indices.dtype() == DType::UInt64 {
            return indices.as_slice::<u64>()?.iter().map(|index| place(i128::from(*index))).collect();
        }
        let indices = indices.cast(DType::Int64, worker.pool())?;
        indices.as_slice::<i64>()?.iter().map(|index| place(i128::from(*index))).collect()
    }
}

/// An array whose row `i` along `axis` is row `wanted[i]` of `array`. **Collective** over all ranks.
///
/// `target` is how `array` lies but for that axis, and `wanted` names a row for every index of it that this rank holds; or
/// `array` has one dimension, `target` any, and `wanted` names an element for each of this rank's, in C order.
///
/// # Errors
/// [`Error::Index`] for a row that is not there; memory refused on any rank; what the transport reports.
///
/// # Cost
/// As [`Questions::ask`], a row per question.
pub fn take_rows(
    array: &AnyLocalArray,
    axis: usize,
    wanted: &[u64],
    target: &Distribution,
    worker: &Worker,
) -> Result<AnyLocalArray, Error> {
    let rank = worker.rank();
    let (source, item_bytes) = (array.distribution(), array.dtype().size_bytes());
    let allocated = Block::uninit(array.dtype(), &target.local_shape(rank), worker.pool());
    let sorted = by_owner(source, axis, wanted, target, worker);
    let held = array.to_block(worker.pool());
    let prepared = allocated.map_err(Error::from).and_then(|block| Ok((block, held?, sorted?)));
    let (mut block, held, questions) = worker.agree(Take::NAME, prepared)?;
    let rows = Rows::along(axis, held.shape(), item_bytes);
    let answers = questions.ask(worker, Take::NAME, |indices| {
        let mut answer = room_for(rows.bytes(indices.len()))?;
        answer.resize(rows.bytes(indices.len()), 0);
        rows.gather(held.as_bytes(), held.shape()[axis], &indices, &mut answer)?;
        Ok(answer)
    })?;
    let rows = if source.ndim() == 1 {
        Rows { outer: 1, row_bytes: item_bytes }
    } else {
        Rows::along(axis, block.shape(), item_bytes)
    };
    for (answer, places) in answers.filter(|(_, places)| !places.is_empty()) {
        rows.scatter(&answer, block.as_bytes_mut()?, wanted.len(), places)?;
    }
    AnyLocalArray::new(target.clone(), block, rank)
}

/// Which rank shall give which of its rows.
fn by_owner(
    source: &Distribution,
    axis: usize,
    wanted: &[u64],
    target: &Distribution,
    worker: &Worker,
) -> Result<Questions, Error> {
    let mut questions = Questions::new(worker.size());
    let map = source.axis(axis);
    // Ranks that differ from this one along the axis alone, in order of their parts.
    let owners: Vec<usize> = match target.grid().coords(worker.rank()) {
        _ if source.ndim() == 1 => (0..map.parts()).map(|part| source.grid().rank(&[part])).collect(),
        None => Vec::new(),
        Some(mut coords) => {
            let rank = |part| {
                coords[axis] = part;
                source.grid().rank(&coords)
            };
            (0..map.parts()).map(rank).collect()
        }
    };
    for (place, &index) in wanted.iter().enumerate() {
        let found = usize::try_from(index).ok().and_then(|index| map.owner(index));
        let owner = found.and_then(|(part, local)| Some((*owners.get(part)?, local)));
        let (owner, local) =
            owner.ok_or(Error::Index { index: i128::from(index), axis, length: map.length() })?;
        questions.push(owner, local as u64, place)?;
    }
    Ok(questions)
}
