//! Sums of floats: (high, low) pairs between the parts of tiles, so that nothing small is lost.
//!
//! Within a part a few elements are added in lanes or, where many outputs lie side by side, over groups of
//! [`GROUP`] rows; these partial sums are added to the pair by Knuth's two-sum, whose error term is kept. `float32` is added in `f64` throughout.

use std::marker::PhantomData;

use crate::element::Plain;
use crate::element::convert::Convert;
use crate::kernel::TILE;
use crate::kernel::reduce::fold::Fold;
use crate::kernel::reduce::geometry::{Inner, LANES, Parts};
use crate::kernel::reduce::lanes::rotated;
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
    const IN_ANY_ORDER: bool = false;

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

/// How many rows of lanes are added plainly before their sums go to the lanes' pairs.
const ROWS: usize = 16;

/// How many lanes there are where all elements meet one output: as many as let a tile go through them in
/// [`ROWS`] rows.
pub(super) const LINE: usize = 2 * LANES;

/// Adds a part that meets one output to the lanes of its line. Lane `i` takes every [`LINE`]-th element of a
/// tile.
///
/// Each tile is summed in lanes of its own first: few roundings lie between an element and the line's end.
#[inline(always)]
fn add_to_line<T: Summand>(line: &mut [f64; LINE], items: &[T], in_first_tile: usize) {
    let (first, others) = items.split_at(in_first_tile.min(items.len()));
    add_tile_to_line(line, first);
    for tile in others.chunks(TILE) {
        add_tile_to_line(line, tile);
    }
}

/// Adds elements of one tile.
#[inline(always)]
fn add_tile_to_line<T: Summand>(line: &mut [f64; LINE], items: &[T]) {
    let (rows, rest) = items.as_chunks::<LINE>();
    let mut lanes = [-0.0; LINE];
    // The length of a row is known to the compiler, which makes vectors of it. The number of rows is not:
    // unrolled loops read in an order that the processor does not foresee.
    for row in rows {
        for (lane, item) in lanes.iter_mut().zip(row) {
            *lane += item.convert();
        }
    }
    for (line, lane) in line.iter_mut().zip(&lanes) {
        *line += lane;
    }
    // Into the line's lanes, not the tile's: an index that is known at run time alone would keep those out of
    // the registers.
    for (line, item) in line.iter_mut().zip(rest) {
        *line += item.convert();
    }
}

/// The sum of a line's lanes, as a pair: the upper half of the lanes is added to the lower, as pairs down to
/// eight lanes, then plainly.
///
/// This waits for the line's last elements, and the processor fetches nothing meanwhile: hence lines are
/// several tiles long.
#[inline(always)]
fn sum_line(lanes: &[f64; LINE]) -> (f64, f64) {
    let (mut high, mut low) = ([0.0; LANES], [0.0; LANES]);
    for lane in 0..LANES {
        (high[lane], low[lane]) = two_sum(lanes[lane], lanes[lane + LANES]);
    }
    for lane in 0..16 {
        join(&mut high, &mut low, lane, lane + 16);
    }
    for lane in 0..8 {
        join(&mut high, &mut low, lane, lane + 8);
    }
    (sum_of_eight(&high), sum_of_eight(&low))
}

/// The sum of the first eight lanes, the upper half to the lower.
#[inline(always)]
fn sum_of_eight(lanes: &[f64]) -> f64 {
    ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
}

