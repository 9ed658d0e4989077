//! Indexing: what stands in square brackets.

mod advanced;
mod expression;
mod mask;
mod masked;
mod put;
mod read;
pub(crate) mod rearrange;
mod scatter;
mod take;
mod write;

pub use expression::{Ellipsis, Index, IndexTerm, NewAxis};
pub use write::IndexMut;
