//! Distributions from shorthand, and the everyday ones.

use smallvec::SmallVec;

use crate::axis::AxisMap;
use crate::distribution::Distribution;
use crate::error::MapError;
use crate::grid::{Dimension, Grid, automatic_shape};
use crate::number::MAXIMUM_LENGTH;
use crate::spec::{AxisSpec, DistSpec};

impl Distribution {
    /// Distributes an array over the ranks `0..rank_count` as `spec` says.
    ///
    /// Without a grid of its own, `spec` gets the automatic one (see [`automatic_shape`]); if all axes are `b` or `n`, ranks at
    /// the end of an axis whose block would be empty are left out, as in the original. With a grid, the first ranks
    /// fill it in C order; there may be more. An array of which no axis is distributed lies on rank 0.
    ///
    /// # Errors
    /// No ranks; more letters than axes; a grid that needs more ranks than there are, has an extent of 0, or more than one
    /// part along an axis that is not distributed; a shape of more than 2^63 elements.
    pub fn from_spec(shape: &[usize], spec: &DistSpec, rank_count: usize) -> Result<Self, MapError> {
        let ndim = shape.len();
        if spec.axes().len() > ndim {
            return Err(MapError::SpecTooLong { axes: spec.axes().len(), ndim });
        }
        if rank_count == 0 {
            return Err(MapError::ZeroRanks { ranks: 0 });
        }
        if let Some(&length) = shape.iter().find(|&&length| length > MAXIMUM_LENGTH) {
            return Err(MapError::AxisTooLong { length, parts: 1, block_size: length });
        }
        let kinds: SmallVec<[AxisSpec; 4]> = (0..ndim).map(|axis| spec.axis(axis)).collect();
        let grid = match spec.grid() {
            Some(extents) => explicit_grid(extents, &kinds, rank_count)?,
            None => shortened_grid(shape, &kinds, rank_count)?,
        };
        let cut = |axis: usize| {
            let (length, parts) = (shape[axis], grid.parts(axis));
            match kinds[axis] {
                AxisSpec::Replicated => Ok(AxisMap::replicated(length)),
                AxisSpec::Block => AxisMap::block(length, parts),
                AxisSpec::BlockCyclic { block_size } => AxisMap::block_cyclic(length, parts, block_size),
            }
        };
        let axes = (0..ndim).map(cut).collect::<Result<_, _>>()?;
        Self::assemble(shape.into(), axes, grid)
    }

    /// The same over the listed ranks, which take the places of the ranks `0..ranks.len()`.
    ///
    /// # Errors
    /// As [`Distribution::from_spec`]; a rank that is named twice.
    pub fn from_spec_on(shape: &[usize], spec: &DistSpec, ranks: &[usize]) -> Result<Self, MapError> {
        let plain = Self::from_spec(shape, spec, ranks.len())?;
        let grid = plain.grid().on_ranks(ranks)?;
        Self::assemble(shape.into(), plain.axes().into(), grid)
    }

    /// The default: blocks of rows, letter `b` on axis 0. An array without axes gets a copy on every rank.
    ///
    /// # Errors
    /// No ranks; a shape of more than 2^63 elements.
    pub fn block_rows(shape: &[usize], rank_count: usize) -> Result<Self, MapError> {
        if shape.is_empty() {
            return Self::replicated(shape, rank_count);
        }
        Self::from_spec(shape, &DistSpec::new(vec![AxisSpec::Block]), rank_count)
    }

    /// A copy of the whole array on each of the ranks `0..rank_count`; rank 0 is the owner.
    ///
    /// # Errors
    /// No ranks; a shape of more than 2^63 elements.
    pub fn replicated(shape: &[usize], rank_count: usize) -> Result<Self, MapError> {
        Self::undivided(shape, Grid::replicated(shape.len(), rank_count)?)
    }

    /// The whole array on one rank.
    ///
    /// # Errors
    /// A shape of more than 2^63 elements.
    pub fn on_rank(shape: &[usize], rank: usize) -> Result<Self, MapError> {
        Self::undivided(shape, Grid::on_rank(shape.len(), rank))
    }

    /// The whole array on each rank of a grid without parts.
    fn undivided(shape: &[usize], grid: Grid) -> Result<Self, MapError> {
        let axes = shape.iter().map(|&length| AxisMap::replicated(length)).collect();
        Self::assemble(shape.into(), axes, grid)
    }

    /// The kinds of its axes as they are written: `b,c(64)`. Slices are written as what they are slices of.
    pub fn text(&self) -> String {
        let written = |map: &AxisMap| match map {
            AxisMap::BlockCyclic(map) => AxisSpec::BlockCyclic { block_size: map.block_size() }.to_string(),
            map => map.letter().to_string(),
        };
        self.axes().iter().map(written).collect::<Vec<_>>().join(",")
    }
}

/// The grid asked for, on the first ranks.
fn explicit_grid(extents: &[usize], kinds: &[AxisSpec], rank_count: usize) -> Result<Grid, MapError> {
    let ndim = kinds.len();
    if extents.len() > ndim || extents.contains(&0) {
        return Err(MapError::GridShape { grid: extents.to_vec(), ndim });
    }
    let mut extents = extents.to_vec();
    extents.resize(ndim, 1);
    let undistributed = |&axis: &usize| kinds[axis] == AxisSpec::Replicated && extents[axis] != 1;
    if let Some(axis) = (0..ndim).find(undistributed) {
        return Err(MapError::GridOnUndistributedAxis { axis, parts: extents[axis] });
    }
    let grid = Grid::row_major(&extents)?;
    let cells = grid.primary_count();
    if cells > rank_count {
        return Err(MapError::GridMismatch { ranks: rank_count, grid: extents, cells });
    }
    Ok(grid)
}

/// The automatic grid, without the ranks whose blocks would be empty if all axes are `b` or `n`.
fn shortened_grid(shape: &[usize], kinds: &[AxisSpec], rank_count: usize) -> Result<Grid, MapError> {
    let letters: SmallVec<[char; 4]> = kinds.iter().map(AxisSpec::letter).collect();
    let extents = automatic_shape(shape, &letters, rank_count)?;
    let grid = Grid::row_major(&extents)?;
    if letters.contains(&'c') {
        return Ok(grid);
    }
    let filled = |(&length, dimension): (&usize, &Dimension)| {
        let block_size = length.div_ceil(dimension.count).max(1);
        Dimension { count: length.div_ceil(block_size).max(1), stride: dimension.stride }
    };
    let axes: SmallVec<[Dimension; 4]> = shape.iter().zip(grid.axes()).map(filled).collect();
    Grid::strided(0, &axes, &[])
}
