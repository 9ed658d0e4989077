//! Pieces of text: integers of any length, long literals shortened.

use super::error::CalcError;
use super::range::SourceRange;

/// At most 40 characters of a long literal.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// The message with a small first letter, as our messages have it.
pub(super) fn lower_first(message: &str) -> String {
    let mut characters = message.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// The value of the integer literal at `range`, read from the text: the parser keeps 64 bits only.
///
/// # Errors
/// An integer that needs more than 128 bits, which names it.
pub(super) fn integer(source: &str, range: SourceRange) -> Result<i128, CalcError> {
    let digits = range.text(source).replace('_', "").to_ascii_lowercase();
    let value = match digits.get(..2) {
        Some("0x") => i128::from_str_radix(&digits[2..], 16),
        Some("0o") => i128::from_str_radix(&digits[2..], 8),
        Some("0b") => i128::from_str_radix(&digits[2..], 2),
        _ => digits.parse(),
    };
    value.map_err(|_| {
        let literal = shortened(range.text(source));
        CalcError::new(range, format!("the integer {literal} does not fit any dtype"))
    })
}
