//! Calls of the functions of `random` and of a generator's methods.

use super::draw::Draw;
use super::generator::{generator_from_system, lock, seeded, shared};
use super::names::{DEFAULT_RNG, MODULE, SEED, SPAWN};
use super::{special, table};
use crate::calc::CalcError;
use crate::evaluate::arguments::{Arguments, integer, size};
use crate::evaluate::surroundings::Surroundings;
use crate::evaluate::value::{SharedGenerator, Value, at};
use std::sync::Arc;

/// More children than this at a time are taken for a slip of the finger.
const MOST_CHILDREN: usize = 1 << 16;

/// Calls the function `name` of the module, or of a generator.
///
/// # Errors
/// Wrong arguments, and what the library refuses; then nothing has been drawn.
pub(crate) fn call(
    surroundings: &Surroundings,
    generator: Option<SharedGenerator>,
    name: &str,
    mut arguments: Arguments,
) -> Result<Value, CalcError> {
    match (name, &generator) {
        (DEFAULT_RNG, None) => return default_rng(arguments),
        (SEED, None) => return seed(surroundings, arguments),
        (SPAWN, Some(generator)) => return spawn(generator, arguments),
        _ => {}
    }
    let generator = source(surroundings, generator, &mut arguments)?;
    let draw = Draw::new(surroundings, generator, arguments);
    if let Some(row) = table::row_of(name) {
        return draw.of_row(row);
    }
    match special::by_name(name) {
        Some(function) => function(draw),
        None => Err(CalcError::new(draw.range(), format!("the function {name} is not known"))),
    }
}

/// What a call draws from: the generator whose method it is, one of its own `seed=`, or the program's.
fn source(
    surroundings: &Surroundings,
    generator: Option<SharedGenerator>,
    arguments: &mut Arguments,
) -> Result<SharedGenerator, CalcError> {
    let seed = arguments.keyword(&["seed"])?;
    match (generator, seed) {
        (Some(generator), None) => Ok(generator),
        (Some(_), Some((seed, place))) => {
            let function = arguments.function();
            let seed = integer(&(seed.clone(), place)).map_or_else(|_| seed.kind(), |seed| seed.to_string());
            Err(CalcError::new(
                place,
                format!(
                    "seed {seed} is refused: a generator's {function}() takes none, {MODULE}.{function}() does"
                ),
            ))
        }
        (None, Some(seed)) if !matches!(seed.0, Value::None) => seeded(&seed).map(shared),
        (None, _) => Ok(Arc::clone(&surroundings.random)),
    }
}

/// `default_rng(seed)`: a generator of its own; one that is given is handed back, as in NumPy.
fn default_rng(mut arguments: Arguments) -> Result<Value, CalcError> {
    let seed = arguments.optional(0, &["seed"])?;
    arguments.finish()?;
    Ok(Value::Generator(match seed {
        Some((Value::Generator(generator), _)) => generator,
        Some(seed) => shared(seeded(&seed)?),
        None => shared(generator_from_system()),
    }))
}

/// `seed(42)`: the program's own generator begins anew.
fn seed(surroundings: &Surroundings, mut arguments: Arguments) -> Result<Value, CalcError> {
    let seed = arguments.optional(0, &["seed"])?;
    arguments.finish()?;
    *lock(&surroundings.random) = seed.map_or_else(|| Ok(generator_from_system()), |seed| seeded(&seed))?;
    Ok(Value::None)
}

/// `rng.spawn(2)`: a tuple of generators, independent of `rng` and of each other.
fn spawn(generator: &SharedGenerator, mut arguments: Arguments) -> Result<Value, CalcError> {
    let range = arguments.range();
    let count = arguments.required(0, &["n_children"])?;
    let (place, count) = (count.1, size(&count)?);
    arguments.finish()?;
    if count > MOST_CHILDREN {
        return Err(CalcError::new(place, format!("{count} children are too many: at most {MOST_CHILDREN}")));
    }
    let children = lock(generator).spawn(count).map_err(|error| at(range, &error.into()))?;
    Ok(Value::Tuple(children.into_iter().map(|child| Value::Generator(shared(child))).collect()))
}
