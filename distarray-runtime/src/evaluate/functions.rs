//! Functions: NumPy's names, and what of the library each one is.

use crate::calc::{CalcError, SourceRange};
use crate::evaluate::arguments::{Arguments, array, dtype, python_type};
use crate::evaluate::attribute::attribute;
use crate::evaluate::surroundings::Surroundings;
use crate::evaluate::value::{Value, at, checked, weak};
use crate::evaluate::{composite, create, products, reductions, selecting, shapes, stencil};
use distarray_core::ufunc::Ufunc;
use distarray_core::{DType, Weak};
use distarray_lazy::{Context, Operand, apply};

/// Constants by name.
pub(crate) fn constant(name: &str) -> Option<Value> {
    let number = match name {
        "pi" => std::f64::consts::PI,
        "e" => std::f64::consts::E,
        "inf" | "Inf" | "infinity" => f64::INFINITY,
        "nan" | "NaN" => f64::NAN,
        "euler_gamma" => 0.577_215_664_901_532_9,
        "newaxis" => return Some(Value::None),
        _ => return DType::from_name(name).ok().filter(|dtype| dtype.name() == name).map(Value::DType),
    };
    Some(Value::Number(Weak::Float(number)))
}

/// Whether a function of this name exists.
pub(crate) fn is_function(name: &str) -> bool {
    Ufunc::by_name(name).is_ok()
        || reductions::is_one(name)
        || python_type(name).is_some()
        || create::is_creator(name)
        || composite::is_composite(name)
        || shapes::is_shaper(name)
        || selecting::is_selector(name)
        || products::is_product(name)
        || matches!(
            name,
            "stencil" | "where" | "clip" | "astype" | "shape" | "ndim" | "size" | "len" | "item"
        )
}

/// Calls the function `name`.
///
/// # Errors
/// Unknown names, wrong arguments, and what the library refuses.
pub(crate) fn call(
    surroundings: &Surroundings,
    name: &str,
    name_range: SourceRange,
    mut arguments: Arguments,
) -> Result<Value, CalcError> {
    let context = &surroundings.context;
    let range = arguments.range();
    if name == "where" && arguments.positional_count() == 1 {
        let condition = create::given_array(surroundings, arguments.required(0, &["condition"])?)?;
        arguments.finish()?;
        return selecting::nonzero(&condition, range);
    }
    if name == "clip" {
        return clip(context, arguments);
    }
    if composite::is_composite(name) {
        return composite::call(surroundings, name, arguments);
    }
    if reductions::is_one(name) {
        return reductions::call(surroundings, name, arguments);
    }
    if let Some(wanted) = python_type(name).or_else(|| DType::from_name(name).ok()) {
        let given = arguments.required(0, &["value"])?;
        arguments.finish()?;
        return convert(context, name, &given.0, given.1, wanted, range);
    }
    if shapes::is_shaper(name) {
        return shapes::call(surroundings, name, arguments);
    }
    if selecting::is_selector(name) {
        return selecting::call(surroundings, name, arguments);
    }
    if products::is_product(name) {
        return products::call(surroundings, name, arguments);
    }
    if create::is_creator(name) {
        return create::call(surroundings, name, arguments);
    }
    match name {
        "stencil" => return stencil::call(arguments),
        "astype" => {
            let (value, place) = arguments.required(0, &["x"])?;
            let wanted = dtype(&arguments.required(1, &["dtype"])?)?;
            arguments.finish()?;
            return convert(context, name, &value, place, wanted, range);
        }
        "shape" | "ndim" | "size" => {
            let given = arguments.required(0, &["a"])?;
            arguments.finish()?;
            return attribute(&given.0, name, range);
        }
        "len" => {
            let (array, place) = array(arguments.required(0, &["a"])?)?;
            arguments.finish()?;
            return match array.shape().first() {
                Some(length) => Ok(Value::Number(Weak::Int(*length as i128))),
                None => Err(CalcError::new(place, "len() of an array without dimensions")),
            };
        }
        "item" => {
            let (array, _) = array(arguments.required(0, &["a"])?)?;
            arguments.finish()?;
            return array.item().map(|scalar| Value::Number(weak(scalar))).map_err(|error| at(range, &error));
        }
        _ => {}
    }
    let Ok(ufunc) = Ufunc::by_name(name) else {
        return Err(CalcError::new(name_range, format!("the function {name} is not known")));
    };
    for refused in ["out", "where", "casting", "order", "subok"] {
        if let Some((_, place)) = arguments.keyword(&[refused])? {
            return Err(CalcError::new(place, format!("{name}() does not take {refused}= here")));
        }
    }
    let wanted = arguments.keyword(&["dtype"])?.map(|argument| dtype(&argument)).transpose()?;
    let mut operands: Vec<Operand> = Vec::with_capacity(ufunc.arity());
    for position in 0..ufunc.arity() {
        let (value, place) = arguments.required(position, &[["x1", "x2", "x3"][position]])?;
        let value = create::as_array_if_tuple(surroundings, value, place)?;
        operands.push(value.operand(place)?);
    }
    arguments.finish()?;
    let result = apply(context, ufunc, &operands);
    checked(wanted.map_or(result.clone(), |dtype| result.astype(dtype)), range)
}

fn clip(context: &Context, mut arguments: Arguments) -> Result<Value, CalcError> {
    let range = arguments.range();
    let (value, place) = arguments.required(0, &["a", "x"])?;
    let low = arguments.optional(1, &["a_min", "min"])?.filter(|(value, _)| !matches!(value, Value::None));
    let high = arguments.optional(2, &["a_max", "max"])?.filter(|(value, _)| !matches!(value, Value::None));
    arguments.finish()?;
    let value = value.operand(place)?;
    let result = match (low, high) {
        (None, None) => {
            return Err(CalcError::new(range, "clip() needs a lower bound, an upper bound, or both"));
        }
        (Some((low, place)), None) => apply(context, Ufunc::Maximum, &[value, low.operand(place)?]),
        (None, Some((high, place))) => apply(context, Ufunc::Minimum, &[value, high.operand(place)?]),
        (Some((low, low_place)), Some((high, high_place))) => {
            apply(context, Ufunc::Clip, &[value, low.operand(low_place)?, high.operand(high_place)?])
        }
    };
    checked(result, range)
}

/// `float64(x)`, `int(x)`: arrays are cast, numbers get a dtype (or stay Python's for Python's types).
fn convert(
    context: &Context,
    name: &str,
    value: &Value,
    place: SourceRange,
    wanted: DType,
    range: SourceRange,
) -> Result<Value, CalcError> {
    match value {
        Value::Array(array) if python_type(name).is_some() => {
            let scalar = array.astype(wanted).item().map_err(|error| at(range, &error))?;
            Ok(Value::Number(weak(scalar)))
        }
        Value::Array(array) => checked(array.astype(wanted), range),
        Value::Number(number) => {
            let own = number.default_dtype().map_err(|error| at(place, &error.into()))?;
            let scalar = number.to_scalar(own).map_err(|error| at(place, &error.into()))?.cast(wanted);
            if python_type(name).is_some() {
                return Ok(Value::Number(weak(scalar)));
            }
            checked(context.full(&[][..], scalar), range)
        }
        other => Err(CalcError::new(place, format!("{} cannot become {}", other.kind(), wanted.name()))),
    }
}
