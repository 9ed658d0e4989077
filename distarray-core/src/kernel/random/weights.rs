//! Weights: probabilities as whole numbers, whose sums do not depend on the order of adding.

use crate::buffer::room_for;
use crate::error::ElementError;

/// The weight 1 as a whole number; smaller weights are rounded down to multiples of its inverse.
const ONE: f64 = 9_223_372_036_854_775_808.0;

/// Running sums of weights that add up to about 1, in units of 2^-63.
///
/// Sums of whole numbers are exact, so that parts of a list of weights can be added up apart and put together.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    /// For every weight the sum of those up to it and of it.
    sums: Vec<u64>,
}

impl Weights {
    /// The units of one weight.
    ///
    /// # Errors
    /// [`ElementError::Weight`] for a weight that is negative, not finite, or 2 or more.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
    fn units(index: usize, weight: f64) -> Result<u64, ElementError> {
        // NaN is in no range.
        if (0.0..2.0).contains(&weight) {
            return Ok((weight * ONE) as u64);
        }
        Err(ElementError::Weight { index, weight: weight.to_string() })
    }

    /// Adds up `weights`, those from index `first` on; and their sum, which may be beyond what one weight can be.
    ///
    /// # Errors
    /// [`ElementError::Weight`] with the first that is negative, not finite, or 2 or more;
    /// [`ElementError::OutOfMemory`].
    pub fn new(weights: &[f64], first: usize) -> Result<(Weights, u128), ElementError> {
        let mut sums = room_for(weights.len())?;
        let mut sum = 0_u128;
        for (index, weight) in (first..).zip(weights) {
            sum += u128::from(Weights::units(index, *weight)?);
            // Sums that do not fit are far beyond 1 and refused by whoever looks at them.
            sums.push(u64::try_from(sum).unwrap_or(u64::MAX));
        }
        Ok((Weights { sums }, sum))
    }

    /// A sum of units as a number.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "for looking at it")]
    pub fn as_number(units: u128) -> f64 {
        units as f64 / ONE
    }

    /// Replaces positions in `0..sum` by the indices of the weights in whose stretch they lie.
    pub fn find(&self, positions: &mut [u64]) {
        for position in positions {
            *position = self.sums.partition_point(|sum| sum <= position) as u64;
        }
    }
}
