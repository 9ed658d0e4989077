//! Moving elements from rank to rank.

pub mod arrange;
pub mod ask;
pub mod gather;
pub mod index;
pub mod mask;
pub mod redistribute;
