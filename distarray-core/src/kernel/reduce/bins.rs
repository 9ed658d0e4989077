//! Bins: sums of floats that have the same bits in whatever order and in however many parts they are made.
//!
//! The line of numbers has a fixed grid of units, [`WIDTH`] bits apart. An element is a whole number of the units of a
//! *level*, the rest a whole number of units of the level below, and so on for [`BINS`] levels; what is left is dropped. What
//! an element has at each level depends on the element alone, and whole numbers are added without rounding. The highest
//! level of a sum is the lowest that its largest element fits into: a larger one that comes later moves the levels up, and
//! what falls off the end would never have been counted had it come first.
//!
//! At least 80 bits below the largest element are kept, so the sum of n elements is off by at most n times 2^-80 of that,
//! and then rounded once.
//!
//! # Source
//! J. Demmel and H. D. Nguyen, Parallel reproducible summation, IEEE Transactions on Computers 64 (2015); W. Ahrens,
//! J. Demmel and H. D. Nguyen, Algorithms for efficient reproducible floating point summation, ACM TOMS 46 (2020). Here
//! the sums of bins are integers, taken from the bits of what rounding by a large constant leaves.

use crate::element::convert::Convert;
use crate::kernel::TILE;
use crate::kernel::reduce::geometry::{Inner, Parts};
use crate::kernel::reduce::lanes::rotated;
use crate::kernel::reduce::sum::Summand;
use crate::multiversion;

/// Bits from one level to the next.
const WIDTH: i32 = 40;

/// How many levels a sum has.
const BINS: usize = 3;

/// The exponent of the unit of level 0: that of the least float.
const LEAST: i32 = -1074;

/// The lowest level that can be the highest of a sum: the two below it are levels 1 and 0.
const LOWEST_TOP: i64 = 2;

/// The one level whose constants no float can hold: elements are scaled down by two levels for it.
const HIGHEST_TOP: i64 = 52;

/// Up to how many elements a bin adds in 64 bits: each has less than [`WIDTH`] bits.
const MOST_ELEMENTS: usize = 1 << 20;

/// Elements that are added side by side.
const LANES: usize = 16;

const MAGNITUDE: u64 = i64::MAX as u64;
const INFINITY: u64 = f64::INFINITY.to_bits();
const NEGATIVE_ZERO: u64 = 1 << 63;

/// What a sum has met beside numbers.
mod met {
    pub(super) const INFINITY: u64 = 1;
    pub(super) const NEGATIVE_INFINITY: u64 = 2;
    pub(super) const NAN: u64 = 4;
    /// Anything but -0.0: of nothing else but that the sum is -0.0.
    pub(super) const OTHER: u64 = 8;
}

/// How many numbers of 64 bits the state of one sum is.
pub(super) const PLANES: usize = 2 + 2 * BINS;

/// `2^exponent`, for exponents of normal floats.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(u64::from((exponent + 1023).unsigned_abs()) << 52)
}

/// The exponent of the unit of a level.
#[inline(always)]
fn unit(level: i64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "there are 53 levels")]
    let level = level as i32;
    LEAST + WIDTH * level
}

/// What rounds to whole units of a level, and of the two below it, by being added: `1.5 * 2^52` of them.
#[inline(always)]
fn constants(level: i64) -> [f64; BINS] {
    // Elements of the highest level are scaled down by two levels.
    let level = if level == HIGHEST_TOP { HIGHEST_TOP - 2 } else { level };
    lower(1.5 * power_of_two(52 + unit(level)))
}

/// The constants of a highest level, given the first.
#[inline(always)]
fn lower(top: f64) -> [f64; BINS] {
    let down = 1.0 / (1_u64 << WIDTH) as f64;
    [top, top * down, top * (down * down)]
}

/// The highest level of a sum whose largest element has these bits but for its sign.
#[inline(always)]
fn level_of(magnitude: u64) -> i64 {
    let exponent = (magnitude >> 52).cast_signed() - 1023;
    // Less than 2^39 units: exponent + 1 <= 39 + LEAST + 40 * level.
    (exponent + 1036 + 39).div_euclid(40).max(LOWEST_TOP)
}

