//! The process grid: its arithmetic from coordinates to ranks and back.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::digest::Digest;
use crate::error::MapError;
use crate::grid::automatic_shape;
use crate::grid::dimension::{Dimension, Dimensions, canonical_copies, check_strides, row_major};
use crate::grid::ranks::RankList;

/// One part number per axis.
pub type Coords = SmallVec<[usize; 4]>;

/// A process grid: `rank = first + sum(coords[a] * stride[a]) + sum(copy[k] * copy_stride[k])`.
///
/// Beside one dimension per axis it has *copy dimensions*: ranks that differ only there hold the same data. The owner
/// of the data is the rank whose copy coordinates are all 0; it is called *primary*. If a list of ranks was given,
/// the sum is a place in that list.
///
/// # Example
/// ```
/// use distarray_maps::Grid;
/// let grid = Grid::row_major(&[2, 3])?;
/// assert_eq!(grid.rank(&[1, 2]), 5);
/// assert_eq!(grid.coords(4).as_deref(), Some(&[1, 1][..]));
/// # Ok::<(), distarray_maps::MapError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Grid {
    pub(super) first: usize,
    pub(super) axes: Dimensions,
    pub(super) copies: Dimensions,
    pub(super) list: Option<Arc<RankList>>,
}

impl Grid {
    /// Ranks from 0, numbered in C order over a grid of the given shape.
    ///
    /// # Errors
    /// An extent of 0; more cells than 2^63.
    pub fn row_major(shape: &[usize]) -> Result<Self, MapError> {
        let axes = row_major(shape, shape.len())?;
        Self::checked(0, axes, Dimensions::new(), None)
    }

    /// Any strided grid: `axes` and `copies` as dimensions of count and stride.
    ///
    /// # Errors
    /// A count of 0; strides by which two cells fall on one rank; more cells than 2^63.
    pub fn strided(first_rank: usize, axes: &[Dimension], copies: &[Dimension]) -> Result<Self, MapError> {
        Self::checked(first_rank, axes.into(), copies.into(), None)
    }

    /// A grid of the given shape over listed ranks, in C order, copies running fastest: `copies` neighbours in the list
    /// hold the same data, the first of them is their owner.
    ///
    /// # Errors
    /// An extent of 0; a list of another length than the grid has cells; a rank that is named twice.
    pub fn with_ranks(shape: &[usize], copies: usize, ranks: &[usize]) -> Result<Self, MapError> {
        let mut extents: SmallVec<[usize; 5]> = shape.into();
        extents.push(copies);
        let mut axes = row_major(&extents, shape.len())?;
        let copies = axes.pop().into_iter().collect();
        let cells = extents.iter().product();
        if ranks.len() != cells {
            return Err(MapError::GridMismatch { ranks: ranks.len(), grid: extents.to_vec(), cells });
        }
        match RankList::new(ranks)? {
            Ok(first) => Self::checked(first, axes, copies, None),
            Err(list) => Self::checked(0, axes, copies, Some(Arc::new(list))),
        }
    }

    /// The same grid on other ranks: where it has rank `r`, the result has `ranks[r]`.
    ///
    /// # Errors
    /// A list that is too short; a rank that is named twice.
    pub fn on_ranks(&self, ranks: &[usize]) -> Result<Self, MapError> {
        let last = self.max_rank();
        if last >= ranks.len() {
            return Err(MapError::GridMismatch { ranks: ranks.len(), grid: self.shape(), cells: last + 1 });
        }
        let list = match &self.list {
            None => RankList::new(ranks)?,
            Some(list) => {
                let renamed: Result<Vec<usize>, MapError> = (0..list.len())
                    .map(|cell| {
                        ranks.get(list.rank(cell)).copied().ok_or(MapError::NotHeld { rank: list.rank(cell) })
                    })
                    .collect();
                RankList::new(&renamed?)?
            }
        };
        let (first, list) = match list {
            Ok(first) => (first + self.first, None),
            Err(list) => (self.first, Some(Arc::new(list))),
        };
        Self::checked(first, self.axes.clone(), self.copies.clone(), list)
    }

    /// One rank that holds everything.
    pub fn on_rank(ndim: usize, rank: usize) -> Self {
        let axes = std::iter::repeat_n(Dimension::SINGLE, ndim).collect();
        Grid { first: rank, axes, copies: Dimensions::new(), list: None }
    }

