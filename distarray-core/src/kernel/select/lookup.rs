//! Looking up: which part of an axis holds an index, and at which place, for many indices in no order.

use crate::kernel::TILE;

/// Up to this many stretches an index is compared with each of them.
const FEW: usize = 8;

/// How one axis is cut into parts, made for looking up indices.
///
/// Index `g` lies in the last stretch that begins at or before `g % period`, which belongs to one part; each whole
/// period before it adds to the place there.
#[derive(Debug, Clone)]
pub struct AxisLookup {
    length: u64,
    part_count: u32,
    period: Option<Divider>,
    starts: Vec<u64>,
    stretches: Vec<Stretch>,
    finder: Finder,
}

/// The columns of the table of an axis, from which an [`AxisLookup`] is made.
#[derive(Debug, Clone, Copy)]
pub struct AxisTable<'a> {
    /// The number of indices.
    pub length: usize,
    /// After how many indices the cut repeats; the length if it does not.
    pub period: usize,
    /// The first index of each stretch, ascending from 0.
    pub starts: &'a [usize],
    /// The part that owns each stretch.
    pub parts: &'a [usize],
    /// The place in its part of the first index of each stretch.
    pub locals: &'a [usize],
    /// How many indices of each period each part owns.
    pub per_period: &'a [usize],
    /// How many indices each part owns.
    pub counts: &'a [usize],
}

/// What all indices of a stretch have in common.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    part: u32,
    /// What an index is less than its place.
    shift: u64,
    /// How many indices the part owns.
    count: u64,
    per_period: u64,
}

#[derive(Debug, Clone, Copy)]
enum Finder {
    /// There is but one stretch.
    One,
    /// Compare with all.
    Few,
    /// All stretches have the same length, but for the last.
    Even(Divider),
    /// Halve.
    Many,
}

/// Division by a number that is not known to the compiler, as a multiplication.
///
/// # Source
/// T. Granlund, P. L. Montgomery, "Division by Invariant Integers using Multiplication", PLDI 1994; here with the
/// quotient corrected at the end, which holds for numbers below 2^63.
#[derive(Debug, Clone, Copy)]
pub(super) struct Divider {
    divisor: u64,
    inverse: u64,
}

impl Divider {
    pub(super) fn new(divisor: u64) -> Divider {
        let divisor = divisor.max(1);
        Divider { divisor, inverse: u64::MAX / divisor }
    }

    /// Quotient and rest of a number below 2^63.
    #[inline(always)]
    pub(super) fn divide(self, number: u64) -> (u64, u64) {
        let estimate = ((u128::from(number) * u128::from(self.inverse)) >> 64) as u64;
        let rest = number - estimate * self.divisor;
        let more = u64::from(rest >= self.divisor);
        (estimate + more, rest - more * self.divisor)
    }
}

impl AxisLookup {
    /// The lookup of a table whose columns belong together.
    #[must_use]
    pub fn new(table: &AxisTable<'_>) -> AxisLookup {
        let number = |list: &[usize], place: usize| list.get(place).copied().unwrap_or(0) as u64;
        let stretches = table.starts.iter().zip(table.parts).zip(table.locals);
        let stretches = stretches.map(|((&start, &part), &local)| Stretch {
            part: u32::try_from(part).unwrap_or(u32::MAX),
            shift: (local as u64).wrapping_sub(start as u64),
            count: number(table.counts, part),
            per_period: number(table.per_period, part),
        });
        let even = match table.starts {
            [0, first, ..] => Some(*first),
            _ => None,
        };
        let is_even =
            |size: usize| table.starts.iter().enumerate().all(|(place, &start)| start == place * size);
        let finder = match (table.starts.len(), even) {
            (0 | 1, _) => Finder::One,
            (2..=FEW, _) => Finder::Few,
            (_, Some(size)) if is_even(size) => Finder::Even(Divider::new(size as u64)),
            _ => Finder::Many,
        };
        AxisLookup {
            length: table.length as u64,
            part_count: u32::try_from(table.counts.len()).unwrap_or(u32::MAX),
            period: (table.period < table.length).then(|| Divider::new(table.period as u64)),
            stretches: stretches.collect(),
            starts: table.starts.iter().map(|&start| start as u64).collect(),
            finder,
        }
    }

    /// The number of indices of the axis.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Whether [`locate_plainly`] can look it up.
    pub(super) fn is_plain(&self) -> bool {
        self.period.is_none() && matches!(self.finder, Finder::One | Finder::Few)
    }

    /// The number of parts of the axis.
    #[must_use]
    pub fn part_count(&self) -> usize {
        self.part_count as usize
    }
}

