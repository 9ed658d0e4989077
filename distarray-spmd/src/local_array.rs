//! LocalArray: one rank's share of a distributed array whose element type is known.

use crate::{AnyLocalArray, Error, Worker};
use distarray_core::{Block, Element};
use distarray_maps::Distribution;
use ndarray::{ArrayViewD, ArrayViewMutD};
use std::marker::PhantomData;

/// One rank's share of a distributed array.
///
/// All ranks of the worker's communicator hold one with the same distribution, and call its
/// collective methods together. A clone shares the elements until one of the two is changed.
#[derive(Clone, Debug)]
pub struct LocalArray<T: Element> {
    array: AnyLocalArray,
    worker: Worker,
    element: PhantomData<T>,
}

impl<T: Element> LocalArray<T> {
    /// An erased share as a typed one. **Local.**
    ///
    /// # Errors
    /// [`Error::DType`] if the elements are no `T`.
    pub fn from_any(array: AnyLocalArray, worker: &Worker) -> Result<Self, Error> {
        if array.dtype() != T::DTYPE {
            return Err(Error::DType { found: array.dtype().name(), expected: T::DTYPE.name() });
        }
        Ok(Self { array, worker: worker.clone(), element: PhantomData })
    }

    /// `block` as this rank's share. **Local**; every rank brings its own.
    ///
    /// # Errors
    /// [`Error::BlockShape`] if it is not of this rank's local shape, [`Error::DType`],
    /// [`Error::Ranks`].
    pub fn from_block(distribution: &Distribution, block: Block, worker: &Worker) -> Result<Self, Error> {
        crate::worker::check_ranks(distribution, worker.size())?;
        Self::from_any(AnyLocalArray::new(distribution.clone(), block, worker.rank())?, worker)
    }

    /// `elements` as this rank's share. **Local**; every rank brings its own.
    ///
    /// # Errors
    /// As [`LocalArray::from_block`], and memory refused.
    pub fn from_local(
        distribution: &Distribution,
        elements: ArrayViewD<'_, T>,
        worker: &Worker,
    ) -> Result<Self, Error> {
        Self::from_block(distribution, Block::from_ndarray(elements, worker.pool())?, worker)
    }

    /// The erased share. **Local.**
    #[must_use]
    pub fn as_any(&self) -> &AnyLocalArray {
        &self.array
    }

    /// The erased share. **Local.**
    #[must_use]
    pub fn into_any(self) -> AnyLocalArray {
        self.array
    }

    /// What this rank works with. **Local.**
    #[must_use]
    pub fn worker(&self) -> &Worker {
        &self.worker
    }

    /// Where the elements of the whole array lie. **Local.**
    #[must_use]
    pub fn distribution(&self) -> &Distribution {
        self.array.distribution()
    }

    /// Global shape. **Local.**
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        self.array.shape()
    }

    /// Shape of this rank's share. **Local.**
    #[must_use]
    pub fn local_shape(&self) -> &[usize] {
        self.array.view().shape()
    }

    /// This rank's elements. **Local.**
    ///
    /// # Errors
    /// None for an array made by this crate.
    pub fn local(&self) -> Result<ArrayViewD<'_, T>, Error> {
        Ok(self.array.view().view::<T>()?)
    }

    /// This rank's elements, to change; copied first if another array shares them. **Local.**
    ///
    /// # Errors
    /// Memory refused for the copy.
    pub fn local_mut(&mut self) -> Result<ArrayViewMutD<'_, T>, Error> {
        Ok(self.block_mut()?.view_mut::<T>()?)
    }

    pub(crate) fn block_mut(&mut self) -> Result<&mut Block, Error> {
        self.array.block_mut(self.worker.pool())
    }
}
