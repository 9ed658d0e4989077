//! The dtype that a name stands for.

use std::str::FromStr;

use crate::dtype::DType;
use crate::error::ElementError;

impl DType {
    /// The dtype of a name: those of [`DType::name`], and NumPy's `int`, `float`, `complex` and `bool_`.
    ///
    /// # Errors
    /// [`ElementError::UnknownDType`].
    pub fn from_name(name: &str) -> Result<DType, ElementError> {
        let alias = match name {
            "int" => Some(DType::Int64),
            "float" => Some(DType::Float64),
            "complex" => Some(DType::Complex128),
            "bool_" => Some(DType::Bool),
            _ => DType::ALL.into_iter().find(|dtype| dtype.name() == name),
        };
        alias.ok_or_else(|| ElementError::UnknownDType { name: name.to_owned() })
    }
}

impl FromStr for DType {
    type Err = ElementError;

    fn from_str(name: &str) -> Result<DType, ElementError> {
        DType::from_name(name)
    }
}
