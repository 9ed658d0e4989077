//! Indexing: what stands in square brackets.

mod expression;
mod read;
pub(crate) mod rearrange;
mod write;

pub use expression::{Ellipsis, Index, IndexTerm, NewAxis};
pub use write::IndexMut;
