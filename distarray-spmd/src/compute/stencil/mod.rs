//! Stencils: every element anew, as a weighted sum of the elements around it, or as a function makes it of them.

mod boundaries;
mod function;
mod parts;
mod sweep;
mod tap;

pub use boundaries::Boundaries;
pub use tap::{Tap, Weight};

use crate::{AnyLocalArray, ArrayMeta, Cost, Error, Inferred, Input, LocalArray, Operation, Worker, exactly};
use distarray_comm::SameMemory;
use distarray_core::kernel::stencil::WeightedSum;
use distarray_core::{DType, Element, Scalar, Weak, promote};
use distarray_maps::{Boundary, Distribution, Halo, Margin};
use ndarray::{ArrayView, Dimension};
use serde::{Deserialize, Serialize};
use sweep::Sweep;

/// A weighted sum of neighbours: `w[0] * x[i + o[0]] + w[1] * x[i + o[1]] + ..` for every index `i`.
///
/// The terms are added up in the order of the taps, each operation rounded by itself, so that the result has the same bits
/// however the array is distributed, and those of the written-out expression in NumPy. Its dtype is that of the
/// expression too.
///
/// What stands beyond the ends of an axis is a matter of its [`Boundary`]. With [`Boundary::None`] nothing does, and
/// elements whose neighbours would lie there keep their value: a step of Jacobi's method with fixed borders is
/// one stencil.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stencil {
    taps: Vec<Tap>,
    boundaries: Boundaries,
    constant: Weak,
}

impl Stencil {
    /// The sum over offsets and their weights. Nothing stands beyond the array. **Pure.**
    ///
    /// # Errors
    /// [`Error::Value`] for no taps at all, or offsets of different numbers of axes.
    pub fn new<W: Into<Weight>>(taps: impl IntoIterator<Item = (Vec<isize>, W)>) -> Result<Self, Error> {
        let taps: Vec<Tap> =
            taps.into_iter().map(|(offset, weight)| Tap { offset, weight: weight.into() }).collect();
        Self::of_taps(taps)
    }

    fn of_taps(taps: Vec<Tap>) -> Result<Self, Error> {
        let refuse = |value: String, reason| Error::Value { what: "stencil", value, reason };
        let Some(first) = taps.first() else {
            return Err(refuse("without weights".to_owned(), "the sum of nothing has no dtype"));
        };
        if let Some(other) = taps.iter().find(|tap| tap.offset.len() != first.offset.len()) {
            let value = format!("with offsets {:?} and {:?}", first.offset, other.offset);
            return Err(refuse(value, "all must have one number for each axis of the array"));
        }
        Ok(Self { taps, boundaries: Boundary::None.into(), constant: Weak::Int(0) })
    }

    /// The sum whose weights stand around the middle of `weights`, in C order. **Pure.**
    ///
    /// # Errors
    /// As [`Stencil::from_list`].
    pub fn from_weights<T: Element, D: Dimension>(weights: ArrayView<'_, T, D>) -> Result<Self, Error> {
        let list: Vec<Weight> = weights.iter().copied().map(Weight::strong).collect();
        Self::from_list(weights.shape(), &list, None)
    }

