//! The NumPy-like handle: eager to look at, lazy to run.
//!
//! A [`DistArray`] writes operations into a graph; shape, dtype, distribution and errors are known at
//! once. When somebody must see a value, the graph is lowered to a [`plan::Plan`]: an SPMD program as
//! data, in which chains of elementwise operations and the reductions that end them are single passes.
//! A [`backend::Backend`] has every rank run it: the client of an actor runtime, or, with
//! [`Context::spmd`], the ranks themselves.
//!
//! # Example
//! ```
//! use distarray_comm::threads;
//! use distarray_lazy::Context;
//!
//! let sums = threads::run(3, |comm| {
//!     let context = Context::spmd(&comm)?;
//!     let x = context.linspace(0.0, 1.0, 11);
//!     let y = (&x * 2.0 + 1.0).sum(());
//!     y.item()
//! })?;
//! for sum in sums {
//!     assert_eq!(sum, distarray_core::Scalar::Float64(22.0));
//! }
//! # Ok::<(), distarray_spmd::Error>(())
//! ```

#![forbid(unsafe_code)]

pub mod answer;
pub mod backend;
mod call;
mod compare;
mod context;
mod create;
mod dist_array;
mod elementwise;
pub mod executor;
pub mod explain;
mod function;
mod graph;
mod index;
mod local;
mod log_space;
mod log_sum;
mod lower;
mod methods;
mod operators;
mod optimize;
mod pairs;
pub mod plan;
mod product;
mod redistribute;
mod reduce;
mod rounding;
mod shape;
mod size;
mod spmd_backend;
mod stencil;
pub mod store;
pub mod transfer;

pub use compare::{Closeness, isclose};
pub use context::Context;
pub use create::IntoLayout;
pub use dist_array::DistArray;
pub use elementwise::{Operand, apply};
pub use index::{Ellipsis, Index, IndexMut, IndexTerm, NewAxis};
pub use pairs::divmod;
pub use reduce::{Axes, Norm, ReduceOptions};
pub use rounding::{Replacements, round};
pub use shape::{Pad, Sections};
pub use size::format_size;
pub use spmd_backend::{block_of, reach, statistics};
pub use stencil::IntoStencil;
