//! Where every element of a global index space lives, and who must send what to whom to change that.

#![forbid(unsafe_code)]

mod axis;
mod digest;
mod distribution;
mod error;
mod grid;
mod number;
mod run;
mod schedule;
mod spec;

pub use axis::{
    AxisMap, AxisRange, AxisSlice, Block, BlockCyclic, IndexRun, IndexSet, Interval, Replicated, Unstructured,
};
pub use digest::Digest;
pub use distribution::Distribution;
pub use error::MapError;
pub use grid::{Coords, Dimension, Grid, automatic_shape};
pub use run::{Run, Runs};
pub use schedule::{Schedule, Transfer};
pub use spec::{AxisSpec, DistSpec};
