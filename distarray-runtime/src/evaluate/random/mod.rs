//! Random arrays: `random.normal(size=(1001, 17), seed=42)`, `rng = random.default_rng(42)` and their kin.
//!
//! To add a distribution of plain numbers, add a row to `table`; what takes other arguments or arrays is a function
//! in `special`. Names and positions of parameters are those of NumPy's `Generator`.

mod call;
mod draw;
mod generator;
mod names;
mod special;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use call::call;
pub(crate) use generator::generator_from_system;
pub(crate) use names::{MODULE, member, method};
