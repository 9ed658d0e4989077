//! How Python prints NumPy's scalars: the shortest digits that read back as the same number.

use std::fmt;

use crate::scalar::Scalar;

impl fmt::Display for Scalar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match *self {
            Scalar::Bool(true) => "True".to_owned(),
            Scalar::Bool(false) => "False".to_owned(),
            Scalar::Int8(value) => value.to_string(),
            Scalar::Int16(value) => value.to_string(),
            Scalar::Int32(value) => value.to_string(),
            Scalar::Int64(value) => value.to_string(),
            Scalar::UInt8(value) => value.to_string(),
            Scalar::UInt16(value) => value.to_string(),
            Scalar::UInt32(value) => value.to_string(),
            Scalar::UInt64(value) => value.to_string(),
            Scalar::Float32(value) => Printed::of_f32(value).alone(),
            Scalar::Float64(value) => Printed::of_f64(value).alone(),
            Scalar::Complex64(value) => complex(Printed::of_f32(value.re), Printed::of_f32(value.im)),
            Scalar::Complex128(value) => complex(Printed::of_f64(value.re), Printed::of_f64(value.im)),
        };
        formatter.pad(&text)
    }
}

/// A float's digits, before it is known whether it stands alone or in a complex number.
struct Printed {
    /// Sign and digits; a whole number below the limit of plain notation has no decimal point yet.
    text: String,
    is_positive_zero: bool,
    is_negative: bool,
}

impl Printed {
    /// NumPy writes `float64` plainly from 1e-4 to below 1e16.
    fn of_f64(value: f64) -> Printed {
        let (plain, scientific) = (format!("{value}"), format!("{value:e}"));
        let nearest = |text: String| if text.parse() == Ok(value) { Some(text) } else { None };
        let plain = nearest(format!("{value:.*}", fraction_digits(&plain))).unwrap_or(plain);
        let scientific = nearest(format!("{value:.*e}", fraction_digits(&scientific))).unwrap_or(scientific);
        Printed::new(value, 1e16, &plain, &scientific)
    }

    /// NumPy writes `float32` plainly from 1e-4 to below 1e6, where it has digits for the units.
    fn of_f32(value: f32) -> Printed {
        let (plain, scientific) = (format!("{value}"), format!("{value:e}"));
        let nearest = |text: String| if text.parse() == Ok(value) { Some(text) } else { None };
        let plain = nearest(format!("{value:.*}", fraction_digits(&plain))).unwrap_or(plain);
        let scientific = nearest(format!("{value:.*e}", fraction_digits(&scientific))).unwrap_or(scientific);
        Printed::new(f64::from(value), 1e6, &plain, &scientific)
    }

    fn new(value: f64, plain_below: f64, plain: &str, scientific: &str) -> Printed {
        let text = if value.is_nan() {
            "nan".to_owned()
        } else if value.is_infinite() {
            if value > 0.0 { "inf" } else { "-inf" }.to_owned()
        } else if value == 0.0 || (1e-4..plain_below).contains(&value.abs()) {
            plain.to_owned()
        } else {
            with_two_exponent_digits(scientific)
        };
        Printed {
            text,
            is_positive_zero: value == 0.0 && value.is_sign_positive(),
            is_negative: value.is_sign_negative() && !value.is_nan(),
        }
    }

    /// `1.0` where the digits alone would be `1`.
    fn alone(self) -> String {
        if self.text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            self.text + ".0"
        } else {
            self.text
        }
    }
}

/// How many digits follow the point. Of the shortest digits that read back as a number there may be
/// several of one length; Rust rounds an exact tie up, Python takes the nearest, which is what Rust writes
/// when it is told how many digits to write.
fn fraction_digits(text: &str) -> usize {
    let after = text.split_once('.').map_or("", |(_, after)| after);
    after.bytes().take_while(u8::is_ascii_digit).count()
}

/// `(1+2j)`, and `2j` if the real part is a positive zero.
fn complex(real: Printed, imaginary: Printed) -> String {
    if real.is_positive_zero {
        return format!("{}j", imaginary.text);
    }
    let sign = if imaginary.is_negative { "" } else { "+" };
    format!("({}{sign}{}j)", real.text, imaginary.text)
}

/// Rust's `1.5e-7` as Python's `1.5e-07`.
fn with_two_exponent_digits(scientific: &str) -> String {
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific.to_owned();
    };
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_ties_are_written_as_python_writes_them() {
        assert_eq!(Scalar::Float64(2_f64.powi(50) + 0.25).to_string(), "1125899906842624.2");
        assert_eq!(Scalar::Float32(1.957_031_2).to_string(), "1.9570312");
        assert_eq!(Scalar::Float64(0.1).to_string(), "0.1");
        assert_eq!(Scalar::Float64(5e-324).to_string(), "5e-324");
        assert_eq!(Scalar::Float64(1e23).to_string(), "1e+23");
    }
}