    /// A copy of everything on each of the ranks `0..rank_count`.
    ///
    /// # Errors
    /// No ranks.
    pub fn replicated(ndim: usize, rank_count: usize) -> Result<Self, MapError> {
        if rank_count == 0 {
            return Err(MapError::ZeroRanks { ranks: 0 });
        }
        let axes = std::iter::repeat_n(Dimension::SINGLE, ndim).collect();
        Self::checked(0, axes, [Dimension { count: rank_count, stride: 1 }].into_iter().collect(), None)
    }

    /// The grid that the rule of the original DistArray gives: see [`automatic_shape`]. Ranks from 0, in C order.
    ///
    /// # Errors
    /// No ranks; a number of letters that differs from the number of axes.
    pub fn automatic(shape: &[usize], letters: &[char], rank_count: usize) -> Result<Self, MapError> {
        Self::row_major(&automatic_shape(shape, letters, rank_count)?)
    }

    /// The number of axes.
    pub fn ndim(&self) -> usize {
        self.axes.len()
    }

    /// The number of parts along each axis.
    pub fn shape(&self) -> Vec<usize> {
        self.axes.iter().map(|axis| axis.count).collect()
    }

    /// The number of parts along one axis.
    pub fn parts(&self, axis: usize) -> usize {
        self.axes[axis].count
    }

    /// The dimensions of the axes, in their order.
    pub fn axes(&self) -> &[Dimension] {
        &self.axes
    }

    /// The copy dimensions, in canonical form: by falling stride, none of count 1, joined where two are one.
    pub fn copies(&self) -> &[Dimension] {
        &self.copies
    }

    /// How many ranks hold the same data.
    pub fn copy_count(&self) -> usize {
        self.copies.iter().map(|copy| copy.count).product()
    }

    /// How many ranks hold something (were it nothing but an empty part): parts times copies.
    pub fn rank_count(&self) -> usize {
        self.primary_count() * self.copy_count()
    }

    /// How many different blocks there are: the product of the numbers of parts.
    pub fn primary_count(&self) -> usize {
        self.axes.iter().map(|axis| axis.count).product()
    }

    /// Whether all parts of all axes are on one rank (each of its copies holds everything).
    pub fn is_single(&self) -> bool {
        self.axes.iter().all(|axis| axis.count == 1)
    }

    /// The rank that owns the block at `coords`.
    pub fn rank(&self, coords: &[usize]) -> usize {
        self.rank_at(self.cell(coords))
    }

