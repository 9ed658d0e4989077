//! `Shuffle`: an operation that puts the rows of an array in a random order.

use distarray_comm::SameMemory;
use distarray_core::kernel::random::{Permutation, Stream};
use distarray_core::{Element, room_for};
use distarray_maps::AxisMap;
use distarray_spmd::transfer::index::take_rows;
use distarray_spmd::{
    AnyLocalArray, ArrayMeta, Cost, Error, Inferred, Input, LocalArray, Operation, Worker, exactly,
};
use ndarray::{Array1, ArrayD, Axis};
use serde::{Deserialize, Serialize};

use crate::Variate;
use crate::error::RandomError;
use crate::generator::Generator;

/// Puts the rows along an axis in a random order, which is the same for all of the array.
///
/// Takes one array and gives another that lies as it does: row `i` is row `p[i]` of the input, with the permutation `p`
/// that [`Generator::permutation`] would have given. It depends on stream and length alone.
///
/// # Source
/// See [`Permutation`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shuffle {
    axis: usize,
    stream: Stream,
}

impl Shuffle {
    /// A random order from the next stream of `generator`. **Pure.**
    ///
    /// # Errors
    /// [`RandomError::Exhausted`].
    pub fn new(generator: &mut Generator, axis: usize) -> Result<Shuffle, RandomError> {
        Ok(Shuffle { axis, stream: generator.draw()? })
    }

    /// `array` with its rows in that order. **Collective.**
    ///
    /// # Errors
    /// [`Error::Axis`]; memory refused on any rank; what the transport reports.
    pub fn local_array<T: Element>(&self, array: &LocalArray<T>) -> Result<LocalArray<T>, Error> {
        let worker = array.worker();
        let inputs = vec![Input::Borrowed(array.as_any())];
        self.infer(&[&array.as_any().meta()])?;
        let [array] = exactly::<1, _>(Self::NAME, self.execute(worker, inputs)?)?;
        LocalArray::from_any(array, worker)
    }
}

impl Operation for Shuffle {
    const NAME: &'static str = "shuffle";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [array] = exactly::<1, _>(Self::NAME, inputs.to_vec())?;
        let ndim = array.shape().len();
        if self.axis >= ndim {
            return Err(Error::Axis { axis: self.axis.cast_signed(), ndim });
        }
        Ok(vec![Inferred::Known(array.clone())])
    }

    fn cost(&self, _: &[&ArrayMeta], _: usize, _: usize, _: SameMemory) -> Cost {
        Cost::depends_on_data()
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [array] = exactly::<1, _>(Self::NAME, inputs)?;
        let array = array.array();
        let (distribution, axis) = (array.distribution(), self.axis);
        let coords = distribution.grid().coords(worker.rank());
        let wanted = coords.map(|coords| global_indices(distribution.axis(axis), coords[axis])).transpose();
        let mut wanted = worker.agree(Self::NAME, wanted)?.unwrap_or_default();
        Permutation::new(&self.stream, array.shape()[axis] as u64).apply(&mut wanted);
        Ok(vec![take_rows(array, axis, &wanted, distribution, worker)?])
    }
}

/// The indices that a part holds, by their places there.
fn global_indices(map: &AxisMap, part: usize) -> Result<Vec<u64>, Error> {
    let mut indices = room_for(map.count(part))?;
    indices.resize(map.count(part), 0);
    for (global, local) in map.runs(part).elements() {
        indices[local] = global as u64;
    }
    Ok(indices)
}

impl Generator {
    /// The integers below `length` in a random order.
    ///
    /// # Errors
    /// As [`Generator::array`].
    pub fn permutation(&mut self, length: usize) -> Result<Array1<i64>, RandomError> {
        let order = self.array(&Variate::Distinct { population: length as u64 }, &[length])?;
        Ok(Array1::from_vec(order.into_raw_vec_and_offset().0))
    }

    /// Puts the rows along an axis in the order of a [`Generator::permutation`]; the same for all of the array.
    ///
    /// # Errors
    /// [`RandomError::Axis`], which takes no stream.
    pub fn shuffle<T: Clone>(&mut self, array: &mut ArrayD<T>, axis: usize) -> Result<(), RandomError> {
        let ndim = array.ndim();
        if axis >= ndim {
            return Err(RandomError::Axis { axis, ndim });
        }
        let order = self.permutation(array.len_of(Axis(axis)))?;
        let order = order.iter().map(|index| usize::try_from(*index).unwrap_or_default());
        *array = array.select(Axis(axis), &order.collect::<Vec<usize>>());
        Ok(())
    }
}