crate::multiversion! {
    /// Looks up a tile of indices, all of them below the length, of an axis before which there is no other, and which has
    /// few stretches and no period: see [`AxisLookup::is_plain`].
    pub(super) fn locate_plainly(lookup: &AxisLookup, indices: &[u64], parts: &mut [u32], rows: &mut [u64]) {
        for (start, stretch) in lookup.starts.iter().zip(&lookup.stretches) {
            for ((index, part), row) in indices.iter().zip(parts.iter_mut()).zip(rows.iter_mut()) {
                let is_in_or_after = *index >= *start;
                *part = if is_in_or_after { stretch.part } else { *part };
                *row = if is_in_or_after { index.wrapping_add(stretch.shift) } else { *row };
            }
        }
    }

    /// Looks up a tile of indices, all of them below the length. `parts` and `rows` hold what the axes before this one
    /// gave, which are combined with this one's in C order.
    pub(super) fn locate(lookup: &AxisLookup, indices: &mut [u64], parts: &mut [u32], rows: &mut [u64]) {
        let mut found = [0_u32; TILE];
        let mut periods = [0_u64; TILE];
        if let Some(divider) = lookup.period {
            for (index, periods) in indices.iter_mut().zip(&mut periods) {
                (*periods, *index) = divider.divide(*index);
            }
        }
        find(lookup, indices, &mut found);
        let located = indices.iter().zip(&periods).zip(&found).zip(parts.iter_mut().zip(rows));
        for (((index, periods), stretch), (part, row)) in located {
            let stretch = lookup.stretches[*stretch as usize];
            *part = *part * lookup.part_count + stretch.part;
            let local = index.wrapping_add(stretch.shift) + periods * stretch.per_period;
            *row = *row * stretch.count + local;
        }
    }
}

/// The number of the stretch of each index.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "parts are numbered in 32 bits, and stretches with them")]
fn find(lookup: &AxisLookup, indices: &[u64], found: &mut [u32; TILE]) {
    match lookup.finder {
        Finder::One => {}
        Finder::Few => {
            for &start in &lookup.starts[1..] {
                for (index, found) in indices.iter().zip(found.iter_mut()) {
                    *found += u32::from(*index >= start);
                }
            }
        }
        Finder::Even(divider) => {
            let last = lookup.starts.len() as u32 - 1;
            for (index, found) in indices.iter().zip(found.iter_mut()) {
                *found = (divider.divide(*index).0 as u32).min(last);
            }
        }
        Finder::Many => {
            for (index, found) in indices.iter().zip(found.iter_mut()) {
                *found = lookup.starts.partition_point(|start| start <= index) as u32 - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_is_exact() {
        for divisor in [1, 2, 3, 7, 10, 1000, (1 << 31) + 1, (1 << 62) + 5, u64::MAX >> 1] {
            let divider = Divider::new(divisor);
            for number in
                [0, 1, 2, 6, 7, divisor - 1, divisor, 123_456_789_012_345, (1 << 62) + 4, u64::MAX >> 1]
            {
                assert_eq!(
                    divider.divide(number),
                    (number / divisor, number % divisor),
                    "{number} / {divisor}"
                );
            }
        }
    }

    #[test]
    fn every_finder_finds_the_same() {
        // Stretches of 3 dealt out to 2 parts, as a period and as a table of the whole axis; the last one is short.
        let (length, counts) = (40, [21, 19]);
        let owner = |index: usize| (index / 3 % 2, index / 6 * 3 + index % 3);
        let all: Vec<usize> = (0..length).step_by(3).collect();
        let parts: Vec<usize> = all.iter().map(|&start| owner(start).0).collect();
        let locals: Vec<usize> = all.iter().map(|&start| owner(start).1).collect();
        let periodic = AxisTable {
            length,
            period: 6,
            starts: &all[..2],
            parts: &parts[..2],
            locals: &locals[..2],
            per_period: &[3, 3],
            counts: &counts,
        };
        let listed = AxisTable {
            period: length,
            starts: &all,
            parts: &parts,
            locals: &locals,
            per_period: &[0, 0],
            ..periodic
        };
        let mut halved = AxisLookup::new(&listed);
        assert!(matches!(halved.finder, Finder::Even(_)));
        halved.finder = Finder::Many;
        let plain = AxisTable { length: 9, starts: &all[..3], ..listed };
        let plain =
            AxisLookup::new(&AxisTable { period: 9, parts: &parts[..3], locals: &locals[..3], ..plain });
        assert!(plain.is_plain());
        let (mut found, mut rows) = (vec![7; 9], vec![7; 9]);
        locate_plainly(&plain, &[0, 1, 2, 3, 4, 5, 6, 7, 8], &mut found, &mut rows);
        assert_eq!((found, rows), (vec![0, 0, 0, 1, 1, 1, 0, 0, 0], vec![0, 1, 2, 0, 1, 2, 3, 4, 5]));
        for lookup in [AxisLookup::new(&periodic), AxisLookup::new(&listed), halved] {
            let mut indices: Vec<u64> = (0..length as u64).collect();
            let (mut found, mut rows) = (vec![2; length], vec![1; length]);
            locate(&lookup, &mut indices, &mut found, &mut rows);
            for index in 0..length {
                let (part, local) = owner(index);
                assert_eq!(found[index] as usize, 2 * 2 + part);
                assert_eq!(rows[index], (counts[part] + local) as u64);
            }
        }
    }
}
