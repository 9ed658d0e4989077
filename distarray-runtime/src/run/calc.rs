//! `distarray calc`: a program in NumPy's expression syntax, run on files.

use crate::calc::{CalcError, parse};
use crate::command::{CalcArguments, CommandError};
use crate::evaluate::{Surroundings, Value, Variables, evaluate};
use crate::run::context::with_context;
use crate::run::output::{show, write};
use crate::run::progress::Progress;
use distarray_io::{LoadNpy, SaveNpy, probe};
use distarray_lazy::{Context, DistArray};
use distarray_spmd::Error;
use std::path::Path;

pub(crate) fn run(arguments: &CalcArguments) -> Result<(), CommandError> {
    let source = arguments.program_text()?;
    let wrong = |error: CalcError| CommandError::Program { program: source.clone(), error };
    let program = parse(&source).map_err(wrong)?;
    with_context(arguments.engines, arguments.memory_bytes, |context| {
        let surroundings = Surroundings::new(context.clone(), arguments.distribution.clone());
        let mut variables = Variables::new();
        for input in &arguments.inputs {
            let array = load(&surroundings, &input.file)?;
            variables.insert(input.name.clone(), Value::Array(array));
        }
        let kept: Vec<&str> = arguments.outputs.iter().map(|output| output.name.as_str()).collect();
        let _progress = Progress::begin("calculating", context);
        let value = evaluate(&program, &surroundings, &mut variables, &kept).map_err(wrong)?;
        for output in &arguments.outputs {
            let array = output_array(&surroundings, &variables, &output.name)?;
            save(context, &array, &output.file).map_err(CommandError::failure)?;
        }
        let explanation =
            if arguments.explain { Some(context.explain().map_err(CommandError::failure)?) } else { None };
        context.synchronise().map_err(CommandError::failure)?;
        if let Some(explanation) = explanation {
            write(&explanation.to_string())?;
        }
        match value.as_ref().map(show).transpose()?.flatten() {
            Some(text) => write(&format!("{text}\n")),
            None => Ok(()),
        }
    })
}

/// The array in a file, spread as the surroundings say.
pub(crate) fn load(surroundings: &Surroundings, file: &Path) -> Result<DistArray, CommandError> {
    let found = probe(file).map_err(CommandError::failure)?;
    let layout = surroundings.layout(&found.header.shape).map_err(CommandError::failure)?;
    let load = LoadNpy::new(found, layout).map_err(CommandError::failure)?;
    let mut arrays = surroundings.context.call(load, &[]).map_err(CommandError::failure)?;
    arrays.pop().ok_or_else(|| CommandError::failure(Error::Closed))
}

/// Writes down that `array` goes to `file`; moved first if it lies so that writing would be slow.
pub(crate) fn save(context: &Context, array: &DistArray, file: &Path) -> Result<(), Error> {
    let array = match SaveNpy::faster_distribution(array.meta()?, context.rank_count()) {
        Some(layout) => array.redistribute(layout),
        None => array.clone(),
    };
    context.call(SaveNpy::new(file), &[&array]).map(|_| ())
}

fn output_array(
    surroundings: &Surroundings,
    variables: &Variables,
    name: &str,
) -> Result<DistArray, CommandError> {
    match variables.get(name) {
        Some(Value::Array(array)) => Ok(array.clone()),
        Some(Value::Number(number)) => {
            let scalar = number.default_dtype().and_then(|dtype| number.to_scalar(dtype));
            let scalar = scalar.map_err(CommandError::failure)?;
            Ok(surroundings.context.full(&[][..], scalar))
        }
        Some(other) => Err(CommandError::Output { name: name.to_owned(), found: other.kind() }),
        None => Err(CommandError::Output { name: name.to_owned(), found: "nothing".to_owned() }),
    }
}
