//! Taps: where a stencil looks, and with which weight.

use crate::Error;
use distarray_core::{DType, Element, Scalar, Weak, promote, promote_weak};
use serde::{Deserialize, Serialize};

/// One term of a stencil.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tap {
    /// How far from the place of the result, along each axis.
    pub offset: Vec<isize>,
    /// What the element there is multiplied with.
    pub weight: Weight,
}

/// A weight: a literal, which has a kind only, or an element of an array.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Weight {
    /// A number of the program, as Python's are.
    Weak(Weak),
    /// A number with a dtype.
    Strong(Scalar),
}

impl<T: Into<Weak>> From<T> for Weight {
    fn from(literal: T) -> Self {
        Weight::Weak(literal.into())
    }
}

impl Weight {
    /// An element of an array. **Pure.**
    #[must_use]
    pub fn strong<T: Element>(element: T) -> Self {
        Weight::Strong(element.into())
    }

    /// Whether it is zero, of any dtype.
    pub(super) fn is_zero(&self) -> bool {
        let zero = |scalar: Scalar| scalar.cast(DType::Bool) == Scalar::Bool(false);
        match *self {
            Weight::Weak(Weak::Int(value)) => value == 0,
            Weight::Weak(Weak::Bool(value)) => !value,
            Weight::Weak(Weak::Float(value)) => value == 0.0,
            Weight::Weak(Weak::Complex(value)) => zero(value.into()),
            Weight::Strong(scalar) => zero(scalar),
        }
    }

    /// The dtype of the weight times an element of `dtype`.
    pub(super) fn term_dtype(&self, dtype: DType) -> Result<DType, Error> {
        match self {
            Weight::Weak(literal) => Ok(promote_weak(dtype, literal)?),
            Weight::Strong(scalar) => Ok(promote(dtype, scalar.dtype())),
        }
    }

    /// The weight as an element of `dtype`.
    pub(super) fn to_scalar(self, dtype: DType) -> Result<Scalar, Error> {
        match self {
            Weight::Weak(literal) => Ok(literal.to_scalar(dtype)?),
            Weight::Strong(scalar) => Ok(scalar.cast(dtype)),
        }
    }
}
