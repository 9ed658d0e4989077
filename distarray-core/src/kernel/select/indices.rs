//! Indices: the arrays that index some axes, read tile by tile: checked, and looked up.

use crate::block::Block;
use crate::dispatch;
use crate::dtype::DType;
use crate::element::slice_of;
use crate::error::ElementError;
use crate::kernel::TILE;
use crate::kernel::select::lookup::{AxisLookup, Divider, locate, locate_plainly};

/// Integer arrays that together index some axes of an array, one each, broadcast to one shape.
///
/// Negative indices count from the end of their axis.
#[derive(Debug)]
pub struct Indices<'a> {
    shape: Vec<usize>,
    arrays: Vec<IndexArray<'a>>,
    axes: &'a [AxisLookup],
    /// Where one array numbers the elements of all axes in C order: how many elements one index of each axis stands for.
    flat: Option<Vec<Divider>>,
}

/// One of them.
#[derive(Debug)]
struct IndexArray<'a> {
    dtype: DType,
    bytes: &'a [u8],
    /// From one index of each axis of the common shape to the next, in elements.
    strides: Vec<usize>,
    is_whole: bool,
}

/// An integer that stands for a place on an axis.
pub(super) trait IndexValue: crate::element::Plain {
    /// Counted from the beginning; what is outside stays at or above the length.
    fn place(self, length: u64) -> u64;
    /// Its value.
    fn exact(self) -> i128;
}

macro_rules! index_values {
    ($($signed:ty, $unsigned:ty;)+) => {$(
        impl IndexValue for $signed {
            #[inline(always)]
            fn place(self, length: u64) -> u64 {
                let index = i64::from(self);
                index.wrapping_add((index >> 63) & length.cast_signed()).cast_unsigned()
            }

            fn exact(self) -> i128 {
                i128::from(self)
            }
        }

        impl IndexValue for $unsigned {
            #[inline(always)]
            fn place(self, _: u64) -> u64 {
                u64::from(self)
            }

            fn exact(self) -> i128 {
                i128::from(self)
            }
        }
    )+};
}

index_values!(i8, u8; i16, u16; i32, u32; i64, u64;);

impl<'a> Indices<'a> {
    /// One array for each of `axes`.
    ///
    /// # Errors
    /// [`ElementError::AxisCount`] if they are not as many; [`ElementError::ShapeMismatch`] for one that does not
    /// broadcast to `shape`; [`ElementError::NotInFamily`] for one that is not of integers.
    pub fn new(shape: &[usize], arrays: &'a [Block], axes: &'a [AxisLookup]) -> Result<Self, ElementError> {
        if arrays.len() != axes.len() {
            return Err(ElementError::AxisCount { expected: axes.len(), found: arrays.len() });
        }
        let arrays = arrays.iter().map(|array| IndexArray::new(array, shape)).collect::<Result<_, _>>()?;
        Ok(Indices { shape: shape.to_vec(), arrays, axes, flat: None })
    }

    /// One array of numbers that count the elements of all `axes` in C order.
    ///
    /// # Errors
    /// As [`Indices::new`].
    pub fn flat(shape: &[usize], array: &'a Block, axes: &'a [AxisLookup]) -> Result<Self, ElementError> {
        let mut stride = 1_u64;
        let mut dividers = Vec::with_capacity(axes.len());
        for axis in axes.iter().rev() {
            dividers.push(Divider::new(stride));
            stride = stride.saturating_mul(axis.length());
        }
        dividers.reverse();
        let arrays = vec![IndexArray::new(array, shape)?];
        Ok(Indices { shape: shape.to_vec(), arrays, axes, flat: Some(dividers) })
    }

    /// How many places they name.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }

    /// How many parts the axes have together.
    #[must_use]
    pub fn part_count(&self) -> usize {
        self.axes.iter().map(AxisLookup::part_count).product()
    }

