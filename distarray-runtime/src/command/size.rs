//! Sizes of memory as people write them: `2G`, `512MiB`, `1.5GB`, `4096`.

use super::error::ArgumentError;

/// The units and their bytes: as in GNU's tools, a bare letter and `iB` count in 1024, `B` in 1000.
const UNITS: [(&str, u64); 17] = [
    ("", 1),
    ("b", 1),
    ("k", 1 << 10),
    ("kib", 1 << 10),
    ("kb", 1_000),
    ("m", 1 << 20),
    ("mib", 1 << 20),
    ("mb", 1_000_000),
    ("g", 1 << 30),
    ("gib", 1 << 30),
    ("gb", 1_000_000_000),
    ("t", 1 << 40),
    ("tib", 1 << 40),
    ("tb", 1_000_000_000_000),
    ("p", 1 << 50),
    ("pib", 1 << 50),
    ("pb", 1_000_000_000_000_000),
];

/// Reads a size in bytes: a number, possibly with a decimal point, and a unit in capital or small
/// letters. Parts of a byte are dropped.
///
/// ```
/// use distarray_runtime::command::parse_size;
/// assert_eq!(parse_size("2G"), Ok(2 << 30));
/// assert_eq!(parse_size("512MiB"), Ok(512 << 20));
/// assert_eq!(parse_size("1.5 kB"), Ok(1500));
/// ```
///
/// # Errors
/// [`ArgumentError::Size`] if the text is no size, is zero, or does not fit 64 bits.
pub fn parse_size(text: &str) -> Result<u64, ArgumentError> {
    let refused = |reason| ArgumentError::Size { text: text.to_owned(), reason };
    let trimmed = text.trim();
    let unit_start = trimmed
        .find(|character: char| !character.is_ascii_digit() && character != '.')
        .unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(unit_start);
    let unit = unit.trim_start().to_ascii_lowercase();
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return Err(refused("it does not begin with a number"));
    }
    let &(_, unit_bytes) = UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .ok_or_else(|| refused("its unit is none of B, K, M, G, T, P, KiB, .., KB, .."))?;
    let whole: u64 =
        if whole.is_empty() { Ok(0) } else { whole.parse() }.map_err(|_| refused("it is too large"))?;
    let fraction_bytes = fraction
        .bytes()
        .take(18)
        .fold((0u128, 1u128), |(digits, scale), digit| (digits * 10 + u128::from(digit - b'0'), scale * 10));
    let fraction_bytes = fraction_bytes.0 * u128::from(unit_bytes) / fraction_bytes.1;
    let size = u128::from(whole) * u128::from(unit_bytes) + fraction_bytes;
    match u64::try_from(size) {
        Ok(0) => Err(refused("it is less than one byte")),
        Ok(size) => Ok(size),
        Err(_) => Err(refused("it is too large")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use distarray_lazy::format_size;

    #[test]
    fn sizes_as_people_write_them() {
        for (text, bytes) in [
            ("4096", 4096),
            ("1b", 1),
            ("1K", 1024),
            ("1kB", 1000),
            ("2g", 2 << 30),
            ("2GB", 2_000_000_000),
            ("2GiB", 2 << 30),
            (" 1.5 G ", 3 << 29),
            (".5k", 512),
            ("1.k", 1024),
            ("0.3333333333333333333333333333T", 366_503_875_925),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused_with_the_reason() {
        for (text, reason) in [
            ("", "begin with a number"),
            ("G", "begin with a number"),
            (".", "begin with a number"),
            ("-1G", "begin with a number"),
            ("1.2.3", "begin with a number"),
            ("2X", "unit"),
            ("2 G B", "unit"),
            ("1e9", "unit"),
            ("0", "less than one byte"),
            ("0.1B", "less than one byte"),
            ("18446744073709551616", "too large"),
            ("16777215P", "too large"),
        ] {
            let message = parse_size(text).unwrap_err().to_string();
            assert!(message.contains(reason), "{text:?}: {message}");
        }
    }

    proptest! {
        #[test]
        fn a_written_size_reads_as_nearly_the_same(bytes in 1u64..u64::MAX / 4) {
            let written = format_size(bytes);
            prop_assume!(!written.ends_with("EiB"));
            let read = parse_size(&written).unwrap();
            prop_assert!(read.abs_diff(bytes) as f64 <= 0.05 * bytes as f64 + 1.0);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,12}") {
            let _ = parse_size(&text);
        }
    }
}
