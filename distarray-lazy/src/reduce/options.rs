//! What NumPy's reductions take beside axes: a mask, an initial value, a dtype; and the same bits on any ranks.

use super::{Axes, reproducible};
use crate::dist_array::DistArray;
use crate::elementwise::{Operand, apply_to};
use distarray_core::ufunc::Ufunc;
use distarray_core::{DType, Reduction, Scalar};
use distarray_spmd::Error;
use std::panic::Location;

/// Options of a reduction.
#[derive(Clone, Debug, Default)]
pub struct ReduceOptions {
    keepdims: bool,
    dtype: Option<DType>,
    initial: Option<Operand>,
    mask: Option<DistArray>,
    is_reproducible: bool,
}

impl ReduceOptions {
    /// No option.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reduced axes stay with length 1.
    #[must_use]
    pub fn keepdims(self) -> Self {
        Self { keepdims: true, ..self }
    }

    /// The elements are cast to `dtype` first, and the result has it.
    #[must_use]
    pub fn dtype(self, dtype: DType) -> Self {
        Self { dtype: Some(dtype), ..self }
    }

    /// What a sum, product, minimum or maximum begins with.
    #[must_use]
    pub fn initial(self, initial: impl Into<Operand>) -> Self {
        Self { initial: Some(initial.into()), ..self }
    }

    /// Only elements where `mask`, which broadcasts to the array, is not zero count. NumPy's `where`.
    #[must_use]
    pub fn of(self, mask: &DistArray) -> Self {
        Self { mask: Some(mask.clone()), ..self }
    }

    /// The result has the same bits on any number of ranks, however the array is distributed. Variances take a pass over
    /// the array for the mean, and another.
    #[must_use]
    pub fn reproducible(self) -> Self {
        Self { is_reproducible: true, ..self }
    }
}

impl DistArray {
    /// `reduction` over `axes`, with options.
    ///
    /// # Example
    /// ```
    /// use distarray_comm::threads;
    /// use distarray_core::Reduction;
    /// use distarray_lazy::{Context, ReduceOptions};
    ///
    /// let sums = threads::run(3, |comm| {
    ///     let x = Context::spmd(&comm)?.arange(10);
    ///     let even = x.remainder(2).equal(0);
    ///     x.reduce_with(Reduction::Sum, (), &ReduceOptions::new().of(&even).initial(100)).item()
    /// })?;
    /// assert_eq!(sums[0], 120_i64.into());
    /// # Ok::<(), distarray_spmd::Error>(())
    /// ```
    #[track_caller]
    #[must_use]
    pub fn reduce_with(
        &self,
        reduction: Reduction,
        axes: impl Into<Axes>,
        options: &ReduceOptions,
    ) -> DistArray {
        let place = Location::caller();
        let outcome = self.try_reduce_with(reduction, &axes.into(), options);
        DistArray::from_outcome(self.context(), reduction.name(), place, outcome)
    }

    fn try_reduce_with(
        &self,
        reduction: Reduction,
        axes: &Axes,
        options: &ReduceOptions,
    ) -> Result<DistArray, Error> {
        let axes = axes.numbers(self.meta()?.shape().len())?;
        let value = options.dtype.map_or_else(|| self.clone(), |dtype| self.astype(dtype));
        if let (Some(_), false) = (&options.initial, has_initial(reduction)) {
            return Err(Error::Value {
                what: "initial",
                value: format!("for {reduction}"),
                reason: "only sum, prod, min and max begin with something",
            });
        }
        let result = match reduction {
            Reduction::Var { ddof } | Reduction::Std { ddof }
                if options.mask.is_some() || options.is_reproducible =>
            {
                let variance = value.two_pass_variance(&axes, ddof, options)?;
                let is_deviation = matches!(reduction, Reduction::Std { .. });
                dropped(if is_deviation { variance.sqrt() } else { variance }, &axes, options)
            }
            Reduction::Mean if options.mask.is_some() => {
                dropped(value.masked_mean(&axes, options)?, &axes, options)
            }
            _ => value.plainly(reduction, &axes, options)?,
        };
        let result = match (reduction, &options.initial) {
            (Reduction::Sum | Reduction::ReproducibleSum, Some(initial)) => {
                result.begun(Ufunc::Add, initial)?
            }
            (Reduction::Prod, Some(initial)) => result.begun(Ufunc::Multiply, initial)?,
            (Reduction::Min, Some(initial)) => result.begun(Ufunc::Minimum, initial)?,
            (Reduction::Max, Some(initial)) => result.begun(Ufunc::Maximum, initial)?,
            _ => result,
        };
        Ok(options.dtype.map_or_else(|| result.clone(), |dtype| result.astype(dtype)))
    }

    /// A result as if it had begun with `initial`.
    fn begun(&self, ufunc: Ufunc, initial: &Operand) -> Result<DistArray, Error> {
        let dtype = self.dtype()?;
        let result = apply_to(self, ufunc, &[self.into(), initial.clone()]).astype(dtype);
        result.check()?;
        Ok(result)
    }