/// The sum of some elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bins {
    level: i64,
    met: u64,
    /// Whole numbers of the units of `level` and the levels below it.
    sums: [i128; BINS],
}

impl Bins {
    const EMPTY: Bins = Bins { level: LOWEST_TOP, met: 0, sums: [0; BINS] };

    /// With this highest level, if it is higher.
    #[inline(always)]
    fn raise(&mut self, level: i64) {
        while self.level < level {
            self.sums = [0, self.sums[0], self.sums[1]];
            self.level += 1;
        }
    }

    fn merged(mut self, mut other: Bins) -> Bins {
        let level = self.level.max(other.level);
        self.raise(level);
        other.raise(level);
        let sums = std::array::from_fn(|bin| self.sums[bin] + other.sums[bin]);
        Bins { level, met: self.met | other.met, sums }
    }

    /// Adds up to [`MOST_ELEMENTS`] elements.
    #[inline(always)]
    fn add<T: Summand>(&mut self, items: &[T]) {
        // The level before the last is the highest that needs no scaling.
        if self.level < HIGHEST_TOP {
            let (sums, magnitude) = deposit(items, constants(self.level));
            if level_of(magnitude) <= self.level {
                self.take(sums, magnitude, items);
                return;
            }
        }
        self.add_carefully(items);
    }

    #[inline(always)]
    fn take<T: Summand>(&mut self, sums: [i64; BINS], magnitude: u64, items: &[T]) {
        for (mine, sum) in self.sums.iter_mut().zip(sums) {
            *mine += i128::from(sum);
        }
        if magnitude > 0 || items.iter().any(|item| item.convert().to_bits() != NEGATIVE_ZERO) {
            self.met |= met::OTHER;
        }
    }

    /// Adds elements that are larger than what came before, or no numbers.
    #[cold]
    fn add_carefully<T: Summand>(&mut self, items: &[T]) {
        for items in items.chunks(TILE) {
            let mut numbers = [0.0; TILE];
            let numbers = &mut numbers[..items.len()];
            for (number, item) in numbers.iter_mut().zip(items) {
                let item: f64 = item.convert();
                if item.is_finite() {
                    *number = item;
                    continue;
                }
                self.met |= met::OTHER
                    | match item {
                        f64::INFINITY => met::INFINITY,
                        f64::NEG_INFINITY => met::NEGATIVE_INFINITY,
                        _ => met::NAN,
                    };
            }
            let largest = numbers.iter().map(|number| number.to_bits() & MAGNITUDE).max().unwrap_or(0);
            self.raise(level_of(largest));
            if self.level == HIGHEST_TOP {
                // What becomes inexact by this is far below the lowest bin.
                let down = power_of_two(-2 * WIDTH);
                numbers.iter_mut().for_each(|number| *number *= down);
            }
            let (sums, magnitude) = deposit(numbers, constants(self.level));
            self.take(sums, magnitude, numbers);
        }
    }

    /// The sum, rounded once to the nearest, half to even.
    fn value(&self) -> f64 {
        if self.met & met::NAN != 0 || self.met & (met::INFINITY | met::NEGATIVE_INFINITY) == 3 {
            return f64::NAN;
        }
        match self.met & (met::INFINITY | met::NEGATIVE_INFINITY) {
            met::INFINITY => return f64::INFINITY,
            met::NEGATIVE_INFINITY => return f64::NEG_INFINITY,
            _ => {}
        }
        if self.met & met::OTHER == 0 {
            return -0.0;
        }
        // Bins overlap: what is above the width of one belongs to the one above.
        let half = 1_i128 << (WIDTH - 1);
        let [mut high, mut middle, mut low] = self.sums;
        let carry = (low + half) >> WIDTH;
        low -= carry << WIDTH;
        middle += carry;
        let carry = (middle + half) >> WIDTH;
        middle -= carry << WIDTH;
        high += carry;
        let rest = (middle << WIDTH) + low;
        let exponent = unit(self.level) - 2 * WIDTH;
        if high.unsigned_abs() < 1 << WIDTH {
            return scaled((high << (2 * WIDTH)) + rest, exponent);
        }
        // Too long for 128 bits: the last bits, far below the 53 that count, become one that says whether any was set.
        const DROPPED: i32 = 34;
        let is_inexact = rest & ((1 << DROPPED) - 1) != 0;
        let whole = (high << (2 * WIDTH - DROPPED)) + (rest >> DROPPED);
        scaled(whole | i128::from(is_inexact), exponent + DROPPED)
    }
}

