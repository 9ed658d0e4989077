//! Output: writing to standard output, and values as Python and NumPy print them.

use crate::command::CommandError;
use crate::evaluate::Value;
use crate::print::{PrintOptions, format_array};
use distarray_core::{DType, Weak, dispatch};
use distarray_lazy::DistArray;
use std::io::{ErrorKind, Write};

/// Writes to standard output. A reader that has gone away is no failure.
pub(crate) fn write(text: &str) -> Result<(), CommandError> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(CommandError::failure(error)),
        _ => Ok(()),
    }
}

/// The value as Python's `print` shows it; nothing for `None`.
pub(crate) fn show(value: &Value) -> Result<Option<String>, CommandError> {
    Ok(match value {
        Value::None => None,
        Value::Array(array) => Some(show_array(array)?),
        other => Some(show_plain(other)?),
    })
}

fn show_plain(value: &Value) -> Result<String, CommandError> {
    Ok(match value {
        Value::Number(Weak::Int(value)) => value.to_string(),
        Value::Number(number) => {
            let dtype = number.default_dtype().unwrap_or(DType::Float64);
            number.to_scalar(dtype).map_err(CommandError::failure)?.to_string()
        }
        Value::Text(text) => text.clone(),
        Value::DType(dtype) => dtype.name().to_owned(),
        Value::Tuple(values) => {
            let shown = values.iter().map(|value| Ok(show(value)?.unwrap_or_else(|| "None".to_owned())));
            let shown = shown.collect::<Result<Vec<_>, CommandError>>()?;
            let comma = if shown.len() == 1 { "," } else { "" };
            format!("({}{comma})", shown.join(", "))
        }
        Value::Ellipsis => "Ellipsis".to_owned(),
        Value::Function(name) | Value::Method(_, name) => format!("<function {name}>"),
        Value::Module(name) => format!("<module {name}>"),
        Value::Generator(_) => "Generator(ChaCha8)".to_owned(),
        Value::None => "None".to_owned(),
        Value::Array(array) => show_array(array)?,
    })
}

/// The array as NumPy prints it: only what is shown is brought here.
pub(crate) fn show_array(array: &DistArray) -> Result<String, CommandError> {
    if array.ndim() == 0 {
        return Ok(array.item().map_err(CommandError::failure)?.to_string());
    }
    let options = PrintOptions::default();
    let shape = array.shape().to_vec();
    let needed =
        options.needed_indices(&shape).into_iter().map(|ranges| ranges.into_iter().flatten().collect());
    let block = if shape.contains(&0) || !options.summarises(&shape) {
        array.fetch_block()
    } else {
        array.fetch_product(needed.collect())
    };
    let block = block.map_err(CommandError::failure)?;
    dispatch!(block.dtype(), Any(T) => {
        let elements = block.as_slice::<T>().map_err(CommandError::failure)?;
        format_array::<T>(&shape, elements, &options).map_err(CommandError::failure)
    })
}
