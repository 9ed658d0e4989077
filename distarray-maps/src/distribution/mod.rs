//! `Distribution`: a shape, one map per axis and a process grid; no data.

mod align;
mod arrange;
mod compare;
mod create;
mod describe;
mod form;
mod gathered;
mod locate;
mod reduce;
mod reshape;
mod slice;
mod slice_runs;

pub use arrange::ArrangedAxis;
pub use describe::Distribution;
pub(crate) use describe::Shape;
pub use slice_runs::{SliceRun, SliceRuns};
