//! The door to the parser: limits, and a stack on which no text can overflow.
//!
//! Three dangers are met here, so that no text whatsoever ends in more than a [`CalcError`]:
//! *depth* (the parser grows its stack by itself, but freeing its tree and reading ours recurse: both
//! happen on a thread whose stack is sized by the length of the text, and our tree is limited to
//! [`MAXIMUM_DEPTH`](super::MAXIMUM_DEPTH)); *size* (some broken texts take the parser quadratic time and several
//! kilobytes a byte: [`MAXIMUM_LENGTH_BYTES`]); and *defects* of the parser (a panic ends the thread
//! and is reported as an error).

use super::error::CalcError;
use super::range::SourceRange;
use super::syntax::{Program, Statement, StatementKind, Target};

/// How long a program may be.
pub const MAXIMUM_LENGTH_BYTES: usize = 64 << 10;

/// Reads a program.
///
/// Statements are separated by `;` or new lines; all lines may be indented alike. Parts of Python
/// that have no meaning here are refused by name.
///
/// # Errors
/// A syntax error, a construct that `calc` does not have, an integer beyond 128 bits, nesting beyond
/// [`MAXIMUM_DEPTH`](super::MAXIMUM_DEPTH), a text beyond [`MAXIMUM_LENGTH_BYTES`] or one without any statement.
pub fn parse(source: &str) -> Result<Program, CalcError> {
    let whole = SourceRange::new(0, source.len());
    if source.len() > MAXIMUM_LENGTH_BYTES {
        return Err(CalcError::new(
            SourceRange::new(0, 0),
            format!("the program has {} bytes; at most {MAXIMUM_LENGTH_BYTES} are read", source.len()),
        ));
    }
    let stack_bytes = (8 << 20) + 512 * source.len();
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("calc parser".to_owned())
            .stack_size(stack_bytes)
            .spawn_scoped(scope, || super::parse::read(source))
            .map_err(|error| CalcError::new(whole, format!("no thread to read the program on: {error}")))?
            .join()
            .unwrap_or_else(|_| Err(CalcError::new(whole, "the parser failed on this program")))
    })
}

/// Whether a program may assign to `name`: an identifier that is neither one of Python's words nor
/// a name with a fixed meaning (`np`, `numpy`, `newaxis`).
pub fn is_assignable_name(name: &str) -> bool {
    let program = parse(&format!("{name} = 0"));
    let [Statement { kind: StatementKind::Assign { targets, .. }, .. }] = (match &program {
        Ok(program) => program.statements.as_slice(),
        Err(_) => &[],
    }) else {
        return false;
    };
    matches!(targets.as_slice(), [Target::Name(identifier)] if identifier.name == name)
}
