//! `Header`: what a `.npy` file says about its elements, read and written as NumPy does.

mod descr;
mod literal;
mod text;

use std::fmt;

use distarray_core::{ByteOrder, DType};
use serde::{Deserialize, Serialize};

use crate::error::Problem;

/// The first six bytes of every `.npy` file.
pub const MAGIC: [u8; 6] = *b"\x93NUMPY";
/// The bytes that suffice to know how long the header is.
pub const PREAMBLE_BYTES: usize = 12;
/// The longest header that is read, as in NumPy.
pub const HEADER_LIMIT_BYTES: u64 = 10_000;
/// The most dimensions, as in NumPy.
pub const DIMENSIONS_LIMIT: usize = 64;

/// The version of the format: how long headers may be and how their text is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Version {
    /// 1.0: two bytes of length, Latin-1.
    One,
    /// 2.0: four bytes of length, Latin-1.
    Two,
    /// 3.0: four bytes of length, UTF-8.
    Three,
}

/// What a `.npy` file says about its elements.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Header {
    /// Version of the format.
    pub version: Version,
    /// Type of the elements.
    pub dtype: DType,
    /// Order of the bytes of a number.
    #[serde(with = "ByteOrderText")]
    pub byte_order: ByteOrder,
    /// Whether the first axis is the one whose elements are neighbours (Fortran) instead of the last (C).
    pub fortran_order: bool,
    /// Length of each axis.
    pub shape: Vec<usize>,
}

/// How long the header is, as the first bytes of a file say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preamble {
    /// Version of the format.
    pub version: Version,
    /// Where the header's text begins.
    pub text_offset: usize,
    /// Bytes of the text.
    pub text_bytes: usize,
}

impl Version {
    /// The number before the point.
    #[must_use]
    pub fn major(self) -> u8 {
        match self {
            Version::One => 1,
            Version::Two => 2,
            Version::Three => 3,
        }
    }

    /// Bytes of the length field.
    fn length_bytes(self) -> usize {
        if self == Version::One { 2 } else { 4 }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.0", self.major())
    }
}

impl Preamble {
    /// Reads the first bytes of a file of `file_bytes` bytes: its first [`PREAMBLE_BYTES`], or all it has.
    ///
    /// # Errors
    /// [`Problem::NotNpy`], [`Problem::Version`], [`Problem::HeaderTruncated`],
    /// [`Problem::HeaderTooLong`].
    pub fn read(first: &[u8], file_bytes: u64) -> Result<Self, Problem> {
        let magic = &first[..first.len().min(MAGIC.len())];
        if magic != &MAGIC[..magic.len()] || magic.is_empty() {
            return Err(Problem::NotNpy { found: magic.to_vec() });
        }
        let truncated = |needed_bytes: usize| Problem::HeaderTruncated {
            needed_bytes: needed_bytes as u64,
            found_bytes: file_bytes,
        };
        let Some(&[major, minor]) = first.get(6..8) else {
            return Err(truncated(PREAMBLE_BYTES - 2));
        };
        let version = match (major, minor) {
            (1, 0) => Version::One,
            (2, 0) => Version::Two,
            (3, 0) => Version::Three,
            _ => return Err(Problem::Version { major, minor }),
        };
        let text_offset = 8 + version.length_bytes();
        let length = first.get(8..text_offset).ok_or_else(|| truncated(text_offset))?;
        let header_bytes = length.iter().rev().fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
        if header_bytes > HEADER_LIMIT_BYTES {
            return Err(Problem::HeaderTooLong { header_bytes, limit_bytes: HEADER_LIMIT_BYTES });
        }
        #[expect(clippy::cast_possible_truncation, reason = "it is below the limit")]
        let text_bytes = header_bytes as usize;
        if (text_offset + text_bytes) as u64 > file_bytes {
            return Err(truncated(text_offset + text_bytes));
        }
        Ok(Self { version, text_offset, text_bytes })
    }

    /// Where the elements begin.
    #[must_use]
    pub fn data_offset(&self) -> usize {
        self.text_offset + self.text_bytes
    }
}

impl Header {
    /// The header that `numpy.save` writes for an array in C order on this machine.
    #[must_use]
    pub fn new(dtype: DType, shape: &[usize]) -> Self {
        Self {
            version: Version::One,
            dtype,
            byte_order: ByteOrder::NATIVE,
            fortran_order: false,
            shape: shape.to_vec(),
        }
    }

    /// Bytes of the elements.
    ///
    /// # Errors
    /// [`Problem::TooLarge`] beyond `isize::MAX`.
    pub fn data_bytes(&self) -> Result<u64, Problem> {
        let bytes = self.dtype.array_bytes(&self.shape);
        bytes
            .map(|bytes| bytes as u64)
            .map_err(|_| Problem::TooLarge { shape: self.shape.clone(), dtype: self.dtype })
    }

    /// Whether the numbers must be turned round to be used on this machine.
    #[must_use]
    pub fn is_swapped(&self) -> bool {
        self.byte_order != ByteOrder::NATIVE && self.dtype.real_part().size_bytes() > 1
    }
}

/// How [`ByteOrder`] travels.
#[derive(Serialize, Deserialize)]
#[serde(remote = "ByteOrder")]
enum ByteOrderText {
    Little,
    Big,
}