    /// Calls `body` for every tile in C order: the number of its first place; the part that holds each, in C order of the
    /// axes' parts; and where it lies among what that part holds of the axes, in C order.
    ///
    /// # Errors
    /// [`ElementError::RunOutOfRange`] with the first index that lies outside of its axis (0 where the numbers are
    /// flat), after the tiles before it; what `body` returns.
    pub fn each_tile(
        &self,
        mut body: impl FnMut(usize, &[u32], &[u64]) -> Result<(), ElementError>,
    ) -> Result<(), ElementError> {
        let count = self.count();
        let (mut parts, mut rows) = ([0_u32; TILE], [0_u64; TILE]);
        let (mut places, mut along) = ([0_u64; TILE], [0_u64; TILE]);
        for first in (0..count).step_by(TILE) {
            let size = TILE.min(count - first);
            let (parts, rows) = (&mut parts[..size], &mut rows[..size]);
            let (places, along) = (&mut places[..size], &mut along[..size]);
            if let [axis] = self.axes
                && axis.is_plain()
            {
                self.load(0, first, axis.length(), places)?;
                locate_plainly(axis, places, parts, rows);
                body(first, parts, rows)?;
                continue;
            }
            parts.fill(0);
            rows.fill(0);
            if let Some(dividers) = &self.flat {
                let length = self.axes.iter().map(AxisLookup::length).product();
                self.load(0, first, length, places)?;
                for (axis, divider) in self.axes.iter().zip(dividers) {
                    divide(*divider, places, along);
                    locate(axis, along, parts, rows);
                }
            } else {
                for (number, axis) in self.axes.iter().enumerate() {
                    self.load(number, first, axis.length(), places)?;
                    locate(axis, places, parts, rows);
                }
            }
            body(first, parts, rows)?;
        }
        Ok(())
    }

    /// Elements `first..` of one array as places on an axis.
    fn load(&self, number: usize, first: usize, length: u64, places: &mut [u64]) -> Result<(), ElementError> {
        let array = &self.arrays[number];
        dispatch!(array.dtype, Integer(T) => {
            let elements = slice_of::<T>(array.bytes)?;
            if array.is_whole {
                return checked(&elements[first..first + places.len()], number, length, places);
            }
            let mut expanded = [T::default(); TILE];
            let expanded = &mut expanded[..places.len()];
            expand(elements, &self.shape, &array.strides, first, expanded);
            checked(expanded, number, length, places)?;
        })
    }
}

impl<'a> IndexArray<'a> {
    fn new(array: &'a Block, shape: &[usize]) -> Result<Self, ElementError> {
        let mismatch =
            || ElementError::ShapeMismatch { expected: shape.to_vec(), found: array.shape().to_vec() };
        let missing = shape.len().checked_sub(array.ndim()).ok_or_else(mismatch)?;
        if !array.dtype().is_integer() {
            return Err(ElementError::NotInFamily { dtype: array.dtype(), family: String::from("integer") });
        }
        let mut strides = vec![0; shape.len()];
        let mut stride = 1;
        for (axis, &length) in array.shape().iter().enumerate().rev() {
            if length == shape[missing + axis] {
                strides[missing + axis] = stride;
            } else if length != 1 {
                return Err(mismatch());
            }
            stride *= length;
        }
        let is_whole = array.size() == shape.iter().product::<usize>();
        Ok(IndexArray { dtype: array.dtype(), bytes: array.as_bytes(), strides, is_whole })
    }
}

/// Divides: what is left stays in `places`.
fn divide(divider: Divider, places: &mut [u64], quotients: &mut [u64]) {
    for (place, quotient) in places.iter_mut().zip(quotients) {
        (*quotient, *place) = divider.divide(*place);
    }
}

/// Elements `first..` of an array that is broadcast to `shape`.
fn expand<T: Copy>(elements: &[T], shape: &[usize], strides: &[usize], first: usize, target: &mut [T]) {
    let last = shape.len().saturating_sub(1);
    let mut done = 0;
    while done < target.len() {
        let (mut rest, mut offset, mut run) = (first + done, 0, 1);
        for axis in (0..shape.len()).rev() {
            let place = rest % shape[axis];
            rest /= shape[axis];
            offset += place * strides[axis];
            if axis == last {
                run = shape[axis] - place;
            }
        }
        let run = run.min(target.len() - done);
        let target = &mut target[done..done + run];
        if strides.last() == Some(&1) {
            target.copy_from_slice(&elements[offset..offset + run]);
        } else {
            target.fill(elements[offset]);
        }
        done += run;
    }
}

/// The indices as places from the beginning.
fn checked<T: IndexValue>(
    indices: &[T],
    axis: usize,
    length: u64,
    places: &mut [u64],
) -> Result<(), ElementError> {
    if place_all(indices, length, places) {
        return Ok(());
    }
    let outside = indices.iter().find(|index| index.place(length) >= length);
    let index = outside.map_or(0, |index| index.exact());
    Err(ElementError::RunOutOfRange { axis, index, length: usize::try_from(length).unwrap_or(usize::MAX) })
}

crate::multiversion! {
    /// Whether all are inside.
    fn place_all<T: IndexValue>(indices: &[T], length: u64, places: &mut [u64]) -> bool {
        let mut outside = false;
        for (index, place) in indices.iter().zip(places) {
            *place = index.place(length);
            outside |= *place >= length;
        }
        !outside
    }
}