/// `whole * 2^exponent`, rounded once.
fn scaled(whole: i128, exponent: i32) -> f64 {
    // Of subnormal results `whole` is exact, because no unit is below the least float.
    let mut value = whole as f64;
    let mut rest = exponent;
    while rest != 0 {
        let step = rest.clamp(-1000, 1000);
        value *= power_of_two(step);
        rest -= step;
    }
    value
}

/// How many units of each level elements have together, and the largest magnitude among them.
///
/// If that does not fit into the highest level the sums mean nothing.
#[inline(always)]
fn deposit<T: Summand>(items: &[T], constants: [f64; BINS]) -> ([i64; BINS], u64) {
    let [high, middle, low] = constants;
    let mut sums = [[0_i64; LANES]; BINS];
    let mut largest = [0_i64; LANES];
    let mut row_of = |row: &[f64; LANES]| {
        for lane in 0..LANES {
            let item = row[lane];
            let magnitude = (item.to_bits() & MAGNITUDE).cast_signed();
            largest[lane] = largest[lane].max(magnitude);
            let rounded = item + high;
            sums[0][lane] = sums[0][lane].wrapping_add(rounded.to_bits().cast_signed());
            let item = item - (rounded - high);
            let rounded = item + middle;
            sums[1][lane] = sums[1][lane].wrapping_add(rounded.to_bits().cast_signed());
            let item = item - (rounded - middle);
            let rounded = item + low;
            sums[2][lane] = sums[2][lane].wrapping_add(rounded.to_bits().cast_signed());
        }
    };
    let (rows, rest) = items.as_chunks::<LANES>();
    for row in rows {
        row_of(&row.map(Convert::convert));
    }
    if !rest.is_empty() {
        let mut row = [0.0; LANES];
        for (number, item) in row.iter_mut().zip(rest) {
            *number = item.convert();
        }
        row_of(&row);
    }
    let rows = (rows.len() + usize::from(!rest.is_empty())) * LANES;
    let count = (rows as u64).cast_signed();
    // The bits of a rounded number are those of the constant plus its units.
    let units = |(sums, constant): ([i64; LANES], f64)| {
        let sum = sums.iter().fold(0_i64, |sum, lane| sum.wrapping_add(*lane));
        sum.wrapping_sub(count.wrapping_mul(constant.to_bits().cast_signed()))
    };
    let [first, second, third] = sums;
    let sums = [units((first, high)), units((second, middle)), units((third, low))];
    (sums, largest.iter().fold(0, |most, lane| most.max(lane.cast_unsigned())))
}

