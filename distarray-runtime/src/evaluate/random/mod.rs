//! Random arrays: `random.normal(size=(1001, 17), seed=42)`, `rng = random.default_rng(42)` and their kin.
//!
//! To add a distribution of plain numbers, add a row to `table`. What takes other arguments or arrays is a function in a
//! file of its own or in `special`, and listed there. Names and positions of parameters are those of NumPy's
//! `Generator`.

mod call;
mod choice;
mod draw;
mod entries;
mod generator;
mod names;
mod order;
mod refusal;
mod rows;
mod special;
mod table;
#[cfg(test)]
mod tests;
mod vectors;

pub(crate) use call::call;
pub(crate) use generator::generator_from_system;
pub(crate) use names::{MODULE, member, method};
pub(crate) use order::SHUFFLE;
