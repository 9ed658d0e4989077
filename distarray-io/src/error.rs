//! `IoError`: what can be wrong with a file. It names the file; its problem carries the numbers.

use std::path::{Path, PathBuf};

use distarray_core::{DType, ElementError};
use distarray_maps::MapError;
use distarray_spmd::{Error, Failure, FailureKind};

/// A file that cannot be read or written, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct IoError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum Problem {
    #[error("cannot {action}: {reason}")]
    System {
        action: &'static str,
        /// `errno`, where the system gave one.
        code: Option<i32>,
        reason: String,
    },
    #[error("is {found}, not a file")]
    NotAFile { found: &'static str },
    #[error("has no file name")]
    NoFileName,

    #[error("not a .npy file: it begins with {} instead of \\x93NUMPY{}", shown(found), hint(found))]
    NotNpy { found: Vec<u8> },
    #[error(".npy version {major}.{minor} is unknown: 1.0, 2.0 and 3.0 can be read")]
    Version { major: u8, minor: u8 },
    #[error("the header ends at byte {needed_bytes}, but the file has {found_bytes} bytes")]
    HeaderTruncated { needed_bytes: u64, found_bytes: u64 },
    #[error("a header of {header_bytes} bytes is refused: the limit is {limit_bytes}")]
    HeaderTooLong { header_bytes: u64, limit_bytes: u64 },
    #[error("the header is not UTF-8 from byte {position} on")]
    HeaderEncoding { position: usize },
    #[error("header, byte {position}: {found} where {expected} is expected")]
    HeaderSyntax { position: usize, expected: &'static str, found: String },
    #[error("the header has no key {key:?}")]
    HeaderKeyMissing { key: &'static str },
    #[error("the header has the key {key:?}, which is unknown or there twice")]
    HeaderKey { key: String },
    #[error("{key} in the header is {found}, not {expected}")]
    HeaderValue { key: &'static str, found: String, expected: &'static str },
    #[error("axis {axis} has length {length} in the header: {reason}")]
    Length { axis: usize, length: i128, reason: &'static str },
    #[error("{found} dimensions in the header: at most {limit} can be read")]
    Dimensions { found: usize, limit: usize },
    #[error("shape {shape:?} of {dtype} in the header has more bytes than an address can count")]
    TooLarge { shape: Vec<usize>, dtype: DType },
    #[error("elements of dtype {descr:?} cannot be read: {why}")]
    UnsupportedDType { descr: String, why: &'static str },

    #[error("truncated: the header promises {expected_bytes} bytes, the file has {found_bytes}")]
    Truncated { expected_bytes: u64, found_bytes: u64 },
    #[error("oversized: the header promises {expected_bytes} bytes, the file has {found_bytes}")]
    Oversized { expected_bytes: u64, found_bytes: u64 },
    #[error("has changed since it was looked at: {what}")]
    Changed { what: &'static str },
    #[error("holds {found}, not {expected}")]
    DType { found: DType, expected: DType },

    #[error(transparent)]
    Element(#[from] ElementError),
    #[error(transparent)]
    Map(#[from] MapError),
}

impl Problem {
    /// This problem of the file `path`. **Pure.**
    #[must_use]
    pub fn of(self, path: &Path) -> IoError {
        IoError { path: path.to_path_buf(), problem: self }
    }

    /// What the system said when asked to `action`. **Pure.**
    #[must_use]
    pub fn system(action: &'static str, error: &std::io::Error) -> Self {
        // Rust appends the number to the words; the words say enough.
        let mut reason = error.to_string();
        if let Some(end) = reason.find(" (os error") {
            reason.truncate(end);
        }
        Problem::System { action, code: error.raw_os_error(), reason }
    }
}

impl IoError {
    /// This error as the failure of `operation` on `rank`. **Pure.**
    ///
    /// Memory that was refused stays what it is; everything else is a failure of kind
    /// [`FailureKind::File`].
    #[must_use]
    pub fn at(&self, operation: &str, rank: usize) -> Error {
        if let Problem::Element(error @ ElementError::OutOfMemory { .. }) = &self.problem {
            return Error::Element(error.clone());
        }
        Error::Failure(Failure {
            operation: operation.to_owned(),
            rank,
            kind: FailureKind::File,
            message: self.to_string(),
        })
    }
}

/// The first bytes of a file, printable.
fn shown(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return String::from("nothing (it is empty)");
    }
    format!("{}", bytes.escape_ascii())
}

/// What such a file may be, where the first bytes tell.
fn hint(bytes: &[u8]) -> &'static str {
    match bytes {
        [b'P', b'K', 3 | 5, ..] => " (a zip archive, perhaps .npz: take the arrays out first)",
        [0x80, 2..=5, ..] => " (a Python pickle)",
        [0x89, b'H', b'D', b'F', ..] => " (an HDF5 file)",
        _ => "",
    }
}
