//! Operand: where a pass finds the elements of an input.

use smallvec::{SmallVec, smallvec};

use crate::block::Block;
use crate::dtype::DType;
use crate::error::ElementError;
use crate::kernel::copy::c_strides;

/// The memory of an operand.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    /// Bytes that nobody changes.
    Bytes(&'a [u8]),
    /// What output `k` holds before the pass.
    Output(usize),
}

/// An input of a pass: elements that are reached from the iteration shape by strides.
#[derive(Debug, Clone)]
pub struct Operand<'a> {
    pub(super) source: Source<'a>,
    pub(super) dtype: DType,
    pub(super) strides: SmallVec<[isize; 6]>,
    pub(super) offset: usize,
}

impl<'a> Operand<'a> {
    /// Elements of `dtype` in `bytes`: `strides` (in elements, one per axis of the iteration shape, 0 =
    /// broadcast, may be negative) count from element `offset`.
    ///
    /// Whether they stay inside `bytes` is checked when the pass begins.
    #[must_use]
    pub fn strided(bytes: &'a [u8], dtype: DType, strides: &[isize], offset: usize) -> Operand<'a> {
        Operand { source: Source::Bytes(bytes), dtype, strides: SmallVec::from_slice(strides), offset }
    }

    /// All elements of a block whose shape is the iteration shape.
    #[must_use]
    pub fn block(block: &'a Block) -> Operand<'a> {
        let strides = c_strides(block.shape());
        Operand { source: Source::Bytes(block.as_bytes()), dtype: block.dtype(), strides, offset: 0 }
    }

    /// The elements of a block broadcast to the iteration shape as NumPy does: missing axes in front and axes
    /// of length 1 are repeated.
    ///
    /// # Errors
    /// [`ElementError::ShapeMismatch`] if the block's shape cannot be broadcast to `shape`.
    pub fn broadcast(block: &'a Block, shape: &[usize]) -> Result<Operand<'a>, ElementError> {
        let own = block.shape();
        let mismatch = || ElementError::ShapeMismatch { expected: shape.to_vec(), found: own.to_vec() };
        let missing = shape.len().checked_sub(own.len()).ok_or_else(mismatch)?;
        let mut strides = SmallVec::from_elem(0, missing);
        for ((&length, &stride), &target) in own.iter().zip(&c_strides(own)).zip(&shape[missing..]) {
            if length != target && length != 1 {
                return Err(mismatch());
            }
            strides.push(if length == 1 { 0 } else { stride });
        }
        Ok(Operand { source: Source::Bytes(block.as_bytes()), dtype: block.dtype(), strides, offset: 0 })
    }

    /// What output `index` of the pass holds before it: a pass in place. The output has the iteration shape.
    #[must_use]
    pub fn output(index: usize, dtype: DType) -> Operand<'static> {
        Operand { source: Source::Output(index), dtype, strides: SmallVec::new(), offset: 0 }
    }

    /// How the elements lie, seen from `shape`, with as few axes as possible.
    ///
    /// # Errors
    /// [`ElementError::AxisCount`], [`ElementError::OperandOutOfRange`], [`ElementError::Misaligned`].
    pub(super) fn layout(&self, slot: usize, shape: &[usize]) -> Result<Layout, ElementError> {
        let bytes = match self.source {
            Source::Output(index) => return Ok(Layout::Output(index)),
            Source::Bytes(bytes) => bytes,
        };
        if self.strides.len() != shape.len() {
            return Err(ElementError::AxisCount { expected: shape.len(), found: self.strides.len() });
        }
        if shape.contains(&0) {
            return Ok(Layout::Uniform { offset: 0 });
        }
        let place = (shape, &self.strides[..], self.offset);
        check_range("operand", slot, place, bytes.len() / self.dtype.size_bytes())?;
        let alignment_bytes = self.dtype.alignment_bytes();
        if bytes.as_ptr().addr() % alignment_bytes != 0 {
            return Err(ElementError::Misaligned { dtype: self.dtype, alignment_bytes });
        }
        let (axes, offset) = (merged(shape, &self.strides), self.offset);
        Ok(match axes.as_slice() {
            [] | [Axis { stride: 0, .. }] => Layout::Uniform { offset },
            [Axis { stride: 1, .. }] => Layout::Contiguous { offset },
            _ => Layout::Strided { axes, offset },
        })
    }
}

/// The axes of `shape` with as few of them as the strides allow; those of one index are left out.
pub(super) fn merged(shape: &[usize], strides: &[isize]) -> Axes {
    let mut axes = Axes::new();
    for (&length, &stride) in shape.iter().zip(strides) {
        if length == 1 {
            continue;
        }
        match axes.last_mut() {
            Some(last) if last.stride == stride.wrapping_mul(length.cast_signed()) => {
                *last = Axis { length: last.length * length, stride };
            }
            _ => axes.push(Axis { length, stride }),
        }
    }
    axes
}

/// Whether the first and the last element that are reached from a shape without empty axes lie among `count`.
pub(super) fn check_range(
    what: &'static str,
    slot: usize,
    (shape, strides, offset): (&[usize], &[isize], usize),
    count: usize,
) -> Result<(), ElementError> {
    let (mut low, mut high) = (offset as i128, offset as i128);
    for (&length, &stride) in shape.iter().zip(strides) {
        let reach = stride as i128 * (length as i128 - 1);
        low += reach.min(0);
        high += reach.max(0);
    }
    for index in [low, high] {
        if index < 0 || index >= count as i128 {
            return Err(ElementError::OperandOutOfRange {
                what: what.to_owned(),
                slot,
                index,
                length: count,
            });
        }
    }
    Ok(())
}

/// One axis of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) length: usize,
    pub(super) stride: isize,
}

/// Axes, the last one fastest.
pub(super) type Axes = SmallVec<[Axis; 6]>;

/// How an operand's elements lie in memory, seen from the flat iteration shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    /// The same element everywhere.
    Uniform { offset: usize },
    /// One after the other.
    Contiguous { offset: usize },
    /// By strides, but one after the other within each row of the pass.
    Rows { axes: Axes, offset: usize },
    /// By strides; at least one axis, adjacent ones merged where they can be.
    Strided { axes: Axes, offset: usize },
    /// In an output.
    Output(usize),
}

