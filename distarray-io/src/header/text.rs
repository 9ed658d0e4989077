//! The text of a header: a Python dictionary with three keys, padded with blanks.

use std::borrow::Cow;

use super::literal::{self, Literal};
use super::{DIMENSIONS_LIMIT, Header, MAGIC, Preamble, Version, descr};
use crate::error::Problem;

/// Elements begin at a multiple of this.
const ALIGNMENT_BYTES: usize = 64;
/// Room that NumPy leaves for the axis along which a file may grow: the digits of 2^64 * 8 - 1.
const GROWTH_DIGITS: usize = 21;

impl Header {
    /// Reads the text of a header.
    ///
    /// # Errors
    /// [`Problem::HeaderEncoding`], [`Problem::HeaderSyntax`], a key or value that is wrong, a dtype that
    /// is not supported, a shape that is impossible.
    ///
    /// # Source
    /// `numpy/lib/_format_impl.py` of NumPy 2; stricter where Python would evaluate expressions.
    pub fn parse(version: Version, text: &[u8]) -> Result<Self, Problem> {
        let text = decoded(version, text)?;
        let (mut dtype, mut fortran_order, mut shape) = (None, None, None);
        for entry in literal::dictionary(&text, version < Version::Three)? {
            match (entry.key.as_str(), entry.value) {
                ("descr", value) if dtype.is_none() => dtype = Some(dtype_of(&value, entry.source)?),
                ("fortran_order", Literal::Boolean(value)) if fortran_order.is_none() => {
                    fortran_order = Some(value);
                }
                ("shape", Literal::Tuple(lengths)) if shape.is_none() => {
                    shape = Some(shape_of(&lengths)?);
                }
                ("fortran_order", _) if fortran_order.is_none() => {
                    return Err(wrong("fortran_order", entry.source, "True or False"));
                }
                ("shape", _) if shape.is_none() => {
                    return Err(wrong("shape", entry.source, "a tuple of lengths"));
                }
                _ => return Err(Problem::HeaderKey { key: entry.key }),
            }
        }
        let missing = |key| Problem::HeaderKeyMissing { key };
        let (dtype, byte_order) = dtype.ok_or(missing("descr"))?;
        let header = Self {
            version,
            dtype,
            byte_order,
            fortran_order: fortran_order.ok_or(missing("fortran_order"))?,
            shape: shape.ok_or(missing("shape"))?,
        };
        header.data_bytes()?;
        Ok(header)
    }

    /// Reads a header from the beginning of `bytes`, and says how long it is.
    ///
    /// # Errors
    /// As [`Preamble::read`] and [`Header::parse`].
    pub fn read(bytes: &[u8]) -> Result<(Self, usize), Problem> {
        let preamble = Preamble::read(bytes, bytes.len() as u64)?;
        let header = Self::parse(preamble.version, &bytes[preamble.text_offset..preamble.data_offset()])?;
        Ok((header, preamble.data_offset()))
    }

    /// The bytes with which the file begins, the same as NumPy writes them.
    ///
    /// A header that is too long for version 1.0 becomes one of version 2.0.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!(
            "{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}",
            descr::write(self.dtype, self.byte_order),
            if self.fortran_order { "True" } else { "False" },
            tuple(&self.shape),
        );
        let growing = if self.fortran_order { self.shape.last() } else { self.shape.first() };
        if let Some(length) = growing {
            let digits = length.to_string().len();
            text.push_str(&" ".repeat(GROWTH_DIGITS.saturating_sub(digits)));
        }
        match (self.version, u16::try_from(padded(text.len(), Version::One))) {
            (Version::One, Ok(length)) => assembled(Version::One, &length.to_le_bytes(), &text),
            (version, _) => {
                let version = version.max(Version::Two);
                // 64 lengths of 20 digits are far below 2^32.
                #[expect(clippy::cast_possible_truncation, reason = "see above")]
                let length = padded(text.len(), version) as u32;
                assembled(version, &length.to_le_bytes(), &text)
            }
        }
    }
}

/// Bytes of the text with blanks and line end. NumPy pads by 1 to 64 bytes, never by none.
fn padded(text_bytes: usize, version: Version) -> usize {
    let before = MAGIC.len() + 2 + version.length_bytes();
    let length = text_bytes + 1;
    length + ALIGNMENT_BYTES - (before + length) % ALIGNMENT_BYTES
}

fn assembled(version: Version, length: &[u8], text: &str) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&[version.major(), 0]);
    bytes.extend_from_slice(length);
    let end = bytes.len() + padded(text.len(), version) - 1;
    bytes.extend_from_slice(text.as_bytes());
    bytes.resize(end, b' ');
    bytes.push(b'\n');
    bytes
}

/// A tuple as Python prints it.
fn tuple(shape: &[usize]) -> String {
    match shape {
        [only] => format!("({only},)"),
        _ => {
            let lengths: Vec<String> = shape.iter().map(usize::to_string).collect();
            format!("({})", lengths.join(", "))
        }
    }
}

fn decoded(version: Version, text: &[u8]) -> Result<Cow<'_, str>, Problem> {
    match std::str::from_utf8(text) {
        Ok(utf8) if version == Version::Three || utf8.is_ascii() => Ok(Cow::Borrowed(utf8)),
        Err(error) if version == Version::Three => {
            Err(Problem::HeaderEncoding { position: error.valid_up_to() })
        }
        // Each byte of Latin-1 is the character of that number.
        _ => Ok(Cow::Owned(text.iter().map(|&byte| char::from(byte)).collect())),
    }
}

fn dtype_of(
    value: &Literal,
    source: &str,
) -> Result<(distarray_core::DType, distarray_core::ByteOrder), Problem> {
    match value {
        Literal::Text(text) => descr::read(text),
        Literal::List(_) | Literal::Tuple(_) => Err(descr::refuse_record(source)),
        _ => Err(wrong("descr", source, "a dtype in quotes")),
    }
}

fn shape_of(lengths: &[Literal]) -> Result<Vec<usize>, Problem> {
    if lengths.len() > DIMENSIONS_LIMIT {
        return Err(Problem::Dimensions { found: lengths.len(), limit: DIMENSIONS_LIMIT });
    }
    let one = |(axis, length): (usize, &Literal)| match length {
        &Literal::Integer(length) => usize::try_from(length).map_err(|_| {
            let reason = if length < 0 { "it is negative" } else { "it is 2^64 or more" };
            Problem::Length { axis, length, reason }
        }),
        _ => Err(wrong("shape", &format!("{lengths:?}"), "a tuple of integers")),
    };
    lengths.iter().enumerate().map(one).collect()
}

fn wrong(key: &'static str, source: &str, expected: &'static str) -> Problem {
    let mut found: String = source.chars().take(60).collect();
    if found.len() < source.len() {
        found.push_str("..");
    }
    Problem::HeaderValue { key, found, expected }
}
