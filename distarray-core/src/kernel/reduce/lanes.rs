//! The loops of folds: neighbouring elements into lanes, lanes into one; rows into their own elements.

use crate::kernel::reduce::fold::Fold;
use crate::kernel::reduce::geometry::{LANES, Parts};
use crate::multiversion;

/// Up to how many elements of one output are folded one after the other.
const SHORT: usize = 8;

/// Folds the elements of a part. Element `i` belongs to place `i % kept` of the result.
///
/// Element `i` goes to lane `i % width`, where `width` is the largest multiple of `kept` up to [`LANES`];
/// then the upper half of the lanes is joined to the lower until `kept` are left: those are the result. The
/// pattern is the same for every processor, and so are its bits. Folds whose order makes no difference
/// follow none.
#[inline(always)]
pub(super) fn fold_part<F: Fold>(items: &[F::Item], kept: usize) -> [F::Lane; LANES] {
    let mut lanes = [F::START; LANES];
    if kept == 1 && (F::IN_ANY_ORDER || items.len() <= SHORT) {
        let mut lane = F::START;
        for &item in items {
            lane = F::take(lane, item);
        }
        lanes[0] = lane;
        return lanes;
    }
    // Rows of a length the compiler knows become vectors.
    let rows: &[[F::Item; LANES]] = if kept == 1 { items.as_chunks().0 } else { &[] };
    for row in rows {
        for (lane, &item) in lanes.iter_mut().zip(row) {
            *lane = F::take(*lane, item);
        }
    }
    let rest = &items[rows.len() * LANES..];
    let width = LANES / kept * kept;
    for row in rest.chunks(width) {
        for (lane, &item) in lanes.iter_mut().zip(row) {
            *lane = F::take(*lane, item);
        }
    }
    if kept == 1 {
        join_halves::<F>(&mut lanes);
        return lanes;
    }
    let mut groups = LANES / kept;
    while groups > 1 {
        let half = groups.div_ceil(2);
        for lane in 0..(groups - half) * kept {
            lanes[lane] = F::join(lanes[lane], lanes[lane + half * kept]);
        }
        groups = half;
    }
    lanes
}

/// Joins all lanes to the first, in loops of lengths that the compiler knows.
#[inline(always)]
fn join_halves<F: Fold>(lanes: &mut [F::Lane; LANES]) {
    macro_rules! halve {
        ($($half:literal)+) => {$(
            for lane in 0..$half {
                lanes[lane] = F::join(lanes[lane], lanes[lane + $half]);
            }
        )+};
    }
    halve!(16 8 4 2 1);
}

/// The output of place `place` of a part that begins with output `phase` of `kept`.
#[inline(always)]
pub(super) fn rotated(place: usize, phase: usize, kept: usize) -> usize {
    let output = place + phase;
    if output >= kept { output - kept } else { output }
}

multiversion! {
    /// Folds parts of folded inner axes into the states.
    pub(super) fn fold_parts<F: Fold>(
        items: &[F::Item], parts: Parts<'_>, kept: usize, states: &mut [F::State],
    ) {
        let mut parts = parts;
        while let Some(part) = parts.next_part() {
            if part.blocks > 1 {
                let size = (part.end - part.begin) / part.blocks;
                let outputs = &mut states[part.output..part.output + part.blocks];
                for (state, block) in outputs.iter_mut().zip(items[part.begin..].chunks_exact(size)) {
                    *state = F::absorb(*state, fold_part::<F>(block, kept)[0]);
                }
                continue;
            }
            let lanes = fold_part::<F>(&items[part.begin..part.end], kept);
            let phase = part.position % kept;
            let outputs = &mut states[part.output..part.output + kept];
            for (place, &lane) in lanes[..kept].iter().enumerate() {
                let output = rotated(place, phase, kept);
                outputs[output] = F::absorb(outputs[output], lane);
            }
        }
    }

    /// Adds rows to the states. The first row of each output begins it.
    pub(super) fn fold_rows<F: Fold>(
        items: &[F::Item], parts: Parts<'_>, states: &mut [F::State],
    ) {
        let mut parts = parts;
        while let Some(part) = parts.next_part() {
            let begin = part.output + part.position;
            let items = &items[part.begin..part.end];
            let states = &mut states[begin..begin + items.len()];
            if part.row == 0 {
                for (state, &item) in states.iter_mut().zip(items) {
                    *state = F::absorb(F::START_STATE, F::take(F::START, item));
                }
            } else {
                for (state, &item) in states.iter_mut().zip(items) {
                    *state = F::absorb(*state, F::take(F::START, item));
                }
            }
        }
    }
}
