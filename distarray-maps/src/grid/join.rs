//! Grids in which neighbouring axes have become one.

use crate::error::MapError;
use crate::grid::Grid;
use crate::grid::dimension::{Dimension, Dimensions};

impl Grid {
    /// The grid in which the axes `first..first + count` are one, which has their parts in C order, followed by
    /// `room - 1` axes of one part. Every rank stays in the grid, with the copies it has.
    pub(crate) fn joined(&self, first: usize, count: usize, room: usize) -> Result<Grid, MapError> {
        let replaced = &self.axes[first..first + count];
        let cells = replaced.iter().map(|dimension| dimension.count).product();
        let single = |place: usize| if place == 0 { cells } else { 1 };
        if let Some(joined) = one_dimension(replaced) {
            let mut axes: Dimensions = self.axes[..first].into();
            axes.push(joined);
            axes.extend((1..room).map(|_| Dimension::SINGLE));
            axes.extend(self.axes[first + count..].iter().copied());
            return Ok(Grid { axes, ..self.clone() });
        }
        // The order of the blocks is that of the axes, so it stays what it is when neighbours become one.
        let extents = self.axes.iter().map(|dimension| dimension.count);
        let mut shape: Vec<usize> = extents.clone().take(first).collect();
        shape.extend((0..room).map(single));
        shape.extend(extents.skip(first + count));
        Grid::with_ranks(&shape, self.copy_count(), &self.ranks().collect::<Vec<_>>())
    }
}

/// Neighbouring dimensions as one, where the ranks of all their cells in C order lie at equal distances.
fn one_dimension(dimensions: &[Dimension]) -> Option<Dimension> {
    let mut joined = Dimension::SINGLE;
    for dimension in dimensions.iter().filter(|dimension| dimension.count > 1).rev() {
        if joined.count == 1 {
            joined = *dimension;
        } else if joined.count.checked_mul(joined.stride) == Some(dimension.stride) {
            joined.count *= dimension.count;
        } else {
            return None;
        }
    }
    Some(joined)
}
