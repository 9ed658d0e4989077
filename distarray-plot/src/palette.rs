//! Colours for values: a perceptually even palette, as a small table with straight lines between.

/// Red, green and blue, as sRGB shows them.
pub type Color = [u8; 3];

/// The colour of what is not a number.
pub const NOT_A_NUMBER: Color = [160, 160, 160];

/// Every fifth colour of viridis.
///
/// # Source
/// The palette `viridis` of matplotlib, by Stéfan van der Walt and Nathaniel Smith, which its authors released into
/// the public domain (CC0 1.0).
const VIRIDIS: [(u8, u8, u8); 52] = [
    (68, 1, 84),
    (70, 8, 92),
    (71, 16, 99),
    (72, 23, 105),
    (72, 29, 111),
    (72, 36, 117),
    (71, 42, 122),
    (70, 48, 126),
    (69, 55, 129),
    (67, 61, 132),
    (65, 66, 135),
    (63, 72, 137),
    (61, 78, 138),
    (58, 83, 139),
    (56, 89, 140),
    (53, 94, 141),
    (51, 99, 141),
    (49, 104, 142),
    (46, 109, 142),
    (44, 113, 142),
    (42, 118, 142),
    (41, 123, 142),
    (39, 128, 142),
    (37, 132, 142),
    (35, 137, 142),
    (33, 142, 141),
    (32, 146, 140),
    (31, 151, 139),
    (30, 156, 137),
    (31, 161, 136),
    (33, 165, 133),
    (36, 170, 131),
    (40, 174, 128),
    (46, 179, 124),
    (53, 183, 121),
    (61, 188, 116),
    (70, 192, 111),
    (80, 196, 106),
    (90, 200, 100),
    (101, 203, 94),
    (112, 207, 87),
    (124, 210, 80),
    (137, 213, 72),
    (149, 216, 64),
    (162, 218, 55),
    (176, 221, 47),
    (189, 223, 38),
    (202, 225, 31),
    (216, 226, 25),
    (229, 228, 25),
    (241, 229, 29),
    (253, 231, 37),
];

/// The colour of a place between 0 (dark violet) and 1 (yellow); places outside get the nearer end, NaN gets
/// [`NOT_A_NUMBER`].
///
/// Lightness grows evenly along the palette, so that it can be read in shades of grey too.
pub fn viridis(place: f64) -> Color {
    if place.is_nan() {
        return NOT_A_NUMBER;
    }
    let scaled = place.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 51")]
    let below = (scaled as usize).min(VIRIDIS.len() - 2);
    let fraction = scaled - below as f64;
    let mix = |from: u8, to: u8| {
        let mixed = f64::from(from) + fraction * (f64::from(to) - f64::from(from));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two colours")]
        let level = mixed.round() as u8;
        level
    };
    let (from, to) = (VIRIDIS[below], VIRIDIS[below + 1]);
    [mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_and_the_middle_are_those_of_matplotlib() {
        assert_eq!(viridis(0.0), [68, 1, 84]);
        assert_eq!(viridis(1.0), [253, 231, 37]);
        for (index, expected) in
            [(7, [70, 11, 94]), (100, [42, 118, 142]), (128, [33, 145, 140]), (200, [112, 207, 87])]
        {
            let color = viridis(f64::from(index) / 255.0);
            assert!(
                color.iter().zip(expected).all(|(&a, b): (&u8, u8)| a.abs_diff(b) <= 2),
                "{index}: {color:?}"
            );
        }
    }

    #[test]
    fn everything_has_a_color() {
        assert_eq!(viridis(f64::NAN), NOT_A_NUMBER);
        assert_eq!(viridis(f64::INFINITY), viridis(1.0));
        assert_eq!(viridis(-3.0), viridis(0.0));
    }

    #[test]
    fn lightness_never_falls() {
        let lightness = |step: u32| {
            let [red, green, blue] = viridis(f64::from(step) / 255.0).map(f64::from);
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        assert!((1..256).all(|step| lightness(step) >= lightness(step - 1) - 0.5));
    }
}
