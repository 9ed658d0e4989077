//! NumPy's array protocol strings such as `<f8`: how a file says dtype and byte order.

use crate::dtype::DType;
use crate::error::ElementError;

/// The order of the bytes of one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

impl ByteOrder {
    /// This machine's.
    pub const NATIVE: ByteOrder =
        if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };
}

impl DType {
    /// The array protocol string of little-endian numbers: `<f8`, and `|u1` where order has no meaning.
    ///
    /// # Source
    /// NumPy, "The array interface protocol", `typestr`.
    #[must_use]
    pub const fn descr(self) -> &'static str {
        match self {
            DType::Bool => "|b1",
            DType::Int8 => "|i1",
            DType::Int16 => "<i2",
            DType::Int32 => "<i4",
            DType::Int64 => "<i8",
            DType::UInt8 => "|u1",
            DType::UInt16 => "<u2",
            DType::UInt32 => "<u4",
            DType::UInt64 => "<u8",
            DType::Float32 => "<f4",
            DType::Float64 => "<f8",
            DType::Complex64 => "<c8",
            DType::Complex128 => "<c16",
        }
    }

    /// Reads an array protocol string: order (`<`, `>`, `|`, `=` or nothing), kind and bytes.
    ///
    /// # Errors
    /// [`ElementError::UnsupportedDescr`], which says what the string describes as far as it can be told.
    pub fn from_descr(descr: &str) -> Result<(DType, ByteOrder), ElementError> {
        let (order, rest) = match descr.as_bytes().first() {
            Some(b'<') => (ByteOrder::Little, &descr[1..]),
            Some(b'>') => (ByteOrder::Big, &descr[1..]),
            Some(b'|' | b'=') => (ByteOrder::NATIVE, &descr[1..]),
            _ => (ByteOrder::NATIVE, descr),
        };
        // "?" is how NumPy abbreviates bool.
        let rest = if rest == "?" { "b1" } else { rest };
        DType::ALL
            .into_iter()
            .find(|dtype| &dtype.descr()[1..] == rest)
            .map(|dtype| (dtype, order))
            .ok_or_else(|| ElementError::UnsupportedDescr {
                descr: descr.to_owned(),
                why: described(rest).to_owned(),
            })
    }
}

/// What the kind letter of an unsupported protocol string stands for.
fn described(kind_and_bytes: &str) -> &'static str {
    match kind_and_bytes.as_bytes().first() {
        Some(b'O') => "Python objects",
        Some(b'S' | b'a') => "byte strings",
        Some(b'U') => "text",
        Some(b'M') => "dates and times",
        Some(b'm') => "time differences",
        Some(b'V') => "records or raw bytes",
        Some(b'f' | b'c' | b'i' | b'u' | b'b') => "numbers of an unusual size",
        _ => "something unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_descr_reads_back() {
        for dtype in DType::ALL {
            assert_eq!(DType::from_descr(dtype.descr()), Ok((dtype, ByteOrder::Little)));
            let big = dtype.descr().replace(['<', '|'], ">");
            assert_eq!(DType::from_descr(&big), Ok((dtype, ByteOrder::Big)));
        }
        assert_eq!(DType::from_descr("?"), Ok((DType::Bool, ByteOrder::Little)));
    }

    #[test]
    fn objects_strings_and_dates_are_refused_by_name() {
        for (descr, why) in [
            ("|O", "Python objects"),
            ("<U7", "text"),
            ("|S3", "byte strings"),
            ("<M8[ns]", "dates and times"),
            ("<f2", "numbers of an unusual size"),
            ("", "something unknown"),
        ] {
            let error = DType::from_descr(descr).unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
        }
    }
}
