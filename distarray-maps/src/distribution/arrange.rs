//! Arranging: the same elements on the same ranks, with axes in another order and new ones among them.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::axis::AxisMap;
use crate::distribution::{Distribution, Shape};
use crate::error::MapError;

/// What an axis of an arranged array is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ArrangedAxis {
    /// An axis of the array that is arranged.
    Of(usize),
    /// A new axis of so many indices, along which everything is repeated; not distributed.
    New(usize),
}

impl Distribution {
    /// How an array lies whose axes are those named, if nothing moves. Every axis of this array is named once.
    ///
    /// # Errors
    /// An axis that does not exist, is named twice, or is not named; more than 2^63 elements.
    ///
    /// # Example
    /// ```
    /// use distarray_maps::{ArrangedAxis, Distribution};
    /// let rows = Distribution::from_spec(&[8, 6], &"b,n".parse()?, 4)?;
    /// let turned = rows.arranged(&[ArrangedAxis::Of(1), ArrangedAxis::New(1), ArrangedAxis::Of(0)])?;
    /// assert_eq!(turned.shape(), [6, 1, 8]);
    /// assert_eq!(turned.local_shape(3), [6, 1, 2]);
    /// # Ok::<(), distarray_maps::MapError>(())
    /// ```
    pub fn arranged(&self, axes: &[ArrangedAxis]) -> Result<Distribution, MapError> {
        let ndim = self.ndim();
        let mut named: SmallVec<[bool; 8]> = SmallVec::from_elem(false, ndim);
        for axis in axes {
            let ArrangedAxis::Of(axis) = *axis else { continue };
            match named.get_mut(axis) {
                None => return Err(MapError::AxisOutOfRange { axis, ndim }),
                Some(true) => return Err(MapError::AxisTwice { axis }),
                Some(mark) => *mark = true,
            }
        }
        let given = named.iter().filter(|named| **named).count();
        if given != ndim {
            return Err(MapError::DimensionMismatch { given, ndim });
        }
        let maps: SmallVec<[AxisMap; 3]> = axes
            .iter()
            .map(|axis| match *axis {
                ArrangedAxis::Of(axis) => self.axis(axis).clone(),
                ArrangedAxis::New(length) => AxisMap::replicated(length),
            })
            .collect();
        let sources = axes.iter().map(|axis| match *axis {
            ArrangedAxis::Of(axis) => Some(axis),
            ArrangedAxis::New(_) => None,
        });
        let grid = self.grid().rearranged(sources);
        Self::assemble(maps.iter().map(AxisMap::length).collect::<Shape>(), maps, grid)
    }
}
