//! Reductions: sums, products, extremes, truth, means and variances over axes.

mod accumulator;
mod bins;
mod finish;
mod fold;
mod geometry;
mod lanes;
mod moments;
mod place;
mod reduction;
mod scheme;
mod sum;

use crate::block::Block;
use crate::buffer::Pool;
use crate::error::ElementError;

pub use accumulator::Accumulator;
pub use reduction::Reduction;
pub use scheme::merge_states;

/// Reduces a whole block over the axes marked in `reduced`; those axes are gone from the result.
///
/// # Errors
/// As [`Accumulator::start`] and [`Accumulator::finish`].
pub fn reduce(
    reduction: Reduction,
    block: &Block,
    reduced: &[bool],
    pool: &Pool,
) -> Result<Block, ElementError> {
    let mut accumulator = Accumulator::start(reduction, block.dtype(), block.shape(), reduced, pool)?;
    accumulator.add_tile(block.as_bytes(), 0)?;
    let axes = block.shape().iter().zip(reduced);
    let count: usize = axes.filter(|axis| *axis.1).map(|axis| axis.0).product();
    accumulator.finish(count as u64, pool)
}
