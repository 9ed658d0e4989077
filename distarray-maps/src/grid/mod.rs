//! `Grid`: which rank holds which part of each axis, in closed form, copies included.

mod automatic;
mod compare;
mod dimension;
mod join;
mod process;
mod ranks;

pub use automatic::automatic_shape;
pub use dimension::Dimension;
pub use process::{Coords, Grid};
