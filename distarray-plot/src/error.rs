//! `PlotError`: why there is no picture.

use std::path::PathBuf;

/// Why a picture could not be made or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// The values do not fill the shape.
    #[error("{found} values cannot fill a picture of {rows} rows and {columns} columns")]
    ValueCount {
        /// Rows of the array.
        rows: usize,
        /// Columns of the array.
        columns: usize,
        /// How many values there are.
        found: usize,
    },
    /// An array without elements.
    #[error("an array of shape ({rows}, {columns}) has no elements to make a picture of")]
    Empty {
        /// Rows of the array.
        rows: usize,
        /// Columns of the array.
        columns: usize,
    },
    /// The encoder refused.
    #[error("cannot write a PNG picture of {width} x {height} pixels: {error}")]
    Encoding {
        /// Pixels per row.
        width: usize,
        /// Rows of pixels.
        height: usize,
        /// What the encoder said.
        error: ::png::EncodingError,
    },
    /// The file could not be written.
    #[error("cannot write {}: {error}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}
