//! Stencils of handles: every element anew, of those around it.

use crate::dist_array::DistArray;
use distarray_core::Element;
use distarray_maps::{AxisMap, Distribution, Halo};
use distarray_spmd::Error;
use distarray_spmd::compute::stencil::{Boundaries, Stencil, Weight};
use ndarray::{ArrayBase, Data, Dimension};
use std::panic::Location;

/// What a stencil can be made of.
///
/// An array of weights, whose middle belongs to the element itself (its dtype counts; zeros are not looked at); a list of
/// offsets with their weights, which are literals; or a [`Stencil`].
pub trait IntoStencil {
    /// The stencil.
    ///
    /// # Errors
    /// As [`Stencil::new`] and [`Stencil::from_list`].
    fn into_stencil(self) -> Result<Stencil, Error>;
}

impl IntoStencil for Stencil {
    fn into_stencil(self) -> Result<Stencil, Error> {
        Ok(self)
    }
}

impl IntoStencil for &Stencil {
    fn into_stencil(self) -> Result<Stencil, Error> {
        Ok(self.clone())
    }
}

impl<T: Element, S: Data<Elem = T>, D: Dimension> IntoStencil for &ArrayBase<S, D> {
    fn into_stencil(self) -> Result<Stencil, Error> {
        Stencil::from_weights(self.view())
    }
}

impl<W: Into<Weight>> IntoStencil for Vec<(Vec<isize>, W)> {
    fn into_stencil(self) -> Result<Stencil, Error> {
        Stencil::new(self)
    }
}

impl<W: Into<Weight>, const TAPS: usize, const NDIM: usize> IntoStencil for [([isize; NDIM], W); TAPS] {
    fn into_stencil(self) -> Result<Stencil, Error> {
        Stencil::new(self.into_iter().map(|(offset, weight)| (offset.to_vec(), weight)))
    }
}

impl DistArray {
    /// Every element anew, as a weighted sum of those around it. `boundaries` say what stands beyond the ends of all axes, or
    /// of each; with [`Boundary::None`](distarray_maps::Boundary::None) elements whose neighbours would lie there keep
    /// their value.
    ///
    /// The result lies as the array does. Only where an axis along which the sum reaches is cyclic or unstructured, so that
    /// elements have no neighbours on their rank, the array is first brought to even blocks along that axis,
    /// and the result stays there.
    ///
    /// # Example
    /// ```
    /// use distarray_comm::threads;
    /// use distarray_lazy::Context;
    /// use distarray_maps::Boundary;
    ///
    /// let smoothed = threads::run(2, |comm| {
    ///     let context = Context::spmd(&comm)?;
    ///     let x = context.linspace(0.0, 8.0, 9);
    ///     let second = (&x * &x).stencil([([-1], 1), ([0], -2), ([1], 1)], Boundary::Periodic);
    ///     second.fetch::<f64>()
    /// })?;
    /// assert_eq!(smoothed[0].as_slice(), Some(&[65.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, -79.0][..]));
    /// # Ok::<(), distarray_spmd::Error>(())
    /// ```
    #[track_caller]
    #[must_use]
    pub fn stencil(&self, weights: impl IntoStencil, boundaries: impl Into<Boundaries>) -> DistArray {
        let place = Location::caller();
        let outcome =
            weights.into_stencil().and_then(|stencil| self.try_stencil(stencil.with_boundaries(boundaries)));
        DistArray::from_outcome(self.context(), "stencil", place, outcome)
    }

    fn try_stencil(&self, stencil: Stencil) -> Result<DistArray, Error> {
        let distribution = &self.meta()?.distribution;
        let array = match with_neighbours(distribution, &stencil)? {
            Some(blocks) => self.redistribute(blocks),
            None => self.clone(),
        };
        let mut outputs = self.context().call(stencil, &[&array])?;
        outputs.pop().ok_or(Error::Closed)
    }
}

/// The distribution with blocks along the axes that the stencil reaches along and whose elements have no neighbours;
/// nothing if there is no such axis.
fn with_neighbours(distribution: &Distribution, stencil: &Stencil) -> Result<Option<Distribution>, Error> {
    let margins = stencil.margins(distribution.ndim())?;
    let mut axes = distribution.axes().to_vec();
    let mut changes = false;
    for (map, margin) in axes.iter_mut().zip(&margins) {
        if margin.is_wide() && !Halo::can_widen(map) {
            *map = AxisMap::block(map.length(), map.parts())?;
            changes = true;
        }
    }
    if !changes {
        return Ok(None);
    }
    Ok(Some(Distribution::new(distribution.shape(), axes, distribution.grid().clone())?))
}
