//! Detour: thinly dealt arrays are made in blocks and moved, which is faster than making more words than are used.

use distarray_comm::SameMemory;
use distarray_core::Pool;
use distarray_maps::{AxisMap, Distribution};
use distarray_spmd::transfer::redistribute::Redistribute;
use distarray_spmd::{ArrayMeta, Cost, Operation};

use crate::Variate;
use crate::kind::Kind;

/// Words of a block of the stream, which are made together.
const BLOCK_WORDS: usize = 8;

/// Arrays with fewer elements for each rank are not worth a message.
const LEAST_ELEMENTS: usize = 1 << 14;

/// The distribution in which an array is made before it is moved to its own; `None` if it is made where it belongs.
/// **Pure.**
///
/// Where ranks hold pieces of few elements, the blocks of the stream that these lie in have words for other ranks' too:
/// of an axis dealt out element by element to two ranks, each makes every word and uses every second. From half as many
/// again on, moving whole stretches once costs less.
pub(crate) fn blocks(kind: &Kind, distribution: &Distribution) -> Option<Distribution> {
    // A permutation takes no words of the stream, and vectors are work enough by themselves.
    if matches!(kind, Kind::Vector(_) | Kind::Scalar(Variate::Distinct { .. })) {
        return None;
    }
    let ranks = distribution.grid().primary_count();
    if distribution.grid().copy_count() > 1 || distribution.size() / ranks.max(1) < LEAST_ELEMENTS {
        return None;
    }
    let mut inner = 1;
    let (mut made, mut used) = (1, 1);
    for map in distribution.axes().iter().rev() {
        if let AxisMap::BlockCyclic(dealt) = map
            && map.parts() > 1
        {
            let piece = inner * dealt.block_size();
            // Pieces that are no whole blocks of the stream share those at their ends with others.
            if !piece.is_multiple_of(BLOCK_WORDS) {
                made = (piece + BLOCK_WORDS - 1).min(piece * map.parts());
                used = piece;
                break;
            }
        }
        inner *= map.length();
    }
    if 2 * made < 3 * used {
        return None;
    }
    let axes = distribution.axes().iter().map(|map| match map {
        AxisMap::BlockCyclic(_) => AxisMap::block(map.length(), map.parts()).ok(),
        other => Some(other.clone()),
    });
    let axes: Option<Vec<AxisMap>> = axes.collect();
    Distribution::new(distribution.shape(), axes?, distribution.grid().clone()).ok()
}

/// What the detour costs. **Pure.**
pub(crate) fn cost(
    made: &ArrayMeta,
    target: &Distribution,
    rank: usize,
    ranks: usize,
    reach: SameMemory,
) -> Cost {
    let moved = Redistribute { target: target.clone() }.cost(&[made], rank, ranks, reach);
    let temporary_bytes = Pool::charged_bytes(made.local_bytes(rank)) as u64;
    Cost { temporary_bytes, ..Cost::of(distarray_comm::cost::agree(ranks)).then(moved) }
}
