//! Numbers times powers of two, rounded once.

use super::MathFloat;
use super::double_log::LIFT;
use super::exponential::scale;

/// `x * 2^exponent`.
#[inline(always)]
fn times_power_of_two(x: f64, exponent: i64) -> f64 {
    let subnormal = x.abs() < f64::MIN_POSITIVE;
    let bits = (if subnormal { x * LIFT } else { x }).to_bits();
    let fraction = f64::from_bits(bits & 0x800f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000);
    let biased = (bits >> 52) & 0x7ff;
    let own = biased.cast_signed() - if subnormal { 1023 + 54 } else { 1023 };
    // More than 5000 either way makes an infinity or a zero of every number.
    let sum = (exponent.clamp(-5000, 5000) + own).clamp(-1076, 1025);
    let value = scale(fraction, sum as f64);
    if (x == 0.0) | !x.is_finite() { x } else { value }
}

crate::multiversion! {
    /// Writes `value * 2^exponent` to `output`, element by element, as far as all three reach.
    pub(crate) fn apply_ldexp<T: MathFloat>(values: &[T], exponents: &[i64], output: &mut [T]) {
        for ((x, exponent), out) in values.iter().zip(exponents).zip(output.iter_mut()) {
            *out = T::narrow(times_power_of_two(x.widen(), *exponent));
        }
    }
}
