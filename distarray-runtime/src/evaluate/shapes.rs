//! Functions that change shapes and put axes in another order.

mod change;
mod join;
mod make;
#[cfg(test)]
mod tests;

use crate::calc::CalcError;
use crate::evaluate::arguments::{Argument, Arguments, axes, integer, shape};
use crate::evaluate::create::{as_array_if_tuple, scalar};
use crate::evaluate::surroundings::Surroundings;
use crate::evaluate::value::{Value, checked};
use distarray_lazy::{Axes, DistArray};

/// Whether a function of this name changes shapes.
pub(crate) fn is_shaper(name: &str) -> bool {
    is_method(name)
        || change::is_one(name)
        || join::is_one(name)
        || make::is_one(name)
        || matches!(
            name,
            "permute_dims" | "moveaxis" | "expand_dims" | "flip" | "flipud" | "fliplr" | "broadcast_to"
        )
}

/// Those that are methods of arrays too.
pub(crate) fn is_method(name: &str) -> bool {
    change::is_method(name) || matches!(name, "transpose" | "swapaxes" | "squeeze")
}

/// Calls one of them.
///
/// # Errors
/// Wrong arguments, and what the library refuses.
pub(crate) fn call(
    surroundings: &Surroundings,
    name: &str,
    mut arguments: Arguments,
) -> Result<Value, CalcError> {
    let range = arguments.range();
    if change::is_one(name) {
        return change::call(surroundings, name, arguments);
    }
    if join::is_one(name) {
        return join::call(surroundings, name, arguments);
    }
    if make::is_one(name) {
        return make::call(surroundings, name, arguments);
    }
    let given = given(surroundings, arguments.required(0, &["a", "m", "array"])?)?;
    let result = match name {
        "transpose" | "permute_dims" if arguments.positional_count() > 2 => {
            // As a method: a.transpose(1, 0).
            let count = arguments.positional_count();
            let order =
                (1..count).map(|position| axis(&mut arguments, position, &[])).collect::<Result<_, _>>()?;
            given.transpose(Axes::Some(order))
        }
        "transpose" | "permute_dims" => given.transpose(axes(arguments.optional(1, &["axes"])?)?),
        "swapaxes" => {
            let first = axis(&mut arguments, 1, &["axis1"])?;
            let second = axis(&mut arguments, 2, &["axis2"])?;
            given.swapaxes(first, second)
        }
        "moveaxis" => {
            let source = axes(Some(arguments.required(1, &["source"])?))?;
            let destination = axes(Some(arguments.required(2, &["destination"])?))?;
            given.moveaxis(source, destination)
        }
        "expand_dims" => given.expand_dims(axes(Some(arguments.required(1, &["axis"])?))?),
        "squeeze" => given.squeeze(axes(arguments.optional(1, &["axis"])?)?),
        "flip" => given.flip(axes(arguments.optional(1, &["axis"])?)?),
        "flipud" => given.flip(0),
        "fliplr" => given.flip(1),
        _ => {
            let shape = shape(&arguments.required(1, &["shape"])?)?;
            given.broadcast_to(&shape)
        }
    };
    arguments.finish()?;
    checked(result, range)
}

fn axis(arguments: &mut Arguments, position: usize, names: &[&str]) -> Result<isize, CalcError> {
    let argument = arguments.required(position, names)?;
    let axis = integer(&argument)?;
    isize::try_from(axis).map_err(|_| CalcError::new(argument.1, format!("axis {axis} is out of bounds")))
}

/// An array, a number as an array without dimensions, or a tuple of numbers as the array they make.
fn given(surroundings: &Surroundings, (value, range): Argument) -> Result<DistArray, CalcError> {
    match as_array_if_tuple(surroundings, value, range)? {
        Value::Array(array) => Ok(array),
        number @ Value::Number(_) => Ok(surroundings.context.full(&[][..], scalar(&number, range, None)?)),
        other => Err(CalcError::new(range, format!("{} where an array is needed", other.kind()))),
    }
}
