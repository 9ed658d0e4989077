//! Choosing in one place, without ranks.

use distarray_core::kernel::random::{Weights, arrivals};
use distarray_core::room_for;
use ndarray::ArrayD;

use super::entrants::{TOLERANCE, bounds, check_arrived, positions};
use super::replacement::{Replacement, check_count};
use crate::check::size_of_shape;
use crate::error::RandomError;
use crate::generator::Generator;
use crate::plain::elements_from;

impl Generator {
    /// Indices below `population`, all equally likely.
    ///
    /// # Errors
    /// As [`Generator::array`]; [`RandomError::Population`] for more than there are without replacement.
    pub fn choice(
        &mut self,
        population: usize,
        shape: &[usize],
        replacement: Replacement,
    ) -> Result<ArrayD<i64>, RandomError> {
        let count = size_of_shape(shape)?;
        self.array(&replacement.variate(population as u64, count), shape)
    }

    /// Indices of `weights`, as likely as these say: those of [`WeightedChoice`](super::WeightedChoice).
    ///
    /// # Errors
    /// Weights that are negative or do not sum to 1; [`RandomError::Population`], [`RandomError::Weighted`] for more
    /// than there are without replacement. None takes a stream.
    pub fn weighted_choice(
        &mut self,
        weights: &[f64],
        shape: &[usize],
        replacement: Replacement,
    ) -> Result<ArrayD<i64>, RandomError> {
        let count = size_of_shape(shape)?;
        check_count(replacement, weights.len(), count)?;
        let (sums, sum) = Weights::new(weights, 0)?;
        let bounds = bounds(std::iter::once(sum), TOLERANCE)?;
        if replacement == Replacement::Without {
            check_arrived(weights.iter().filter(|weight| **weight > 0.0).count(), count)?;
        }
        let mut places = room_for(count)?;
        let stream = self.draw()?;
        match replacement {
            Replacement::With => {
                places.resize(count, 0);
                elements_from(&stream, &positions(bounds[1]), 0, &mut places)?;
                sums.find(&mut places);
            }
            Replacement::Without => {
                let arrivals = arrivals(weights, 0, &stream, count)?;
                places.extend(arrivals.into_iter().map(|(_, index)| index));
            }
        }
        let indices = places.into_iter().map(u64::cast_signed).collect();
        ArrayD::from_shape_vec(shape, indices).map_err(|_| RandomError::Size { shape: shape.to_vec() })
    }
}
