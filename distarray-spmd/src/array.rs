//! AnyLocalArray: one rank's share of a distributed array, with its element type erased.

use crate::Error;
use distarray_core::{Block, DType, Pool, View};
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
        let elements = distarray_core::kernel::copy::size_of(&self.distribution.local_shape(rank));
        elements.saturating_mul(self.dtype.size_bytes())
    }
}

/// One rank's share of an array: where the elements belong, and the elements.
///
/// Copies share storage until one of them is changed. A rank that holds nothing of the array has an
/// empty block.
#[derive(Clone, Debug)]
pub struct AnyLocalArray {
    distribution: Distribution,
    view: View,
}

impl AnyLocalArray {
    /// A block, or a view of one, as the share of `rank`. **Local.**
    ///
    /// # Errors
    /// [`Error::BlockShape`] if it is not of the local shape.
    pub fn new(distribution: Distribution, elements: impl Into<View>, rank: usize) -> Result<Self, Error> {
        let expected = distribution.local_shape(rank);
        let view = elements.into();
        if view.shape() != &expected[..] {
            return Err(Error::BlockShape {
                rank,
                found: view.shape().to_vec(),
                expected: expected.to_vec(),
            });
        }
        Ok(Self { distribution, view })
    }

    /// Where the elements of the whole array lie. **Local.**
    #[must_use]
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// The elements of this rank, as they lie in memory. **Local.**
    #[must_use]
    pub fn view(&self) -> &View {
        &self.view
    }

    /// Whether the elements are all of a block that no other array shares: they may be changed in place. **Local.**
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.view.is_unique() && !self.view.is_derived()
    }

    /// The elements of this rank, in C order: shared where they lie so, copied otherwise. **Local.**
    ///
    /// # Errors
    /// Memory refused for the copy.
    pub fn to_block(&self, pool: &Pool) -> Result<Block, Error> {
        Ok(self.view.to_block(pool)?)
    }

    /// The elements of this rank, to change; copied first where they do not lie in C order. **Local.**
    ///
    /// # Errors
    /// Memory refused for the copy.
    pub fn block_mut(&mut self, pool: &Pool) -> Result<&mut Block, Error> {
        Ok(self.view.block_mut(pool)?)
    }

    /// The elements alone, as [`AnyLocalArray::to_block`] gives them. **Local.**
    ///
    /// # Errors
    /// As there.
    pub fn into_block(self, pool: &Pool) -> Result<Block, Error> {
        Ok(self.view.into_block(pool)?)
    }

    /// Element type. **Local.**
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.view.dtype()
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
