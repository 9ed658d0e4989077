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
        let (&length, others) =
            shape.split_first().ok_or(MapError::DimensionMismatch { given: 0, ndim: 1 })?;
        self.replaced(first, count, shape.len(), |parts| {
            let others = others.iter().map(|&length| AxisMap::replicated(length));
            Ok(std::iter::once(AxisMap::block(length, parts)?).chain(others).collect())
        })
    }

    /// How an array lies in which the first `count` axes of this one are replaced by one, cut at `bounds`, if no element
    /// changes its rank. Each rank holds the part of the new axis that has the number of its part of the replaced ones.
    ///
    /// # Errors
    /// As [`Distribution::gathered`]; bounds that are not one more than the parts, do not begin with 0, or decrease.
    ///
    /// # Example
    /// ```
    /// use distarray_maps::Distribution;
    /// let matrix = Distribution::from_spec(&[8, 6], &"b,n".parse()?, 2)?;
    /// let some = matrix.compressed(2, &[0, 3, 20])?; // 3 elements of part 0, and 17 of part 1
    /// assert_eq!((some.shape(), some.local_shape(1)), (&[20][..], vec![17]));
    /// # Ok::<(), distarray_maps::MapError>(())
    /// ```
    pub fn compressed(&self, count: usize, bounds: &[usize]) -> Result<Distribution, MapError> {
        self.replaced(0, count, 1, |_| Ok(SmallVec::from_iter([AxisMap::block_with_bounds(bounds)?])))
    }

    /// Whether the elements of the first `count` axes are in C order if one rank's follow the other's, in the order of
    /// the first axis' parts: each part has one stretch of it, and the others are not distributed.
    pub fn is_in_order(&self, count: usize) -> bool {
        let mut axes = self.axes().iter().take(count);
        axes.next().is_none_or(|map| map.bounds_in_order().is_some())
            && axes.all(|map| map.parts() == 1 && map.bounds_in_order().is_some())
    }

    /// The axes `first..first + count` replaced by `new` ones, which `maps` cuts into so many parts together.
    fn replaced(
        &self,
        first: usize,
        count: usize,
        new: usize,
        maps: impl FnOnce(usize) -> Result<SmallVec<[AxisMap; 3]>, MapError>,
    ) -> Result<Distribution, MapError> {
        let ndim = self.ndim();
        let after = first.checked_add(count).filter(|&after| after <= ndim);
        let after = after.ok_or(MapError::AxisOutOfRange { axis: first.saturating_add(count), ndim })?;
        let grid = self.grid().joined(first, count, new)?;
        let mut all: SmallVec<[AxisMap; 3]> = self.axes()[..first].into();
        all.extend(maps(grid.parts(first))?);
        all.extend(self.axes()[after..].iter().cloned());
        Self::assemble(all.iter().map(AxisMap::length).collect::<Shape>(), all, grid)
    }
}
