//! What an element and a local block are, and every loop over elements.
//!
//! Nothing here communicates. Unless an item says otherwise it is **pure**: it looks at its arguments
//! alone, and every rank that is given the same arguments gets the same bytes, whatever its processor.
//!
//! - [`DType`] is the closed list of element types, [`Element`] its Rust side, [`dispatch!`] the one
//!   way from the first to the second. [`promote`] and [`promote_weak`] are NumPy 2's promotion rules.
//! - [`Scalar`] is one element with its dtype; [`Weak`] a literal, which has a kind only.
//! - [`Pool`] hands out [`Buffer`]s, aligned and bounded by a memory limit; a [`Block`] is a buffer
//!   with a dtype and a shape: one rank's part of an array.
//! - [`ufunc`] is the table of elementwise functions, [`kernel`] holds the loops.

pub mod block;
pub mod buffer;
pub mod dtype;
pub mod element;
pub mod error;
pub mod kernel;
pub mod scalar;
pub mod ufunc;

pub use block::{Block, View};
pub use buffer::{Buffer, Pool, PoolStatistics, reserve, room_for};
pub use dtype::{ByteOrder, DType, Kind, promote, promote_weak};
pub use element::{Element, Float, Number, Ordered, Plain, Real};
pub use error::ElementError;
pub use kernel::copy::CopyRun;
pub use kernel::reduce::{Accumulator, Reduction};
pub use num_complex::Complex;
pub use scalar::{Scalar, Weak};
