//! Value: what an expression of a program gives.

use crate::calc::{CalcError, SourceRange};
use distarray_core::{DType, Scalar, Weak};
use distarray_lazy::{DistArray, Operand};
use distarray_random::Generator;
use distarray_spmd::Error;
use std::ops::Deref;
use std::sync::{Arc, Mutex};

/// A generator that several names may stand for, as in Python: whoever draws from it moves it on for all.
pub type SharedGenerator = Arc<Mutex<Generator>>;

/// What an expression gives.
#[derive(Clone, Debug)]
pub enum Value {
    /// An array, of any number of dimensions.
    Array(DistArray),
    /// A number of the program itself.
    Number(Weak),
    /// `None`.
    None,
    /// A text.
    Text(String),
    /// An element type.
    DType(DType),
    /// `...`.
    Ellipsis,
    /// A tuple or a list.
    Tuple(Sequence),
    /// A function, by its name.
    Function(String),
    /// A method of a value.
    Method(Box<Value>, String),
    /// A part of the library, by its name.
    Module(&'static str),
    /// A generator of random numbers.
    Generator(SharedGenerator),
}

/// The values of a tuple or of a list: read as a slice, whichever it is.
#[derive(Clone, Debug)]
pub struct Sequence {
    members: Vec<Value>,
    is_list: bool,
}

impl Sequence {
    /// A list. **Local**
    #[must_use]
    pub fn list(members: Vec<Value>) -> Self {
        Self { members, is_list: true }
    }

    /// Whether it is a list: between brackets one index array, where a tuple is several entries. **Pure**
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.is_list
    }
}

/// A tuple.
impl From<Vec<Value>> for Sequence {
    fn from(members: Vec<Value>) -> Self {
        Self { members, is_list: false }
    }
}

impl FromIterator<Value> for Sequence {
    fn from_iter<I: IntoIterator<Item = Value>>(members: I) -> Self {
        members.into_iter().collect::<Vec<_>>().into()
    }
}

impl Deref for Sequence {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.members
    }
}

impl IntoIterator for Sequence {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.into_iter()
    }
}

impl Value {
    /// What it is, for messages.
    pub(crate) fn kind(&self) -> String {
        match self {
            Value::Array(array) => match array.meta() {
                Ok(meta) => format!("an array of {} of shape {:?}", meta.dtype.name(), meta.shape()),
                Err(_) => "an array".to_owned(),
            },
            Value::Number(Weak::Bool(_)) => "a truth value".to_owned(),
            Value::Number(Weak::Int(_)) => "an integer".to_owned(),
            Value::Number(Weak::Float(_)) => "a float".to_owned(),
            Value::Number(Weak::Complex(_)) => "a complex number".to_owned(),
            Value::None => "None".to_owned(),
            Value::Text(text) => format!("the text {text:?}"),
            Value::DType(dtype) => format!("the dtype {}", dtype.name()),
            Value::Ellipsis => "`...`".to_owned(),
            Value::Tuple(values) if values.is_list() => format!("a list of {} values", values.len()),
            Value::Tuple(values) => format!("a tuple of {} values", values.len()),
            Value::Function(name) => format!("the function {name}"),
            Value::Method(_, name) => format!("the method {name}"),
            Value::Module(name) => format!("the module {name}"),
            Value::Generator(_) => "a random generator".to_owned(),
        }
    }

    /// An array or a number, for an elementwise operation.
    pub(crate) fn operand(&self, range: SourceRange) -> Result<Operand, CalcError> {
        match self {
            Value::Array(array) => Ok(array.into()),
            Value::Number(number) => Ok((*number).into()),
            other => {
                Err(CalcError::new(range, format!("{} where an array or a number is needed", other.kind())))
            }
        }
    }
}

/// An error of the library at a place in the program. Where it says which Rust line it came from, that
/// is left out: the program's text is the place that matters here.
pub(crate) fn at(range: SourceRange, error: &Error) -> CalcError {
    match error {
        Error::At { source, .. } => at(range, source),
        other => CalcError::new(range, other.to_string()),
    }
}

/// The array, if it carries no error.
pub(crate) fn checked(array: DistArray, range: SourceRange) -> Result<Value, CalcError> {
    match array.error() {
        None => Ok(Value::Array(array)),
        Some(error) => Err(at(range, error)),
    }
}

/// The scalar as a number of the program's own.
pub(crate) fn weak(scalar: Scalar) -> Weak {
    match scalar {
        Scalar::Bool(value) => value.into(),
        Scalar::Int8(value) => value.into(),
        Scalar::Int16(value) => value.into(),
        Scalar::Int32(value) => value.into(),
        Scalar::Int64(value) => value.into(),
        Scalar::UInt8(value) => value.into(),
        Scalar::UInt16(value) => value.into(),
        Scalar::UInt32(value) => value.into(),
        Scalar::UInt64(value) => value.into(),
        Scalar::Float32(value) => value.into(),
        Scalar::Float64(value) => value.into(),
        Scalar::Complex64(value) => value.into(),
        Scalar::Complex128(value) => value.into(),
    }
}
