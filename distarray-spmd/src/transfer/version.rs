//! Version: the array that an update changes, in place or as a copy.

use crate::{AnyLocalArray, Error, Input, Worker};
use distarray_core::Block;

/// One rank's share of a new version of an array, to be changed.
#[derive(Debug)]
pub struct Version<'a>(Kind<'a>);

#[derive(Debug)]
enum Kind<'a> {
    InPlace(&'a mut AnyLocalArray, &'a Worker),
    Copy(AnyLocalArray, &'a Worker),
}

impl<'a> Version<'a> {
    /// A new version of `array`: itself if nobody else needs it and its storage is its own, a copy otherwise. **Local.**
    ///
    /// # Errors
    /// Memory refused for the copy.
    pub fn of(array: Input<'a>, worker: &'a Worker) -> Result<Self, Error> {
        Ok(Version(match array {
            Input::Updated(array) if array.is_alone() => Kind::InPlace(array, worker),
            Input::Owned(array) if array.is_alone() => Kind::Copy(array, worker),
            array => {
                let array = array.array();
                let view = array.view();
                let mut block = Block::uninit(view.dtype(), view.shape(), worker.pool())?;
                view.copy_to(block.as_bytes_mut()?)?;
                let copy = AnyLocalArray::new(array.distribution().clone(), block, worker.rank())?;
                Kind::Copy(copy, worker)
            }
        }))
    }

    /// Its elements, in memory that nobody shares. **Local.**
    ///
    /// # Errors
    /// None: [`Version::of`] has made sure of the memory.
    pub fn block(&mut self) -> Result<&mut Block, Error> {
        match &mut self.0 {
            Kind::InPlace(array, worker) => array.block_mut(worker.pool()),
            Kind::Copy(array, worker) => array.block_mut(worker.pool()),
        }
    }

    /// The new version. **Local.**
    #[must_use]
    pub fn finish(self) -> AnyLocalArray {
        match self.0 {
            Kind::InPlace(array, _) => array.clone(),
            Kind::Copy(array, _) => array,
        }
    }
}
