//! Index arrays: rows of an array taken by them, and put by them.
//!
//! Some neighbouring axes of an array are indexed, by an integer array for each, which broadcast together; or by one
//! array of numbers that count the elements of these axes in C order. The other axes are taken whole, and stay as they
//! are distributed: a rank deals with ranks that hold the same part of them, its *group*.

mod buckets;
mod deliver;
mod put;
mod site;
mod take;

pub use put::Put;
pub(crate) use site::Site;
pub use take::{Take, take_rows};

use crate::{AnyLocalArray, ArrayMeta, Error, Worker};
use distarray_core::{Block, ElementError};
use distarray_maps::Distribution;
use serde::{Deserialize, Serialize};

/// Which axes of an array are indexed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indexed {
    /// The first of them.
    pub axis: usize,
    /// What each is called in errors: the numbers of the axes as the user counts them.
    pub names: Vec<usize>,
    /// Whether one array numbers the elements of all of them in C order.
    pub is_flat: bool,
}

impl Indexed {
    /// Neighbouring axes from `axis` on, indexed by an array each. **Pure.**
    #[must_use]
    pub fn by_axis(axis: usize, count: usize) -> Indexed {
        Indexed { axis, names: (axis..axis + count).collect(), is_flat: false }
    }

    /// All axes of an array of so many, numbered by one array. **Pure.**
    #[must_use]
    pub fn flat(ndim: usize) -> Indexed {
        Indexed { axis: 0, names: (0..ndim).collect(), is_flat: true }
    }

    /// How many axes are indexed.
    fn count(&self) -> usize {
        self.names.len()
    }

    /// How the index arrays lie if they are broadcast together, after everything that can be wrong with them.
    fn broadcast(&self, array: &ArrayMeta, indices: &[&ArrayMeta]) -> Result<Distribution, Error> {
        let ndim = array.shape().len();
        let end = self.axis + self.count();
        if end > ndim {
            return Err(Error::Axis { axis: end.cast_signed() - 1, ndim });
        }
        let expected = if self.is_flat { 1 } else { self.count() };
        if indices.len() != expected || indices.is_empty() {
            return Err(Error::InputCount {
                operation: "indexing".to_owned(),
                found: indices.len(),
                expected,
            });
        }
        if let Some(wrong) = indices.iter().find(|index| !index.dtype.is_integer()) {
            return Err(Error::IndexDType { found: wrong.dtype.name() });
        }
        let distributions: Vec<&Distribution> = indices.iter().map(|index| &index.distribution).collect();
        let shapes = || indices.iter().map(|index| index.shape().to_vec()).collect();
        let broadcast = Distribution::broadcast_result(&distributions)
            .map_err(|_| Error::IndexShapes { shapes: shapes() })?;
        Ok(broadcast)
    }

    /// How an array lies that has axes of `shape` in place of the indexed ones, and the others as they are.
    ///
    /// # Errors
    /// [`Error::Value`] if there are no such axes.
    fn gathered(&self, array: &ArrayMeta, shape: &[usize]) -> Result<Distribution, Error> {
        if shape.is_empty() {
            return Err(Error::Value {
                what: "indices",
                value: String::from("of no dimension"),
                reason: "they need one at least",
            });
        }
        Ok(array.distribution.gathered(self.axis, self.count(), shape)?)
    }

    /// How arrays of these shapes must lie beside the result `target`, for the new axes of which they are.
    fn beside(&self, target: &Distribution, new: usize) -> Result<Distribution, Error> {
        let others: Vec<usize> =
            (0..target.ndim()).filter(|axis| !(self.axis..self.axis + new).contains(axis)).collect();
        Ok(target.reduce(&others, false)?)
    }

    /// This rank's share of the index arrays, for the places that it holds of `target`. **Collective.**
    fn gathered_indices(
        &self,
        indices: &[AnyLocalArray],
        target: &Distribution,
        new: usize,
        worker: &Worker,
    ) -> Result<Vec<AnyLocalArray>, Error> {
        let needed = self.beside(target, new)?;
        let placed = |index: &AnyLocalArray| {
            super::redistribute::redistribute(index, &needed.for_operand(index.shape())?, worker)
        };
        indices.iter().map(placed).collect()
    }

    /// What a kernel found wrong, as the user shall read it.
    fn named(&self, error: ElementError) -> Error {
        match error {
            ElementError::RunOutOfRange { axis, index, length } => {
                let axis = if self.is_flat { 0 } else { self.names.get(axis).copied().unwrap_or(axis) };
                Error::Index { index, axis, length }
            }
            other => other.into(),
        }
    }
}

/// The elements of the index arrays; none on a rank that needs none.
fn blocks(indices: &[AnyLocalArray], worker: &Worker) -> Result<Vec<Block>, Error> {
    indices.iter().map(|index| index.to_block(worker.pool())).collect()
}
