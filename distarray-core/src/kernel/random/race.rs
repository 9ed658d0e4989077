//! A race in which heavier weights tend to arrive first: choosing without putting back.
//!
//! # Source
//! P. S. Efraimidis and P. G. Spirakis, Information Processing Letters 97 (2006) 181-185, with exponential times: the
//! first to arrive is chosen with a probability proportional to its weight, the second so among the others, and so on.

use super::place::fill_slice;
use super::stream::Stream;
use super::variate::Variate;
use crate::buffer::room_for;
use crate::error::ElementError;

/// When, as the bits of a positive number, and who: all different, and ordered.
pub type Arrival = (u64, u64);

/// The first arrivals of the entrants `first..first + weights.len()`, at most `count` of them, in order.
///
/// The time of an entrant is an exponential number, the one at its place in the stream, over its weight; those of weight
/// 0 do not arrive, and those below about 1e-306 only after all others, by their numbers.
///
/// # Errors
/// [`ElementError::OutOfMemory`]; no other for weights that are numbers.
pub fn arrivals(
    weights: &[f64],
    first: usize,
    stream: &Stream,
    count: usize,
) -> Result<Vec<Arrival>, ElementError> {
    let mut times = room_for(weights.len())?;
    times.resize(weights.len(), 0.0);
    fill_slice(&mut times, &Variate::Exponential { scale: 1.0 }, stream, first)?;
    let entrants = times.iter().zip(weights).enumerate().filter(|(_, (_, weight))| **weight > 0.0);
    // Positive numbers are ordered as their bits are.
    let mut arrivals: Vec<Arrival> = room_for(weights.iter().filter(|weight| **weight > 0.0).count())?;
    let arrival =
        |(place, (time, weight)): (usize, (&f64, &f64))| ((time / weight).to_bits(), (first + place) as u64);
    arrivals.extend(entrants.map(arrival));
    if count < arrivals.len() {
        arrivals.select_nth_unstable(count);
        arrivals.truncate(count);
    }
    arrivals.sort_unstable();
    Ok(arrivals)
}
