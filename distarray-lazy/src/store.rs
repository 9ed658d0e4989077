//! Store: the arrays that one rank holds, by number.

use distarray_spmd::{AnyLocalArray, Error, Failure};
use std::collections::BTreeMap;

/// Number of a stored array: the number of the graph node that made it, the same on every rank.
pub type ArrayId = u64;

/// This rank's shares of the arrays that are held, and why those that should be there are not.
#[derive(Debug, Default)]
pub struct Store {
    arrays: BTreeMap<ArrayId, Result<AnyLocalArray, Failure>>,
}

impl Store {
    /// Keeps `array` as `id`. **Local.**
    pub fn insert(&mut self, id: ArrayId, array: AnyLocalArray) {
        self.arrays.insert(id, Ok(array));
    }

    /// Notes that `id` could not be made. **Local.**
    pub fn insert_failure(&mut self, id: ArrayId, failure: Failure) {
        self.arrays.insert(id, Err(failure));
    }

    /// The array `id`, to read. **Local.**
    ///
    /// # Errors
    /// The failure it was to be made by, or [`Error::Value`] for a number that is not held.
    pub fn get(&self, id: ArrayId) -> Result<&AnyLocalArray, Error> {
        match self.arrays.get(&id) {
            Some(Ok(array)) => Ok(array),
            Some(Err(failure)) => Err(Error::Failure(failure.clone())),
            None => Err(missing(id)),
        }
    }

    /// Takes the array `id` out. **Local.**
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn take(&mut self, id: ArrayId) -> Result<AnyLocalArray, Error> {
        match self.arrays.remove(&id) {
            Some(Ok(array)) => Ok(array),
            Some(Err(failure)) => {
                self.arrays.insert(id, Err(failure.clone()));
                Err(Error::Failure(failure))
            }
            None => Err(missing(id)),
        }
    }

    /// Forgets `id`; nothing happens if it is not there. **Local.**
    pub fn remove(&mut self, id: ArrayId) {
        self.arrays.remove(&id);
    }

    /// How many numbers are kept. **Local.**
    #[must_use]
    pub fn count(&self) -> usize {
        self.arrays.len()
    }
}

fn missing(id: ArrayId) -> Error {
    Error::Value { what: "array number", value: id.to_string(), reason: "no array of that number is held" }
}
