//! Computing on the spot: fused passes, and the reductions that end them.

pub mod elementwise;
pub mod merge;
pub mod pass;
pub mod product;
pub mod reduce;
pub mod scan;
pub mod stencil;
