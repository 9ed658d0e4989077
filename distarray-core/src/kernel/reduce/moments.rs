//! Variances: mean and sum of squared distances from it, both as (high, low) pairs, in one pass.
//!
//! A part of a tile is gone through twice while it is in the cache: its mean, then the squares of the
//! distances from it. Where many outputs lie side by side, groups of rows are measured from the mean so
//! far. Parts are merged by Chan's formula. The count is the same for all outputs and stands beside them.
//!
//! # Source
//! T. F. Chan, G. H. Golub, R. J. LeVeque, Updating formulae and a pairwise algorithm for computing sample
//! variances, Stanford STAN-CS-79-773 (1979).

use crate::kernel::reduce::fold::Fold;
use crate::kernel::reduce::geometry::{LANES, Parts};
use crate::kernel::reduce::lanes::{fold_part, rotated};
use crate::kernel::reduce::sum::{GROUP, Lanes, two_sum};
use crate::multiversion;

/// The state of one output: the mean and the sum of squared distances from it.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub(super) mean: (f64, f64),
    pub(super) squares: (f64, f64),
}

impl Moment {
    /// This of `count` elements, merged with another of `other_count`. Neither count is 0.
    #[inline(always)]
    pub(super) fn merged(self, count: f64, other: Moment, other_count: f64) -> Moment {
        let total = count + other_count;
        let delta = (other.mean.0 - self.mean.0) + (other.mean.1 - self.mean.1);
        let (mean, error) = two_sum(self.mean.0, delta * (other_count / total));
        let between = delta * delta * (count * other_count / total);
        let (squares, first_error) = two_sum(self.squares.0, other.squares.0);
        let (squares, second_error) = two_sum(squares, between);
        Moment {
            mean: (mean, self.mean.1 + error),
            squares: (squares, (self.squares.1 + other.squares.1) + (first_error + second_error)),
        }
    }

    /// That of a few elements.
    #[inline(always)]
    fn of_short(items: &[f64]) -> Moment {
        let count = items.len() as f64;
        let centre = items.iter().sum::<f64>() / count;
        let (mut distances, mut squares) = (0.0, 0.0);
        for item in items {
            let distance = item - centre;
            distances += distance;
            squares += distance * distance;
        }
        Moment::around(centre, count, distances, squares)
    }

    /// That of `count` elements whose distances from `centre` have these sums, plain and squared.
    #[inline(always)]
    fn around(centre: f64, count: f64, distances: f64, squares: f64) -> Moment {
        let offset = distances / count;
        // What the centre was beside the mean; no more than rounding allows where it is the mean.
        let correction = distances * offset;
        let squares = if correction.is_finite() && squares >= correction {
            squares - correction
        } else if correction.is_finite() && squares < correction {
            0.0
        } else {
            squares
        };
        Moment { mean: two_sum(centre, offset), squares: (squares, 0.0) }
    }
}

/// The state of all outputs.
pub(super) struct Planes<'state> {
    pub(super) mean: &'state mut [f64],
    pub(super) mean_low: &'state mut [f64],
    pub(super) squares: &'state mut [f64],
    pub(super) squares_low: &'state mut [f64],
    /// Sums of distances, plain and squared, of a group of rows; empty if each row is a group.
    pub(super) group_distances: &'state mut [f64],
    pub(super) group_squares: &'state mut [f64],
}

impl Planes<'_> {
    #[inline(always)]
    fn load(&self, output: usize) -> Moment {
        Moment {
            mean: (self.mean[output], self.mean_low[output]),
            squares: (self.squares[output], self.squares_low[output]),
        }
    }

    #[inline(always)]
    fn store(&mut self, output: usize, moment: Moment) {
        (self.mean[output], self.mean_low[output]) = moment.mean;
        (self.squares[output], self.squares_low[output]) = moment.squares;
    }
}

/// Sums of squares in lanes.
struct SquareLanes;

impl Fold for SquareLanes {
    type Item = f64;
    type Lane = f64;
    type State = f64;
    const START: f64 = 0.0;
    const START_STATE: f64 = 0.0;
    const IN_ANY_ORDER: bool = false;

