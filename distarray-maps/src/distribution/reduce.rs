//! Reduction: where the result of a reduction over some axes lies.

use smallvec::SmallVec;

use crate::axis::AxisMap;
use crate::distribution::Distribution;
use crate::error::MapError;

impl Distribution {
    /// How the result of a reduction over `axes` lies: the other axes stay as they are, and all ranks that shared a
    /// reduced axis hold a copy of the result. With `keepdims` the reduced axes stay with one index.
    ///
    /// The owner of each block of the result is the rank that held part 0 of the reduced axes.
    ///
    /// # Errors
    /// An axis that does not exist, or is named twice.
    ///
    /// # Example
    /// ```
    /// use distarray_maps::Distribution;
    /// let matrix = Distribution::from_spec(&[8, 6], &"b,b".parse()?, 4)?;
    /// let sums = matrix.reduce(&[0], false)?;
    /// assert_eq!(sums.shape(), [6]);
    /// assert_eq!(sums.grid().copies_of(&[1]).collect::<Vec<_>>(), [1, 3]);
    /// # Ok::<(), distarray_maps::MapError>(())
    /// ```
    pub fn reduce(&self, axes: &[usize], keepdims: bool) -> Result<Distribution, MapError> {
        let ndim = self.ndim();
        let mut reduced: SmallVec<[bool; 8]> = SmallVec::from_elem(false, ndim);
        for &axis in axes {
            match reduced.get_mut(axis) {
                None => return Err(MapError::AxisOutOfRange { axis, ndim }),
                Some(true) => return Err(MapError::AxisTwice { axis }),
                Some(mark) => *mark = true,
            }
        }
        let kept = || (0..ndim).filter(|&axis| keepdims || !reduced[axis]);
        let maps =
            kept().map(|axis| if reduced[axis] { AxisMap::replicated(1) } else { self.axis(axis).clone() });
        let maps: SmallVec<[AxisMap; 3]> = maps.collect();
        let grid = self.grid().rearranged(kept().map(|axis| (!reduced[axis]).then_some(axis)));
        Self::assemble(maps.iter().map(AxisMap::length).collect(), maps, grid)
    }
}
