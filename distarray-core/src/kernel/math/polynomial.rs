//! Polynomials by Horner's rule with fused multiply-adds, and powers of two from float exponents.

/// `c[0] + c[1] x + .. + c[N-1] x^(N-1)`, innermost first; the order of operations is part of the result's bits.
#[inline(always)]
pub(super) fn horner<const N: usize>(x: f64, coefficients: &[f64; N]) -> f64 {
    let mut sum = coefficients[N - 1];
    let mut k = N - 1;
    while k > 0 {
        k -= 1;
        sum = sum.mul_add(x, coefficients[k]);
    }
    sum
}

/// 1.5 * 2^52: adding it rounds to the nearest integer (ties to even), which then stands in the low bits.
pub(super) const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// 2^`exponent` for an integral `exponent` in -1022..=1023, without conversions between integers and floats.
#[inline(always)]
pub(super) fn power_of_two(exponent: f64) -> f64 {
    // 2^52 + 1023 + exponent has the biased exponent in its low bits.
    f64::from_bits((exponent + (4_503_599_627_370_496.0 + 1023.0)).to_bits() << 52)
}
