//! Reading a scalar from text as Python writes it.

use num_complex::Complex;

use crate::dtype::{DType, Kind};
use crate::error::ElementError;
use crate::scalar::{Scalar, Weak};

impl Scalar {
    /// The scalar of `dtype` that `text` writes: `True`, `-3`, `1e-05`, `nan`, `(1+2j)`.
    ///
    /// # Errors
    /// [`ElementError::NotANumber`] if the text is no number of this kind or a lower one,
    /// [`ElementError::IntegerOutOfRange`] if it is an integer the dtype cannot hold.
    pub fn parse(text: &str, dtype: DType) -> Result<Scalar, ElementError> {
        let refused = || ElementError::NotANumber { text: text.to_owned(), dtype };
        let literal = Weak::parse(text).ok_or_else(refused)?;
        let needed = match literal {
            Weak::Bool(_) => Kind::Bool,
            Weak::Int(_) => Kind::Unsigned,
            Weak::Float(_) => Kind::Float,
            Weak::Complex(_) => Kind::Complex,
        };
        if dtype.kind() < needed {
            return Err(refused());
        }
        literal.to_scalar(dtype)
    }
}

impl Weak {
    /// The literal that `text` writes, if it does: `True`, `-3`, `1e-05`, `nan`, `2j`, `(1+2j)`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Weak> {
        let text = text.trim();
        match text {
            "True" => return Some(Weak::Bool(true)),
            "False" => return Some(Weak::Bool(false)),
            _ => {}
        }
        if let Ok(value) = text.parse::<i128>() {
            return Some(Weak::Int(value));
        }
        if let Some(value) = float(text) {
            return Some(Weak::Float(value));
        }
        let inner = text
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
            .unwrap_or(text)
            .strip_suffix('j')?;
        if let Some(imaginary) = float(inner) {
            return Some(Weak::Complex(Complex::new(0.0, imaginary)));
        }
        // The sign between the parts is the last one that is not an exponent's.
        let (split, _) = inner.char_indices().rev().find(|&(index, letter)| {
            index > 0 && matches!(letter, '+' | '-') && !inner[..index].ends_with(['e', 'E'])
        })?;
        let (real, imaginary) = inner.split_at(split);
        Some(Weak::Complex(Complex::new(float(real)?, float(imaginary)?)))
    }
}

/// A float as Python writes it; Rust's reader knows the same words and digits.
fn float(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_read_by_kind() {
        assert_eq!(Weak::parse("-3"), Some(Weak::Int(-3)));
        assert_eq!(Weak::parse("1e-05"), Some(Weak::Float(1e-5)));
        assert_eq!(Weak::parse(" True "), Some(Weak::Bool(true)));
        let complex = |real, imaginary| Some(Weak::Complex(Complex::new(real, imaginary)));
        assert_eq!(Weak::parse("2j"), complex(0.0, 2.0));
        assert_eq!(Weak::parse("(1e+16-1e-05j)"), complex(1e16, -1e-5));
        assert_eq!(Weak::parse("two"), None);
        assert_eq!(Weak::parse("(1+)"), None);
    }

    #[test]
    fn a_scalar_takes_numbers_of_its_kind_or_a_lower_one() {
        assert_eq!(Scalar::parse("3", DType::Float32), Ok(Scalar::Float32(3.0)));
        assert!(matches!(Scalar::parse("3.5", DType::Int8), Err(ElementError::NotANumber { .. })));
        assert!(matches!(
            Scalar::parse("300", DType::UInt8),
            Err(ElementError::IntegerOutOfRange { value: 300, .. })
        ));
    }
}
