//! TextSize: how much room a picture in letters has.

/// How large the map of owners may become, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextSize {
    /// Characters per line.
    pub columns: usize,
    /// Lines, over all the slices that are shown.
    pub rows: usize,
}

impl Default for TextSize {
    fn default() -> Self {
        Self { columns: 60, rows: 24 }
    }
}
