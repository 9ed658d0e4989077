//! Entrants: what is chosen from, in blocks over the ranks, with exact sums of its weights.

use distarray_core::kernel::random::Weights;
use distarray_core::{Block, DType};
use distarray_maps::Distribution;
use distarray_spmd::transfer::redistribute::redistribute;
use distarray_spmd::{AnyLocalArray, Error, Worker};

use crate::Variate;
use crate::error::RandomError;

/// The name of the operation that chooses among them.
pub(super) const NAME: &str = "weighted_choice";

/// How far from 1 the sum of weights may be, as in NumPy: the root of their precision.
pub(super) const TOLERANCE: f64 = 1.5e-8;
const FLOAT32_TOLERANCE: f64 = 3.46e-4;

/// A stretch of the population with its weights, and what lies before it and in all.
pub(super) struct Entrants {
    pub(super) block: Block,
    pub(super) sums: Weights,
    /// The first index of the stretch.
    pub(super) first: usize,
    /// For every rank and the end, the units of weight before its stretch.
    pub(super) bounds: Vec<u64>,
}

impl Entrants {
    /// The weights in blocks, one to a rank, if they are weights. **Collective.**
    pub(super) fn new(weights: &AnyLocalArray, worker: &Worker) -> Result<Entrants, Error> {
        let blocks = Distribution::block_rows(weights.shape(), worker.size())?;
        let moved = redistribute(weights, &blocks, worker)?;
        let first = blocks.axis(0).global(worker.rank(), 0).unwrap_or(weights.shape()[0]);
        let added = moved.to_block(worker.pool()).and_then(|block| {
            let block = block.cast(DType::Float64, worker.pool())?;
            let (sums, sum) = Weights::new(block.as_slice()?, first)?;
            Ok((block, sums, sum))
        });
        let (block, sums, sum) = worker.agree(NAME, added)?;
        let tolerance = if weights.dtype() == DType::Float32 { FLOAT32_TOLERANCE } else { TOLERANCE };
        let every = worker.comm().all_gather(&sum.to_le_bytes())?;
        let every = every.iter().filter_map(|bytes| Some(u128::from_le_bytes(bytes.try_into().ok()?)));
        Ok(Entrants { block, sums, first, bounds: bounds(every, tolerance)? })
    }

    /// The units of all weights.
    pub(super) fn total(&self) -> u64 {
        self.bounds.last().copied().unwrap_or(0)
    }
}

/// The units before each of the stretches with these sums, and in all.
///
/// # Errors
/// [`RandomError::WeightSum`] if they are not about 1 in all.
pub(super) fn bounds(sums: impl Iterator<Item = u128>, tolerance: f64) -> Result<Vec<u64>, RandomError> {
    let mut total = 0_u128;
    let mut bounds = vec![0];
    for sum in sums {
        total = total.saturating_add(sum);
        bounds.push(u64::try_from(total).unwrap_or(u64::MAX));
    }
    let sum = Weights::as_number(total);
    if (sum - 1.0).abs() <= tolerance { Ok(bounds) } else { Err(RandomError::WeightSum { sum }) }
}

/// As many arrived as were wanted, or those with weight were too few.
pub(super) fn check_arrived(arrived: usize, count: usize) -> Result<(), RandomError> {
    if arrived >= count { Ok(()) } else { Err(RandomError::Weighted { arrived, count }) }
}

/// Where choices with replacement fall among so many units.
pub(super) fn positions(total: u64) -> Variate {
    Variate::Integers { low: 0, high: i128::from(total) - 1 }
}