    #[inline(always)]
    fn take(lane: f64, item: f64) -> f64 {
        lane + item * item
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

/// How many of the first `position` elements of a folded block belong to `output` of `kept`.
#[inline(always)]
fn count_before(position: usize, output: usize, kept: usize) -> usize {
    (position + kept - 1 - output) / kept
}

/// Merges elements of row `row` with outputs from `first` on.
#[inline(always)]
fn merge_row(items: &[f64], first: usize, row: usize, planes: &mut Planes<'_>) {
    let range = first..first + items.len();
    let mean = &mut planes.mean[range.clone()];
    let mean_low = &mut planes.mean_low[range.clone()];
    let squares = &mut planes.squares[range.clone()];
    let squares_low = &mut planes.squares_low[range];
    if row == 0 {
        mean.copy_from_slice(items);
        mean_low.fill(0.0);
        squares.fill(0.0);
        squares_low.fill(0.0);
        return;
    }
    let count = row as f64;
    let means = mean.iter_mut().zip(mean_low);
    for (((mean, squares), item), squares_low) in means.zip(squares).zip(items).zip(squares_low) {
        let so_far = Moment { mean: (*mean.0, *mean.1), squares: (*squares, *squares_low) };
        let element = Moment { mean: (*item, 0.0), squares: (0.0, 0.0) };
        let merged = so_far.merged(count, element, 1.0);
        (*mean.0, *mean.1) = merged.mean;
        (*squares, *squares_low) = merged.squares;
    }
}

multiversion! {
    /// Merges parts of folded inner axes of `length` reduced times `kept` kept elements.
    pub(super) fn moments_of_parts(
        items: &[f64], parts: Parts<'_>, length: usize, kept: usize, planes: Planes<'_>,
        distances: &mut [f64],
    ) {
        let mut parts = parts;
        let mut planes = planes;
        while let Some(part) = parts.next_part() {
            let items = &items[part.begin..part.end];
            if part.blocks > 1 {
                for (block, output) in items.chunks_exact(length).zip(part.output..) {
                    planes.store(output, Moment::of_short(block));
                }
                continue;
            }
            let end = part.position + items.len();
            let phase = part.position % kept;
            let mut centres = fold_part::<Lanes<f64>>(items, kept);
            let mut counts = [0; LANES];
            for place in 0..kept {
                let output = rotated(place, phase, kept);
                let before = count_before(part.position, output, kept);
                counts[place] = count_before(end, output, kept) - before;
                centres[place] /= counts[place].max(1) as f64;
            }
            let distances = &mut distances[..items.len()];
            if kept == 1 {
                let centre = centres[0];
                for (distance, item) in distances.iter_mut().zip(items) {
                    *distance = item - centre;
                }
            } else {
            for (distances, items) in distances.chunks_mut(kept).zip(items.chunks(kept)) {
                for ((distance, item), centre) in distances.iter_mut().zip(items).zip(&centres) {
                    *distance = item - centre;
                }
            }
            }
            let sums = fold_part::<Lanes<f64>>(distances, kept);
            let squares = fold_part::<SquareLanes>(distances, kept);
            for place in 0..kept {
                if counts[place] == 0 {
                    continue;
                }
                let count = counts[place] as f64;
                let moment = Moment::around(centres[place], count, sums[place], squares[place]);
                let output = rotated(place, phase, kept);
                let before = part.row * length + count_before(part.position, output, kept);
                let output = part.output + output;
                let merged = if before == 0 {
                    moment
                } else {
                    planes.load(output).merged(before as f64, moment, count)
                };
                planes.store(output, merged);
            }
        }
    }

    /// Merges rows, each by itself.
    pub(super) fn moments_of_few_rows(items: &[f64], parts: Parts<'_>, planes: Planes<'_>) {
        let mut parts = parts;
        let mut planes = planes;
        while let Some(part) = parts.next_part() {
            let items = &items[part.begin..part.end];
            merge_row(items, part.output + part.position, part.row, &mut planes);
        }
    }

    /// Merges the rows of the first group one by one; measures the others from the mean so far, and merges
    /// them group by group.
    pub(super) fn moments_of_rows(
        items: &[f64], parts: Parts<'_>, row_count: usize, planes: Planes<'_>,
    ) {
        let mut parts = parts;
        let mut planes = planes;
        while let Some(part) = parts.next_part() {
            let items = &items[part.begin..part.end];
            if part.row < GROUP {
                merge_row(items, part.output + part.position, part.row, &mut planes);
                continue;
            }
            let range = part.output + part.position..part.output + part.position + items.len();
            let mean = &mut planes.mean[range.clone()];
            let distances = &mut planes.group_distances[range.clone()];
            let squares = &mut planes.group_squares[range.clone()];
            if part.row.is_multiple_of(GROUP) {
                for (((distances, squares), mean), item) in
                    distances.iter_mut().zip(squares.iter_mut()).zip(mean.iter()).zip(items)
                {
                    let distance = item - mean;
                    *distances = distance;
                    *squares = distance * distance;
                }
            } else {
                for (((distances, squares), mean), item) in
                    distances.iter_mut().zip(squares.iter_mut()).zip(mean.iter()).zip(items)
                {
                    let distance = item - mean;
                    *distances += distance;
                    *squares += distance * distance;
                }
            }
            let is_last_of_group = (part.row + 1).is_multiple_of(GROUP) || part.row + 1 == row_count;
            if !is_last_of_group {
                continue;
            }
            let count = (part.row % GROUP + 1) as f64;
            let before = (part.row / GROUP * GROUP) as f64;
            let mean_low = &mut planes.mean_low[range.clone()];
            let total = &mut planes.squares[range.clone()];
            let total_low = &mut planes.squares_low[range];
            for place in 0..items.len() {
                let group = Moment::around(mean[place], count, distances[place], squares[place]);
                let so_far = Moment {
                    mean: (mean[place], mean_low[place]),
                    squares: (total[place], total_low[place]),
                };
                let merged = so_far.merged(before, group, count);
                (mean[place], mean_low[place]) = merged.mean;
                (total[place], total_low[place]) = merged.squares;
            }
        }
    }
}
