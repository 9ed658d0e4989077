//! `Regular`: the one closed form behind even blocks, cyclic, block-cyclic and all their slices.
//!
//! Index `g` stands at position `offset + g * step` on a cycle of `block_size * parts` positions, of which each part
//! owns one stretch of `block_size`. A slice changes offset and step and nothing else, so slices of slices stay what
//! they are, and every answer costs a few divisions: counts are differences of two sums of floors, and the next index
//! of a part is the first hit of an interval by an arithmetic progression on a cycle; both are Euclid's algorithm.

use serde::{Deserialize, Serialize};

use crate::axis::AxisRange;
use crate::axis::segment::{Interval, Segment};
use crate::digest::Digest;
use crate::error::MapError;
use crate::number::{self, MAXIMUM_LENGTH, count_in_interval, first_in_interval, gcd, narrow};

/// `length` indices; index `g` belongs to part `((offset + g * step) mod (block_size * parts)) / block_size`.
///
/// `offset` is below the modulus and `step` is its residue of least magnitude; it may be 0 or negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub(crate) struct Regular {
    length: usize,
    parts: usize,
    block_size: usize,
    offset: usize,
    step: isize,
}

impl Regular {
    pub(crate) fn new(length: usize, parts: usize, block_size: usize) -> Result<Self, MapError> {
        Unchecked { length, parts, block_size, offset: 0, step: isize::from(parts != 1 || block_size != 1) }
            .try_into()
    }

    pub(crate) fn length(&self) -> usize {
        self.length
    }

    pub(crate) fn parts(&self) -> usize {
        self.parts
    }

