//! Boundaries: what stands beyond the ends of each axis.

use crate::Error;
use distarray_maps::Boundary;
use serde::{Deserialize, Serialize};

/// One [`Boundary`] for all axes, or one for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boundaries(Vec<Boundary>);

impl Boundaries {
    /// One for each of `ndim` axes. **Pure.**
    ///
    /// # Errors
    /// [`Error::AxisCount`] if there are others.
    pub(super) fn of_axes(&self, ndim: usize) -> Result<Vec<Boundary>, Error> {
        match self.0[..] {
            [all] => Ok(vec![all; ndim]),
            ref each if each.len() == ndim => Ok(each.to_vec()),
            ref each => Err(Error::AxisCount { given: each.len(), ndim }),
        }
    }
}

impl From<Boundary> for Boundaries {
    fn from(all: Boundary) -> Self {
        Self(vec![all])
    }
}

impl<const NDIM: usize> From<[Boundary; NDIM]> for Boundaries {
    fn from(each: [Boundary; NDIM]) -> Self {
        Self(each.to_vec())
    }
}

impl From<Vec<Boundary>> for Boundaries {
    fn from(each: Vec<Boundary>) -> Self {
        Self(each)
    }
}