/// The states of sums, output by output: planes of 64-bit numbers.
pub(super) struct Planes<'state> {
    /// The first constant of the highest level, as bits of a float; [`HIGHEST_TOP`] has infinity.
    top: &'state mut [u64],
    met: &'state mut [u64],
    /// For each bin the part above [`WIDTH`] bits, and the rest.
    high: [&'state mut [u64]; BINS],
    low: [&'state mut [u64]; BINS],
}

impl<'state> Planes<'state> {
    pub(super) fn new(planes: [&'state mut [u64]; PLANES]) -> Self {
        let [top, met, a, b, c, d, e, f] = planes;
        Planes { top, met, high: [a, c, e], low: [b, d, f] }
    }

    pub(super) fn clear(&mut self) {
        for output in 0..self.top.len() {
            self.set(output, Bins::EMPTY);
        }
    }

    fn get(&self, output: usize) -> Bins {
        let sum = |bin: usize| {
            let (high, low) = (self.high[bin][output].cast_signed(), self.low[bin][output].cast_signed());
            (i128::from(high) << WIDTH) + i128::from(low)
        };
        Bins { level: level_of_top(self.top[output]), met: self.met[output], sums: std::array::from_fn(sum) }
    }

    fn set(&mut self, output: usize, bins: Bins) {
        self.top[output] = top_of_level(bins.level);
        self.met[output] = bins.met;
        for (bin, sum) in bins.sums.into_iter().enumerate() {
            #[expect(clippy::cast_possible_truncation, reason = "2^63 elements of 39 bits have 102")]
            let high = (sum >> WIDTH) as i64;
            let low = (sum & ((1 << WIDTH) - 1)) as i64;
            self.high[bin][output] = high.cast_unsigned();
            self.low[bin][output] = low.cast_unsigned();
        }
    }

    fn add<T: Summand>(&mut self, output: usize, items: &[T]) {
        let mut bins = self.get(output);
        bins.add(items);
        self.set(output, bins);
    }

    /// The sum of an output.
    pub(super) fn value(&self, output: usize) -> f64 {
        self.get(output).value()
    }
}

fn top_of_level(level: i64) -> u64 {
    if level >= HIGHEST_TOP { INFINITY } else { constants(level)[0].to_bits() }
}

fn level_of_top(top: u64) -> i64 {
    if top >= INFINITY {
        return HIGHEST_TOP;
    }
    let exponent = (top >> 52).cast_signed() - 1023;
    (exponent - 52 - i64::from(LEAST)) / i64::from(WIDTH)
}

/// The state of two sums together; both as planes output by output.
pub(super) fn merged(mine: [f64; PLANES], theirs: [f64; PLANES]) -> [f64; PLANES] {
    let read = |planes: [f64; PLANES]| {
        let mut numbers = planes.map(f64::to_bits);
        Planes::new(numbers.each_mut().map(std::slice::from_mut)).get(0)
    };
    let mut numbers = [0; PLANES];
    Planes::new(numbers.each_mut().map(std::slice::from_mut)).set(0, read(mine).merged(read(theirs)));
    numbers.map(f64::from_bits)
}

multiversion! {
    /// Adds parts of folded inner axes to the sums.
    pub(super) fn bins_of_parts<T: Summand>(
        items: &[T], parts: Parts<'_>, inner: Inner, planes: Planes<'_>,
    ) {
        let kept = inner.outputs();
        let (mut parts, mut planes) = (parts, planes);
        while let Some(part) = parts.next_part() {
            let items = &items[part.begin..part.end];
            if part.blocks > 1 {
                let size = items.len() / part.blocks;
                for (block, output) in items.chunks_exact(size).zip(part.output..) {
                    planes.add(output, block);
                }
                continue;
            }
            if kept == 1 {
                let mut bins = planes.get(part.output);
                for tile in items.chunks(TILE) {
                    bins.add(tile);
                }
                planes.set(part.output, bins);
                continue;
            }
            // Each output's elements side by side, a tile at a time.
            let phase = part.position % kept;
            for place in 0..kept {
                let output = part.output + rotated(place, phase, kept);
                let mut bins = planes.get(output);
                let mut own = [0.0; TILE];
                let mut count = 0;
                for item in items.iter().skip(place).step_by(kept) {
                    own[count] = item.convert();
                    count += 1;
                    if count == TILE {
                        bins.add(&own);
                        count = 0;
                    }
                }
                bins.add(&own[..count]);
                planes.set(output, bins);
            }
        }
    }

    /// Adds rows to the sums, each element to its own.
    pub(super) fn bins_of_rows<T: Summand>(items: &[T], parts: Parts<'_>, planes: Planes<'_>) {
        let (mut parts, mut planes) = (parts, planes);
        while let Some(part) = parts.next_part() {
            let items = &items[part.begin..part.end];
            let begin = part.output + part.position;
            let range = begin..begin + items.len();
            if fits(items, &planes.top[range.clone()]) {
                add_row(items, &mut planes, range.clone());
            } else {
                for (item, output) in items.iter().zip(range.clone()) {
                    planes.add(output, std::slice::from_ref(item));
                }
            }
            if (part.row + 1).is_multiple_of(MOST_ELEMENTS) {
                for output in range {
                    let bins = planes.get(output);
                    planes.set(output, bins);
                }
            }
        }
    }
}

/// Whether each element fits into the highest level of its sum.
#[inline(always)]
fn fits<T: Summand>(items: &[T], tops: &[u64]) -> bool {
    // 2^39 units, where the constant is 1.5 * 2^52 of them.
    const FACTOR: f64 = 1.5 * (1_u64 << 13) as f64;
    let mut fits = true;
    for (item, top) in items.iter().zip(tops) {
        let top = f64::from_bits(*top);
        fits &= (item.convert().abs() * FACTOR < top) & (top < f64::INFINITY);
    }
    fits
}

/// Adds elements that fit to sums of their own.
#[inline(always)]
fn add_row<T: Summand>(items: &[T], planes: &mut Planes<'_>, range: std::ops::Range<usize>) {
    let [first, second, third] = &mut planes.low;
    let sums = first[range.clone()].iter_mut().zip(&mut second[range.clone()]).zip(&mut third[range.clone()]);
    let states = planes.top[range.clone()].iter().zip(&mut planes.met[range]);
    for ((item, (top, met)), ((first, second), third)) in items.iter().zip(states).zip(sums) {
        let item: f64 = item.convert();
        *met |= if item.to_bits() == NEGATIVE_ZERO { 0 } else { met::OTHER };
        let [high, middle, low] = lower(f64::from_bits(*top));
        let rounded = item + high;
        *first = first.wrapping_add(rounded.to_bits().wrapping_sub(high.to_bits()));
        let item = item - (rounded - high);
        let rounded = item + middle;
        *second = second.wrapping_add(rounded.to_bits().wrapping_sub(middle.to_bits()));
        let item = item - (rounded - middle);
        let rounded = item + low;
        *third = third.wrapping_add(rounded.to_bits().wrapping_sub(low.to_bits()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(items: &[f64]) -> Bins {
        let mut bins = Bins::EMPTY;
        items.chunks(7).for_each(|items| bins.add(items));
        bins
    }

    #[test]
    fn levels_hold_what_they_should() {
        for exponent in -1022..=1023 {
            for number in [power_of_two(exponent), power_of_two(exponent) * (2.0 - f64::EPSILON)] {
                let level = level_of(number.to_bits());
                assert!((LOWEST_TOP..=HIGHEST_TOP).contains(&level), "{number:e}");
                assert!(exponent < 39 + unit(level), "{number:e} is below 2^39 units");
                assert!(
                    level == LOWEST_TOP || exponent >= 39 + unit(level - 1),
                    "{number:e} needs the level"
                );
                assert_eq!(level_of_top(top_of_level(level)), level);
            }
        }
    }

    #[test]
    fn single_elements_come_back() {
        let mut numbers = vec![0.0, f64::MAX, f64::MIN_POSITIVE, f64::from_bits(1), 0.1, 1e-300, -1e300, 3.5];
        numbers
            .extend((-1074..1024).step_by(13).map(|exponent| scaled(0x001f_fff3_1234_5671, exponent - 52)));
        for number in numbers {
            assert_eq!(sum(&[number]).value().to_bits(), number.to_bits(), "{number:e}");
            assert_eq!(sum(&[-number]).value().to_bits(), (-number).to_bits(), "{number:e}");
        }
    }

    #[test]
    fn what_is_no_number_is_as_in_any_sum() {
        let [inf, nan] = [f64::INFINITY, f64::NAN];
        assert_eq!(sum(&[1.0, inf]).value(), inf);
        assert_eq!(sum(&[-inf, 1e300]).value(), -inf);
        assert!(sum(&[inf, -inf]).value().is_nan() && sum(&[1.0, nan]).value().is_nan());
        assert_eq!(sum(&[-0.0; 20]).value().to_bits(), NEGATIVE_ZERO);
        assert_eq!(sum(&[-0.0, 0.0]).value().to_bits(), 0);
        assert_eq!(sum(&[1.5, -1.5]).value().to_bits(), 0);
        assert_eq!(sum(&[f64::MAX, f64::MAX]).value(), inf);
        assert_eq!(sum(&[f64::MAX, f64::MAX, -f64::MAX]).value(), f64::MAX);
    }
}
