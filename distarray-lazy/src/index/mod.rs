//! Indexing: what stands in square brackets.

mod expression;
mod read;
mod rearrange;

pub use expression::{Ellipsis, Index, IndexTerm, NewAxis};
