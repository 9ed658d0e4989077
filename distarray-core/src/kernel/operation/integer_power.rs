//! Integer powers, which wrap and refuse negative exponents.

use crate::element::Plain;
use crate::error::ElementError;

/// An integer type that can be raised to powers.
pub(crate) trait IntegerPower: Plain {
    /// `output = bases ^ exponents`.
    ///
    /// # Errors
    /// [`ElementError::NegativeIntegerPower`] with the first exponent that is negative; the output is then
    /// partly written.
    fn powers(bases: &[Self], exponents: &[Self], output: &mut [Self]) -> Result<(), ElementError>;
}

macro_rules! integers {
    ($($type:ty),+) => {$(
        impl IntegerPower for $type {
            fn powers(bases: &[$type], exponents: &[$type], output: &mut [$type]) -> Result<(), ElementError> {
                #[expect(clippy::allow_attributes, reason = "half of the types cannot be negative")]
                #[allow(unused_comparisons, clippy::absurd_extreme_comparisons, reason = "as above")]
                let negative = exponents.iter().find(|&&exponent| exponent < 0);
                if let Some(&exponent) = negative {
                    return Err(ElementError::NegativeIntegerPower { exponent: i128::from(exponent) });
                }
                for ((base, exponent), out) in bases.iter().zip(exponents).zip(output.iter_mut()) {
                    let (mut square, mut rest, mut power): ($type, $type, $type) = (*base, *exponent, 1);
                    while rest != 0 {
                        if rest & 1 == 1 {
                            power = power.wrapping_mul(square);
                        }
                        square = square.wrapping_mul(square);
                        rest >>= 1;
                    }
                    *out = power;
                }
                Ok(())
            }
        }
    )+};
}

integers!(i8, i16, i32, i64, u8, u16, u32, u64);
