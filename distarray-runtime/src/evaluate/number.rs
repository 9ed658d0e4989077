//! Arithmetic on the program's own numbers, by Python's rules: no dtype, integers that do not wrap.

use crate::calc::{BinaryOperator, ComparisonOperator, UnaryOperator};
use distarray_core::Weak;
use num_complex::Complex;
use std::cmp::Ordering;

/// The integer value of a truth value or an integer.
pub(crate) fn as_integer(number: Weak) -> Option<i128> {
    match number {
        Weak::Bool(value) => Some(i128::from(value)),
        Weak::Int(value) => Some(value),
        _ => None,
    }
}

/// The value as a float; `None` for complex numbers.
pub(crate) fn as_float(number: Weak) -> Option<f64> {
    match number {
        Weak::Float(value) => Some(value),
        Weak::Complex(_) => None,
        #[expect(clippy::cast_precision_loss, reason = "Python's float(int) rounds too")]
        other => as_integer(other).map(|value| value as f64),
    }
}

fn as_complex(number: Weak) -> Complex<f64> {
    match number {
        Weak::Complex(value) => value,
        other => Complex::new(as_float(other).unwrap_or(f64::NAN), 0.0),
    }
}

/// Whether Python takes it as true.
pub(crate) fn is_true(number: Weak) -> bool {
    match number {
        Weak::Bool(value) => value,
        Weak::Int(value) => value != 0,
        Weak::Float(value) => value != 0.0,
        Weak::Complex(value) => value != Complex::new(0.0, 0.0),
    }
}

/// `-a`, `+a`, `~a`, `not a`.
///
/// # Errors
/// A sentence for what Python refuses.
pub(crate) fn unary(operator: UnaryOperator, number: Weak) -> Result<Weak, String> {
    match (operator, number) {
        (UnaryOperator::Not, number) => Ok(Weak::Bool(!is_true(number))),
        (UnaryOperator::Positive, Weak::Bool(value)) => Ok(Weak::Int(i128::from(value))),
        (UnaryOperator::Positive, number) => Ok(number),
        (UnaryOperator::Negative, Weak::Float(value)) => Ok(Weak::Float(-value)),
        (UnaryOperator::Negative, Weak::Complex(value)) => Ok(Weak::Complex(-value)),
        (UnaryOperator::Negative, number) => whole(as_integer(number).and_then(i128::checked_neg)),
        (UnaryOperator::Invert, number) => match as_integer(number) {
            Some(value) => Ok(Weak::Int(!value)),
            None => Err("`~` is not defined for floats".to_owned()),
        },
    }
}

fn whole(value: Option<i128>) -> Result<Weak, String> {
    value.map(Weak::Int).ok_or_else(|| "an integer beyond 128 bits".to_owned())
}

/// `a + b` and its kin.
///
/// # Errors
/// A sentence for what Python refuses: division by zero, bits of floats.
pub(crate) fn binary(operator: BinaryOperator, left: Weak, right: Weak) -> Result<Weak, String> {
    if let (Weak::Bool(left), Weak::Bool(right)) = (left, right) {
        match operator {
            BinaryOperator::And => return Ok(Weak::Bool(left & right)),
            BinaryOperator::Or => return Ok(Weak::Bool(left | right)),
            BinaryOperator::Xor => return Ok(Weak::Bool(left ^ right)),
            _ => {}
        }
    }
    if let (Some(left), Some(right)) = (as_integer(left), as_integer(right)) {
        return integers(operator, left, right);
    }
    match (as_float(left), as_float(right)) {
        (Some(left), Some(right)) => floats(operator, left, right),
        _ => complex(operator, as_complex(left), as_complex(right)),
    }
}

