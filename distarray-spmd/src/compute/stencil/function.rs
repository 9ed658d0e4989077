//! Stencils by a function of the program, compiled for its element type.

use super::sweep::{Sweep, reach_of};
use crate::{Error, LocalArray};
use distarray_core::Element;
use distarray_core::element::{slice_of, slice_of_mut};
use distarray_core::kernel::stencil::{Neighbourhood, apply};
use distarray_maps::{Halo, Margin};

impl<T: Element> LocalArray<T> {
    /// Every element anew, as `function` makes it of those around it. **Collective** if a margin crosses a border between
    /// ranks.
    ///
    /// `margins` say how far the function may look along each axis, and what stands beyond the ends; `constant` is the
    /// value of cells beyond a [`Boundary::Constant`](distarray_maps::Boundary::Constant). With
    /// [`Boundary::None`](distarray_maps::Boundary::None) the function is not called for elements from which it could look
    /// beyond the array; they keep their value. Shape and distribution stay as they are.
    ///
    /// # Errors
    /// As [`LocalArray::stencil`]; [`Error::Failure`] or [`Error::Agreed`] if the function looks further than it may;
    /// more than 8 axes.
    ///
    /// # Cost
    /// As [`LocalArray::stencil`]; one call of the function per element, inlined.
    ///
    /// # Example
    /// ```
    /// # use distarray_comm::threads;
    /// # use distarray_maps::{Boundary, Distribution, Margin};
    /// # use distarray_spmd::{LocalArray, Worker};
    /// let eroded = threads::run(2, |comm| {
    ///     let worker = Worker::new(&comm);
    ///     let line = Distribution::from_spec(&[5], &"b".parse()?, 2)?;
    ///     let counted = LocalArray::<i32>::from_function(&line, &worker, |index| index[0] as i32)?;
    ///     let lowest = counted.stencil_with(&[Margin::even(1, Boundary::Periodic)], 0, |around| {
    ///         around.at([-1]).min(around.at([0])).min(around.at([1]))
    ///     })?;
    ///     lowest.all_gather()
    /// })?;
    /// assert_eq!(eroded[1], ndarray::arr1(&[0, 0, 1, 2, 0]).into_dyn());
    /// # Ok::<(), distarray_spmd::Error>(())
    /// ```
    pub fn stencil_with(
        &self,
        margins: &[Margin],
        constant: T,
        function: impl Fn(&Neighbourhood<'_, T>) -> T,
    ) -> Result<LocalArray<T>, Error> {
        let halo = Halo::new(self.distribution(), margins)?;
        let reach = reach_of(margins);
        let sweep = Sweep { name: "stencil_with", halo: &halo, dtype: T::DTYPE, constant: constant.into() };
        let result = sweep.run(self.as_any(), self.worker(), &mut |patch, source, target| {
            if apply(patch, &reach, slice_of(source)?, slice_of_mut(target)?, &function)? {
                return Ok(());
            }
            Err(Error::Value {
                what: "offset",
                value: "of a neighbour that the function asks for".to_owned(),
                reason: "it must lie within the margins, with one number for each axis",
            })
        })?;
        LocalArray::from_any(result, self.worker())
    }
}
