//! The common format of an array's floating-point elements: notation, digits and padding.

use super::digits::{Digits, Real};

/// How all elements of an array are written, so that their points stand below each other.
pub(super) struct FloatFormat {
    /// With exponents, or without.
    scientific: bool,
    /// Digits behind the point, at most; with exponents all elements have as many.
    precision: usize,
    /// Characters before the point, sign included.
    left: usize,
    /// Characters behind the point, exponent included.
    right: usize,
    /// Digits of the exponents, at least.
    exponent_digits: usize,
    /// Whether positive numbers have a sign, as imaginary parts do.
    plus: bool,
}

/// The pieces of a number: what stands before the point, behind it, and its exponent.
struct Parts {
    sign: &'static str,
    whole: String,
    fraction: String,
    exponent: i32,
}

impl FloatFormat {
    /// The format for these elements; `plus` gives positive numbers a sign.
    pub(super) fn new<R: Real>(
        elements: impl Iterator<Item = R> + Clone,
        precision: usize,
        plus: bool,
    ) -> Self {
        let finite = elements.clone().filter(|value| value.is_finite());
        let mut format = Self {
            scientific: needs_exponents(finite.clone()),
            precision,
            left: 0,
            right: 0,
            exponent_digits: 2,
            plus,
        };
        let mut fraction_digits = 0;
        for value in finite {
            let parts = format.parts(value);
            format.left = format.left.max(parts.sign.len() + parts.whole.len());
            fraction_digits = fraction_digits.max(parts.fraction.len());
            let exponent_digits = parts.exponent.unsigned_abs().to_string().len();
            format.exponent_digits = format.exponent_digits.max(exponent_digits);
        }
        format.right = fraction_digits;
        if format.scientific {
            format.precision = fraction_digits;
            format.right += "e+".len() + format.exponent_digits;
        }
        format.make_room_for_words(elements);
        format
    }

    /// Widens the left side where `nan`, `inf` and `-inf` need more than the numbers do.
    fn make_room_for_words<R: Real>(&mut self, elements: impl Iterator<Item = R> + Clone) {
        let mut words = elements.filter(|value| !value.is_finite()).peekable();
        if words.peek().is_some() {
            let signed = self.plus || words.any(|word| !word.is_nan() && word.is_negative());
            let width = if signed { "-inf".len() } else { "inf".len() };
            self.left = self.left.max(width.saturating_sub(self.right + 1));
        }
    }

    /// One element, padded to the common width.
    pub(super) fn write(&self, value: impl Real) -> String {
        if !value.is_finite() {
            let sign = self.sign(value.is_negative() && !value.is_nan());
            let word = if value.is_nan() { "nan" } else { "inf" };
            let width = self.left + 1 + self.right;
            return format!("{:>width$}", format!("{sign}{word}"));
        }
        if self.scientific {
            // Beyond the shortest digits NumPy goes on with those of the exact value.
            let parts =
                Parts::scientific(&Digits::exact(value, self.precision), self.sign(value.is_negative()));
            let (precision, digits) = (self.precision, self.exponent_digits);
            let (fraction, exponent) = (parts.fraction, parts.exponent.unsigned_abs());
            let exponent_sign = if parts.exponent < 0 { '-' } else { '+' };
            let whole = format!("{:>left$}", format!("{}{}", parts.sign, parts.whole), left = self.left);
            format!("{whole}.{fraction:0<precision$}e{exponent_sign}{exponent:0>digits$}")
        } else {
            let Parts { sign, whole, fraction, .. } = self.parts(value);
            let whole = format!("{:>left$}", format!("{sign}{whole}"), left = self.left);
            format!("{whole}.{fraction:<right$}", right = self.right)
        }
    }

    /// The shortest pieces of a number, or those rounded to the precision.
    fn parts(&self, value: impl Real) -> Parts {
        let sign = self.sign(value.is_negative());
        if self.scientific {
            return Parts::scientific(&Digits::scientific(value, self.precision), sign);
        }
        let (whole, fraction) = Digits::fixed(value, self.precision).fixed_parts();
        Parts { sign, whole, fraction, exponent: 0 }
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus) {
            (true, _) => "-",
            (false, true) => "+",
            (false, false) => "",
        }
    }
}

impl Parts {
    fn scientific(digits: &Digits, sign: &'static str) -> Self {
        let (whole, fraction) = digits.scientific_parts();
        Self { sign, whole, fraction, exponent: digits.exponent() }
    }
}

/// Whether numbers are too large, too small or too different to be written without exponents.
fn needs_exponents<R: Real>(finite: impl Iterator<Item = R>) -> bool {
    let mut extremes: Option<(R, R)> = None;
    for value in finite.filter(|value| !value.is_zero()) {
        let magnitude = value.magnitude();
        let (least, most) = extremes.unwrap_or((magnitude, magnitude));
        extremes = Some((
            if magnitude < least { magnitude } else { least },
            if magnitude > most { magnitude } else { most },
        ));
    }
    extremes.is_some_and(|(least, most)| most >= R::LARGE || least < R::SMALL || most.is_thousandfold(least))
}
