//! Names: what the module `random` has, what a generator has, and what stands instead of the rest.

use super::{special, table};
use crate::calc::{CalcError, SourceRange};
use crate::evaluate::value::Value;

/// The module's name.
pub(crate) const MODULE: &str = "random";

/// What only the module has, and what only a generator has.
pub(super) const DEFAULT_RNG: &str = "default_rng";
pub(super) const SEED: &str = "seed";
pub(super) const SPAWN: &str = "spawn";

/// Names that NumPy has and calc has not, and what to write instead.
pub(super) const INSTEAD: [(&str, &str); 8] = [
    ("bytes", "there are no byte strings here: integers(0, 256, 10, dtype=uint8) gives ten numbers"),
    ("permuted", "write permutation(x, axis=0), which moves whole rows"),
    ("rand", "write random(size=(2, 3))"),
    ("randn", "write standard_normal(size=(2, 3))"),
    ("randint", "write integers(0, 10, size=(2, 3))"),
    ("random_integers", "write integers(0, 10, size=(2, 3), endpoint=True)"),
    ("random_sample", "write random(size=(2, 3))"),
    ("RandomState", "write default_rng(42)"),
];

/// `random.normal`.
///
/// # Errors
/// Names that the module has not.
pub(crate) fn member(name: &str, range: SourceRange) -> Result<Value, CalcError> {
    if draws(name) || matches!(name, DEFAULT_RNG | SEED) {
        return Ok(Value::Function(format!("{MODULE}.{name}")));
    }
    Err(CalcError::new(range, unknown(format!("the function {MODULE}.{name} is not known"), name)))
}

/// `rng.normal`.
///
/// # Errors
/// Names that a generator has not.
pub(crate) fn method(generator: &Value, name: &str, range: SourceRange) -> Result<Value, CalcError> {
    if draws(name) || name == SPAWN {
        return Ok(Value::Method(Box::new(generator.clone()), name.to_owned()));
    }
    Err(CalcError::new(range, unknown(format!("{} has no attribute {name}", generator.kind()), name)))
}

/// Whether the function of this name draws from a generator.
fn draws(name: &str) -> bool {
    table::row_of(name).is_some() || special::by_name(name).is_some()
}

fn unknown(message: String, name: &str) -> String {
    match INSTEAD.iter().find(|(known, _)| *known == name) {
        Some((_, instead)) => format!("{message}: {instead}"),
        None => message,
    }
}
