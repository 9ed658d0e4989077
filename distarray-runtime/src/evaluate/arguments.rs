//! Arguments: what a call was given, taken out by position or by name.

use crate::calc::{CalcError, SourceRange};
use crate::evaluate::value::{Value, at};
use distarray_core::{DType, ElementError, Weak};
use distarray_lazy::{Axes, DistArray};

/// The arguments of one call. Each is taken once; what is left at the end is refused by name.
#[derive(Debug)]
pub(crate) struct Arguments {
    function: String,
    /// The place of the whole call.
    range: SourceRange,
    positional: Vec<Option<Argument>>,
    named: Vec<Named>,
}

/// An argument given by name: the name, its place, and the argument until it is taken.
type Named = (String, SourceRange, Option<Argument>);

/// An argument and its place.
pub(crate) type Argument = (Value, SourceRange);

impl Arguments {
    pub(crate) fn new(
        function: &str,
        range: SourceRange,
        positional: Vec<Argument>,
        named: Vec<(String, SourceRange, Argument)>,
    ) -> Self {
        Self {
            function: function.to_owned(),
            range,
            positional: positional.into_iter().map(Some).collect(),
            named: named.into_iter().map(|(name, range, value)| (name, range, Some(value))).collect(),
        }
    }

    /// The place of the whole call.
    pub(crate) fn range(&self) -> SourceRange {
        self.range
    }

    /// The function's name.
    pub(crate) fn function(&self) -> &str {
        &self.function
    }

    /// How many were given by position.
    pub(crate) fn positional_count(&self) -> usize {
        self.positional.len()
    }

    /// The argument at `position`, which may also be given by any of `names`.
    pub(crate) fn optional(
        &mut self,
        position: usize,
        names: &[&str],
    ) -> Result<Option<Argument>, CalcError> {
        let by_position = self.positional.get_mut(position).and_then(Option::take);
        let by_name = self
            .named
            .iter_mut()
            .find(|(name, _, value)| names.contains(&name.as_str()) && value.is_some())
            .and_then(|(name, range, value)| value.take().map(|value| (name.clone(), *range, value)));
        match (by_position, by_name) {
            (Some(_), Some((name, range, _))) => Err(CalcError::new(
                range,
                format!("{}() is given {name} twice, by position and by name", self.function),
            )),
            (Some(value), None) => Ok(Some(value)),
            (None, by_name) => Ok(by_name.map(|(_, _, value)| value)),
        }
    }

    /// As [`Arguments::optional`], for one that must be given.
    pub(crate) fn required(&mut self, position: usize, names: &[&str]) -> Result<Argument, CalcError> {
        let wanted = names.first().copied().unwrap_or("more arguments");
        self.optional(position, names)?.ok_or_else(|| {
            CalcError::new(self.range, format!("{}() is missing its argument {wanted}", self.function))
        })
    }

    /// An argument given by name only.
    pub(crate) fn keyword(&mut self, names: &[&str]) -> Result<Option<Argument>, CalcError> {
        self.optional(usize::MAX, names)
    }

    /// Refuses what nobody took.
    pub(crate) fn finish(self) -> Result<(), CalcError> {
        if let Some((name, range, _)) = self.named.iter().find(|(_, _, value)| value.is_some()) {
            return Err(CalcError::new(*range, format!("{}() has no argument named {name}", self.function)));
        }
        let taken = self.positional.iter().filter(|value| value.is_none()).count();
        match self.positional.iter().flatten().next() {
            None => Ok(()),
            Some((_, range)) => Err(CalcError::new(
                *range,
                format!(
                    "{}() takes at most {taken} arguments, {} given",
                    self.function,
                    self.positional.len()
                ),
            )),
        }
    }
}

/// The argument as an array.
pub(crate) fn array((value, range): Argument) -> Result<(DistArray, SourceRange), CalcError> {
    match value {
        Value::Array(array) => Ok((array, range)),
        other => Err(CalcError::new(range, format!("{} where an array is needed", other.kind()))),
    }
}

