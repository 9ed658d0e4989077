//! `CalcError`: what is wrong with a program, and where in its text.

use super::range::{SourceRange, character_boundary};

/// How many characters of a long line are shown around the place.
const WINDOW: usize = 96;

/// What is wrong with a program, and the piece of its text that is to blame.
///
/// All stages of `calc` report through this type: reading, looking names up, checking and running.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CalcError {
    /// One sentence: lower case, no full stop.
    pub message: String,
    /// The piece of the program it is about.
    pub range: SourceRange,
}

impl CalcError {
    /// An error about `range`.
    pub fn new(range: SourceRange, message: impl Into<String>) -> Self {
        Self { message: message.into(), range }
    }

    /// The error that NumPy calls an ambiguous truth value, for `and`, `or`, `not` and chains like
    /// `a < b < c` on arrays; `word` is the operator that asked.
    pub fn ambiguous_truth(range: SourceRange, word: &str) -> Self {
        Self::new(
            range,
            format!(
                "the truth value of an array is ambiguous: `{word}` needs a single true or false; \
                 element by element use `&`, `|` and `~` with parentheses, or any() and all()"
            ),
        )
    }

    /// The message, the line of `source` it is about, and a row of carets under the place.
    ///
    /// ```
    /// use distarray_runtime::calc::{CalcError, SourceRange};
    /// let error = CalcError::new(SourceRange::new(4, 5), "name `q` is not defined");
    /// assert_eq!(
    ///     error.render("d = q + 1"),
    ///     "name `q` is not defined\n --> line 1, column 5\n  |\n1 | d = q + 1\n  |     ^"
    /// );
    /// ```
    pub fn render(&self, source: &str) -> String {
        let (line_number, column) = self.range.line_and_column(source);
        let (line, underline) = self.marked_line(source);
        let number = line_number.to_string();
        let margin = " ".repeat(number.len());
        format!(
            "{message}\n{margin}--> line {line_number}, column {column}\n{margin} |\n{number} | {line}\n{margin} | {underline}",
            message = self.message,
        )
    }

    /// The line of the place (cut to a window when long) and the carets that belong under it.
    fn marked_line(&self, source: &str) -> (String, String) {
        let start = character_boundary(source, self.range.start);
        let end = character_boundary(source, self.range.end).max(start);
        let line_start = source[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = source[start..].find('\n').map_or(source.len(), |length| start + length);
        let line: Vec<char> = source[line_start..line_end].trim_end_matches('\r').chars().collect();
        let first = source[line_start..start].chars().count().min(line.len());
        let marked = source[start..end.min(line_end)].chars().count().max(1);

        let window_start = if line.len() <= WINDOW { 0 } else { first.saturating_sub(WINDOW / 3) };
        let window_end = line.len().min(window_start + WINDOW);
        let dots_before = if window_start > 0 { "..." } else { "" };
        let dots_after = if window_end < line.len() { "..." } else { "" };
        let shown: String = line[window_start..window_end].iter().map(|&c| printable(c)).collect();
        let carets = marked.min((window_end - first).max(1));
        (
            format!("{dots_before}{shown}{dots_after}"),
            format!("{}{}", " ".repeat(dots_before.len() + first - window_start), "^".repeat(carets)),
        )
    }
}

/// A character that takes one column and cannot disturb a terminal.
fn printable(character: char) -> char {
    match character {
        '\t' => ' ',
        other if other.is_control() => '\u{fffd}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_found_in_the_right_line() {
        let source = "a = 1\nb = missing\nc = 2";
        let at = source.find("missing").unwrap();
        let error = CalcError::new(SourceRange::new(at, at + 7), "no");
        assert_eq!(error.render(source), "no\n --> line 2, column 5\n  |\n2 | b = missing\n  |     ^^^^^^^");
    }

    #[test]
    fn a_place_over_several_lines_is_underlined_in_the_first() {
        let source = "f(1,\n  2)";
        let error = CalcError::new(SourceRange::new(0, source.len()), "no");
        assert_eq!(error.render(source), "no\n --> line 1, column 1\n  |\n1 | f(1,\n  | ^^^^");
    }

    #[test]
    fn the_end_of_the_text_gets_one_caret() {
        let error = CalcError::new(SourceRange::new(3, 3), "no");
        assert_eq!(error.render("1 +"), "no\n --> line 1, column 4\n  |\n1 | 1 +\n  |    ^");
        assert_eq!(error.render(""), "no\n --> line 1, column 1\n  |\n1 | \n  | ^");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let source = format!("{}q{}", "1+".repeat(500), "+1".repeat(500));
        let error = CalcError::new(SourceRange::new(1000, 1001), "no");
        let rendered = error.render(&source);
        let lines: Vec<&str> = rendered.lines().collect();
        assert_eq!(lines[1], " --> line 1, column 1001");
        assert!(lines[3].len() < 110 && lines[3].contains("..."));
        let column = lines[4].find('^').unwrap();
        assert_eq!(&lines[3][column..=column], "q");
    }

    #[test]
    fn tabs_and_control_characters_take_one_column() {
        let error = CalcError::new(SourceRange::new(2, 3), "no");
        assert!(error.render("\t\u{1b}q").contains("1 |  \u{fffd}q\n  |   ^"));
    }
}
