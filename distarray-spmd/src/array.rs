//! AnyLocalArray: one rank's share of a distributed array, with its element type erased.

use crate::Error;
use distarray_core::{Block, DType};
use distarray_maps::Distribution;
use serde::{Deserialize, Serialize};

/// What is known of an array without its data.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ArrayMeta {
    /// Element type.
    pub dtype: DType,
    /// Global shape and where each element lies.
    pub distribution: Distribution,
}

impl ArrayMeta {
    /// Global shape. **Pure.**
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        self.distribution.shape()
    }

    /// Bytes of the block of `rank`. **Pure.**
    ///
    /// A rank that holds nothing of the array has an empty block; but a block of no dimensions is never
    /// empty, so of a 0-d array every rank has an element, which counts for those alone that hold it.
    #[must_use]
    pub fn local_bytes(&self, rank: usize) -> usize {
        let elements: usize = self.distribution.local_shape(rank).iter().product();
        elements * self.dtype.size_bytes()
    }
}

/// One rank's share of an array: where the elements belong, and the elements.
///
/// Copies share storage until one of them is changed. A rank that holds nothing of the array has an
/// empty block.
#[derive(Clone, Debug)]
pub struct AnyLocalArray {
    distribution: Distribution,
    block: Block,
}

impl AnyLocalArray {
    /// `block` as the share of `rank`. **Local.**
    ///
    /// # Errors
    /// [`Error::BlockShape`] if the block is not of the local shape.
    pub fn new(distribution: Distribution, block: Block, rank: usize) -> Result<Self, Error> {
        let expected = distribution.local_shape(rank);
        if block.shape() != &expected[..] {
            return Err(Error::BlockShape {
                rank,
                found: block.shape().to_vec(),
                expected: expected.to_vec(),
            });
        }
        Ok(Self { distribution, block })
    }

    /// Where the elements of the whole array lie. **Local.**
    #[must_use]
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// The elements of this rank, in C order. **Local.**
    #[must_use]
    pub fn block(&self) -> &Block {
        &self.block
    }

    /// The elements of this rank, to change. **Local.**
    pub fn block_mut(&mut self) -> &mut Block {
        &mut self.block
    }

    /// The elements alone. **Local.**
    #[must_use]
    pub fn into_block(self) -> Block {
        self.block
    }

    /// Element type. **Local.**
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.block.dtype()
    }

    /// Global shape. **Local.**
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        self.distribution.shape()
    }

    /// dtype and distribution. **Local.**
    #[must_use]
    pub fn meta(&self) -> ArrayMeta {
        ArrayMeta { dtype: self.dtype(), distribution: self.distribution.clone() }
    }
}
