//! Reading through an index.

use super::expression::Index;
use crate::dist_array::DistArray;
use distarray_maps::{ArrangedAxis, AxisSlice};
use distarray_spmd::Error;
use distarray_spmd::transfer::arrange::Arrange;
use std::panic::Location;

impl DistArray {
    /// What `index` takes, as NumPy's square brackets: `a.index(ix![1..5, .., -1])`.
    ///
    /// **Integers, slices, new axes.** Every element stays where it is. An index drops its axis, and the result lies on the
    /// ranks that hold it. Slices and new axes cost nothing: the result shares the memory of this array until one of them
    /// changes; only slices with steps of block-cyclic axes, and slices of unstructured ones, are copied, each rank its own
    /// part.
    ///
    /// **Index arrays** (arrays of integers, lists). They broadcast together, and their axes stand where NumPy puts them: in
    /// place of the axes they index, or in front if a slice or a new axis stands between them. If all axes are indexed the
    /// result lies as the index arrays do. Otherwise the other axes stay as they are distributed, and the first of the new
    /// ones is cut into even blocks over as many parts as the indexed axes had together. An index that lies outside of its
    /// axis is found when the elements are, and is an error of the result.
    ///
    /// **Masks** (arrays of bools) stand for as many axes as they have. The shape of the result is exact, so the mask is
    /// computed and counted at once, which waits for the ranks. A mask over the first axes, of which the first is in blocks
    /// and the others are not distributed, moves no element: the result is cut into blocks by what each rank has. Otherwise
    /// what the mask lets through is cut into even blocks in the result's order.
    ///
    /// Nothing is ever unstructured unless the array or an index array was.
    ///
    /// # Example
    /// ```
    /// use distarray_comm::threads;
    /// use distarray_lazy::{Context, ix};
    ///
    /// let rows = threads::run(2, |comm| {
    ///     let context = Context::spmd(&comm)?;
    ///     let x = context.linspace(0.0, 9.0, 10);
    ///     x.index(ix![1..;4]).fetch::<f64>()
    /// })?;
    /// assert_eq!(rows[0], ndarray::arr1(&[1.0, 5.0, 9.0]).into_dyn());
    /// # Ok::<(), distarray_spmd::Error>(())
    /// ```
    #[track_caller]
    #[must_use]
    pub fn index(&self, index: impl Into<Index>) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(self.context(), "index", place, self.try_index(&index.into()))
    }

    fn try_index(&self, index: &Index) -> Result<DistArray, Error> {
        if index.is_advanced() {
            return self.gather(index);
        }
        let (slices, axes) = index.resolve(self.meta()?.shape())?;
        self.arrange(slices, axes)
    }

    /// A slice with its axes in another order and new ones among them; this handle if that is all of it.
    pub(crate) fn arrange(
        &self,
        slices: Vec<AxisSlice>,
        axes: Vec<ArrangedAxis>,
    ) -> Result<DistArray, Error> {
        let shape = self.meta()?.shape();
        let whole =
            |(slice, length): (&AxisSlice, &usize)| slice.keeps_axis() && slice.as_range().is_whole(*length);
        let same_axes = axes.len() == shape.len()
            && axes.iter().enumerate().all(|(place, axis)| *axis == ArrangedAxis::Of(place));
        if same_axes && slices.iter().zip(shape).all(whole) {
            return Ok(self.clone());
        }
        self.context().result_of(Arrange::new(slices, axes), &[self])
    }
}
