//! What the library refuses, in the words of the program and at the argument that is to blame.

use crate::calc::{CalcError, SourceRange};
use distarray_random::RandomError;

/// A parameter that was given, so that a refusal can name it as it was written.
pub(super) struct Given {
    /// NumPy's name.
    pub(super) name: &'static str,
    /// The library's name for it.
    pub(super) field: &'static str,
    /// Where it is written.
    pub(super) place: SourceRange,
}

/// The error at the argument that is to blame, under the name that the program gave it by; at `range`, the call, if it
/// is several or none.
pub(super) fn refusal(
    error: &RandomError,
    given: &[Given],
    dtype_place: Option<SourceRange>,
    range: SourceRange,
) -> CalcError {
    let message = error.to_string();
    if matches!(error, RandomError::DType { .. }) {
        return CalcError::new(dtype_place.unwrap_or(range), message);
    }
    // All these messages begin with the library's name.
    let Some((name, rest)) = blamed(error).and_then(|name| Some((name, message.strip_prefix(name)?))) else {
        return CalcError::new(range, message);
    };
    let (written, place) = as_written(name, given);
    let message = match error {
        // Integers have been looked at before: these are counts, and their sums.
        RandomError::OutOfBounds { value, .. } => {
            format!("{written} {value} is refused: it must be at most 2^62")
        }
        _ => format!("{written}{rest}"),
    };
    CalcError::new(place.unwrap_or(range), message)
}

/// The library's name for what it refuses, if it is one thing.
fn blamed(error: &RandomError) -> Option<&'static str> {
    match error {
        RandomError::Parameter { name, .. }
        | RandomError::Entry { name, .. }
        | RandomError::OutOfBounds { name, .. } => Some(name),
        RandomError::Sample { .. } => Some("sample"),
        RandomError::Covariance(_) => Some("covariance"),
        _ => None,
    }
}

/// A name such as `scale`, `sum of colors` or `good + bad` as the program writes it, and the place if it is one.
fn as_written(name: &'static str, given: &[Given]) -> (String, Option<SourceRange>) {
    let mut places = Vec::new();
    let words: Vec<&str> = name
        .split(' ')
        .map(|word| match given.iter().find(|given| given.field == word) {
            Some(Given { name, place, .. }) => {
                places.push(*place);
                *name
            }
            None => word,
        })
        .collect();
    let place = if let [place] = places[..] { Some(place) } else { None };
    (words.join(" "), place)
}
