//! Block: one rank's part of an array, in C order: a buffer with a dtype and a shape.

mod create;
mod view;
mod views;

pub use view::View;

use std::fmt;
use std::sync::Arc;

use crate::buffer::{Buffer, Pool};
use crate::dtype::DType;
use crate::error::ElementError;

/// Elements of one dtype in C order. A clone shares the bytes until one of the two is changed.
///
/// A `bool` is a byte, 0 or 1. Whoever writes bytes rather than elements may write others; they are found
/// when the block is next read as `bool` (see [`Block::as_slice`]), and kernels take any byte but 0 as true.
#[derive(Clone)]
pub struct Block {
    dtype: DType,
    shape: Vec<usize>,
    storage: Arc<Buffer>,
}

impl Block {
    /// The block of `shape` whose elements are the bytes of `buffer`.
    ///
    /// # Errors
    /// [`ElementError::SizeMismatch`] if they are not as many as the shape needs,
    /// [`ElementError::Misaligned`] if they begin at an address elements cannot have (those of a message
    /// may), [`ElementError::TooLarge`].
    pub fn from_buffer(dtype: DType, shape: &[usize], buffer: Buffer) -> Result<Block, ElementError> {
        let expected_bytes = dtype.array_bytes(shape)?;
        if buffer.len() != expected_bytes {
            return Err(ElementError::SizeMismatch { expected_bytes, found_bytes: buffer.len() });
        }
        let alignment_bytes = dtype.alignment_bytes();
        if !buffer.as_bytes().as_ptr().addr().is_multiple_of(alignment_bytes) && !buffer.is_empty() {
            return Err(ElementError::Misaligned { dtype, alignment_bytes });
        }
        Ok(Block { dtype, shape: shape.to_vec(), storage: Arc::new(buffer) })
    }

    /// The dtype of the elements.
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The length of each axis.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of axes.
    #[must_use]
    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// The number of elements.
    #[must_use]
    pub fn size(&self) -> usize {
        self.storage.len() / self.dtype.size_bytes()
    }

    /// The bytes of all elements.
    #[must_use]
    pub fn nbytes(&self) -> usize {
        self.storage.len()
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.storage.as_bytes()
    }

    /// Whether no clone shares the bytes.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        Arc::strong_count(&self.storage) == 1
    }

    /// Whether the two share their bytes.
    #[must_use]
    pub fn shares_storage_with(&self, other: &Block) -> bool {
        Arc::ptr_eq(&self.storage, &other.storage)
    }

    /// Makes sure that nobody shares the bytes: copies them into memory of `pool` if somebody does.
    ///
    /// # Errors
    /// [`ElementError::OutOfMemory`]; the block is as before.
    pub fn make_unique(&mut self, pool: &Pool) -> Result<(), ElementError> {
        if Arc::get_mut(&mut self.storage).is_none() {
            let mut copy = pool.allocate(self.nbytes())?;
            copy.as_bytes_mut().copy_from_slice(self.as_bytes());
            self.storage = Arc::new(copy);
        }
        Ok(())
    }

    /// The bytes, to be changed; copied first if they are shared, into memory of the pool they came from.
    ///
    /// # Errors
    /// [`ElementError::OutOfMemory`]; the block is as before.
    #[expect(clippy::missing_panics_doc, reason = "it cannot: whoever shares has been left")]
    pub fn as_bytes_mut(&mut self) -> Result<&mut [u8], ElementError> {
        if Arc::get_mut(&mut self.storage).is_none() {
            self.storage = Arc::new(self.storage.duplicate()?);
        }
        let buffer =
            Arc::get_mut(&mut self.storage).expect("a new Arc has one owner, and `self` is borrowed");
        Ok(buffer.as_bytes_mut())
    }

    /// The same elements in another shape of the same size. Shares the bytes.
    ///
    /// # Errors
    /// [`ElementError::ShapeMismatch`] if the sizes differ.
    pub fn reshape(&self, shape: &[usize]) -> Result<Block, ElementError> {
        if self.dtype.array_bytes(shape)? != self.nbytes() {
            return Err(ElementError::ShapeMismatch { expected: self.shape.clone(), found: shape.to_vec() });
        }
        Ok(Block { dtype: self.dtype, shape: shape.to_vec(), storage: Arc::clone(&self.storage) })
    }

    /// The buffer, if nobody shares it; the block otherwise.
    ///
    /// # Errors
    /// The block itself, if its bytes are shared.
    pub fn into_buffer(self) -> Result<Buffer, Block> {
        let Block { dtype, shape, storage } = self;
        Arc::try_unwrap(storage).map_err(|storage| Block { dtype, shape, storage })
    }

    /// The storage, shared.
    #[must_use]
    pub fn storage(&self) -> &Arc<Buffer> {
        &self.storage
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Block")
            .field("dtype", &self.dtype)
            .field("shape", &self.shape)
            .finish_non_exhaustive()
    }
}
