//! The loops of folds: neighbouring elements into lanes, lanes into one; rows into their own elements.

use crate::kernel::reduce::fold::Fold;
use crate::kernel::reduce::geometry::{LANES, Parts};
use crate::multiversion;

/// Up to how many elements of one output are folded one after the other.
const SHORT: usize = 8;

/// Folds the elements of a part, the first of which belongs to output `phase` of `kept`.
///
/// The lanes of [`fold_lanes`] are joined, the upper half to the lower, until `kept` are left: those are the
/// result. The pattern is the same for every processor, and so are its bits.
#[inline(always)]
pub(super) fn fold_part<F: Fold>(items: &[F::Item], phase: usize, kept: usize) -> [F::Lane; LANES] {
    if kept == 1 && items.len() <= SHORT {
        let mut lanes = [F::START; LANES];
        for &item in items {
            lanes[0] = F::take(lanes[0], item);
        }
        return lanes;
    }
    let mut lanes = fold_lanes::<F>(items, phase, kept);
    if kept == 1 {
        join_halves::<F>(&mut lanes);
    } else {
        let mut groups = LANES / kept;
        while groups > 1 {
            let half = groups.div_ceil(2);
            let (lower, upper) = lanes.split_at_mut(half * kept);
            for (lane, &other) in lower.iter_mut().zip(&upper[..(groups - half) * kept]) {
                *lane = F::join(*lane, other);
            }
            groups = half;
        }
    }
    lanes
}

/// Element `i` into lane `(phase + i) % width`, where `width` is the largest multiple of `kept` up to
/// [`LANES`].
#[inline(always)]
pub(super) fn fold_lanes<F: Fold>(items: &[F::Item], phase: usize, kept: usize) -> [F::Lane; LANES] {
    let mut lanes = [F::START; LANES];
    let width = LANES / kept * kept;
    let head = if phase == 0 { 0 } else { (width - phase).min(items.len()) };
    for (lane, &item) in lanes[phase..].iter_mut().zip(&items[..head]) {
        *lane = F::take(*lane, item);
    }
    let items = &items[head..];
    let tail = if width == LANES {
        let (chunks, tail) = items.as_chunks::<LANES>();
        for chunk in chunks {
            for (lane, &item) in lanes.iter_mut().zip(chunk) {
                *lane = F::take(*lane, item);
            }
        }
        tail
    } else {
        let chunks = items.chunks_exact(width);
        let tail = chunks.remainder();
        for chunk in chunks {
            for (lane, &item) in lanes[..width].iter_mut().zip(chunk) {
                *lane = F::take(*lane, item);
            }
        }
        tail
    };
    for (lane, &item) in lanes.iter_mut().zip(tail) {
        *lane = F::take(*lane, item);
    }
    lanes
}

/// Joins all lanes into the first: the loops above for one output, in lengths the compiler knows.
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

multiversion! {
    /// Folds parts of folded inner axes into the states.
    pub(super) fn fold_parts<F: Fold>(
        items: &[F::Item], parts: Parts<'_>, kept: usize, states: &mut [F::State],
    ) {
        let mut parts = parts;
        while let Some(part) = parts.next_part() {
            let phase = part.position % kept;
            let lanes = fold_part::<F>(&items[part.begin..part.end], phase, kept);
            let outputs = &mut states[part.output..part.output + kept];
            for (state, &lane) in outputs.iter_mut().zip(&lanes) {
                *state = F::absorb(*state, lane);
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