    pub(crate) fn block_size(&self) -> usize {
        self.block_size
    }

    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) fn step(&self) -> isize {
        self.step
    }

    pub(crate) fn count(&self, part: usize) -> usize {
        self.count_below(part, self.length)
    }

    pub(crate) fn segment(&self, global: usize) -> Segment {
        if let Some(part) = self.only_part() {
            return Segment { part, local: global, stop: self.length };
        }
        let position = self.position(global);
        let part = position / self.block_size;
        Segment {
            part,
            local: self.count_below(part, global),
            stop: self.leaves_block(part, global, position),
        }
    }

    pub(crate) fn next(&self, part: usize, from: usize) -> Option<Interval> {
        if let Some(only) = self.only_part() {
            return (part == only && from < self.length).then_some(Interval {
                start: from,
                stop: self.length,
                local: from,
            });
        }
        let position = self.position(from);
        let start = from.checked_add(self.steps_to(part, position)?)?;
        if start >= self.length {
            return None;
        }
        let position = if start == from { position } else { self.position(start) };
        Some(Interval {
            start,
            stop: self.leaves_block(part, start, position),
            local: self.count_below(part, start),
        })
    }

    pub(crate) fn global(&self, part: usize, local: usize) -> usize {
        if self.only_part().is_some() {
            return local;
        }
        if let Some((start, _)) = self.single_interval(part) {
            return start + local;
        }
        match self.step {
            1 => narrow(
                self.unrank(part, local as u128 + self.rank_of(part, self.offset as u128))
                    - self.offset as u128,
            ),
            -1 => {
                let last = self.lifted_offset();
                narrow(last - self.unrank(part, self.rank_of(part, last + 1) - 1 - local as u128))
            }
            _ => {
                let (period, per_period) = (self.period(), self.per_period(part));
                let (mut low, mut high) = (0, period);
                while low < high {
                    let middle = low + (high - low) / 2;
                    if self.count_below(part, middle + 1) > local % per_period {
                        high = middle
                    } else {
                        low = middle + 1
                    }
                }
                local / per_period * period + low
            }
        }
    }

    /// After how many indices the owners repeat.
    pub(crate) fn period(&self) -> usize {
        if self.only_part().is_some() {
            1
        } else {
            self.modulus() / gcd(self.step.unsigned_abs(), self.modulus())
        }
    }

    /// How many indices of a period belong to `part`.
    pub(crate) fn per_period(&self, part: usize) -> usize {
        if let Some(only) = self.only_part() {
            return usize::from(part == only);
        }
        let distance = gcd(self.step.unsigned_abs(), self.modulus());
        let first = self.offset % distance;
        let hits_below = |position: usize| position.saturating_sub(first).div_ceil(distance);
        let low = part * self.block_size;
        hits_below(low + self.block_size) - hits_below(low)
    }

    pub(crate) fn segments_in(&self, window: usize) -> u128 {
        let speed = self.step.unsigned_abs() as u128;
        match self.only_part() {
            Some(_) => 1,
            None if speed > self.block_size as u128 => window as u128,
            None => window as u128 * speed / self.block_size as u128 + 1,
        }
    }

    /// The map of the indices in `range`, which has been checked.
    pub(crate) fn slice(&self, range: &AxisRange) -> Regular {
        let Regular { parts, .. } = *self;
        match range.count {
            0 => {
                return Regular { length: 0, parts, block_size: 1, offset: 0, step: 0 };
            }
            1 => {
                return Regular {
                    length: 1,
                    parts,
                    block_size: 1,
                    offset: self.segment(range.start).part,
                    step: 0,
                };
            }
            _ => {}
        }
        let step = number::signed_residue(self.step as i128 * range.step as i128, self.modulus());
        let sliced = Regular { length: range.count, offset: self.position(range.start), step, ..*self };
        sliced.without_common_factor()
    }

    /// One description for all regular maps that place alike for a plain reason: a common factor, or one part only.
    pub(crate) fn reduced(&self) -> Regular {
        if self.length == 0 {
            return Regular { length: 0, parts: self.parts, block_size: 1, offset: 0, step: 0 };
        }
        let first = self.segment(0);
        if first.stop == self.length {
            return Regular {
                length: self.length,
                parts: self.parts,
                block_size: 1,
                offset: first.part,
                step: 0,
            };
        }
        self.without_common_factor()
    }

    pub(crate) fn digest_into(&self, digest: &mut Digest) {
        for number in [self.length, self.parts, self.block_size, self.offset] {
            digest.number(number);
        }
        digest.word(self.step as u64);
    }

    /// Divides step and block size by what they have in common: positions between the steps are never met.
    fn without_common_factor(self) -> Regular {
        let common = gcd(self.step.unsigned_abs(), self.block_size);
        Regular {
            block_size: self.block_size / common,
            offset: self.offset / common,
            step: self.step / common.cast_signed(),
            ..self
        }
    }

    fn modulus(&self) -> usize {
        self.block_size * self.parts
    }

    /// The part that owns everything, where that is plain to see.
    fn only_part(&self) -> Option<usize> {
        (self.parts == 1 || self.step == 0).then(|| self.offset / self.block_size)
    }

    fn position(&self, global: usize) -> usize {
        if self.step == 1 {
            let lifted = self.offset + global;
            let modulus = self.modulus();
            return if lifted < modulus { lifted } else { lifted % modulus };
        }
        let lifted = self.offset as i128 + self.step as i128 * global as i128;
        narrow(lifted.rem_euclid(self.modulus() as i128).unsigned_abs())
    }

    /// The first index after `global` that is in another block, or the length.
    fn leaves_block(&self, part: usize, global: usize, position: usize) -> usize {
        let low = part * self.block_size;
        let speed = self.step.unsigned_abs();
        let stay = if self.step > 0 {
            (low + self.block_size - position).div_ceil(speed)
        } else {
            (position - low) / speed + 1
        };
        self.length.min(global.saturating_add(stay))
    }

    /// How many steps it takes from `position` into the stretch of `part`.
    fn steps_to(&self, part: usize, position: usize) -> Option<usize> {
        let (modulus, low, speed) = (self.modulus(), part * self.block_size, self.step.unsigned_abs());
        let high = low + self.block_size - 1;
        if (low..=high).contains(&position) {
            return Some(0);
        }
        let forward = |to: usize| {
            if to >= position { to - position } else { to + (modulus - position) }
        };
        if speed <= self.block_size {
            let distance = if self.step > 0 { forward(low) } else { modulus - forward(high) };
            return Some(distance.div_ceil(speed));
        }
        let factor = if self.step > 0 { speed } else { modulus - speed };
        first_in_interval(factor as u128, modulus as u128, forward(low) as u128, forward(high) as u128)
            .map(narrow)
    }

    /// How many indices below `global` belong to `part`.
    fn count_below(&self, part: usize, global: usize) -> usize {
        if let Some(only) = self.only_part() {
            return if part == only { global } else { 0 };
        }
        if let Some((start, stop)) = self.single_interval(part) {
            return global.clamp(start, stop) - start;
        }
        match self.step {
            1 => narrow(
                self.rank_of(part, self.offset as u128 + global as u128)
                    - self.rank_of(part, self.offset as u128),
            ),
            -1 => {
                let after = self.lifted_offset() + 1;
                narrow(self.rank_of(part, after) - self.rank_of(part, after - global as u128))
            }
            _ => {
                let factor =
                    number::narrow((self.step as i128).rem_euclid(self.modulus() as i128).unsigned_abs());
                let low = part * self.block_size;
                count_in_interval(global, self.modulus(), factor, self.offset, low, low + self.block_size)
            }
        }
    }

    /// The indices of `part`, if the axis does not reach round the cycle, so that each part has one interval.
    fn single_interval(&self, part: usize) -> Option<(usize, usize)> {
        let low = part * self.block_size;
        let high = low + self.block_size;
        if self.step == 1 {
            let within = self.offset.checked_add(self.length)? <= self.modulus();
            let index = |position: usize| position.saturating_sub(self.offset).min(self.length);
            return within.then(|| (index(low), index(high)));
        }
        let last = self.offset as i128 + self.step as i128 * (self.length as i128 - 1);
        if last < 0 || last >= self.modulus() as i128 {
            return None;
        }
        let speed = self.step.unsigned_abs();
        let first_from =
            |position: usize| position.saturating_sub(self.offset).div_ceil(speed).min(self.length);
        let first_below = |position: usize| {
            let steps = if self.offset < position { 0 } else { (self.offset - position) / speed + 1 };
            steps.min(self.length)
        };
        Some(if self.step > 0 {
            (first_from(low), first_from(high))
        } else {
            (first_below(high), first_below(low))
        })
    }

    /// Whether no part has more than one interval: the axis ends before it comes to a second block of any part.
    pub(crate) fn has_one_interval_per_part(&self) -> bool {
        let block = |position: i128| position.div_euclid(self.block_size as i128);
        let (first, steps) = (self.offset as i128, self.length.saturating_sub(1) as i128);
        let last = first + self.step as i128 * steps;
        self.only_part().is_some() || block(last).abs_diff(block(first)) < self.parts as u128
    }

    /// How many positions below `position` belong to `part`, laps included.
    fn rank_of(&self, part: usize, position: u128) -> u128 {
        let (modulus, block_size) = (self.modulus() as u128, self.block_size as u128);
        let (laps, rest) = (position / modulus, position % modulus);
        laps * block_size + rest.saturating_sub(part as u128 * block_size).min(block_size)
    }

    /// The position of `part` that has `rank` others below it.
    fn unrank(&self, part: usize, rank: u128) -> u128 {
        let block_size = self.block_size as u128;
        rank / block_size * self.modulus() as u128 + part as u128 * block_size + rank % block_size
    }

    /// The offset, raised by so many laps that a map of step -1 never runs below 0.
    fn lifted_offset(&self) -> u128 {
        let modulus = self.modulus() as u128;
        self.offset as u128 + (self.length as u128).div_ceil(modulus) * modulus
    }
}

/// The same numbers before anybody has looked at them.
#[derive(Deserialize)]
struct Unchecked {
    length: usize,
    parts: usize,
    block_size: usize,
    offset: usize,
    step: isize,
}

impl TryFrom<Unchecked> for Regular {
    type Error = MapError;

    fn try_from(unchecked: Unchecked) -> Result<Self, MapError> {
        let Unchecked { length, parts, block_size, offset, step } = unchecked;
        if parts == 0 {
            return Err(MapError::ZeroParts { length });
        }
        if block_size == 0 {
            return Err(MapError::ZeroBlockSize { length, parts });
        }
        let too_long = MapError::AxisTooLong { length, parts, block_size };
        let modulus = parts.checked_mul(block_size).ok_or(too_long.clone())?;
        if length > MAXIMUM_LENGTH
            || modulus - parts >= MAXIMUM_LENGTH
            || offset.checked_add(length).is_none()
        {
            return Err(too_long);
        }
        if offset >= modulus || number::signed_residue(step as i128, modulus) != step {
            return Err(MapError::PhaseOutOfRange { offset, step, modulus });
        }
        Ok(Regular { length, parts, block_size, offset, step })
    }
}
