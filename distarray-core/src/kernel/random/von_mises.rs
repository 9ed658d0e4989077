//! Angles around a mean: von Mises numbers.

use std::f64::consts::PI;

use super::normal::normal;
use super::rejection::OfSource;
use super::source::Source;
use crate::kernel::math::{Arccos, Arctan2, Cos, Function1, Function2, Log, Sin};

/// Below this concentration all angles are equally likely, above the other they are normal numbers: the difference is
/// of the order of the concentration, or of its inverse.
const EVEN: f64 = 1e-8;
const NARROW: f64 = 1e6;
/// Below this concentration the root in the exact `s` has lost too many digits.
const SERIES: f64 = 1e-5;

/// Angles in [-pi, pi] of a mean and a concentration.
///
/// # Source
/// D. J. Best and N. I. Fisher, "Efficient simulation of the von Mises distribution", Applied Statistics 28 (1979)
/// 152-157, as in NumPy.
pub(super) struct VonMises {
    mean: f64,
    concentration: f64,
    s: f64,
}

impl VonMises {
    pub(super) fn new(mean: f64, concentration: f64) -> VonMises {
        let inside = mean.abs() <= PI;
        let mean = if inside { mean } else { Arctan2::value(Sin::value(mean), Cos::value(mean)) };
        let s = if concentration < SERIES {
            1.0 / concentration + concentration
        } else {
            let r = 1.0 + (1.0 + 4.0 * concentration * concentration).sqrt();
            let rho = (r - (2.0 * r).sqrt()) / (2.0 * concentration);
            (1.0 + rho * rho) / (2.0 * rho)
        };
        VonMises { mean, concentration, s }
    }

    /// An angle around 0.
    #[inline(always)]
    fn centred(&self, source: &mut Source<'_>) -> f64 {
        if self.concentration < EVEN {
            return PI * (2.0 * source.fraction() - 1.0);
        }
        if self.concentration > NARROW {
            return normal(source.word()) / self.concentration.sqrt();
        }
        let cosine = loop {
            let z = Cos::value(PI * source.fraction());
            let v = source.fraction();
            let cosine = (1.0 + self.s * z) / (self.s + z);
            let y = self.concentration * (self.s - cosine);
            if y * (2.0 - y) - v >= 0.0 || Log::value(y / v) + 1.0 - y >= 0.0 {
                break cosine;
            }
        };
        let cosine = if cosine > 1.0 { 1.0 } else { cosine };
        let angle = Arccos::value(if cosine < -1.0 { -1.0 } else { cosine });
        if source.fraction() < 0.5 { -angle } else { angle }
    }
}

impl OfSource for VonMises {
    type Value = f64;

    fn words(&self) -> usize {
        4
    }
    #[inline(always)]
    fn of(&self, source: &mut Source<'_>) -> f64 {
        let angle = self.mean + self.centred(source);
        if angle > PI {
            angle - 2.0 * PI
        } else if angle < -PI {
            angle + 2.0 * PI
        } else {
            angle
        }
    }
}
