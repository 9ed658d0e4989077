//! Logarithms of factorials.

use crate::kernel::math::{Function1, Log, Log1p};

/// `log(k!) - ((k + 1/2) log(k + 1) - (k + 1) + log(2 pi) / 2)` for a whole `k >= 0`.
///
/// # Source
/// W. Hörmann, "The generation of binomial random variates", Journal of Statistical Computation and Simulation 46
/// (1993) 101-110, section 2: a table up to 9, then the series (error below 10^-11).
#[inline(always)]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole numbers below 10")]
pub(super) fn tail(k: f64) -> f64 {
    const TABLE: [f64; 10] = [
        0.081_061_466_795_327_26,
        0.041_340_695_955_409_29,
        0.027_677_925_684_998_34,
        0.020_790_672_103_765_093,
        0.016_644_691_189_821_193,
        0.013_876_128_823_070_748,
        0.011_896_709_945_891_77,
        0.010_411_265_261_972_096,
        0.009_255_462_182_712_733,
        0.008_330_563_433_362_87,
    ];
    if k < 10.0 {
        return TABLE[k as usize];
    }
    let next = k + 1.0;
    let square = next * next;
    (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / square) / square) / next
}

/// A factorial from which others are reached by steps.
#[derive(Clone, Copy)]
pub(super) struct Factorial {
    a: f64,
    next: f64,
    tail: f64,
}

impl Factorial {
    /// That of a whole `a >= 0`.
    #[inline(always)]
    pub(super) fn of(a: f64) -> Factorial {
        Factorial { a, next: a + 1.0, tail: tail(a) }
    }

    /// `log((a + step)! / a!) - step log(a + 1)` for a whole `step >= -a`: what is small beside the logarithms where
    /// `step` is beside `a`.
    #[inline(always)]
    pub(super) fn step(&self, step: f64) -> f64 {
        let end = self.a + step;
        (end + 0.5) * Log1p::value(step / self.next) - step + (tail(end) - self.tail)
    }
}

/// `log(mean^k exp(-mean) / k!)`, without cancellation for large means.
#[inline(always)]
pub(super) fn log_poisson(mean: f64, k: f64) -> f64 {
    const HALF_LOG_TWO_PI: f64 = 0.918_938_533_204_672_7;
    let next = k + 1.0;
    // log(mean / next) with the small difference of large numbers taken first.
    let quotient = (k + 0.5) * Log1p::value((mean - next) / next);
    quotient - 0.5 * Log::value(mean) + (next - mean) - HALF_LOG_TWO_PI - tail(k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factorials_come_out() {
        let mut log_factorial = 0.0_f64;
        let factorials: Vec<f64> =
            (0..60).map(|k| (1..=k).map(|factor| f64::from(factor).ln()).sum()).collect();
        for k in 0..60 {
            if k > 0 {
                log_factorial += f64::from(k).ln();
            }
            let next = f64::from(k) + 1.0;
            let leading = (next - 0.5) * next.ln() - next + 0.5 * (2.0 * std::f64::consts::PI).ln();
            assert!((leading + tail(f64::from(k)) - log_factorial).abs() < 1e-10, "{k}");
            for a in 0..60 {
                let step = f64::from(k - a);
                let expected = Factorial::of(f64::from(a)).step(step) + step * f64::from(a + 1).ln();
                let found = factorials[usize::try_from(k).expect("small")]
                    - factorials[usize::try_from(a).expect("small")];
                assert!((found - expected).abs() < 1e-10, "{a} {k}");
            }
            let expected = f64::from(k) * 7.5_f64.ln() - 7.5 - log_factorial;
            assert!((log_poisson(7.5, f64::from(k)) - expected).abs() < 1e-10, "{k}");
        }
    }
}
