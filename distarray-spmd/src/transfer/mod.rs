//! Moving elements from rank to rank.

pub mod arrange;
pub mod ask;
pub mod assemble;
pub(crate) mod destination;
pub mod diagonal;
pub mod gather;
pub mod halo;
pub mod index;
pub(crate) mod layout;
pub mod mask;
pub(crate) mod movement;
pub(crate) mod patch;
mod pieces;
pub mod place;
pub mod redistribute;
pub mod reshape;
pub mod version;
pub mod with_halo;
