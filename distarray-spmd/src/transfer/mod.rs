//! Moving elements from rank to rank.

pub mod arrange;
pub mod ask;
pub mod assemble;
pub mod assign;
pub mod diagonal;
pub mod gather;
mod layout;
mod movement;
mod pieces;
pub mod place;
pub mod redistribute;
pub mod reshape;
pub mod take;
