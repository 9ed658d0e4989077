//! Reduction: which, and what dtype it gives.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::dtype::{DType, Kind};

/// What is made of the elements along the reduced axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reduction {
    /// The sum; small integers and `bool` in 64 bits. Of nothing: 0.
    Sum,
    /// The sum; of floats and complex numbers with the same bits in whatever order and on however many ranks they are
    /// added. Of nothing: 0.
    ReproducibleSum,
    /// The product; small integers and `bool` in 64 bits. Of nothing: 1.
    Prod,
    /// The smallest, or NaN if there is one; complex numbers by real part, then imaginary part.
    Min,
    /// The largest, or NaN if there is one; complex numbers by real part, then imaginary part.
    Max,
    /// The position of the smallest, of equal ones the first in C order; of the first NaN if there is one.
    ArgMin,
    /// The position of the largest, of equal ones the first in C order; of the first NaN if there is one.
    ArgMax,
    /// Whether any is not zero. Of nothing: false.
    Any,
    /// Whether none is zero. Of nothing: true.
    All,
    /// How many are not zero.
    CountNonzero,
    /// The mean; of integers in `float64`. Of nothing: NaN.
    Mean,
    /// The mean; of floats and complex numbers with the same bits in whatever order and on however many ranks they are
    /// added. Of nothing: NaN.
    ReproducibleMean,
    /// The mean squared distance from the mean, the count less `ddof` as divisor.
    Var {
        /// Delta degrees of freedom.
        ddof: u32,
    },
    /// The square root of the variance.
    Std {
        /// Delta degrees of freedom.
        ddof: u32,
    },
}

impl Reduction {
    /// NumPy's name of it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Reduction::Sum | Reduction::ReproducibleSum => "sum",
            Reduction::Prod => "prod",
            Reduction::Min => "min",
            Reduction::Max => "max",
            Reduction::ArgMin => "argmin",
            Reduction::ArgMax => "argmax",
            Reduction::Any => "any",
            Reduction::All => "all",
            Reduction::CountNonzero => "count_nonzero",
            Reduction::Mean | Reduction::ReproducibleMean => "mean",
            Reduction::Var { .. } => "var",
            Reduction::Std { .. } => "std",
        }
    }

    /// The dtype of the result for elements of `dtype`.
    #[must_use]
    pub const fn result_dtype(self, dtype: DType) -> DType {
        match self {
            Reduction::Sum | Reduction::ReproducibleSum | Reduction::Prod => match dtype.kind() {
                Kind::Bool | Kind::Signed => DType::Int64,
                Kind::Unsigned => DType::UInt64,
                Kind::Float | Kind::Complex => dtype,
            },
            Reduction::Min | Reduction::Max => dtype,
            Reduction::Any | Reduction::All => DType::Bool,
            Reduction::CountNonzero | Reduction::ArgMin | Reduction::ArgMax => DType::Int64,
            Reduction::Mean | Reduction::ReproducibleMean => match dtype.kind() {
                Kind::Float | Kind::Complex => dtype,
                _ => DType::Float64,
            },
            Reduction::Var { .. } | Reduction::Std { .. } => match dtype.kind() {
                Kind::Float | Kind::Complex => dtype.real_part(),
                _ => DType::Float64,
            },
        }
    }

    /// Whether there is no result for no elements: the caller refuses before it begins.
    #[must_use]
    pub const fn needs_elements(self) -> bool {
        matches!(self, Reduction::Min | Reduction::Max | Reduction::ArgMin | Reduction::ArgMax)
    }
}

impl fmt::Display for Reduction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