/// The argument as an integer.
pub(crate) fn integer((value, range): &Argument) -> Result<i128, CalcError> {
    match value {
        Value::Number(Weak::Int(value)) => Ok(*value),
        Value::Number(Weak::Bool(value)) => Ok(i128::from(*value)),
        other => Err(CalcError::new(*range, format!("{} where an integer is needed", other.kind()))),
    }
}

/// The argument as a size or count: an integer that is not negative.
pub(crate) fn size(argument: &Argument) -> Result<usize, CalcError> {
    let value = integer(argument)?;
    usize::try_from(value).ok().filter(|size| i64::try_from(*size).is_ok()).ok_or_else(|| {
        CalcError::new(argument.1, format!("{value} is no size: it must be from 0 to 2^63 - 1"))
    })
}

/// The argument as a truth value.
pub(crate) fn flag((value, range): &Argument) -> Result<bool, CalcError> {
    match value {
        Value::Number(Weak::Bool(value)) => Ok(*value),
        Value::Number(Weak::Int(value)) => Ok(*value != 0),
        other => Err(CalcError::new(*range, format!("{} where True or False is needed", other.kind()))),
    }
}

/// The argument as a shape: a size, or a tuple of sizes.
pub(crate) fn shape((value, range): &Argument) -> Result<Vec<usize>, CalcError> {
    match value {
        Value::Tuple(values) => values.iter().map(|value| size(&(value.clone(), *range))).collect(),
        other => size(&(other.clone(), *range)).map(|size| vec![size]),
    }
}

/// The argument as axes: None (all), an integer, or a tuple of integers.
pub(crate) fn axes(argument: Option<Argument>) -> Result<Axes, CalcError> {
    let axis = |value: &Value, range: SourceRange| {
        let axis = integer(&(value.clone(), range))?;
        isize::try_from(axis).map_err(|_| CalcError::new(range, format!("axis {axis} is out of bounds")))
    };
    match argument {
        None | Some((Value::None, _)) => Ok(Axes::All),
        Some((Value::Tuple(values), range)) => {
            values.iter().map(|value| axis(value, range)).collect::<Result<_, _>>().map(Axes::Some)
        }
        Some((value, range)) => Ok(Axes::Some(vec![axis(&value, range)?])),
    }
}

/// The argument as a dtype: a dtype's name, a text, or Python's `bool`, `int`, `float`, `complex`.
pub(crate) fn dtype((value, range): &Argument) -> Result<DType, CalcError> {
    let refuse = |what: &str| CalcError::new(*range, format!("{what} is not the name of a dtype"));
    match value {
        Value::DType(dtype) => Ok(*dtype),
        Value::Function(name) => python_type(name).ok_or_else(|| refuse(name)),
        Value::Text(name) => {
            let found = python_type(name).map_or_else(|| DType::from_name(name), Ok);
            found.or_else(|error| match (DType::from_descr(name), error) {
                (Ok((dtype, _)), _) => Ok(dtype),
                (_, error @ ElementError::UnsupportedDescr { .. }) => Err(at(*range, &error.into())),
                // Such as `<U5` or `f2`; other texts that begin with one of its letters are misspelt names.
                (Err(error), _) if name.starts_with(['<', '>', '|', '=']) || name.len() == 2 => {
                    Err(at(*range, &error.into()))
                }
                _ => Err(refuse(&format!("{name:?}"))),
            })
        }
        other => Err(refuse(&other.kind())),
    }
}

/// The dtype of Python's own type of this name.
pub(crate) fn python_type(name: &str) -> Option<DType> {
    match name {
        "bool" => Some(DType::Bool),
        "int" => Some(DType::Int64),
        "float" => Some(DType::Float64),
        "complex" => Some(DType::Complex128),
        _ => None,
    }
}
