//! Writing through an index: a new version of an array, changed in place where nobody needs the one before.

use super::expression::Index;
use crate::dist_array::DistArray;
use crate::elementwise::{Operand, apply_to};
use crate::graph::Kind;
use distarray_core::kernel::select::Scatter;
use distarray_core::ufunc::Ufunc;
use distarray_core::{DType, ElementError, Scalar, Weak};
use distarray_spmd::transfer::arrange::Arrange;
use distarray_spmd::{ArrayMeta, Error};
use std::panic::Location;

/// The part of an array that an index names, to be changed.
///
/// Every change is lazy, and gives the handle a new value: other handles keep the one they have. A change that is wrong
/// is refused at once, and one that fails later, on any rank, leaves the elements as they were.
#[derive(Debug)]
#[must_use = "nothing is written before `assign` or one of its kind"]
pub struct IndexMut<'a> {
    array: &'a mut DistArray,
    index: Index,
    place: &'static Location<'static>,
}

impl DistArray {
    /// The part that `index` names, to be changed: `a.index_mut(ix![1..5, ..]).assign(&v)` is NumPy's `a[1:5, :] = v`.
    ///
    /// # Example
    /// ```
    /// use distarray_comm::threads;
    /// use distarray_lazy::{Context, ix};
    ///
    /// let rows = threads::run(2, |comm| {
    ///     let context = Context::spmd(&comm)?;
    ///     let mut x = context.linspace(0.0, 4.0, 5);
    ///     x.index_mut(ix![1..-1]).assign(7.0)?;
    ///     x.index_mut(ix![..;2]).add(100)?;
    ///     x.fetch::<f64>()
    /// })?;
    /// assert_eq!(rows[0], ndarray::arr1(&[100.0, 7.0, 107.0, 7.0, 104.0]).into_dyn());
    /// # Ok::<(), distarray_spmd::Error>(())
    /// ```
    #[track_caller]
    pub fn index_mut(&mut self, index: impl Into<Index>) -> IndexMut<'_> {
        IndexMut { array: self, index: index.into(), place: Location::caller() }
    }
}

