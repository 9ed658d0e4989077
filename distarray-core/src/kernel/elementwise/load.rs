//! Loading a tile of an operand that does not lie there contiguously.

use smallvec::SmallVec;

use super::operand::Axis;
use crate::element::Plain;

/// Writes elements `start..` of the flat iteration shape, as `axes` and `offset` find them in `source`.
///
/// `axes` is not empty and its lengths multiply to the size of the iteration shape.
pub(super) fn load<T: Plain>(source: &[T], axes: &[Axis], offset: usize, start: usize, target: &mut [T]) {
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
    let mut target = target;
    while !target.is_empty() {
        let count = (inner.length - position).min(target.len());
        let (segment, after) = target.split_at_mut(count);
        let first = base + position.cast_signed() * inner.stride;
        copy_segment(source, first.cast_unsigned(), inner.stride, segment);
        target = after;
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
fn copy_segment<T: Plain>(source: &[T], first: usize, stride: isize, segment: &mut [T]) {
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
