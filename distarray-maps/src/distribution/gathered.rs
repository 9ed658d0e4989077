//! Gathering: where the result lies when some axes are indexed by arrays and others are left as they are.

use smallvec::SmallVec;

use crate::axis::AxisMap;
use crate::distribution::{Distribution, Shape};
use crate::error::MapError;

impl Distribution {
    /// How an array lies in which the neighbouring axes `first..first + count` of this one are replaced by axes of
    /// `shape`.
    ///
    /// The other axes stay as they are. The first new axis is cut into even blocks over as many parts as the replaced
    /// axes had together, in their C order; the other new ones are not distributed. Each rank holds the part of the new
    /// axis that has the number of its part of the replaced ones, so the grid is the same, copies included.
    ///
    /// # Errors
    /// Axes that do not exist; no new axis; more than 2^63 elements.
    ///
    /// # Cost
    /// `O(ndim)`, but linear in the ranks where the replaced axes' ranks do not follow each other at equal distances.
    ///
    /// # Example
    /// ```
    /// use distarray_maps::Distribution;
    /// let matrix = Distribution::from_spec(&[8, 6], &"b,b".parse()?, 4)?;
    /// let rows = matrix.gathered(0, 1, &[5, 2])?;
    /// assert_eq!(rows.shape(), [5, 2, 6]);
    /// assert_eq!(rows.local_shape(3), [2, 2, 3]);
    /// # Ok::<(), distarray_maps::MapError>(())
    /// ```
    pub fn gathered(&self, first: usize, count: usize, shape: &[usize]) -> Result<Distribution, MapError> {
        let ndim = self.ndim();
        let after = first.checked_add(count).filter(|&after| after <= ndim);
        let after = after.ok_or(MapError::AxisOutOfRange { axis: first.saturating_add(count), ndim })?;
        let (&length, others) =
            shape.split_first().ok_or(MapError::DimensionMismatch { given: 0, ndim: 1 })?;
        let grid = self.grid().joined(first, count, shape.len())?;
        let mut maps: SmallVec<[AxisMap; 3]> = self.axes()[..first].into();
        maps.push(AxisMap::block(length, grid.parts(first))?);
        maps.extend(others.iter().map(|&length| AxisMap::replicated(length)));
        maps.extend(self.axes()[after..].iter().cloned());
        Self::assemble(maps.iter().map(AxisMap::length).collect::<Shape>(), maps, grid)
    }
}