fn integers(operator: BinaryOperator, left: i128, right: i128) -> Result<Weak, String> {
    let division_by_zero = || Err("division by zero".to_owned());
    match operator {
        BinaryOperator::Add => whole(left.checked_add(right)),
        BinaryOperator::Subtract => whole(left.checked_sub(right)),
        BinaryOperator::Multiply => whole(left.checked_mul(right)),
        BinaryOperator::Divide if right == 0 => division_by_zero(),
        #[expect(clippy::cast_precision_loss, reason = "Python's true division gives a float too")]
        BinaryOperator::Divide => Ok(Weak::Float(left as f64 / right as f64)),
        BinaryOperator::FloorDivide | BinaryOperator::Remainder if right == 0 => division_by_zero(),
        BinaryOperator::FloorDivide => whole(left.checked_div(right).and_then(|quotient| {
            let is_rounded_up = left.wrapping_rem(right) != 0 && (left < 0) != (right < 0);
            quotient.checked_sub(i128::from(is_rounded_up))
        })),
        BinaryOperator::Remainder => {
            let rest = left.wrapping_rem(right);
            Ok(Weak::Int(if rest != 0 && (rest < 0) != (right < 0) { rest + right } else { rest }))
        }
        BinaryOperator::Power if right >= 0 => match u32::try_from(right) {
            Ok(exponent) => whole(left.checked_pow(exponent)),
            Err(_) if matches!(left, 0 | 1) => Ok(Weak::Int(left)),
            Err(_) if left == -1 => Ok(Weak::Int(if right % 2 == 0 { 1 } else { -1 })),
            Err(_) => whole(None),
        },
        BinaryOperator::Power if left == 0 => Err("zero cannot be raised to a negative power".to_owned()),
        #[expect(clippy::cast_precision_loss, reason = "Python gives a float too")]
        BinaryOperator::Power => Ok(Weak::Float((left as f64).powf(right as f64))),
        BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight if right < 0 => {
            Err("negative shift count".to_owned())
        }
        BinaryOperator::ShiftLeft if left == 0 => Ok(Weak::Int(0)),
        BinaryOperator::ShiftLeft => whole(
            u32::try_from(right).ok().filter(|bits| *bits < 127).and_then(|bits| left.checked_mul(1 << bits)),
        ),
        BinaryOperator::ShiftRight => Ok(Weak::Int(left >> right.min(127))),
        BinaryOperator::And => Ok(Weak::Int(left & right)),
        BinaryOperator::Or => Ok(Weak::Int(left | right)),
        BinaryOperator::Xor => Ok(Weak::Int(left ^ right)),
        BinaryOperator::MatrixMultiply => Err("`@` is not defined for numbers".to_owned()),
    }
}

fn floats(operator: BinaryOperator, left: f64, right: f64) -> Result<Weak, String> {
    let divides =
        matches!(operator, BinaryOperator::Divide | BinaryOperator::FloorDivide | BinaryOperator::Remainder);
    if divides && right == 0.0 {
        return Err("division by zero".to_owned());
    }
    let signed_rest = || {
        let rest = left % right;
        if rest == 0.0 { 0.0_f64.copysign(right) } else { rest_of(rest, right) }
    };
    Ok(Weak::Float(match operator {
        BinaryOperator::Add => left + right,
        BinaryOperator::Subtract => left - right,
        BinaryOperator::Multiply => left * right,
        BinaryOperator::Divide => left / right,
        BinaryOperator::FloorDivide => ((left - signed_rest()) / right).round(),
        BinaryOperator::Remainder => signed_rest(),
        BinaryOperator::Power => return float_power(left, right),
        other => return Err(format!("`{}` is not defined for floats", other.symbol())),
    }))
}

/// The remainder with the divisor's sign.
fn rest_of(rest: f64, divisor: f64) -> f64 {
    if (rest < 0.0) == (divisor < 0.0) { rest } else { rest + divisor }
}

fn float_power(left: f64, right: f64) -> Result<Weak, String> {
    if left == 0.0 && right < 0.0 {
        return Err("zero cannot be raised to a negative power".to_owned());
    }
    if left < 0.0 && left.is_finite() && right.is_finite() && right.fract() != 0.0 {
        return Ok(Weak::Complex(Complex::new(left, 0.0).powf(right)));
    }
    Ok(Weak::Float(left.powf(right)))
}

