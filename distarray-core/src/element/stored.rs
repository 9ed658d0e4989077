//! What the bytes of a type may be: the promises on which seeing elements as bytes stands. With `unsafe`.

use num_complex::Complex;

use crate::error::ElementError;

/// Sealed: a type whose values have no padding, so that they can be seen as bytes.
///
/// # Safety
/// Implementors have no padding and no interior mutability, and [`Stored::validate`] accepts only bytes
/// that are values of the type.
pub unsafe trait Stored: Sized {
    /// Whether `bytes`, a whole number of elements, are values of this type.
    ///
    /// # Errors
    /// [`ElementError::InvalidBool`] at the first byte that is not.
    fn validate(bytes: &[u8]) -> Result<(), ElementError>;
}

/// Sealed: a type of which every pattern of bits is a value.
///
/// # Safety
/// Implementors hold what the description says.
pub unsafe trait AnyBits: Stored {}

macro_rules! any_bits {
    ($($type:ty),+) => {$(
        // SAFETY: a number without padding; every pattern of bits is one.
        unsafe impl Stored for $type {
            fn validate(_: &[u8]) -> Result<(), ElementError> {
                Ok(())
            }
        }
        // SAFETY: as above.
        unsafe impl AnyBits for $type {}
    )+};
}

// `Complex` is `repr(C)`: two floats, one after the other.
any_bits!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, Complex<f32>, Complex<f64>);

// SAFETY: a bool is one byte; `validate` accepts 0 and 1 only.
unsafe impl Stored for bool {
    fn validate(bytes: &[u8]) -> Result<(), ElementError> {
        // One OR over everything is vectorised; the position is looked for only if there is one.
        if bytes.iter().fold(0, |any, &byte| any | byte) <= 1 {
            return Ok(());
        }
        match bytes.iter().position(|&byte| byte > 1) {
            Some(index) => Err(ElementError::InvalidBool { index, value: bytes[index] }),
            None => Ok(()),
        }
    }
}
