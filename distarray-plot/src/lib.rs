//! Pictures of arrays and of how they are distributed.
//!
//! - [`HeatMap`] colours a two-dimensional array and writes it as PNG;
//! - [`distribution_text`] draws, in letters, which rank holds what.
//!
//! Nothing here communicates: what a picture needs is given to it.

#![forbid(unsafe_code)]

mod division;
mod error;
mod heat_map;
mod palette;
mod png;
mod sampling;
mod text;

pub use error::PlotError;
pub use heat_map::{HeatMap, ValueRange};
pub use palette::{Color, NOT_A_NUMBER, viridis};
pub use sampling::sample_steps;
pub use text::{TextSize, distribution_text, distribution_text_sized};
