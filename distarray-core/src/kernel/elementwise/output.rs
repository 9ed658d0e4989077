//! Output: where a pass stores the elements of a result.

use smallvec::SmallVec;

use super::operand::{Axis, Layout, check_range, merged};
use crate::block::Block;
use crate::dtype::DType;
use crate::error::ElementError;
use crate::kernel::copy::{Strides, c_strides};

/// A result of a pass: memory that is reached from the iteration shape by strides, each element once.
#[derive(Debug)]
pub struct Output<'a> {
    pub(super) bytes: &'a mut [u8],
    pub(super) dtype: DType,
    shape: SmallVec<[usize; 6]>,
    strides: Strides,
    offset: usize,
}

impl<'a> Output<'a> {
    /// All elements of a block, whose shape is the iteration shape.
    ///
    /// # Errors
    /// As [`Block::as_bytes_mut`].
    pub fn block(block: &'a mut Block) -> Result<Output<'a>, ElementError> {
        let (shape, dtype) = (SmallVec::from_slice(block.shape()), block.dtype());
        let strides = c_strides(&shape);
        Ok(Output { bytes: block.as_bytes_mut()?, dtype, shape, strides, offset: 0 })
    }

    /// Elements of a block of any shape: `strides` (in elements, one per axis of the iteration shape `shape`, may be
    /// negative) count from element `offset`.
    ///
    /// Whether they stay inside the block is checked when the pass begins.
    ///
    /// # Errors
    /// As [`Block::as_bytes_mut`].
    pub fn region(
        block: &'a mut Block,
        shape: &[usize],
        strides: &[isize],
        offset: usize,
    ) -> Result<Output<'a>, ElementError> {
        let dtype = block.dtype();
        let (shape, strides) = (SmallVec::from_slice(shape), SmallVec::from_slice(strides));
        Ok(Output { bytes: block.as_bytes_mut()?, dtype, shape, strides, offset })
    }

    /// Bytes that the pass stores.
    pub(super) fn stored_bytes(&self) -> usize {
        crate::kernel::copy::size_of(&self.shape).saturating_mul(self.dtype.size_bytes())
    }

    /// How the elements lie, seen from `shape`, with as few axes as possible.
    ///
    /// # Errors
    /// [`ElementError::ShapeMismatch`] for another shape; [`ElementError::OperandOutOfRange`].
    pub(super) fn layout(&self, slot: usize, shape: &[usize]) -> Result<Layout, ElementError> {
        if self.shape[..] != *shape || self.strides.len() != shape.len() {
            return Err(ElementError::ShapeMismatch { expected: shape.to_vec(), found: self.shape.to_vec() });
        }
        if shape.contains(&0) {
            return Ok(Layout::Contiguous { offset: 0 });
        }
        let place = (shape, &self.strides[..], self.offset);
        check_range("output", slot, place, self.bytes.len() / self.dtype.size_bytes())?;
        let (axes, offset) = (merged(shape, &self.strides), self.offset);
        Ok(match axes.as_slice() {
            [] | [Axis { stride: 1, .. }] => Layout::Contiguous { offset },
            _ => Layout::Strided { axes, offset },
        })
    }
}
