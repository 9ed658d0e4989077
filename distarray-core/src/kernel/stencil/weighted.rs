//! Weighted sums of neighbours: the same few multiplications and additions, in one order, for every element.

use super::patch::{Patch, Reach};
use crate::dispatch;
use crate::dtype::DType;
use crate::element::{Plain, as_bytes, as_bytes_mut, slice_of, slice_of_mut};
use crate::error::ElementError;
use crate::kernel::TILE;
use crate::kernel::copy::c_strides;
use crate::kernel::elementwise::prefetch::prefetch;
use crate::kernel::operation::{Add, Binary, Multiply};
use crate::kernel::simd::{stream_copy, stream_fence};
use crate::scalar::Scalar;

/// Results in blocks of more bytes than this are stored past the caches.
const STREAM_BYTES: usize = 8 << 20;

/// Where the cache lines of a target end.
const LINE_BYTES: usize = 64;

/// How far ahead of a row's own tile the source is fetched: measured on Zen 4, where it makes sweeps over memory 1.3 times
/// as fast, and where half and twice as much are about as good.
const AHEAD_BYTES: usize = 16 << 10;

/// What a row computes at a time: as many elements as this many bytes have, in registers.
const STEP_BYTES: usize = 256;

/// `w[0] * x[i + o[0]] + w[1] * x[i + o[1]] + ..`, added up in this order.
///
/// Each multiplication and each addition is rounded by itself, as NumPy does with the written-out expression; integers wrap
/// round. So a result depends on its neighbours alone, on any machine.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightedSum {
    dtype: DType,
    offsets: Vec<Vec<isize>>,
    weights: Vec<Scalar>,
    reach: Vec<Reach>,
}

impl WeightedSum {
    /// The sum over `taps`, offsets along `ndim` axes with their weights, for elements of `dtype`, which weights are
    /// converted to.
    ///
    /// # Errors
    /// [`ElementError::NotInFamily`] for `bool`; [`ElementError::AxisCount`] for an offset of another number of axes.
    pub fn new(
        dtype: DType,
        ndim: usize,
        taps: &[(Vec<isize>, Scalar)],
    ) -> Result<WeightedSum, ElementError> {
        dispatch!(dtype, Number(T) => size_of::<T>())?;
        let mut reach = vec![Reach::default(); ndim];
        for (offset, _) in taps {
            if offset.len() != ndim {
                return Err(ElementError::AxisCount { expected: ndim, found: offset.len() });
            }
            for (reach, &along) in reach.iter_mut().zip(offset) {
                let side = if along < 0 { &mut reach.before } else { &mut reach.after };
                *side = along.unsigned_abs().max(*side);
            }
        }
        let (offsets, weights) =
            taps.iter().map(|(offset, weight)| (offset.clone(), weight.cast(dtype))).unzip();
        Ok(WeightedSum { dtype, offsets, weights, reach })
    }

    /// How far it reaches along each axis.
    #[must_use]
    pub fn reach(&self) -> &[Reach] {
        &self.reach
    }

    /// The dtype of source and target.
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Computes the results of a patch.
    ///
    /// # Errors
    /// Before anything is written: [`ElementError::RunOutOfRange`] for a neighbourhood that leaves the source or a result
    /// that leaves the target; [`ElementError::AxisCount`], [`ElementError::SizeMismatch`], [`ElementError::Misaligned`].
    ///
    /// # Cost
    /// The source is read from memory once, row by row; targets of many megabytes are written past the caches.
    pub fn run(&self, patch: &Patch<'_>, source: &[u8], target: &mut [u8]) -> Result<(), ElementError> {
        dispatch!(self.dtype, Number(T) => self.run_typed::<T>(patch, slice_of(source)?, slice_of_mut(target)?)?)
    }

