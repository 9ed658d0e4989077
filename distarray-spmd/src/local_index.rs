//! Acting locally: which global indices this rank's elements have.

use crate::create::placement;
use crate::{Error, LocalArray};
use distarray_core::Element;
use distarray_core::kernel::generate::{change_by_index, visit_by_index};
use distarray_maps::IndexSet;

impl<T: Element> LocalArray<T> {
    /// The global indices along `axis` of this rank's elements, as runs; `None` if it holds nothing of the array.
    /// **Local.**
    ///
    /// # Errors
    /// [`Error::Axis`].
    pub fn global_runs(&self, axis: usize) -> Result<Option<IndexSet>, Error> {
        let distribution = self.distribution();
        let ndim = distribution.ndim();
        if axis >= ndim {
            return Err(Error::Axis { axis: axis.cast_signed(), ndim });
        }
        let coords = distribution.grid().coords(self.worker().rank());
        Ok(coords.map(|coords| distribution.axis(axis).runs(coords[axis])))
    }

    /// The global index of the element with this local one. **Local.**
    ///
    /// # Errors
    /// [`Error::Map`] for a local index that this rank has not.
    pub fn global_index(&self, local: &[usize]) -> Result<Vec<usize>, Error> {
        Ok(self.distribution().global_index(self.worker().rank(), local)?)
    }

    /// The local index of the element with this global one; `None` if it lies on other ranks. **Local.**
    ///
    /// # Errors
    /// [`Error::Map`] for a global index outside the array.
    pub fn local_index(&self, global: &[usize]) -> Result<Option<Vec<usize>>, Error> {
        Ok(self.distribution().local_index(self.worker().rank(), global)?)
    }

    /// Calls `visit` with the global index and the value of each of this rank's elements. **Local.**
    ///
    /// # Errors
    /// Memory refused for the copy of a view.
    ///
    /// # Example
    /// ```
    /// # use distarray_comm::threads;
    /// # use distarray_maps::Distribution;
    /// # use distarray_spmd::{LocalArray, Worker};
    /// threads::run(2, |comm| {
    ///     let worker = Worker::new(&comm);
    ///     let dealt = Distribution::from_spec(&[5], &"c".parse()?, 2)?;
    ///     let mut squares = LocalArray::<i64>::zeros(&dealt, &worker)?;
    ///     squares.change_each(|global, element| *element = (global[0] * global[0]) as i64)?;
    ///     squares.visit_each(|global, element| assert_eq!(*element, (global[0] * global[0]) as i64))
    /// })?;
    /// # Ok::<(), distarray_spmd::Error>(())
    /// ```
    pub fn visit_each(&self, visit: impl FnMut(&[usize], &T)) -> Result<(), Error> {
        let Some(axes) = placement(self.distribution(), self.worker().rank()) else { return Ok(()) };
        Ok(visit_by_index(&self.as_any().to_block(self.worker().pool())?, &axes, visit)?)
    }

    /// Calls `change` with the global index of each of this rank's elements, and the element to be changed; copied first
    /// if another array shares them. **Local.**
    ///
    /// # Errors
    /// Memory refused for the copy.
    pub fn change_each(&mut self, change: impl FnMut(&[usize], &mut T)) -> Result<(), Error> {
        let Some(axes) = placement(self.distribution(), self.worker().rank()) else { return Ok(()) };
        Ok(change_by_index(self.block_mut()?, &axes, change)?)
    }
}
