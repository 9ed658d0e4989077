//! Choosing with replacement: each position among the units of weight is looked up where its stretch lies.

use distarray_core::kernel::random::Stream;
use distarray_core::{Block, DType};
use distarray_maps::Distribution;
use distarray_spmd::transfer::ask::{Questions, to_bytes};
use distarray_spmd::{AnyLocalArray, Error, Worker};

use super::entrants::{Entrants, NAME, positions};
use crate::operation::filled;

/// This rank's share of the indices. **Collective.**
pub(super) fn choose(
    stream: &Stream,
    distribution: &Distribution,
    entrants: &Entrants,
    worker: &Worker,
) -> Result<AnyLocalArray, Error> {
    let prepared = by_owner(stream, distribution, entrants, worker);
    let (mut block, questions) = worker.agree(NAME, prepared)?;
    let answers = questions.ask(worker, NAME, |mut found| {
        entrants.sums.find(&mut found);
        found.iter_mut().for_each(|place| *place += entrants.first as u64);
        to_bytes(&found)
    })?;
    let indices = block.as_mut_slice::<i64>()?;
    for (answer, places) in answers {
        let numbers = answer.as_chunks::<8>().0;
        for (index, place) in numbers.iter().zip(places) {
            indices[usize::try_from(*place).unwrap_or(usize::MAX)] = i64::from_le_bytes(*index);
        }
    }
    AnyLocalArray::new(distribution.clone(), block, worker.rank())
}

/// A block for the indices, and the positions sorted by the ranks that know what lies there.
fn by_owner(
    stream: &Stream,
    distribution: &Distribution,
    entrants: &Entrants,
    worker: &Worker,
) -> Result<(Block, Questions), Error> {
    let rank = worker.rank();
    let block = Block::uninit(DType::Int64, &distribution.local_shape(rank), worker.pool())?;
    let drawn = filled(&positions(entrants.total()).into(), stream, DType::UInt64, distribution, worker)?;
    let ranks = worker.size();
    let mut questions = Questions::new(ranks);
    if distribution.holds(rank) {
        for (place, position) in drawn.as_slice::<u64>()?.iter().enumerate() {
            // The last stretch that begins at or before the position; empty ones begin where the next one does.
            let owner = entrants.bounds[..ranks].partition_point(|bound| bound <= position) - 1;
            questions.push(owner, position - entrants.bounds[owner], place)?;
        }
    }
    Ok((block, questions))
}