fn complex(operator: BinaryOperator, left: Complex<f64>, right: Complex<f64>) -> Result<Weak, String> {
    let zero = Complex::new(0.0, 0.0);
    Ok(Weak::Complex(match operator {
        BinaryOperator::Add => left + right,
        BinaryOperator::Subtract => left - right,
        BinaryOperator::Multiply => left * right,
        BinaryOperator::Divide if right == zero => return Err("division by zero".to_owned()),
        BinaryOperator::Divide => left / right,
        BinaryOperator::Power if right == zero => Complex::new(1.0, 0.0),
        BinaryOperator::Power if left == zero && (right.im != 0.0 || right.re < 0.0) => {
            return Err("zero cannot be raised to a negative or complex power".to_owned());
        }
        BinaryOperator::Power if right.im == 0.0 && right.re.fract() == 0.0 && right.re.abs() <= 100.0 =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number of at most 100")]
            left.powi(right.re as i32)
        }
        BinaryOperator::Power => left.powc(right),
        other => return Err(format!("`{}` is not defined for complex numbers", other.symbol())),
    }))
}

/// `a < b` and its kin.
///
/// # Errors
/// A sentence for the order of complex numbers.
pub(crate) fn compare(operator: ComparisonOperator, left: Weak, right: Weak) -> Result<bool, String> {
    let ordering = match (as_integer(left), as_integer(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => match (as_float(left), as_float(right)) {
            (Some(left), Some(right)) => left.partial_cmp(&right),
            _ => {
                let same = as_complex(left) == as_complex(right);
                return match operator {
                    ComparisonOperator::Equal => Ok(same),
                    ComparisonOperator::NotEqual => Ok(!same),
                    other => Err(format!("`{}` is not defined for complex numbers", other.symbol())),
                };
            }
        },
    };
    Ok(match operator {
        ComparisonOperator::Equal => ordering == Some(Ordering::Equal),
        ComparisonOperator::NotEqual => ordering != Some(Ordering::Equal),
        ComparisonOperator::Less => ordering == Some(Ordering::Less),
        ComparisonOperator::LessEqual => ordering.is_some_and(Ordering::is_le),
        ComparisonOperator::Greater => ordering == Some(Ordering::Greater),
        ComparisonOperator::GreaterEqual => ordering.is_some_and(Ordering::is_ge),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(operator: BinaryOperator, left: i128, right: i128) -> Result<Weak, String> {
        binary(operator, Weak::Int(left), Weak::Int(right))
    }

    #[test]
    fn integers_divide_as_in_python() {
        assert_eq!(int(BinaryOperator::Divide, 7, 2), Ok(Weak::Float(3.5)));
        assert_eq!(int(BinaryOperator::FloorDivide, -7, 2), Ok(Weak::Int(-4)));
        assert_eq!(int(BinaryOperator::FloorDivide, 7, -2), Ok(Weak::Int(-4)));
        assert_eq!(int(BinaryOperator::FloorDivide, -8, 2), Ok(Weak::Int(-4)));
        assert_eq!(int(BinaryOperator::Remainder, -7, 3), Ok(Weak::Int(2)));
        assert_eq!(int(BinaryOperator::Remainder, 7, -3), Ok(Weak::Int(-2)));
        assert_eq!(int(BinaryOperator::Power, 2, -1), Ok(Weak::Float(0.5)));
        assert_eq!(int(BinaryOperator::Power, 2, 100), Ok(Weak::Int(1 << 100)));
        assert!(int(BinaryOperator::Divide, 1, 0).is_err());
        assert!(int(BinaryOperator::Power, 10, 100).is_err());
    }

    #[test]
    fn floats_divide_as_in_python() {
        let float = |operator, left, right| binary(operator, Weak::Float(left), Weak::Float(right));
        assert_eq!(float(BinaryOperator::FloorDivide, -7.5, 2.0), Ok(Weak::Float(-4.0)));
        assert_eq!(float(BinaryOperator::Remainder, -7.5, 2.0), Ok(Weak::Float(0.5)));
        assert_eq!(float(BinaryOperator::Remainder, 7.5, -2.0), Ok(Weak::Float(-0.5)));
        assert!(float(BinaryOperator::Remainder, 7.5, 0.0).is_err());
        assert!(float(BinaryOperator::And, 7.5, 1.0).is_err());
    }

    #[test]
    fn truth_counts_as_a_number() {
        assert_eq!(binary(BinaryOperator::Add, Weak::Bool(true), Weak::Bool(true)), Ok(Weak::Int(2)));
        assert_eq!(binary(BinaryOperator::And, Weak::Bool(true), Weak::Bool(false)), Ok(Weak::Bool(false)));
        assert_eq!(compare(ComparisonOperator::Equal, Weak::Bool(true), Weak::Float(1.0)), Ok(true));
    }
}
