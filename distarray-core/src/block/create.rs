//! Making blocks: of nothing in particular, of one value, of elements one has.

use ndarray::{ArrayView, Dimension};

use crate::block::Block;
use crate::buffer::Pool;
use crate::dispatch;
use crate::dtype::DType;
use crate::element::{Element, as_bytes, slice_of_mut};
use crate::error::ElementError;
use crate::kernel;
use crate::scalar::Scalar;

impl Block {
    /// A block whose elements have any value (those of `bool` are `false`), to be written.
    ///
    /// # Errors
    /// [`ElementError::OutOfMemory`], [`ElementError::TooLarge`].
    pub fn uninit(dtype: DType, shape: &[usize], pool: &Pool) -> Result<Block, ElementError> {
        let bytes = dtype.array_bytes(shape)?;
        let buffer = if dtype == DType::Bool { pool.allocate_zeroed(bytes)? } else { pool.allocate(bytes)? };
        Block::from_buffer(dtype, shape, buffer)
    }

    /// A block of zeros.
    ///
    /// # Errors
    /// As [`Block::uninit`].
    pub fn zeros(dtype: DType, shape: &[usize], pool: &Pool) -> Result<Block, ElementError> {
        let buffer = pool.allocate_zeroed(dtype.array_bytes(shape)?)?;
        Block::from_buffer(dtype, shape, buffer)
    }

    /// A block with the same value everywhere.
    ///
    /// # Errors
    /// As [`Block::uninit`].
    pub fn full(value: &Scalar, shape: &[usize], pool: &Pool) -> Result<Block, ElementError> {
        let mut block = Block::uninit(value.dtype(), shape, pool)?;
        dispatch!(value.dtype(), Any(T) => {
            let value: T = value.value()?;
            block.as_mut_slice::<T>()?.fill(value);
        });
        Ok(block)
    }

    /// A block without axes: one value.
    ///
    /// # Errors
    /// As [`Block::uninit`].
    pub fn from_scalar(value: &Scalar, pool: &Pool) -> Result<Block, ElementError> {
        Block::full(value, &[], pool)
    }

    /// A block with the elements of a slice in C order.
    ///
    /// # Errors
    /// [`ElementError::SizeMismatch`] if they are not as many as the shape needs; as [`Block::uninit`].
    pub fn from_slice<T: Element>(
        shape: &[usize],
        elements: &[T],
        pool: &Pool,
    ) -> Result<Block, ElementError> {
        let expected_bytes = T::DTYPE.array_bytes(shape)?;
        let bytes = as_bytes(elements);
        if bytes.len() != expected_bytes {
            return Err(ElementError::SizeMismatch { expected_bytes, found_bytes: bytes.len() });
        }
        let mut buffer = pool.allocate(expected_bytes)?;
        buffer.as_bytes_mut().copy_from_slice(bytes);
        Block::from_buffer(T::DTYPE, shape, buffer)
    }

    /// A block with the elements of an `ndarray` array or view, whatever its memory order.
    ///
    /// # Errors
    /// As [`Block::uninit`].
    pub fn from_ndarray<T: Element, D: Dimension>(
        array: ArrayView<'_, T, D>,
        pool: &Pool,
    ) -> Result<Block, ElementError> {
        if let Some(elements) = array.as_slice() {
            return Block::from_slice(array.shape(), elements, pool);
        }
        let mut block = Block::uninit(T::DTYPE, array.shape(), pool)?;
        for (target, source) in block.as_mut_slice::<T>()?.iter_mut().zip(array.iter()) {
            *target = *source;
        }
        Ok(block)
    }

    /// The elements converted to `dtype` as NumPy's `astype` does; shares the bytes if that is theirs.
    ///
    /// # Errors
    /// As [`Block::uninit`].
    pub fn cast(&self, dtype: DType, pool: &Pool) -> Result<Block, ElementError> {
        if dtype == self.dtype() {
            return Ok(self.clone());
        }
        let mut buffer = pool.allocate(dtype.array_bytes(self.shape())?)?;
        kernel::cast::cast(self.dtype(), self.as_bytes(), dtype, buffer.as_bytes_mut())?;
        Block::from_buffer(dtype, self.shape(), buffer)
    }

    /// Writes `value`, which has the block's dtype, everywhere.
    ///
    /// # Errors
    /// [`ElementError::DTypeMismatch`]; [`ElementError::OutOfMemory`] if the bytes are shared and cannot
    /// be copied.
    pub fn fill(&mut self, value: &Scalar) -> Result<(), ElementError> {
        if value.dtype() != self.dtype() {
            return Err(ElementError::DTypeMismatch { expected: self.dtype(), found: value.dtype() });
        }
        dispatch!(self.dtype(), Stored(T) => {
            let bytes = value.to_bytes();
            let value = crate::element::slice_of::<u8>(&bytes)?;
            let target = slice_of_mut::<T>(self.as_bytes_mut()?)?;
            let mut one = [T::ZERO];
            crate::element::as_bytes_mut(&mut one).copy_from_slice(value);
            target.fill(one[0]);
        });
        Ok(())
    }
}