    /// The sum over weights in C order of an array of `shape`. `centre` is the place of the weight of the element itself, the
    /// middle if it is not given. A weight of zero is no weight: the element there is not looked at. **Pure.**
    ///
    /// # Errors
    /// [`Error::Value`] for an axis of even length without a centre, for nothing but zeros, and for another number of
    /// weights than the shape has; [`Error::AxisCount`] for a centre of another number of axes.
    pub fn from_list(shape: &[usize], weights: &[Weight], centre: Option<&[usize]>) -> Result<Self, Error> {
        let refuse = |what, value, reason| Err(Error::Value { what, value, reason });
        if weights.len() != shape.iter().product::<usize>() {
            let value = format!("{} for shape {shape:?}", weights.len());
            return refuse("number of weights", value, "the shape has another number of places");
        }
        let even = shape.iter().position(|length| length % 2 == 0);
        let centre: Vec<usize> = match (centre, even) {
            (Some(centre), _) if centre.len() != shape.len() => {
                return Err(Error::AxisCount { given: centre.len(), ndim: shape.len() });
            }
            (Some(centre), _) => centre.to_vec(),
            (None, Some(axis)) => {
                let value = format!("{axis} of length {}", shape[axis]);
                return refuse("axis of weights", value, "it has no middle: name the centre");
            }
            (None, None) => shape.iter().map(|length| length / 2).collect(),
        };
        let offset = |mut place: usize| -> Vec<isize> {
            let mut offset = vec![0; shape.len()];
            for axis in (0..shape.len()).rev() {
                offset[axis] = (place % shape[axis]).cast_signed().wrapping_sub(centre[axis].cast_signed());
                place /= shape[axis];
            }
            offset
        };
        let given = weights.iter().enumerate().filter(|(_, weight)| !weight.is_zero());
        Self::of_taps(given.map(|(place, &weight)| Tap { offset: offset(place), weight }).collect())
    }

    /// With what stands beyond the ends of each axis, or of all axes if it is one. **Pure.**
    #[must_use]
    pub fn with_boundaries(self, boundaries: impl Into<Boundaries>) -> Self {
        Self { boundaries: boundaries.into(), ..self }
    }

    /// With the value of cells beyond a [`Boundary::Constant`]; 0 otherwise. **Pure.**
    #[must_use]
    pub fn with_constant(self, constant: impl Into<Weak>) -> Self {
        Self { constant: constant.into(), ..self }
    }

    /// The margins of an array of `ndim` axes. **Pure.**
    ///
    /// # Errors
    /// [`Error::AxisCount`] for offsets, or boundaries, of another number of axes.
    pub fn margins(&self, ndim: usize) -> Result<Vec<Margin>, Error> {
        let given = self.taps.first().map_or(ndim, |tap| tap.offset.len());
        if given != ndim {
            return Err(Error::AxisCount { given, ndim });
        }
        let boundaries = self.boundaries.of_axes(ndim)?;
        let margin = |axis: usize| {
            let mut margin = Margin { before: 0, after: 0, boundary: boundaries[axis] };
            for tap in &self.taps {
                let along = tap.offset[axis];
                let side = if along < 0 { &mut margin.before } else { &mut margin.after };
                *side = along.unsigned_abs().max(*side);
            }
            margin
        };
        Ok((0..ndim).map(margin).collect())
    }

    /// The dtype of the result for an array of `dtype`. **Pure.**
    ///
    /// # Errors
    /// A literal that does not fit; [`distarray_core::ElementError::NotInFamily`] for truth values alone.
    fn result_dtype(&self, dtype: DType) -> Result<DType, Error> {
        let terms = self.taps.iter().map(|tap| tap.weight.term_dtype(dtype));
        let joined = terms.reduce(|first, second| Ok(promote(first?, second?)));
        let dtype = joined.unwrap_or(Ok(dtype))?;
        WeightedSum::new(dtype, 0, &[])?;
        Ok(dtype)
    }

    /// What the kernel needs for elements of `dtype`.
    fn weighted_sum(&self, dtype: DType, ndim: usize) -> Result<WeightedSum, Error> {
        let taps = self.taps.iter().map(|tap| Ok((tap.offset.clone(), tap.weight.to_scalar(dtype)?)));
        Ok(WeightedSum::new(dtype, ndim, &taps.collect::<Result<Vec<(Vec<isize>, Scalar)>, Error>>()?)?)
    }

    /// The halo of an array that lies so.
    fn halo(&self, distribution: &Distribution) -> Result<Halo, Error> {
        Ok(Halo::new(distribution, &self.margins(distribution.ndim())?)?)
    }

