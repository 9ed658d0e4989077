//! Attributes: what stands behind a point, `a.shape` or `a.mean`.

use crate::calc::{CalcError, SourceRange};
use crate::evaluate::value::{Value, at, checked};
use crate::evaluate::{products, random, reductions, selecting, shapes};
use distarray_core::Weak;
use distarray_core::ufunc::Ufunc;
use distarray_lazy::apply;

/// `a.shape` and its kin.
///
/// # Errors
/// Attributes that the value has not.
pub(crate) fn attribute(value: &Value, name: &str, range: SourceRange) -> Result<Value, CalcError> {
    let whole = |value: usize| Value::Number(Weak::Int(value as i128));
    if let Value::Array(array) = value {
        let meta = array.meta().map_err(|error| at(range, &error))?;
        return Ok(match name {
            "shape" => Value::Tuple(meta.shape().iter().map(|length| whole(*length)).collect()),
            "ndim" => whole(meta.shape().len()),
            "size" => whole(meta.distribution.size()),
            "dtype" => Value::DType(meta.dtype),
            "itemsize" => whole(meta.dtype.size_bytes()),
            "T" => return checked(array.transpose(()), range),
            "nbytes" => whole(meta.distribution.size() * meta.dtype.size_bytes()),
            "real" => return checked(apply(array.context(), Ufunc::Real, &[array.into()]), range),
            "imag" => return checked(apply(array.context(), Ufunc::Imag, &[array.into()]), range),
            _ if is_method(name) => Value::Method(Box::new(value.clone()), name.to_owned()),
            _ => return Err(CalcError::new(range, format!("an array has no attribute {name}"))),
        });
    }
    match (value, name) {
        (Value::Module(random::MODULE), _) => random::member(name, range),
        (Value::Generator(_), _) => random::method(value, name, range),
        (Value::Function(function), "at") if selecting::scatter(function).is_some() => {
            Ok(Value::Function(format!("{function}.at")))
        }
        (Value::Function(function), _) if reductions::is_one(&format!("{function}.{name}")) => {
            Ok(Value::Function(format!("{function}.{name}")))
        }
        (Value::Module(reductions::MODULE), _) if reductions::is_one(&format!("linalg.{name}")) => {
            Ok(Value::Function(format!("linalg.{name}")))
        }
        (Value::Number(_), "shape") => Ok(Value::Tuple(Vec::new().into())),
        (Value::Number(_), "ndim") => Ok(whole(0)),
        (Value::Number(_), "size") => Ok(whole(1)),
        (Value::Number(number), "real") => Ok(Value::Number(match number {
            Weak::Complex(value) => Weak::Float(value.re),
            other => *other,
        })),
        (Value::Number(number), "imag") => Ok(Value::Number(match number {
            Weak::Complex(value) => Weak::Float(value.im),
            Weak::Float(_) => Weak::Float(0.0),
            _ => Weak::Int(0),
        })),
        (Value::DType(dtype), "name") => Ok(Value::Text(dtype.name().to_owned())),
        (Value::DType(dtype), "itemsize") => Ok(whole(dtype.size_bytes())),
        (other, _) => Err(CalcError::new(range, format!("{} has no attribute {name}", other.kind()))),
    }
}

/// NumPy's methods of arrays that are here.
fn is_method(name: &str) -> bool {
    (reductions::is_method(name) && !matches!(name, "amin" | "amax" | "count_nonzero"))
        || shapes::is_method(name)
        || selecting::is_method(name)
        || products::is_method(name)
        || matches!(name, "astype" | "clip" | "round" | "item" | "conj" | "conjugate")
}
