//! N-dimensional NumPy-like arrays spread over ranks.
//!
//! This crate is the front door: it re-exports the workspace's crates and gathers what most programs
//! need in [`prelude`]. Each crate can also be used by itself.
//!
//! # One program
//! ```
//! use distarray::prelude::*;
//!
//! let context = Context::local(2)?;
//! let x = context.linspace(0.0, 1.0, 1001);
//! let y = &x * 2.0 + 1.0;
//! assert_eq!(y.mean(()).item()?, Scalar::Float64(2.0));
//! context.close()?;
//! # Ok::<(), Error>(())
//! ```

#![forbid(unsafe_code)]

pub mod random;

pub use distarray_comm as comm;
pub use distarray_core as core;
pub use distarray_io as io;
pub use distarray_lazy as lazy;
pub use distarray_maps as maps;
pub use distarray_plot as plot;
pub use distarray_runtime as runtime;
pub use distarray_spmd as spmd;

/// What most programs need.
pub mod prelude {
    pub use distarray_core::{DType, Element, Reduction, Scalar};
    pub use distarray_lazy::{Axes, Context, DistArray, Index, IntoLayout, Operand, Pad, Sections, ix};
    pub use distarray_maps::{AxisMap, Boundary, DistSpec, Distribution, Grid, Margin};
    pub use distarray_runtime::launch::{Launch, LocalOptions};
    pub use distarray_spmd::compute::stencil::Stencil;
    pub use distarray_spmd::{Error, LocalArray, Worker};
}