/// The sums of a part as pairs, the `kept` first of the lanes. Element `i` belongs to place `i % kept`.
///
/// A lane adds [`ROWS`] elements, their sum goes to the lane's (high, low) pair; then the upper half of the
/// lanes is added to the lower until `kept` are left.
#[inline(always)]
fn sum_part<T: Summand>(items: &[T], kept: usize) -> ([f64; LANES], [f64; LANES]) {
    let width = LANES / kept * kept;
    let (mut high, mut low) = ([-0.0; LANES], [-0.0; LANES]);
    let rows: &[[T; LANES]] = if width == LANES { items.as_chunks().0 } else { &[] };
    for rows in rows.chunks(ROWS) {
        let mut lanes = [-0.0; LANES];
        for row in rows {
            for (lane, item) in lanes.iter_mut().zip(row) {
                *lane += item.convert();
            }
        }
        add_lanes(&mut high, &mut low, &lanes);
    }
    for rows in items[rows.len() * LANES..].chunks(width * ROWS) {
        let mut lanes = [-0.0; LANES];
        for row in rows.chunks(width) {
            for (lane, item) in lanes.iter_mut().zip(row) {
                *lane += item.convert();
            }
        }
        add_lanes(&mut high, &mut low, &lanes);
    }
    let mut groups = LANES / kept;
    while groups > 1 {
        let half = groups.div_ceil(2);
        for lane in 0..(groups - half) * kept {
            join(&mut high, &mut low, lane, lane + half * kept);
        }
        groups = half;
    }
    (high, low)
}

/// Adds the pair of one lane to that of another.
#[inline(always)]
fn join(high: &mut [f64; LANES], low: &mut [f64; LANES], lane: usize, other: usize) {
    let (sum, error) = two_sum(high[lane], high[other]);
    high[lane] = sum;
    low[lane] += low[other] + error;
}

/// Adds plain sums to the lanes' pairs.
#[inline(always)]
fn add_lanes(high: &mut [f64; LANES], low: &mut [f64; LANES], lanes: &[f64; LANES]) {
    for lane in 0..LANES {
        let (sum, error) = two_sum(high[lane], lanes[lane]);
        high[lane] = sum;
        low[lane] += error;
    }
}

/// The sum of a few elements of one output, in eight lanes.
#[inline(always)]
fn sum_short<T: Summand>(items: &[T]) -> f64 {
    if items.len() <= 8 {
        return items.iter().fold(-0.0, |sum, item| sum + item.convert());
    }
    let mut lanes = [-0.0; 8];
    for row in items.chunks(8) {
        for (lane, item) in lanes.iter_mut().zip(row) {
            *lane += item.convert();
        }
    }
    sum_of_eight(&lanes)
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

impl Planes<'_> {
    /// Adds a pair to that of an output.
    #[inline(always)]
    fn add(&mut self, output: usize, part_high: f64, part_low: f64) {
        let (sum, error) = two_sum(self.high[output], part_high);
        self.high[output] = sum;
        self.low[output] += part_low + error;
    }
}

multiversion! {
    /// Adds parts of folded inner axes to the pairs. `line` keeps the lanes of a line whose end has not come
    /// yet.
    pub(super) fn sum_parts<T: Summand>(
        items: &[T], parts: Parts<'_>, inner: Inner, planes: Planes<'_>, line: &mut [f64; LINE],
    ) {
        let kept = inner.outputs();
        let is_long = inner.is_long();
        let (mut parts, mut planes) = (parts, planes);
        while let Some(part) = parts.next_part() {
            let items = &items[part.begin..part.end];
            if part.blocks > 1 {
                let size = items.len() / part.blocks;
                for (block, output) in items.chunks_exact(size).zip(part.output..) {
                    planes.add(output, sum_short(block), 0.0);
                }
                continue;
            }
            if is_long {
                if part.begins_line {
                    *line = [-0.0; LINE];
                }
                add_to_line(line, items, part.in_first_tile);
                if part.ends_line {
                    let (sum, error) = sum_line(line);
                    planes.add(part.output, sum, error);
                }
                continue;
            }
            if kept == 1 {
                planes.add(part.output, sum_short(items), 0.0);
                continue;
            }
            let (sums, errors) = sum_part(items, kept);
            let phase = part.position % kept;
            for place in 0..kept {
                let output = part.output + rotated(place, phase, kept);
                planes.add(output, sums[place], errors[place]);
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
