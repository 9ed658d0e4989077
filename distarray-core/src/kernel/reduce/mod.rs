//! Reductions: sums, products, extremes, truth, means and variances over axes.

mod accumulator;
mod reduction;

pub use accumulator::{Accumulator, merge_states};
pub use reduction::Reduction;