    fn apply(&self, array: &AnyLocalArray, worker: &Worker) -> Result<AnyLocalArray, Error> {
        let halo = self.halo(array.distribution())?;
        let dtype = self.result_dtype(array.dtype())?;
        let sum = self.weighted_sum(dtype, array.shape().len())?;
        let constant = self.constant.to_scalar(dtype)?;
        let sweep = Sweep { name: Self::NAME, halo: &halo, dtype, constant };
        sweep.run(array, worker, &mut |patch, source, target| Ok(sum.run(patch, source, target)?))
    }
}

impl Operation for Stencil {
    const NAME: &'static str = "stencil";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [array] = exactly::<1, _>(Self::NAME, inputs.to_vec())?;
        self.halo(&array.distribution)?;
        let dtype = self.result_dtype(array.dtype)?;
        self.constant.to_scalar(dtype)?;
        Ok(vec![Inferred::Known(ArrayMeta { dtype, distribution: array.distribution.clone() })])
    }

    fn cost(&self, inputs: &[&ArrayMeta], rank: usize, ranks: usize, reach: SameMemory) -> Cost {
        let cost = |array: &ArrayMeta| -> Result<Cost, Error> {
            let (halo, dtype) = (self.halo(&array.distribution)?, self.result_dtype(array.dtype)?);
            let sweep = Sweep { name: Self::NAME, halo: &halo, dtype, constant: Scalar::Bool(false) };
            Ok(sweep.cost(array.dtype, rank, ranks, reach))
        };
        inputs.first().and_then(|array| cost(array).ok()).unwrap_or_default()
    }

    fn communicates(&self, inputs: &[&ArrayMeta]) -> bool {
        inputs
            .first()
            .and_then(|array| self.halo(&array.distribution).ok())
            .is_some_and(|halo| halo.communicates())
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [array] = exactly::<1, _>(Self::NAME, inputs)?;
        Ok(vec![self.apply(array.array(), worker)?])
    }
}

impl<T: Element> LocalArray<T> {
    /// Every element anew, as a weighted sum of those around it. **Collective** if the sum reaches across a border between
    /// ranks.
    ///
    /// Shape and distribution stay as they are.
    ///
    /// # Errors
    /// [`Error::Map`] for an axis along which elements have no neighbours on their rank (cyclic and unstructured ones:
    /// redistribute first); [`Error::AxisCount`]; [`Error::DType`] if the result has another dtype; memory refused on any rank.
    ///
    /// # Cost
    /// Ghost cells are copied straight from neighbours in the same process, or one message is sent to each neighbour; the
    /// interior is computed meanwhile. Temporaries: the ghost cells, and a tile of some 256 KiB.
    ///
    /// # Example
    /// ```
    /// # use distarray_comm::threads;
    /// # use distarray_maps::Distribution;
    /// # use distarray_spmd::compute::stencil::Stencil;
    /// # use distarray_spmd::{LocalArray, Worker};
    /// let smoothed = threads::run(2, |comm| {
    ///     let worker = Worker::new(&comm);
    ///     let line = Distribution::from_spec(&[6], &"b".parse()?, 2)?;
    ///     let peak = LocalArray::<f64>::from_function(&line, &worker, |index| if index[0] == 2 { 4.0 } else { 0.0 })?;
    ///     let mean = Stencil::new([(vec![-1], 0.25), (vec![0], 0.5), (vec![1], 0.25)])?;
    ///     peak.stencil(&mean)?.all_gather()
    /// })?;
    /// assert_eq!(smoothed[0], ndarray::arr1(&[0.0, 1.0, 2.0, 1.0, 0.0, 0.0]).into_dyn());
    /// # Ok::<(), distarray_spmd::Error>(())
    /// ```
    pub fn stencil(&self, stencil: &Stencil) -> Result<LocalArray<T>, Error> {
        let found = stencil.result_dtype(T::DTYPE)?;
        if found != T::DTYPE {
            return Err(Error::DType { found: found.name(), expected: T::DTYPE.name() });
        }
        LocalArray::from_any(stencil.apply(self.as_any(), self.worker())?, self.worker())
    }
}
