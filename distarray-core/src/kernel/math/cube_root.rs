//! The cube root.
//!
//! Method: `|x| = 2^(3k + j) m` with m in [1, 2) and j in 0..3; a polynomial of degree 4 for the root of m, times that of
//! `2^j`; one step of Halley's iteration (cubic) and one of Newton's whose residual is computed by fused
//! multiply-adds, so that only the last addition rounds.
//!
//! Source: coefficients by the Remez exchange of `tests/tables/coefficients.py` (relative error 2^-16.7).
//!
//! Largest error over 12,000 random arguments and `tests/tables/accuracy.txt`: 0.50 ulp.

use super::double_log::LIFT;
use super::polynomial::{ROUNDER, horner, power_of_two};

const CUBE_ROOT: [f64; 5] =
    [0.506979257772858, 0.7181542375994314, -0.3006118294044148, 0.08609145307959318, -0.010603911898542165];

/// The cube roots of 2 and of 4.
const ROOT_OF_2: f64 = 1.259_921_049_894_873_2;
const ROOT_OF_4: f64 = 1.587_401_051_968_199_5;

/// The cube root of every x.
#[inline(always)]
pub(super) fn cube_root(x: f64) -> f64 {
    let absolute = x.abs();
    let small = absolute < f64::MIN_POSITIVE;
    let bits = (if small { absolute * LIFT } else { absolute }).to_bits();
    let exponent = f64::from_bits((bits >> 52) | 0x4330_0000_0000_0000) - (4_503_599_627_370_496.0 + 1023.0);
    let m = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    // The nearest to (e - 1) / 3 is the third of e rounded down.
    let k = (exponent - 1.0).mul_add(1.0 / 3.0, ROUNDER) - ROUNDER;
    let j = k.mul_add(-3.0, exponent);
    let t = m * if j == 2.0 { 4.0 } else { j + 1.0 };
    let factor = if j == 1.0 { ROOT_OF_2 } else { 1.0 };
    let y = horner(m, &CUBE_ROOT) * if j == 2.0 { ROOT_OF_4 } else { factor };
    let cube = y * y * y;
    let y = y * (t.mul_add(2.0, cube) / cube.mul_add(2.0, t));
    let square = y * y;
    let lost = y.mul_add(y, -square);
    let residual = lost.mul_add(-y, square.mul_add(-y, t));
    let y = y + residual / (3.0 * square);
    let value = (y * power_of_two(if small { k - 18.0 } else { k })).copysign(x);
    if (x == 0.0) | !x.is_finite() { x } else { value }
}
