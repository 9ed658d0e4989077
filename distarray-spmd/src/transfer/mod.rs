//! Moving elements from rank to rank.

pub mod gather;
pub mod redistribute;