    /// All ranks that hold the block at `coords`, its owner first.
    pub fn copies_of(&self, coords: &[usize]) -> impl Iterator<Item = usize> + '_ {
        let cell = self.cell(coords);
        (0..self.copy_count()).map(move |copy| self.rank_at(cell + self.copy_offset(copy)))
    }

    /// The block that a rank holds; `None` if it holds none.
    pub fn coords(&self, rank: usize) -> Option<Coords> {
        self.locate(rank).map(|(coords, _)| coords)
    }

    /// Whether a rank is in the grid.
    pub fn holds(&self, rank: usize) -> bool {
        self.locate(rank).is_some()
    }

    /// Whether a rank holds a block, and is its owner.
    pub fn is_primary(&self, rank: usize) -> bool {
        self.locate(rank).is_some_and(|(_, copy)| copy == 0)
    }

    /// The block that a rank holds and the number of its copy, 0 for the owner.
    pub fn locate(&self, rank: usize) -> Option<(Coords, usize)> {
        let cell = match &self.list {
            None => rank,
            Some(list) => list.place(rank)?,
        };
        let mut rest = cell.checked_sub(self.first)?;
        let mut coords: Coords = SmallVec::from_elem(0, self.axes.len());
        let mut copy = 0;
        let mut below = usize::MAX;
        // Strides are taken from the largest down; each is beyond the reach of all smaller ones together.
        while let Some((place, dimension)) = self.widest_below(below) {
            let index = rest / dimension.stride;
            if index >= dimension.count {
                return None;
            }
            rest -= index * dimension.stride;
            below = dimension.stride;
            match place {
                Place::Axis(axis) => coords[axis] = index,
                Place::Copy => copy = copy * dimension.count + index,
            }
        }
        (rest == 0).then_some((coords, copy))
    }

    /// All ranks of the grid, block by block in C order, each block's owner first and then its copies.
    pub fn ranks(&self) -> impl Iterator<Item = usize> + '_ {
        self.blocks().flat_map(|coords| self.copies_of(&coords).collect::<SmallVec<[usize; 4]>>())
    }

    /// The owners of all blocks, in C order of the blocks.
    pub fn primaries(&self) -> impl Iterator<Item = usize> + '_ {
        self.blocks().map(|coords| self.rank(&coords))
    }

    /// The highest rank of the grid.
    pub fn max_rank(&self) -> usize {
        if self.list.is_some() {
            return self.ranks().max().unwrap_or(0);
        }
        let reach = |dimensions: &[Dimension]| dimensions.iter().map(Dimension::reach).sum::<usize>();
        self.first + reach(&self.axes) + reach(&self.copies)
    }

    pub(crate) fn digest_into(&self, digest: &mut Digest) {
        digest.number(self.first);
        for dimensions in [&self.axes, &self.copies] {
            digest.number(dimensions.len());
            for dimension in dimensions {
                digest.number(dimension.count);
                digest.number(dimension.stride);
            }
        }
        if let Some(list) = &self.list {
            list.digest_into(digest);
        }
    }

    /// All blocks in C order.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = Coords> + '_ {
        let count = self.primary_count();
        (0..count).map(move |mut number| {
            let mut coords: Coords = SmallVec::from_elem(0, self.axes.len());
            for (coord, axis) in coords.iter_mut().zip(&self.axes).rev() {
                *coord = number % axis.count;
                number /= axis.count;
            }
            coords
        })
    }

    fn checked(
        first: usize,
        mut axes: Dimensions,
        copies: Dimensions,
        list: Option<Arc<RankList>>,
    ) -> Result<Self, MapError> {
        if axes.iter().chain(&copies).any(|dimension| dimension.count == 0) {
            let grid = axes.iter().chain(&copies).map(|dimension| dimension.count).collect();
            return Err(MapError::GridShape { grid, ndim: axes.len() });
        }
        for axis in &mut axes {
            *axis = axis.canonical();
        }
        let copies = canonical_copies(copies);
        let reach = check_strides(first, axes.iter().chain(&copies))?;
        if let Some(list) = &list
            && reach >= list.len()
        {
            let grid = axes.iter().chain(&copies).map(|dimension| dimension.count).collect();
            return Err(MapError::GridMismatch { ranks: list.len(), grid, cells: reach + 1 });
        }
        Ok(Grid { first, axes, copies, list })
    }

    fn cell(&self, coords: &[usize]) -> usize {
        self.first + coords.iter().zip(&self.axes).map(|(coord, axis)| coord * axis.stride).sum::<usize>()
    }

    fn rank_at(&self, cell: usize) -> usize {
        self.list.as_ref().map_or(cell, |list| list.rank(cell))
    }

    /// Where copy number `copy` lies beside its owner.
    fn copy_offset(&self, mut copy: usize) -> usize {
        let mut offset = 0;
        for dimension in self.copies.iter().rev() {
            offset += copy % dimension.count * dimension.stride;
            copy /= dimension.count;
        }
        offset
    }

    fn widest_below(&self, below: usize) -> Option<(Place, Dimension)> {
        let axes = self.axes.iter().enumerate().map(|(axis, dimension)| (Place::Axis(axis), *dimension));
        let copies = self.copies.iter().map(|dimension| (Place::Copy, *dimension));
        axes.chain(copies)
            .filter(|(_, dimension)| dimension.count > 1 && dimension.stride < below)
            .max_by_key(|(_, dimension)| dimension.stride)
    }
}

/// What a dimension of the grid stands for.
enum Place {
    Axis(usize),
    Copy,
}

/// The same numbers before anybody has looked at them.
#[derive(Deserialize)]
struct Unchecked {
    first: usize,
    axes: Dimensions,
    copies: Dimensions,
    list: Option<Arc<RankList>>,
}

impl TryFrom<Unchecked> for Grid {
    type Error = MapError;

    fn try_from(unchecked: Unchecked) -> Result<Self, MapError> {
        Grid::checked(unchecked.first, unchecked.axes, unchecked.copies, unchecked.list)
    }
}
