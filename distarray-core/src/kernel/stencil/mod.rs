//! Stencils: every result is made of the elements around its own place.

mod neighbourhood;
mod patch;
mod weighted;

pub use neighbourhood::{MAXIMUM_NDIM, Neighbourhood, apply};
pub use patch::{Patch, Reach};
pub use weighted::WeightedSum;
