//! Kernels whose element types are forgotten: bytes in, bytes out.

use super::integer_power::IntegerPower;
use super::{Binary, Unary, loops};
use crate::element::{Plain, slice_of, slice_of_mut};
use crate::error::ElementError;
use crate::kernel::math::complex::{
    ComplexFunction1, ComplexFunction2, MathComplex, apply_complex1, apply_complex2,
};
use crate::kernel::math::scale::apply_ldexp;
use crate::kernel::math::{Function1, Function2, MathFloat, apply1, apply2};

/// What a kernel returns: a result small enough for a processor register.
pub(crate) type Outcome = Result<(), Box<ElementError>>;

/// Computes contiguous elements from as many inputs as the function has arguments.
///
/// The slices are aligned for their element types and hold the same number of elements.
pub(crate) type Kernel = fn(inputs: &[&[u8]], output: &mut [u8]) -> Outcome;

/// Any function of one element.
pub(crate) fn unary<T: Plain, F: Unary<T>>(inputs: &[&[u8]], output: &mut [u8]) -> Outcome {
    loops::unary::<T, F>(slice_of(inputs[0])?, slice_of_mut(output)?);
    Ok(())
}

/// Any function of two elements.
pub(crate) fn binary<T: Plain, F: Binary<T>>(inputs: &[&[u8]], output: &mut [u8]) -> Outcome {
    loops::binary::<T, F>(slice_of(inputs[0])?, slice_of(inputs[1])?, slice_of_mut(output)?);
    Ok(())
}

/// Any function of two elements, one of which may be the same for all: it is then given once.
pub(crate) fn binary_or_single<T: Plain, F: Binary<T>>(inputs: &[&[u8]], output: &mut [u8]) -> Outcome {
    let (left, right): (&[T], &[T]) = (slice_of(inputs[0])?, slice_of(inputs[1])?);
    let output: &mut [F::Output] = slice_of_mut(output)?;
    match (left, right) {
        (left, [right]) => loops::binary_single_right::<T, F>(left, *right, output),
        ([left], right) => loops::binary_single_left::<T, F>(*left, right, output),
        _ => loops::binary::<T, F>(left, right, output),
    }
    Ok(())
}

/// A mathematical function of one real number.
pub(crate) fn math1<T: MathFloat + Plain, F: Function1>(inputs: &[&[u8]], output: &mut [u8]) -> Outcome {
    apply1::<F, T>(slice_of(inputs[0])?, slice_of_mut(output)?);
    Ok(())
}

/// A mathematical function of two real numbers.
pub(crate) fn math2<T: MathFloat + Plain, F: Function2>(inputs: &[&[u8]], output: &mut [u8]) -> Outcome {
    apply2::<F, T>(slice_of(inputs[0])?, slice_of(inputs[1])?, slice_of_mut(output)?);
    Ok(())
}

/// A mathematical function of one complex number.
pub(crate) fn complex1<T: MathComplex, F: ComplexFunction1>(inputs: &[&[u8]], output: &mut [u8]) -> Outcome {
    apply_complex1::<F, T>(slice_of(inputs[0])?, slice_of_mut(output)?);
    Ok(())
}

/// A mathematical function of two complex numbers.
pub(crate) fn complex2<T: MathComplex, F: ComplexFunction2>(inputs: &[&[u8]], output: &mut [u8]) -> Outcome {
    apply_complex2::<F, T>(slice_of(inputs[0])?, slice_of(inputs[1])?, slice_of_mut(output)?);
    Ok(())
}

/// Floats times powers of two, whose exponents are `int64`. `_F` is there for the table's sake.
#[expect(clippy::extra_unused_type_parameters, reason = "the table names an operation in every row")]
pub(crate) fn ldexp<T: MathFloat + Plain, _F>(inputs: &[&[u8]], output: &mut [u8]) -> Outcome {
    apply_ldexp::<T>(slice_of(inputs[0])?, slice_of(inputs[1])?, slice_of_mut(output)?);
    Ok(())
}

/// Integer powers, which refuse negative exponents. `_F` is there for the table's sake.
#[expect(clippy::extra_unused_type_parameters, reason = "the table names an operation in every row")]
pub(crate) fn whole_power<T: IntegerPower, _F>(inputs: &[&[u8]], output: &mut [u8]) -> Outcome {
    T::powers(slice_of(inputs[0])?, slice_of(inputs[1])?, slice_of_mut(output)?)?;
    Ok(())
}

/// The choice between two values by a truth. `_F` is there for the table's sake.
#[expect(clippy::extra_unused_type_parameters, reason = "the table names an operation in every row")]
pub(crate) fn select<T: Plain, _F>(inputs: &[&[u8]], output: &mut [u8]) -> Outcome {
    loops::select::<T>(inputs[0], slice_of(inputs[1])?, slice_of(inputs[2])?, slice_of_mut(output)?);
    Ok(())
}