macro_rules! in_place {
    ($($(#[$meta:meta])* $name:ident => $ufunc:ident),* $(,)?) => {$(
        $(#[$meta])*
        ///
        /// # Errors
        /// As [`IndexMut::apply`].
        pub fn $name(self, value: impl Into<Operand>) -> Result<(), Error> {
            self.apply(Ufunc::$ufunc, value)
        }
    )*};
}

#[allow(clippy::should_implement_trait, reason = "the names are NumPy's; what they give may be refused")]
impl IndexMut<'_> {
    /// Gives these elements the values of `value`, broadcast to them and cast to their dtype, as NumPy's `a[index] = value`.
    ///
    /// # Errors
    /// What is wrong with the index; a shape that cannot be broadcast to that of the part; a number that the dtype cannot
    /// hold; the error that a handle carries. The array is as before.
    pub fn assign(self, value: impl Into<Operand>) -> Result<(), Error> {
        let place = self.place;
        let value = value.into();
        let written = written(self.array, &self.index, &value);
        *self.array = written.map_err(|error| located(error, "assign", place))?;
        Ok(())
    }

    /// Replaces each of these elements by `ufunc` of it and of `value`, as NumPy's `a[index] += value`.
    ///
    /// # Errors
    /// As [`IndexMut::assign`]; [`Error::UnsafeCast`] where the result is of another kind than the array.
    pub fn apply(self, ufunc: Ufunc, value: impl Into<Operand>) -> Result<(), Error> {
        let place = self.place;
        let changed = self.changed(ufunc, value.into());
        *self.array = changed.map_err(|error| located(error, ufunc.name(), place))?;
        Ok(())
    }

    fn changed(&self, ufunc: Ufunc, value: Operand) -> Result<DistArray, Error> {
        if self.index.is_advanced() {
            return self.array.try_apply_at(&self.index, ufunc, &value);
        }
        let part = self.array.index(self.index.clone());
        part.check()?;
        let result = apply_to(&part, ufunc, &[Operand::Array(part.clone()), value]);
        self.array.check_result(&self.index, ufunc, &part, &result)?;
        written(self.array, &self.index, &Operand::Array(result))
    }

    in_place! {
        /// Adds `value` to these elements.
        add => Add,
        /// Subtracts `value` from these elements.
        subtract => Subtract,
        /// Multiplies these elements by `value`.
        multiply => Multiply,
        /// Divides these elements by `value`; they are floats or complex.
        divide => Divide,
        /// Divides these elements by `value`, rounding down.
        floor_divide => FloorDivide,
        /// Leaves of these elements the remainder of the division by `value`.
        remainder => Remainder,
        /// Raises these elements to the power `value`.
        power => Power,
        /// Bitwise (logical for bools) and of these elements and `value`.
        bitwise_and => BitwiseAnd,
        /// Bitwise (logical for bools) or of these elements and `value`.
        bitwise_or => BitwiseOr,
        /// Bitwise (logical for bools) exclusive or of these elements and `value`.
        bitwise_xor => BitwiseXor,
        /// Shifts these elements left by `value` bits.
        left_shift => LeftShift,
        /// Shifts these elements right by `value` bits.
        right_shift => RightShift,
        /// Leaves of these elements and `value` the smaller.
        minimum => Minimum,
        /// Leaves of these elements and `value` the larger.
        maximum => Maximum,
    }
}

impl DistArray {
    /// This array with `ufunc` of each element that `index` takes, and of `value`, in its place; for an index with arrays
    /// or masks among its entries.
    fn try_apply_at(&self, index: &Index, ufunc: Ufunc, value: &Operand) -> Result<DistArray, Error> {
        let resolved = index.resolve_all(self.meta()?.shape())?;
        let shape = match value {
            Operand::Array(value) => value.meta()?.shape(),
            Operand::Weak(_) | Operand::Strong(_) => &[],
        };
        if let Some(mask) = self.mask_of(index, &resolved, shape)? {
            let new = apply_to(self, ufunc, &[self.into(), value.clone()]);
            self.check_kind(ufunc, &new)?;
            if new.shape() == self.shape() {
                return self.chosen(mask, new);
            }
        }
        let part = self.index(index.clone());
        part.check()?;
        let new = apply_to(&part, ufunc, &[Operand::Array(part.clone()), value.clone()]);
        self.check_result(index, ufunc, &part, &new)?;
        self.try_scatter(index, &Operand::Array(new), Scatter::Set)
    }

    /// Refuses a result that cannot take the place of `part`, which `index` takes of this array. A single element is a
    /// number to NumPy, which it changes and puts back, whatever becomes of it.
    fn check_result(
        &self,
        index: &Index,
        ufunc: Ufunc,
        part: &DistArray,
        result: &DistArray,
    ) -> Result<(), Error> {
        if index.is_of_integers(self.ndim()) {
            return result.check().map(|_| ());
        }
        self.check_kind(ufunc, result)?;
        if result.shape() == part.shape() {
            return Ok(());
        }
        Err(Error::BroadcastOutput { found: part.shape().to_vec(), expected: result.shape().to_vec() })
    }

    /// Refuses a result of a dtype that this array cannot hold.
    fn check_kind(&self, ufunc: Ufunc, result: &DistArray) -> Result<(), Error> {
        let (from, to) = (result.dtype()?, self.dtype()?);
        if from.kind() > to.kind() {
            return Err(Error::UnsafeCast { operation: ufunc.name(), from: from.name(), to: to.name() });
        }
        Ok(())
    }
}

/// An error with the operation and the line of the program it comes from.
fn located(error: Error, operation: &str, place: &Location<'_>) -> Error {
    match error {
        located @ Error::At { .. } => located,
        error => {
            Error::At { operation: operation.to_owned(), place: place.to_string(), source: Box::new(error) }
        }
    }
}

/// The array with the elements of `value` where `index` says.
pub(super) fn written(array: &DistArray, index: &Index, value: &Operand) -> Result<DistArray, Error> {
    let meta = array.meta()?;
    if let Operand::Array(value) = value
        && value.ndim() > 0
        && index.is_of_integers(meta.shape().len())
        && (meta.dtype != DType::Bool || value.size() != 1)
    {
        // One element is a number to NumPy, which takes no array with axes for one, but for its truth.
        return Err(Error::BroadcastInput { found: value.meta()?.shape().to_vec(), expected: Vec::new() });
    }
    if index.is_advanced() {
        return array.try_scatter(index, value, Scatter::Set);
    }
    let (slices, axes) = index.resolve(meta.shape())?;
    let region = Arrange::new(slices, axes);
    let layout = region.target(&meta.distribution)?;
    let context = array.context();
    let fill = |scalar: Scalar| {
        let meta = ArrayMeta { dtype: scalar.dtype(), distribution: layout.clone() };
        context.add(Kind::Fill(scalar), Vec::new(), meta)
    };
    let value = match value {
        Operand::Array(value) => fitted(value.check_context(context)?, layout.shape())?.astype(meta.dtype),
        Operand::Weak(weak) => fill(element(weak, meta.dtype)?)?,
        Operand::Strong(scalar) => fill(scalar.cast(meta.dtype))?,
    };
    let kind = Kind::Update { region, layout };
    context.add(kind, vec![array.id()?, value.id()?], meta.clone())
}

/// A number of the program as an element of an array.
///
/// # Errors
/// A number that the dtype cannot hold: integers have no NaN, no infinity and no imaginary part, and a range.
pub(super) fn element(weak: &Weak, dtype: DType) -> Result<Scalar, Error> {
    if let (Weak::Float(value), Some((low, high))) = (weak, dtype.integer_range())
        && dtype.is_integer()
    {
        if !value.is_finite() {
            return Err(Error::Value {
                what: "value",
                value: value.to_string(),
                reason: "an integer cannot be infinite or NaN",
            });
        }
        #[allow(clippy::cast_possible_truncation, reason = "what is beyond an i128 is beyond the dtype, too")]
        let whole = value.trunc() as i128;
        if whole < low || whole > high {
            return Err(ElementError::IntegerOutOfRange { value: whole, dtype }.into());
        }
    }
    Ok(weak.to_scalar(dtype)?)
}

/// The value without axes of one index that stand before those of the part.
pub(super) fn fitted(value: &DistArray, shape: &[usize]) -> Result<DistArray, Error> {
    let found = value.meta()?.shape();
    let refused = || Error::BroadcastInput { found: found.to_vec(), expected: shape.to_vec() };
    let extra = found.len().saturating_sub(shape.len());
    if found[..extra].iter().any(|length| *length != 1) {
        return Err(refused());
    }
    let missing = shape.len() + extra - found.len();
    let fits = |(own, wanted): (&usize, &usize)| own == wanted || *own == 1;
    if !found[extra..].iter().zip(&shape[missing..]).all(fits) {
        return Err(refused());
    }
    if extra == 0 {
        return Ok(value.clone());
    }
    let fitted = value.index(Index::new(vec![super::expression::IndexTerm::At(0); extra]));
    fitted.check()?;
    Ok(fitted)
}