    /// A reduction that is one, of the elements that count.
    fn plainly(
        &self,
        reduction: Reduction,
        axes: &[usize],
        options: &ReduceOptions,
    ) -> Result<DistArray, Error> {
        let value = match &options.mask {
            None => self.clone(),
            Some(mask) => self.masked(reduction, mask, options.initial.as_ref())?,
        };
        let count: usize = axes.iter().map(|axis| value.shape()[*axis]).product();
        if let (Reduction::Min | Reduction::Max, Some(initial), 0) = (reduction, &options.initial, count) {
            // Of nothing the result is what it began with.
            let layout = value.distribution()?.reduce(axes, options.keepdims)?;
            let none = self.context().full(layout, Scalar::Bool(false));
            let begun = apply_to(self, Ufunc::Where, &[none.into(), initial.clone(), initial.clone()]);
            return Ok(begun.astype(self.dtype()?));
        }
        if options.is_reproducible {
            return value.reduced(reproducible(reduction), axes.to_vec(), options.keepdims);
        }
        value.try_reduce(reduction, Axes::of(axes), options.keepdims)
    }

    /// This array with what changes nothing where `mask` is zero.
    fn masked(
        &self,
        reduction: Reduction,
        mask: &DistArray,
        initial: Option<&Operand>,
    ) -> Result<DistArray, Error> {
        let neutral = match (reduction, initial) {
            (Reduction::Prod | Reduction::All, _) => Operand::from(true),
            (Reduction::Min | Reduction::Max, Some(initial)) => initial.clone(),
            (Reduction::Min | Reduction::Max | Reduction::ArgMin | Reduction::ArgMax, _) => {
                return Err(Error::Value {
                    what: "where",
                    value: format!("for {reduction}"),
                    reason: "the reduction does not have an identity, so to use a where mask one has to specify 'initial'",
                });
            }
            _ => Operand::from(false),
        };
        let masked = apply_to(self, Ufunc::Where, &[mask.into(), self.into(), neutral]).astype(self.dtype()?);
        masked.check()?;
        Ok(masked)
    }

    /// How many elements count along `axes`, as a float.
    fn counted(&self, axes: &[usize], options: &ReduceOptions) -> Result<Operand, Error> {
        let Some(mask) = &options.mask else {
            let count: usize = axes.iter().map(|axis| self.shape()[*axis]).product();
            return Ok(Operand::from(count as f64));
        };
        let mask = mask.broadcast_to(self.shape());
        let counts = mask.try_reduce(Reduction::CountNonzero, Axes::of(axes), true)?;
        Ok(Operand::Array(counts.astype(DType::Float64)))
    }

    fn masked_mean(&self, axes: &[usize], options: &ReduceOptions) -> Result<DistArray, Error> {
        let options = ReduceOptions { keepdims: true, ..options.clone() };
        let dtype = Reduction::Mean.result_dtype(self.dtype()?);
        let sum = self.astype(dtype).plainly(Reduction::Sum, axes, &options)?;
        let count = self.counted(axes, &options)?;
        let mean = apply_to(self, Ufunc::Divide, &[sum.into(), count]).astype(dtype);
        mean.check()?;
        Ok(mean)
    }

    /// The mean squared distance from the mean, which is computed first; reduced axes stay with length 1.
    fn two_pass_variance(
        &self,
        axes: &[usize],
        ddof: u32,
        options: &ReduceOptions,
    ) -> Result<DistArray, Error> {
        let keeping = ReduceOptions { keepdims: true, initial: None, ..options.clone() };
        let mean = match options.mask {
            Some(_) => self.masked_mean(axes, &keeping)?,
            None => self.plainly(Reduction::Mean, axes, &keeping)?,
        };
        let distance = self - &mean;
        let squares = if distance.dtype()?.is_complex() {
            distance.real().square() + distance.imag().square()
        } else {
            distance.square()
        };
        let sum = squares.plainly(Reduction::Sum, axes, &keeping)?;
        let count = self.counted(axes, options)?;
        let degrees = match count {
            Operand::Array(count) => Operand::Array((count - f64::from(ddof)).maximum(0.0)),
            _ => {
                let count: usize = axes.iter().map(|axis| self.shape()[*axis]).product();
                Operand::from((count as f64 - f64::from(ddof)).max(0.0))
            }
        };
        let dtype = sum.dtype()?;
        let variance = apply_to(self, Ufunc::Divide, &[sum.into(), degrees]).astype(dtype);
        Ok(variance)
    }
}

/// A result whose reduced axes have length 1, without them unless they shall stay.
fn dropped(result: DistArray, axes: &[usize], options: &ReduceOptions) -> DistArray {
    if options.keepdims { result } else { result.squeeze(Axes::of(axes)) }
}

fn has_initial(reduction: Reduction) -> bool {
    matches!(
        reduction,
        Reduction::Sum | Reduction::ReproducibleSum | Reduction::Prod | Reduction::Min | Reduction::Max
    )
}
