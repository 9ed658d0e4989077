//! Grids against grids: same ranks, covering ranks, and the grids that slicing and reducing leave.

use smallvec::SmallVec;

use crate::grid::dimension::{Dimension, canonical_copies};
use crate::grid::{Coords, Grid};

impl Grid {
    /// Whether both grids give every rank the same coordinates (the numbers of copies may be ordered otherwise).
    pub(crate) fn same_ranks(&self, other: &Grid) -> bool {
        if self == other {
            return true;
        }
        if self.shape() != other.shape() || self.copy_count() != other.copy_count() {
            return false;
        }
        (self.list.is_some() || other.list.is_some()) && self.covers(other)
    }

    /// Whether every rank of `needed` has the same coordinates here.
    pub(crate) fn covers(&self, needed: &Grid) -> bool {
        if self.shape() != needed.shape() {
            return false;
        }
        if self.list.is_none() && needed.list.is_none() {
            let origin: Coords = SmallVec::from_elem(0, self.ndim());
            let at_origin = |rank: usize| self.coords(rank).is_some_and(|coords| coords == origin);
            return self.axes == needed.axes
                && (self.contains_copies(needed) && at_origin(needed.first)
                    || needed.copies_of(&origin).all(at_origin));
        }
        needed
            .blocks()
            .all(|coords| needed.copies_of(&coords).all(|rank| self.coords(rank).as_ref() == Some(&coords)))
    }

    /// The grid without an axis, of which `part` alone stays.
    pub(crate) fn at_part(&self, axis: usize, part: usize) -> Grid {
        let mut grid = self.clone();
        let dimension = grid.axes.remove(axis);
        grid.first += part * dimension.stride;
        grid
    }

    /// The grid in which some axes' dimensions have become copies: what `keep` answers with an index becomes an axis.
    pub(crate) fn rearranged(&self, axes: impl Iterator<Item = Option<usize>>) -> Grid {
        let mut copies = self.copies.clone();
        let mut kept: SmallVec<[bool; 8]> = SmallVec::from_elem(false, self.axes.len());
        let axes = axes
            .map(|axis| {
                axis.map_or(Dimension::SINGLE, |axis| {
                    kept[axis] = true;
                    self.axes[axis]
                })
            })
            .collect();
        copies
            .extend(self.axes.iter().zip(&kept).filter(|(_, kept)| !**kept).map(|(dimension, _)| *dimension));
        Grid { first: self.first, axes, copies: canonical_copies(copies), list: self.list.clone() }
    }

    /// Whether the copy dimensions of `other` are among those of this grid.
    fn contains_copies(&self, other: &Grid) -> bool {
        let holds = |needed: &Dimension| {
            self.copies.iter().any(|copy| copy.stride == needed.stride && copy.count >= needed.count)
        };
        other.copies.iter().all(holds) && self.first == other.first
    }
}
