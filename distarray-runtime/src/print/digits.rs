//! Decimal digits of floating-point numbers: the shortest that identify a number, or rounded earlier.

/// A finite number's sign and decimal digits, as `d.ddd * 10^exponent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Digits {
    pub(super) negative: bool,
    /// At least one digit; no zeros at the end except for zero itself.
    digits: Vec<u8>,
    exponent: i32,
}

/// The two widths of floating-point numbers.
pub(super) trait Real: Copy + PartialOrd {
    /// From this magnitude on arrays are printed with exponents: 10^8, or 10 to the number of digits
    /// that the type is sure of.
    const LARGE: Self;
    /// Below this magnitude they are as well.
    const SMALL: Self;

    fn is_nan(self) -> bool;
    fn is_finite(self) -> bool;
    fn is_negative(self) -> bool;
    fn magnitude(self) -> Self;
    fn is_zero(self) -> bool;
    /// Whether `self / other`, rounded to this type, is above 1000.
    fn is_thousandfold(self, other: Self) -> bool;
    /// Shortest digits that are nearer to this number than to any other of the type, as `d.dde-7`.
    fn shortest(self) -> String;
    /// Whether a decimal number reads as this number.
    fn is_written_as(self, text: &str) -> bool;
    /// The exact value rounded to `precision` digits after the first, half to even, as `d.dde-7`.
    fn rounded_scientific(self, precision: usize) -> String;
    /// The exact value rounded to `precision` digits after the point, half to even.
    fn rounded_fixed(self, precision: usize) -> String;
}

macro_rules! real {
    ($type:ty, $large:literal) => {
        impl Real for $type {
            const LARGE: Self = $large;
            const SMALL: Self = 0.0001;

            fn is_nan(self) -> bool {
                <$type>::is_nan(self)
            }
            fn is_finite(self) -> bool {
                <$type>::is_finite(self)
            }
            fn is_negative(self) -> bool {
                self.is_sign_negative()
            }
            fn magnitude(self) -> Self {
                self.abs()
            }
            fn is_zero(self) -> bool {
                self == 0.0
            }
            fn is_thousandfold(self, other: Self) -> bool {
                self / other > 1000.0
            }
            fn shortest(self) -> String {
                format!("{self:e}")
            }
            fn is_written_as(self, text: &str) -> bool {
                text.parse() == Ok(self)
            }
            fn rounded_scientific(self, precision: usize) -> String {
                format!("{self:.precision$e}")
            }
            fn rounded_fixed(self, precision: usize) -> String {
                format!("{self:.precision$}")
            }
        }
    };
}

real!(f32, 1e6);
real!(f64, 1e8);

impl Digits {
    /// The shortest digits that identify a finite number; of two that are equally near, the even one.
    ///
    /// Rust's own shortest digits round such ties up: 2^50 + 0.25 to `..24.3`, Python to
    /// `..24.2`.
    pub(super) fn shortest(value: impl Real) -> Self {
        let shortest = Self::read(&value.shortest());
        let rounded = value.rounded_scientific(shortest.digits.len() - 1);
        if value.is_written_as(&rounded) { Self::read(&rounded) } else { shortest }
    }

    /// The shortest digits, but at most `precision` after the first one.
    pub(super) fn scientific(value: impl Real, precision: usize) -> Self {
        let shortest = Self::shortest(value);
        if shortest.digits.len() <= precision + 1 {
            return shortest;
        }
        Self::exact(value, precision)
    }

    /// The exact value rounded to `precision` digits after the first one.
    pub(super) fn exact(value: impl Real, precision: usize) -> Self {
        Self::read(&value.rounded_scientific(precision))
    }

    /// The shortest digits, but at most `precision` after the decimal point.
    pub(super) fn fixed(value: impl Real, precision: usize) -> Self {
        let shortest = Self::shortest(value);
        if shortest.fixed_parts().1.len() <= precision {
            return shortest;
        }
        Self::read(&value.rounded_fixed(precision))
    }

