//! Halos: which cells beyond its own each rank needs, and where they come from.

mod axis;
mod margin;
mod run;
mod share;
mod widened;

pub use margin::{Boundary, Margin};
pub use run::{HaloRun, HaloRuns};
pub use share::{HaloShare, HaloTransfer};
pub use widened::Halo;
