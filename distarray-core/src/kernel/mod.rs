//! Every loop over elements: copying, casting, elementwise functions and reductions.

pub mod bytes;
pub mod cast;
pub mod copy;
pub mod elementwise;
pub mod generate;
pub mod math;
pub(crate) mod operation;
pub mod product;
pub mod random;
pub mod reduce;
pub mod scan;
pub mod select;
pub mod simd;
pub mod stencil;

/// How many consecutive elements of the iteration shape one step of a pass handles.
///
/// The tiles of a pass begin at the multiples of this number. Reductions are defined on these tiles, so
/// the number is part of what fixes their last bits: it is a constant, not a tuning parameter.
pub const TILE: usize = 1024;
