//! Moving elements from rank to rank.

pub mod arrange;
pub mod ask;
pub mod gather;
pub mod halo;
pub mod redistribute;
pub mod take;
pub mod with_halo;
