//! Masks: counting what they let through, putting it together, and numbering it.
//!
//! How much a mask lets through is known only when it has been looked at. So it is counted first, rank by rank; then what
//! lets it through is an operation whose result has a known shape.

use crate::{AnyLocalArray, ArrayMeta, Error, Inferred, Input, Operation, Worker, exactly};
use distarray_core::kernel::select::{compress, count_true, positions};
use distarray_core::{Block, DType};
use distarray_maps::{ArrangedAxis, AxisMap, Distribution, Grid};
use serde::{Deserialize, Serialize};

/// Counts, rank by rank, where a mask of `bool` is true.
///
/// The result has one `int64` for each rank, which holds its own: of what the rank holds, were it a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountTrue {
    /// How many ranks there are.
    pub ranks: usize,
}

impl CountTrue {
    fn target(&self) -> Result<Distribution, Error> {
        let axes = vec![AxisMap::block(self.ranks, self.ranks)?];
        Ok(Distribution::new(&[self.ranks], axes, Grid::row_major(&[self.ranks])?)?)
    }
}

impl Operation for CountTrue {
    const NAME: &'static str = "count_true";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [mask] = exactly::<1, _>(Self::NAME, inputs.to_vec())?;
        expect_bool(mask)?;
        Ok(vec![Inferred::Known(ArrayMeta { dtype: DType::Int64, distribution: self.target()? })])
    }

    fn communicates(&self, _: &[&ArrayMeta]) -> bool {
        false
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [mask] = exactly::<1, _>(Self::NAME, inputs)?;
        let mask = mask.array();
        expect_bool(&mask.meta())?;
        let mut block = Block::uninit(DType::Int64, &[1], worker.pool())?;
        let count = if mask.distribution().holds(worker.rank()) {
            count_true(mask.to_block(worker.pool())?.as_bytes())
        } else {
            0
        };
        block.as_mut_slice::<i64>()?.fill(count.cast_signed() as i64);
        Ok(vec![AnyLocalArray::new(self.target()?, block, worker.rank())?])
    }
}

/// Puts together what a mask over the first axes of an array lets through: these axes become one.
///
/// Inputs: the array, and the mask, which lies as the array does along its axes: as reducing the others leaves it. No
/// element changes its rank, so the first axes must be in order ([`Distribution::is_in_order`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compress {
    /// Where each part of the new axis begins, and its end.
    pub bounds: Vec<usize>,
}

impl Operation for Compress {
    const NAME: &'static str = "compress";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [array, mask] = exactly::<2, _>(Self::NAME, inputs.to_vec())?;
        expect_bool(mask)?;
        let count = mask.shape().len();
        if count > array.shape().len() || mask.shape() != &array.shape()[..count] {
            return Err(Error::Shape { found: mask.shape().to_vec(), expected: array.shape().to_vec() });
        }
        let others: Vec<usize> = (count..array.shape().len()).collect();
        let needed = array.distribution.reduce(&others, false)?;
        if !needed.is_in_order(count) || !mask.distribution.covers(&needed) {
            return Err(unordered());
        }
        let distribution = array.distribution.compressed(count, &self.bounds)?;
        Ok(vec![Inferred::Known(ArrayMeta { dtype: array.dtype, distribution })])
    }

    fn communicates(&self, _: &[&ArrayMeta]) -> bool {
        false
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [array, mask] = exactly::<2, _>(Self::NAME, inputs)?;
        let (array, mask) = (array.array(), mask.array());
        let count = mask.shape().len();
        let target = array.distribution().compressed(count, &self.bounds)?;
        let shape = target.local_shape(worker.rank());
        let mut block = Block::uninit(array.dtype(), &shape, worker.pool())?;
        if target.holds(worker.rank()) {
            let row_bytes = shape[1..].iter().product::<usize>() * array.dtype().size_bytes();
            let (held, mask) = (array.to_block(worker.pool())?, mask.to_block(worker.pool())?);
            compress(mask.as_bytes(), held.as_bytes(), row_bytes, block.as_bytes_mut()?)?;
        }
        Ok(vec![AnyLocalArray::new(target, block, worker.rank())?])
    }
}

/// Numbers what a mask lets through: `int64`, in C order.
///
/// The mask is in order ([`Distribution::is_in_order`]), and each rank numbers its own. With `is_flat` the result is the
/// list of positions among all elements, otherwise a table with one column for each axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Positions {
    /// Where each part of the list begins, and its end.
    pub bounds: Vec<usize>,
    /// Whether positions count the elements, or are indices for each axis.
    pub is_flat: bool,
}

impl Positions {
    fn target(&self, mask: &ArrayMeta) -> Result<Distribution, Error> {
        expect_bool(mask)?;
        let ndim = mask.shape().len();
        if ndim == 0 || !mask.distribution.is_in_order(ndim) {
            return Err(unordered());
        }
        let list = mask.distribution.compressed(ndim, &self.bounds)?;
        if self.is_flat {
            return Ok(list);
        }
        Ok(list.arranged(&[ArrangedAxis::Of(0), ArrangedAxis::New(ndim)])?)
    }
}

impl Operation for Positions {
    const NAME: &'static str = "positions";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [mask] = exactly::<1, _>(Self::NAME, inputs.to_vec())?;
        let distribution = self.target(mask)?;
        Ok(vec![Inferred::Known(ArrayMeta { dtype: DType::Int64, distribution })])
    }

    fn communicates(&self, _: &[&ArrayMeta]) -> bool {
        false
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [mask] = exactly::<1, _>(Self::NAME, inputs)?;
        let mask = mask.array();
        let target = self.target(&mask.meta())?;
        let mut block = Block::uninit(DType::Int64, &target.local_shape(worker.rank()), worker.pool())?;
        if let Some(coords) = mask.distribution().grid().coords(worker.rank()) {
            let row: usize = mask.shape()[1..].iter().product();
            let first = mask.distribution().axis(0).global(coords[0], 0).unwrap_or(0) * row;
            let held = mask.to_block(worker.pool())?;
            positions(held.as_bytes(), first, mask.shape(), self.is_flat, block.as_bytes_mut()?)?;
        }
        Ok(vec![AnyLocalArray::new(target, block, worker.rank())?])
    }
}

fn expect_bool(mask: &ArrayMeta) -> Result<(), Error> {
    if mask.dtype == DType::Bool {
        return Ok(());
    }
    Err(Error::DType { found: mask.dtype.name(), expected: DType::Bool.name() })
}

fn unordered() -> Error {
    Error::Value {
        what: "mask",
        value: String::from("whose parts are not in order"),
        reason: "move it first",
    }
}
