//! Indexing: what stands in square brackets.

mod expression;
mod read;
mod rearrange;
mod write;

pub use expression::{Ellipsis, Index, IndexTerm, NewAxis};
pub use write::IndexMut;
