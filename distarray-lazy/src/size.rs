//! Sizes of memory as people read them: `1.5 MiB`.

/// Writes a size the way people read it: at most four digits and a unit that counts in 1024.
///
/// ```
/// use distarray_lazy::format_size;
/// assert_eq!(format_size(999), "999 B");
/// assert_eq!(format_size(1536), "1.5 KiB");
/// assert_eq!(format_size(800_000_000), "762.9 MiB");
/// ```
#[must_use]
pub fn format_size(bytes: u64) -> String {
    const NAMES: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    // Tenths of the unit, rounded; the next unit as soon as they would need a fifth digit.
    let tenths = |shift: u32| (u128::from(bytes) * 10 + (1u128 << (shift - 1))) >> shift;
    let unit = (0..6).find(|&unit| tenths(10 * (unit + 1)) < 10_240).unwrap_or(5);
    let tenths = tenths(10 * (unit + 1));
    let name = NAMES[unit as usize];
    match tenths % 10 {
        0 => format!("{} {name}", tenths / 10),
        rest => format!("{}.{rest} {name}", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_sizes_have_at_most_four_digits() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KiB"),
            (1_048_575, "1 MiB"),
            (1 << 30, "1 GiB"),
            (u64::MAX, "16 EiB"),
        ] {
            assert_eq!(format_size(bytes), text);
        }
    }
}