impl Layout {
    /// How many elements lie one after the other, if that is more than one and not all of them.
    pub(super) fn row(&self) -> Option<usize> {
        match self {
            Layout::Strided { axes, .. } => {
                axes.last().filter(|axis| axis.stride == 1).map(|axis| axis.length)
            }
            _ => None,
        }
    }

    /// The same for a pass over rows of `length` elements.
    pub(super) fn in_rows(self, length: usize) -> Layout {
        match self {
            Layout::Strided { mut axes, offset }
                if axes.last().is_some_and(|axis| axis.stride == 1 && axis.length >= length) =>
            {
                // What is left are the beginnings of rows.
                if let Some(last) = axes.last_mut() {
                    *last = Axis { length: last.length / length, stride: length.cast_signed() };
                }
                Layout::Rows { axes, offset }
            }
            other => other,
        }
    }
}

/// Where the current row of a layout begins.
#[derive(Debug, Clone)]
pub(super) struct Cursor {
    axes: Axes,
    indices: SmallVec<[usize; 6]>,
    place: usize,
}

impl Cursor {
    /// At the first of `count` rows of `length` elements.
    pub(super) fn new(layout: &Layout, length: usize, count: usize) -> Cursor {
        let (axes, place) = match layout {
            Layout::Rows { axes, offset } => (axes.clone(), *offset),
            Layout::Contiguous { offset } => {
                (smallvec![Axis { length: count, stride: length.cast_signed() }], *offset)
            }
            Layout::Uniform { .. } | Layout::Strided { .. } | Layout::Output(_) => (Axes::new(), 0),
        };
        Cursor { indices: SmallVec::from_elem(0, axes.len()), axes, place }
    }

    /// Where the row begins, in elements.
    pub(super) fn place(&self) -> usize {
        self.place
    }

    /// To the next row.
    pub(super) fn advance(&mut self) {
        for (index, axis) in self.indices.iter_mut().zip(&self.axes).rev() {
            *index += 1;
            self.place = self.place.wrapping_add_signed(axis.stride);
            if *index < axis.length {
                return;
            }
            *index = 0;
            let back = axis.stride.wrapping_mul(axis.length.cast_signed());
            self.place = self.place.wrapping_add_signed(back.wrapping_neg());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(
        shape: &[usize],
        strides: &[isize],
        offset: usize,
        count: usize,
    ) -> Result<Layout, ElementError> {
        let bytes = vec![0_u8; count];
        Operand::strided(&bytes, DType::Int8, strides, offset).layout(0, shape)
    }

    #[test]
    fn axes_are_merged_where_memory_allows() {
        assert_eq!(layout(&[2, 3, 4], &[12, 4, 1], 0, 24), Ok(Layout::Contiguous { offset: 0 }));
        assert_eq!(layout(&[2, 3], &[0, 0], 5, 6), Ok(Layout::Uniform { offset: 5 }));
        assert_eq!(layout(&[1, 3], &[77, 1], 1, 4), Ok(Layout::Contiguous { offset: 1 }));
        let Ok(Layout::Strided { axes, .. }) = layout(&[2, 3, 4], &[0, 4, 1], 0, 12) else {
            unreachable!("rows are repeated");
        };
        assert_eq!(axes.as_slice(), [Axis { length: 2, stride: 0 }, Axis { length: 12, stride: 1 }]);
    }

    #[test]
    fn elements_outside_are_refused_by_their_index() {
        assert!(matches!(
            layout(&[2, 3], &[3, 1], 1, 6),
            Err(ElementError::OperandOutOfRange { index: 6, length: 6, .. })
        ));
        assert!(matches!(layout(&[4], &[-1], 2, 6), Err(ElementError::OperandOutOfRange { index: -1, .. })));
        assert!(layout(&[4], &[-1], 3, 6).is_ok());
        assert!(layout(&[0, 4], &[9, 9], 3, 0).is_ok());
    }
}