    fn run_typed<T: Linear>(
        &self,
        patch: &Patch<'_>,
        source: &[T],
        target: &mut [T],
    ) -> Result<(), ElementError> {
        patch.check(&self.reach, source.len(), target.len())?;
        let strides = c_strides(patch.source_shape);
        let shift = |offset: &Vec<isize>| {
            offset.iter().zip(&strides).map(|(along, stride)| along * stride).sum::<isize>()
        };
        let shifts: Vec<isize> = self.offsets.iter().map(shift).collect();
        let ahead = Ahead {
            bytes: as_bytes(source),
            shift: shifts.iter().copied().max().unwrap_or(0),
            row_stride: strides.iter().rev().nth(1).map_or(0, |stride| stride.cast_unsigned()),
            item_bytes: size_of::<T>(),
        };
        let weights = self.weights.iter().filter_map(T::from_scalar).collect::<Vec<T>>();
        let mut places = vec![0; shifts.len()];
        let streams = size_of_val(target) >= STREAM_BYTES;
        let mut tile = [T::ZERO; TILE];
        patch.each_row(&self.reach, size_of::<T>(), |from, to, length| {
            let row = &mut target[to..to + length];
            let mut done = 0;
            while done < length {
                let rest = &mut row[done..];
                let step = if streams { aligned_step(rest) } else { rest.len() };
                for (place, shift) in places.iter_mut().zip(&shifts) {
                    *place = (from + done).wrapping_add_signed(*shift);
                }
                if streams {
                    ahead.fetch(from, length, done, step);
                    sum_row::<T>(source, &places, &weights, &mut tile[..step]);
                    stream_copy(as_bytes_mut(&mut rest[..step]), as_bytes(&tile[..step]));
                } else {
                    sum_row::<T>(source, &places, &weights, rest);
                }
                done += step;
            }
        });
        if streams {
            stream_fence();
        }
        Ok(())
    }
}

/// The part of the source that rows to come will see for the first time.
struct Ahead<'a> {
    bytes: &'a [u8],
    /// From an element to the last of its neighbours.
    shift: isize,
    row_stride: usize,
    item_bytes: usize,
}

impl Ahead<'_> {
    /// Asks for what will be needed [`AHEAD_BYTES`] after elements `done..done + step` of a row that begins at `from`: in the
    /// same row, or in one of those below it.
    fn fetch(&self, from: usize, length: usize, done: usize, step: usize) {
        let position = done + AHEAD_BYTES / self.item_bytes;
        let place = from + position / length * self.row_stride + position % length;
        let first = place.saturating_add_signed(self.shift) * self.item_bytes;
        prefetch(self.bytes, first, first + step * self.item_bytes);
    }
}

/// As much of a row as fits in a tile, up to where a cache line ends.
fn aligned_step<T>(row: &[T]) -> usize {
    if row.len() <= TILE {
        return row.len();
    }
    let beyond = (row.as_ptr().addr() + TILE * size_of::<T>()) % LINE_BYTES / size_of::<T>();
    TILE - beyond
}

/// Numbers as ufuncs add and multiply them.
trait Linear: Plain {
    fn plus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
}

impl<T: Plain> Linear for T
where
    Add: Binary<T, Output = T>,
    Multiply: Binary<T, Output = T>,
{
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Add::apply(self, other)
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        Multiply::apply(self, other)
    }
}

/// One step of a row: as many sums as `target` has elements, `WIDTH` or fewer.
#[inline(always)]
fn sum_step<T: Linear>(source: &[T], places: &[usize], weights: &[T], at: usize, target: &mut [T]) {
    let count = target.len();
    let mut taps = places.iter().zip(weights);
    match taps.next() {
        None => target.fill(T::ZERO),
        Some((place, &weight)) => {
            let from = &source[place + at..][..count];
            for (sum, element) in target.iter_mut().zip(from) {
                *sum = weight.times(*element);
            }
        }
    }
    for (place, &weight) in taps {
        let from = &source[place + at..][..count];
        for (sum, element) in target.iter_mut().zip(from) {
            *sum = sum.plus(weight.times(*element));
        }
    }
}

/// A step of a width that the compiler knows: the sums stay in registers.
#[inline(always)]
fn sum_steps<T: Linear, const WIDTH: usize>(source: &[T], places: &[usize], weights: &[T], target: &mut [T]) {
    let mut at = 0;
    let (steps, rest) = target.as_chunks_mut::<WIDTH>();
    for step in steps {
        let mut sums = [T::ZERO; WIDTH];
        sum_step(source, places, weights, at, &mut sums);
        *step = sums;
        at += WIDTH;
    }
    sum_step(source, places, weights, at, rest);
}

crate::multiversion! {
    /// The sums of one row: tap `k` of the first lies at `places[k]` of the source.
    fn sum_row<T: Linear>(source: &[T], places: &[usize], weights: &[T], target: &mut [T]) {
        match STEP_BYTES / size_of::<T>() {
            16 => sum_steps::<T, 16>(source, places, weights, target),
            32 => sum_steps::<T, 32>(source, places, weights, target),
            64 => sum_steps::<T, 64>(source, places, weights, target),
            _ => sum_steps::<T, 128>(source, places, weights, target),
        }
    }
}