    /// Reads `-12.5e-3` and the like.
    fn read(text: &str) -> Self {
        let (text, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let negative = text.starts_with('-');
        let (whole, fraction) =
            text.trim_start_matches('-').split_once('.').unwrap_or((text.trim_start_matches('-'), ""));
        let all = [whole.as_bytes(), fraction.as_bytes()].concat();
        let significant = all.iter().position(|&digit| digit != b'0');
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let Some(first) = significant else {
            return Self { negative, digits: vec![b'0'], exponent: 0 };
        };
        let end = all.iter().rposition(|&digit| digit != b'0').map_or(first + 1, |last| last + 1);
        let places = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        Self {
            negative,
            digits: all[first..end].to_vec(),
            exponent: exponent + places(whole.len()) - 1 - places(first),
        }
    }

    /// The power of ten of the first digit.
    pub(super) fn exponent(&self) -> i32 {
        self.exponent
    }

    /// The digit before the point and those behind it, for a notation with an exponent.
    pub(super) fn scientific_parts(&self) -> (String, String) {
        (text(&self.digits[..1]), text(&self.digits[1..]))
    }

    /// The digits before the point (at least a zero) and those behind it, for a notation without an
    /// exponent.
    pub(super) fn fixed_parts(&self) -> (String, String) {
        let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
        let Ok(point) = usize::try_from(self.exponent + 1) else {
            return ("0".to_owned(), zeros(-self.exponent - 1) + &text(&self.digits));
        };
        if point == 0 {
            return ("0".to_owned(), text(&self.digits));
        }
        let split = point.min(self.digits.len());
        let padding = "0".repeat(point - split);
        (text(&self.digits[..split]) + &padding, text(&self.digits[split..]))
    }
}

fn text(digits: &[u8]) -> String {
    digits.iter().map(|&digit| char::from(digit)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fixed(value: f64, precision: usize) -> String {
        let digits = Digits::fixed(value, precision);
        let (whole, fraction) = digits.fixed_parts();
        format!("{}{whole}.{fraction}", if digits.negative { "-" } else { "" })
    }

    #[test]
    fn digits_are_the_shortest_or_rounded() {
        assert_eq!(fixed(0.1, 8), "0.1");
        assert_eq!(fixed(1.0 / 3.0, 8), "0.33333333");
        assert_eq!(fixed(-2.0 / 3.0, 3), "-0.667");
        assert_eq!(fixed(0.999_999_999, 8), "1.");
        assert_eq!(fixed(1234.5, 8), "1234.5");
        assert_eq!(fixed(1e22, 8), "10000000000000000000000.");
        assert_eq!(fixed(-0.0, 8), "-0.");
        assert_eq!(fixed(0.00012, 8), "0.00012");
        assert_eq!(fixed(1e-12, 8), "0.");
    }

    #[test]
    fn ties_go_to_the_even_digit() {
        assert_eq!(fixed(2f64.powi(50) + 0.25, 8), "1125899906842624.2");
        assert_eq!(fixed(2f64.powi(50) + 0.75, 8), "1125899906842624.8");
        assert_eq!(Digits::shortest(501f32 / 256.0).fixed_parts().1, "9570312");
        assert_eq!(fixed(0.001_953_125, 8), "0.00195312");
        assert_eq!(fixed(0.005_859_375, 8), "0.00585938");
        assert_eq!(Digits::scientific(2.5f32, 0).scientific_parts().0, "2");
    }

    #[test]
    fn narrow_numbers_have_their_own_shortest_digits() {
        assert_eq!(Digits::shortest(0.1f32).fixed_parts().1, "1");
        assert_eq!(Digits::shortest(f64::from(0.1f32)).fixed_parts().1, "10000000149011612");
        let smallest = Digits::shortest(f32::from_bits(1));
        assert_eq!((smallest.exponent(), smallest.scientific_parts().0), (-45, "1".to_owned()));
    }

    proptest! {
        #[test]
        fn shortest_digits_read_as_the_same_number(value in any::<f64>().prop_filter("finite", |value| value.is_finite())) {
            let digits = Digits::shortest(value);
            let sign = if digits.negative { "-" } else { "" };
            let (first, rest) = digits.scientific_parts();
            prop_assert_eq!(format!("{sign}{first}.{rest}e{}", digits.exponent()).parse::<f64>().unwrap().to_bits(), value.to_bits());
            let (whole, fraction) = digits.fixed_parts();
            prop_assert_eq!(format!("{sign}{whole}.{fraction}").parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
    }
}
