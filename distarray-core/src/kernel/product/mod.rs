//! Products: sums over some axes of the products of two operands, whatever their strides.
//!
//! A matrix product is the best known of these. Large products of floats are left to the `gemm` crate, which uses the widest
//! vectors and fused multiply-adds of the processor: their last bits depend on it. All others, and products whose
//! [`Sums`] are in order, give the same bits everywhere.

mod axis;
mod contraction;
mod dense;
mod matrix;
mod ring;
mod scratch;
mod sum;
mod thin;
mod tile;
mod tiled;
mod vector;

pub use axis::ProductAxis;
pub use contraction::{Contraction, Sums};
pub use scratch::scratch_bytes;
pub use sum::add_to;

/// How many products are summed plainly before the sum is added to what there is: the tiles of the inner axis.
///
/// Sums in order are defined on these tiles, so the number is a part of what fixes their last bits.
pub const INNER_TILE: usize = 256;
