//! A place in the text of a program, and the line and column it stands at.

/// A piece of a program's text: byte offsets, `end` excluded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SourceRange {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

impl SourceRange {
    /// The range from `start` to `end` (excluded), both byte offsets.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest range that covers both.
    pub fn cover(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The text this range names, as far as it lies within `source`.
    pub fn text(self, source: &str) -> &str {
        let start = character_boundary(source, self.start);
        let end = character_boundary(source, self.end).max(start);
        &source[start..end]
    }

    /// The line and the column of the first character, both counted from 1.
    pub fn line_and_column(self, source: &str) -> (usize, usize) {
        let before = &source[..character_boundary(source, self.start)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }
}

/// The last boundary between characters that is not behind `offset`.
pub(super) fn character_boundary(source: &str, offset: usize) -> usize {
    let mut boundary = offset.min(source.len());
    while !source.is_char_boundary(boundary) {
        boundary -= 1;
    }
    boundary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let source = "a = 1\nζ = β + q";
        let range = SourceRange::new(source.find('q').unwrap(), source.len());
        assert_eq!(range.line_and_column(source), (2, 9));
        assert_eq!(range.text(source), "q");
    }

    #[test]
    fn a_range_outside_the_text_is_cut_to_it() {
        let range = SourceRange::new(7, 90);
        assert_eq!(range.text("ab"), "");
        assert_eq!(range.line_and_column("ab"), (1, 3));
        assert_eq!(SourceRange::new(1, 2).text("β"), "β");
    }
}
