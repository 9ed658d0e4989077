//! Slicing: the distribution of a slice whose elements stay where they are.

use crate::axis::AxisSlice;
use crate::distribution::{Distribution, Shape};
use crate::error::MapError;

impl Distribution {
    /// How a slice of this array lies if nothing moves. Axes that are not named are taken whole.
    ///
    /// An index drops its axis, and the grid keeps the ranks that hold it; a range keeps axis and grid, so that some
    /// ranks may hold nothing. A step may be negative: local indices then grow with those of the slice.
    ///
    /// # Errors
    /// More slices than axes; an index or a range that leaves its axis; a step of 0.
    ///
    /// # Cost
    /// `O(ndim)` except for unstructured axes, which are listed anew.
    ///
    /// # Example
    /// ```
    /// use distarray_maps::{AxisSlice, Distribution};
    /// let whole = Distribution::from_spec(&[8, 6], &"b,b".parse()?, 4)?;
    /// let column = whole.slice(&[AxisSlice::range(2, 8), AxisSlice::Index(5)])?;
    /// assert_eq!(column.shape(), [6]);
    /// assert_eq!(column.grid().primaries().collect::<Vec<_>>(), [1, 3]);
    /// assert_eq!(column.local_shape(1), [2]);
    /// # Ok::<(), distarray_maps::MapError>(())
    /// ```
    pub fn slice(&self, slices: &[AxisSlice]) -> Result<Distribution, MapError> {
        if slices.len() > self.ndim() {
            return Err(MapError::DimensionMismatch { given: slices.len(), ndim: self.ndim() });
        }
        let mut shape = Shape::new();
        let mut axes = smallvec::SmallVec::new();
        let mut grid = self.grid().clone();
        for (axis, map) in self.axes().iter().enumerate() {
            match slices.get(axis) {
                Some(&AxisSlice::Index(index)) => {
                    let length = map.length();
                    let (part, _) =
                        map.owner(index).ok_or(MapError::IndexOutOfRange { axis, index, length })?;
                    grid = grid.at_part(axes.len(), part);
                }
                Some(AxisSlice::Range(range)) => {
                    shape.push(range.count);
                    axes.push(map.slice(range).map_err(|error| error.at_axis(axis))?);
                }
                None => {
                    shape.push(map.length());
                    axes.push(map.clone());
                }
            }
        }
        Self::assemble(shape, axes, grid)
    }
}
