//! Contraction: two arrays whose axes are named, multiplied and summed over the names that the result has not.

use crate::context::Context;
use crate::dist_array::DistArray;
use crate::elementwise::apply;
use crate::reduce::Axes;
use distarray_core::kernel::product::Sums;
use distarray_core::ufunc::Ufunc;
use distarray_core::{DType, Reduction, promote};
use distarray_maps::{ArrangedAxis, AxisSlice};
use distarray_spmd::compute::product::Product;
use distarray_spmd::{Error, ProductError};

/// An array whose axes are named, each by another number.
#[derive(Clone, Debug)]
pub(super) struct Labelled {
    pub(super) array: DistArray,
    pub(super) labels: Vec<usize>,
}

impl Labelled {
    pub(super) fn new(array: &DistArray, labels: Vec<usize>) -> Labelled {
        Labelled { array: array.clone(), labels }
    }

    fn has(&self, label: usize) -> bool {
        self.labels.contains(&label)
    }

    pub(super) fn length(&self, label: usize) -> Option<usize> {
        self.labels.iter().position(|own| *own == label).map(|axis| self.array.shape()[axis])
    }

    /// Without the axes of one index that `other` has longer, along which everything is repeated.
    fn without_repeats(&self, other: &Labelled) -> Result<Labelled, Error> {
        let repeats = |label: &usize| {
            self.length(*label) == Some(1) && other.length(*label).is_some_and(|length| length != 1)
        };
        if !self.labels.iter().any(repeats) {
            return Ok(self.clone());
        }
        let slice = |label: &usize| match repeats(label) {
            true => AxisSlice::Index(0),
            false => AxisSlice::full(self.length(*label).unwrap_or(0)),
        };
        let labels: Vec<usize> = self.labels.iter().copied().filter(|label| !repeats(label)).collect();
        let axes = (0..labels.len()).map(ArrangedAxis::Of).collect();
        let array = self.array.arrange(self.labels.iter().map(slice).collect(), axes)?;
        Ok(Labelled { array, labels })
    }

    /// Summed over all axes but those of these names.
    pub(super) fn summed_to(&self, kept: impl Fn(usize) -> bool) -> Result<Labelled, Error> {
        let axes: Vec<isize> =
            (0..self.labels.len()).filter(|axis| !kept(self.labels[*axis])).map(usize::cast_signed).collect();
        if axes.is_empty() {
            return Ok(self.clone());
        }
        let labels = self.labels.iter().copied().filter(|label| kept(*label)).collect();
        Ok(Labelled { array: sum(&self.array, axes)?, labels })
    }

    /// With its axes in the order of these names, and an axis of one index for each that it has not.
    pub(super) fn in_order_of(&self, labels: &[usize]) -> Result<DistArray, Error> {
        let axis = |label: &usize| {
            let own = self.labels.iter().position(|own| own == label);
            own.map_or(ArrangedAxis::New(1), ArrangedAxis::Of)
        };
        self.array.arrange(Vec::new(), labels.iter().map(axis).collect())
    }
}

/// The sum over axes in the array's own dtype: integers wrap, of bools whether any is true.
fn sum(array: &DistArray, axes: Vec<isize>) -> Result<DistArray, Error> {
    let dtype = array.dtype()?;
    let reduction = if dtype == DType::Bool { Reduction::Any } else { Reduction::Sum };
    Ok(array.reduce(reduction, Axes::Some(axes), false).astype(dtype))
}

/// How two arrays are multiplied.
pub(super) fn contract(
    context: &Context,
    left: &Labelled,
    right: &Labelled,
    result: &[usize],
    sums: Sums,
) -> Result<DistArray, Error> {
    right.array.check_context(context)?.check()?;
    let dtype = promote(left.array.dtype()?, right.array.dtype()?);
    let shapes = || vec![left.array.shape().to_vec(), right.array.shape().to_vec()];
    for &label in &left.labels {
        let lengths = (left.length(label).unwrap_or(1), right.length(label).unwrap_or(1));
        if lengths.0 != lengths.1 && lengths.0 != 1 && lengths.1 != 1 {
            return Err(ProductError::NotBroadcastable { shapes: shapes() }.into());
        }
    }
    let kept_by = |other: &Labelled| {
        let other = other.labels.clone();
        move |label: usize| other.contains(&label) || result.contains(&label)
    };
    let cast = |factor: Labelled| Labelled { array: factor.array.astype(dtype), ..factor };
    let (first, second) = (cast(left.without_repeats(right)?), cast(right.without_repeats(left)?));
    let (first, second) = (first.summed_to(kept_by(&second))?, second.summed_to(kept_by(&first))?);
    let inner: Vec<usize> = first.labels.iter().copied().filter(|label| !result.contains(label)).collect();
    let is_whole = |one: &Labelled, other: &Labelled| one.labels.iter().all(|label| other.has(*label));
    // Without a sum, or without anything to multiply many times, a pass over the elements does it.
    if sums == Sums::Fast && (inner.is_empty() || is_whole(&first, &second) && is_whole(&second, &first)) {
        let order = [result, &inner].concat();
        let factors = [first.in_order_of(&order)?, second.in_order_of(&order)?];
        let products = apply(context, Ufunc::Multiply, &factors.map(Into::into));
        if inner.is_empty() {
            return Ok(products.check()?.clone());
        }
        let axes = (result.len()..order.len()).map(usize::cast_signed).collect();
        return Ok(sum(&products, axes)?.check()?.clone());
    }
    let product = Product { sums, ..Product::new(first.labels, second.labels, result.to_vec()) };
    context.result_of(product, &[&first.array, &second.array])
}
