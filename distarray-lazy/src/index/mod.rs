//! Indexing: what stands in square brackets.

mod advanced;
mod expression;
mod mask;
mod read;
mod rearrange;
mod take;
mod write;

pub use expression::{Ellipsis, Index, IndexTerm, NewAxis};
