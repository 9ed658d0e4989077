//! Choosing from a population: with and without putting back, all alike or by weights.

mod entrants;
mod plain;
mod replacement;
mod weighted;
mod with;
mod without;

pub use replacement::Replacement;
pub use weighted::WeightedChoice;
