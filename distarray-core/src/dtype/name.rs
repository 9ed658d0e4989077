//! The dtype that a name stands for.

use std::str::FromStr;

use crate::dtype::DType;
use crate::error::ElementError;

impl DType {
    /// The dtype of a name: those of [`DType::name`], and NumPy's `int`, `float`, `complex` and `bool_`.
    ///
    /// # Errors
    /// [`ElementError::UnsupportedDescr`] for NumPy's other dtypes; [`ElementError::UnknownDType`].
    pub fn from_name(name: &str) -> Result<DType, ElementError> {
        let alias = match name {
            "int" => Some(DType::Int64),
            "float" => Some(DType::Float64),
            "complex" => Some(DType::Complex128),
            "bool_" => Some(DType::Bool),
            _ => DType::ALL.into_iter().find(|dtype| dtype.name() == name),
        };
        alias.ok_or_else(|| match described(name) {
            Some(why) => ElementError::UnsupportedDescr { descr: name.to_owned(), why: why.to_owned() },
            None => ElementError::UnknownDType { name: name.to_owned() },
        })
    }
}

/// What a dtype of NumPy is that is not here.
fn described(name: &str) -> Option<&'static str> {
    Some(match name {
        "float16" | "half" => "half precision (float32 holds its numbers)",
        "longdouble" | "float96" | "float128" | "clongdouble" | "complex192" | "complex256" => {
            "extended precision, which differs from machine to machine"
        }
        "str" | "str_" | "StringDType" => "text",
        "bytes" | "bytes_" => "byte strings",
        "object" | "object_" => "Python objects",
        "void" => "records or raw bytes",
        _ if name.starts_with("datetime64") => "dates and times",
        _ if name.starts_with("timedelta64") => "time differences",
        _ => return None,
    })
}

impl FromStr for DType {
    type Err = ElementError;

    fn from_str(name: &str) -> Result<DType, ElementError> {
        DType::from_name(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numpys_other_dtypes_are_refused_by_what_they_are() {
        for (name, why) in [
            ("float16", "half precision"),
            ("datetime64[ns]", "dates and times"),
            ("timedelta64", "time differences"),
            ("str", "text"),
            ("longdouble", "extended precision"),
        ] {
            let error = DType::from_name(name).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(why), "{error}");
        }
        let error = DType::from_name("flaot64").unwrap_err();
        assert_eq!(error, ElementError::UnknownDType { name: String::from("flaot64") });
    }
}
