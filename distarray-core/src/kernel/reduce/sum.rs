//! Sums of floats: (high, low) pairs between the parts of tiles, so that nothing small is lost.
//!
//! Within a part a few elements are added in lanes or, where many outputs lie side by side, over groups of
//! [`GROUP`] rows; these partial sums are added to the pair by Knuth's two-sum, whose error term is kept. `float32` is added in `f64` throughout.

use std::marker::PhantomData;

use crate::element::Plain;
use crate::element::convert::Convert;
use crate::kernel::reduce::fold::Fold;
use crate::kernel::reduce::geometry::{LANES, Parts};
use crate::kernel::reduce::lanes::{fold_lanes, fold_part};
use crate::multiversion;

/// How many rows are added plainly before their sum goes to the pairs.
pub(super) const GROUP: usize = 32;

/// Up to how many rows each goes to the pairs by itself, which needs less memory.
pub(super) const FEW_ROWS: usize = 8;

/// `first + second`, and what was lost of it by rounding.
///
/// # Source
/// D. E. Knuth, The Art of Computer Programming 2, section 4.2.2, theorem B.
#[inline(always)]
pub(super) fn two_sum(first: f64, second: f64) -> (f64, f64) {
    let sum = first + second;
    let of_second = sum - first;
    let of_first = sum - of_second;
    (sum, (first - of_first) + (second - of_second))
}

/// The value of a pair. Of an infinity the low part is no number, of a zero it has no sign.
#[inline(always)]
pub(super) fn rounded(high: f64, low: f64) -> f64 {
    if low == 0.0 || !high.is_finite() { high } else { high + low }
}

/// Plain sums in lanes. Begins with -0.0, the one zero that changes nothing it is added to.
pub(super) struct Lanes<T>(PhantomData<T>);

impl<T: Plain + Convert<f64>> Fold for Lanes<T> {
    type Item = T;
    type Lane = f64;
    type State = f64;
    const START: f64 = -0.0;
    const START_STATE: f64 = -0.0;

    #[inline(always)]
    fn take(lane: f64, item: T) -> f64 {
        lane + item.convert()
    }

    #[inline(always)]
    fn join(first: f64, second: f64) -> f64 {
        first + second
    }

    #[inline(always)]
    fn absorb(state: f64, lane: f64) -> f64 {
        state + lane
    }

    #[inline(always)]
    fn merge(first: f64, second: f64) -> f64 {
        first + second
    }
}

/// How many elements a lane adds plainly before its sum goes to a pair.
const PLAIN: usize = 8;

/// The sums of a part as pairs: [`PLAIN`] elements to a lane, lanes to pairs, pairs to one by halves.
#[inline(always)]
fn sum_part<T: Summand>(items: &[T], phase: usize, kept: usize) -> ([f64; LANES], [f64; LANES]) {
    let width = LANES / kept * kept;
    let mut low = [0.0; LANES];
    if items.len() <= width * PLAIN {
        return (fold_part::<Lanes<T>>(items, phase, kept), low);
    }
    let mut high = [-0.0; LANES];
    for items in items.chunks(width * PLAIN) {
        let lanes = fold_lanes::<Lanes<T>>(items, phase, kept);
        for ((high, low), lane) in high.iter_mut().zip(&mut low).zip(lanes) {
            let (sum, error) = two_sum(*high, lane);
            *high = sum;
            *low += error;
        }
    }
    let mut groups = LANES / kept;
    while groups > 1 {
        let half = groups.div_ceil(2);
        for lane in 0..(groups - half) * kept {
            let other = lane + half * kept;
            let (sum, error) = two_sum(high[lane], high[other]);
            high[lane] = sum;
            low[lane] += low[other] + error;
        }
        groups = half;
    }
    (high, low)
}

/// A float that sums are made of.
pub(super) trait Summand: Plain + Convert<f64> {}

impl Summand for f32 {}
impl Summand for f64 {}

/// The pairs of a sum, and room for sums of groups of rows.
pub(super) struct Planes<'state> {
    pub(super) high: &'state mut [f64],
    pub(super) low: &'state mut [f64],
    /// Empty if each row goes to the pairs by itself.
    pub(super) group: &'state mut [f64],
}

multiversion! {
    /// Adds parts of folded inner axes to the pairs.
    pub(super) fn sum_parts<T: Summand>(
        items: &[T], parts: Parts<'_>, kept: usize, planes: Planes<'_>,
    ) {
        let mut parts = parts;
        while let Some(part) = parts.next_part() {
            let phase = part.position % kept;
            let (sums, errors) = sum_part(&items[part.begin..part.end], phase, kept);
            let outputs = part.output..part.output + kept;
            let pairs = planes.high[outputs.clone()].iter_mut().zip(&mut planes.low[outputs]);
            for ((high, low), (&part_sum, &part_error)) in pairs.zip(sums.iter().zip(&errors)) {
                let (sum, error) = two_sum(*high, part_sum);
                *high = sum;
                *low += part_error + error;
            }
        }
    }

    /// Adds rows to the pairs, each by itself. The first row of each output begins it.
    pub(super) fn sum_few_rows<T: Summand>(items: &[T], parts: Parts<'_>, planes: Planes<'_>) {
        let mut parts = parts;
        while let Some(part) = parts.next_part() {
            let items = &items[part.begin..part.end];
            let begin = part.output + part.position;
            let high = &mut planes.high[begin..begin + items.len()];
            let low = &mut planes.low[begin..begin + items.len()];
            if part.row == 0 {
                for ((high, low), item) in high.iter_mut().zip(low).zip(items) {
                    *high = item.convert();
                    *low = 0.0;
                }
                continue;
            }
            for ((high, low), item) in high.iter_mut().zip(low).zip(items) {
                let (sum, error) = two_sum(*high, item.convert());
                *high = sum;
                *low += error;
            }
        }
    }

    /// Adds rows to the sums of their group, and the last row of a group with the whole group to the pairs.
    pub(super) fn sum_rows<T: Summand>(
        items: &[T], parts: Parts<'_>, row_count: usize, planes: Planes<'_>,
    ) {
        let mut parts = parts;
        while let Some(part) = parts.next_part() {
            let items = &items[part.begin..part.end];
            let begin = part.output + part.position;
            let group = &mut planes.group[begin..begin + items.len()];
            if part.row.is_multiple_of(GROUP) {
                for (group, item) in group.iter_mut().zip(items) {
                    *group = item.convert();
                }
            } else {
                for (group, item) in group.iter_mut().zip(items) {
                    *group += item.convert();
                }
            }
            let is_last_of_group = (part.row + 1).is_multiple_of(GROUP) || part.row + 1 == row_count;
            if !is_last_of_group {
                continue;
            }
            let high = &mut planes.high[begin..begin + items.len()];
            let low = &mut planes.low[begin..begin + items.len()];
            if part.row < GROUP {
                high.copy_from_slice(group);
                low.fill(0.0);
                continue;
            }
            for ((high, low), group) in high.iter_mut().zip(low).zip(group) {
                let (sum, error) = two_sum(*high, *group);
                *high = sum;
                *low += error;
            }
        }
    }
}
