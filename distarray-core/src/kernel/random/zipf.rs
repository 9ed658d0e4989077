//! Zipf and zeta numbers: ranks whose chances fall as a power; and those of the logarithmic series.

use super::count::whole;
use super::rejection::OfSource;
use super::source::Source;
use crate::kernel::math::{Exp, Expm1, Function1, Log, Log1p};

/// Ranks from 1 to a largest one, of chances `k^-exponent`.
///
/// # Source
/// W. Hörmann and G. Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions", ACM
/// Transactions on Modeling and Computer Simulation 6 (1996) 169-184.
pub(super) struct Zipf {
    size: f64,
    exponent: f64,
    /// The integral at 3/2, less the chance of 1, and at the end.
    first: f64,
    last: f64,
    /// Up to this far below their rank numbers are kept without a further look.
    squeeze: f64,
}

impl Zipf {
    #[expect(clippy::cast_precision_loss, reason = "above 2^53 one more or less is not seen")]
    pub(super) fn new(size: u64, exponent: f64) -> Zipf {
        let mut zipf = Zipf { size: size as f64, exponent, first: 0.0, last: 0.0, squeeze: 0.0 };
        zipf.first = zipf.integral(1.5) - 1.0;
        zipf.last = zipf.integral(zipf.size + 0.5);
        zipf.squeeze = 2.0 - zipf.inverse(zipf.integral(2.5) - zipf.chance(2.0));
        zipf
    }

    /// `x^-exponent`.
    #[inline(always)]
    fn chance(&self, x: f64) -> f64 {
        Exp::value(-self.exponent * Log::value(x))
    }

    /// The integral of [`Zipf::chance`] from 1 to `x`: `(x^(1 - exponent) - 1) / (1 - exponent)`, or `log x`.
    #[inline(always)]
    fn integral(&self, x: f64) -> f64 {
        let log = Log::value(x);
        let t = (1.0 - self.exponent) * log;
        if t.abs() < 1e-8 { log * (1.0 + 0.5 * t) } else { log * (Expm1::value(t) / t) }
    }

    /// The `x` of an integral.
    #[inline(always)]
    fn inverse(&self, integral: f64) -> f64 {
        let t = integral * (1.0 - self.exponent);
        let t = if t < -1.0 { -1.0 } else { t };
        let quotient = if t.abs() < 1e-8 { 1.0 - 0.5 * t } else { Log1p::value(t) / t };
        Exp::value(quotient * integral)
    }
}

impl OfSource for Zipf {
    type Value = i64;

    fn words(&self) -> usize {
        2
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> i64 {
        loop {
            let u = self.last + source.fraction() * (self.first - self.last);
            let x = self.inverse(u);
            let k = (x + 0.5).floor();
            let k = if k < 1.0 { 1.0 } else { k };
            let k = if k > self.size { self.size } else { k };
            if k - x <= self.squeeze || u >= self.integral(k + 0.5) - self.chance(k) {
                return whole(k);
            }
        }
    }
}

/// Ranks from 1 on, of chances `k^-exponent`, below 2^63.
///
/// # Source
/// L. Devroye, "Non-Uniform Random Variate Generation" (1986), page 551; restricted to what an `int64` holds as NumPy
/// restricts it, and with logarithms instead of powers, which exponents near 1 would round to 1.
pub(super) struct Zeta {
    /// The exponent less 1.
    excess: f64,
    /// The share of Devroye's dominating distribution that lies below 2^63.
    below: f64,
    /// `2^excess` and that less 1.
    power: f64,
    less_one: f64,
}

/// 2^63 and the logarithms of that and of 2.
const END: f64 = 9_223_372_036_854_775_808.0;
const LOG_END: f64 = 43.668_272_375_276_55;
const LOG_2: f64 = std::f64::consts::LN_2;

impl Zeta {
    pub(super) fn new(exponent: f64) -> Zeta {
        let excess = exponent - 1.0;
        Zeta {
            excess,
            below: -Expm1::value(-excess * LOG_END),
            power: Exp::value(excess * LOG_2),
            less_one: Expm1::value(excess * LOG_2),
        }
    }
}

impl OfSource for Zeta {
    type Value = i64;

    fn words(&self) -> usize {
        4
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> i64 {
        loop {
            let u = source.fraction();
            let v = source.fraction();
            let x = Exp::value(-Log1p::value(-u * self.below) / self.excess).floor();
            // The hat touches at 1; there the quotients below may overflow.
            if x <= 1.0 {
                return 1;
            }
            let log = self.excess * Log1p::value(1.0 / x);
            if x < END && v * x * (Expm1::value(log) / self.less_one) <= Exp::value(log) / self.power {
                return whole(x);
            }
        }
    }
}

/// Numbers of the logarithmic series: `k` has a chance in proportion to `probability^k / k`.
///
/// # Source
/// A. W. Kemp, "Efficient generation of logarithmically distributed pseudo-random variables", Applied Statistics 30
/// (1981) 249-253, algorithm LK.
pub(super) struct LogSeries {
    probability: f64,
    /// `log(1 - probability)`.
    log_rest: f64,
}

impl LogSeries {
    pub(super) fn new(probability: f64) -> LogSeries {
        LogSeries { probability, log_rest: Log1p::value(-probability) }
    }
}

impl OfSource for LogSeries {
    type Value = i64;

    fn words(&self) -> usize {
        2
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> i64 {
        let v = source.fraction();
        let u = source.fraction();
        if v >= self.probability {
            return 1;
        }
        let exponent = self.log_rest * u;
        let q = -Expm1::value(exponent);
        if v <= q * q {
            // 1 - q would have lost what is left of it near 1.
            return whole((1.0 + Log::value(v) / Log1p::value(-Exp::value(exponent))).floor());
        }
        if v >= q { 1 } else { 2 }
    }
}
