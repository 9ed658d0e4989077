//! Loading a piece of an operand that does not lie there contiguously, and storing one.

use smallvec::SmallVec;

use super::operand::Axis;
use crate::element::Plain;

/// Writes elements `start..` of the flat iteration shape, as `axes` and `offset` find them in `source`.
///
/// `axes` is not empty and its lengths multiply to the size of the iteration shape.
pub(super) fn load<T: Plain>(source: &[T], axes: &[Axis], offset: usize, start: usize, target: &mut [T]) {
    let mut rest = target;
    segments(axes, offset, start, rest.len(), |first, stride, count| {
        let (segment, after) = std::mem::take(&mut rest).split_at_mut(count);
        load_segment(source, first, stride, segment);
        rest = after;
    });
}

/// Writes `source` to elements `start..` of the flat iteration shape, where `axes` and `offset` find them in `target`:
/// what [`load`] undoes.
pub(super) fn store<T: Plain>(source: &[T], axes: &[Axis], offset: usize, start: usize, target: &mut [T]) {
    let mut rest = source;
    segments(axes, offset, start, rest.len(), |first, stride, count| {
        let (segment, after) = rest.split_at(count);
        store_segment(segment, target, first, stride);
        rest = after;
    });
}

/// Calls `each` with the place, the stride and the count of the stretches of the last axis among `count` elements from
/// `start` on.
#[inline(always)]
fn segments(
    axes: &[Axis],
    offset: usize,
    start: usize,
    count: usize,
    mut each: impl FnMut(usize, isize, usize),
) {
    let Some((inner, outer)) = axes.split_last() else {
        return;
    };
    let mut position = start % inner.length;
    let mut indices: SmallVec<[usize; 6]> = SmallVec::from_elem(0, outer.len());
    let mut rest = start / inner.length;
    let mut base = offset.cast_signed();
    for (index, axis) in indices.iter_mut().zip(outer).rev() {
        *index = rest % axis.length;
        rest /= axis.length;
        base += index.cast_signed() * axis.stride;
    }
    let mut left = count;
    while left > 0 {
        let stretch = (inner.length - position).min(left);
        let first = base + position.cast_signed() * inner.stride;
        each(first.cast_unsigned(), inner.stride, stretch);
        left -= stretch;
        position = 0;
        for (index, axis) in indices.iter_mut().zip(outer).rev() {
            *index += 1;
            base += axis.stride;
            if *index < axis.length {
                break;
            }
            base -= axis.stride * axis.length.cast_signed();
            *index = 0;
        }
    }
}

#[inline]
fn load_segment<T: Plain>(source: &[T], first: usize, stride: isize, segment: &mut [T]) {
    match stride {
        1 => segment.copy_from_slice(&source[first..first + segment.len()]),
        0 => segment.fill(source[first]),
        _ => {
            let mut position = first;
            for element in segment {
                *element = source[position];
                position = position.wrapping_add_signed(stride);
            }
        }
    }
}

#[inline]
fn store_segment<T: Plain>(segment: &[T], target: &mut [T], first: usize, stride: isize) {
    if stride == 1 {
        target[first..first + segment.len()].copy_from_slice(segment);
        return;
    }
    let mut position = first;
    for element in segment {
        target[position] = *element;
        position = position.wrapping_add_signed(stride);
    }
}
