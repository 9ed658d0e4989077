//! dtypes as headers write them, and why some are refused.

use distarray_core::{ByteOrder, DType};

use crate::error::Problem;

/// Characters of a refused dtype that an error shows.
const SHOWN: usize = 60;

/// dtype and byte order of a protocol string such as `<f8`, of a type code such as `d`, or of a name
/// such as `float64`.
pub(super) fn read(descr: &str) -> Result<(DType, ByteOrder), Problem> {
    if let Ok(known) = DType::from_descr(descr) {
        return Ok(known);
    }
    let (order, rest) = match descr.as_bytes().first() {
        Some(b'<') => (ByteOrder::Little, &descr[1..]),
        Some(b'>') => (ByteOrder::Big, &descr[1..]),
        Some(b'=' | b'|') => (ByteOrder::NATIVE, &descr[1..]),
        _ => (ByteOrder::NATIVE, descr),
    };
    match (type_code(rest), DType::from_name(descr)) {
        (Some(dtype), _) => Ok((dtype, order)),
        (None, Ok(dtype)) => Ok((dtype, ByteOrder::NATIVE)),
        (None, Err(_)) => Err(refusal(descr, why(rest))),
    }
}

/// The refusal of a dtype that is not written as text: a list of fields.
pub(super) fn refuse_record(source: &str) -> Problem {
    refusal(source, "records of several fields are not supported, save each field as an array")
}

/// The protocol string of `dtype` in `order`: one byte has no order.
pub(super) fn write(dtype: DType, order: ByteOrder) -> String {
    let little = dtype.descr();
    match order {
        ByteOrder::Little => little.to_owned(),
        ByteOrder::Big => little.replace('<', ">"),
    }
}

/// NumPy's one-letter codes, with the sizes of 64-bit Unix.
fn type_code(code: &str) -> Option<DType> {
    Some(match code {
        "b" => DType::Int8,
        "B" => DType::UInt8,
        "h" => DType::Int16,
        "H" => DType::UInt16,
        "i" => DType::Int32,
        "I" => DType::UInt32,
        "l" | "q" | "p" => DType::Int64,
        "L" | "Q" | "P" => DType::UInt64,
        "f" => DType::Float32,
        "d" => DType::Float64,
        "F" => DType::Complex64,
        "D" => DType::Complex128,
        _ => return None,
    })
}

fn refusal(descr: &str, why: &'static str) -> Problem {
    let mut shown: String = descr.chars().take(SHOWN).collect();
    if shown.len() < descr.len() {
        shown.push_str("..");
    }
    Problem::UnsupportedDType { descr: shown, why }
}

/// Why a kind of elements cannot be read.
fn why(kind_and_bytes: &str) -> &'static str {
    match kind_and_bytes {
        "f2" | "e" | "float16" => "half precision is not supported, convert to float32",
        "f16" | "f12" | "g" | "longdouble" | "float128" => {
            "extended precision differs from machine to machine, convert to float64"
        }
        "c32" | "c24" | "G" | "clongdouble" | "complex256" => {
            "extended precision differs from machine to machine, convert to complex128"
        }
        _ => match kind_and_bytes.as_bytes().first() {
            Some(b'O') => "Python objects are stored as a pickle, which only Python can rebuild",
            Some(b'S' | b'a') => "these are byte strings, not numbers",
            Some(b'U' | b'T') => "these are strings of text, not numbers",
            Some(b'M') => "these are dates, convert them to int64 with view('i8')",
            Some(b'm') => "these are time differences, convert them to int64 with view('i8')",
            Some(b'V') => "raw bytes and records have no numeric type",
            Some(b'f' | b'c' | b'i' | b'u' | b'b') => "no numbers of this size are supported",
            _ => "it is none of bool, int8-int64, uint8-uint64, float32/64, complex64/128",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_read() {
        assert_eq!(read(">d"), Ok((DType::Float64, ByteOrder::Big)));
        assert_eq!(read("float32"), Ok((DType::Float32, ByteOrder::NATIVE)));
        assert_eq!(read("?"), Ok((DType::Bool, ByteOrder::NATIVE)));
        assert_eq!(read("=i2"), Ok((DType::Int16, ByteOrder::NATIVE)));
    }

    #[test]
    fn every_dtype_is_written_and_read_in_both_orders() {
        for dtype in DType::ALL {
            for order in [ByteOrder::Little, ByteOrder::Big] {
                let (read_dtype, read_order) = read(&write(dtype, order)).expect("is read");
                assert_eq!(read_dtype, dtype);
                assert!(read_order == order || dtype.size_bytes() == 1);
            }
        }
    }

    #[test]
    fn refusals_name_the_dtype_and_say_why() {
        for (descr, words) in [
            ("|O", "pickle"),
            ("<U7", "text"),
            ("|S3", "byte strings"),
            ("<M8[ns]", "dates"),
            ("<m8", "time differences"),
            ("|V16", "raw bytes"),
            ("<f2", "half precision"),
            ("<f16", "extended precision"),
            ("<c32", "extended precision"),
            ("<i3", "size"),
            ("", "none of"),
            ("\u{e9}", "none of"),
        ] {
            let text = read(descr).expect_err("is refused").to_string();
            assert!(text.contains(words) && text.contains(&format!("{descr:?}")), "{text}");
        }
    }
}
