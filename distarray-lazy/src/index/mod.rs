//! Indexing: what stands in square brackets.

mod expression;
mod read;
pub(crate) mod rearrange;

pub use expression::{Ellipsis, Index, IndexTerm, NewAxis};
