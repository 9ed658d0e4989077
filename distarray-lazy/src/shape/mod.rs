//! Shapes: reshaping, joining, cutting, repeating, padding, and arrays that are made of shapes.
//!
//! Everything is known from metadata. What can be a view is one; what must move goes by the operations `Reshape`,
//! `Redistribute` and `Assemble`, in which each element moves once.

mod diagonal;
mod fill;
mod grid;
mod join;
mod pad;
mod pad_far;
mod pad_mode;
mod parts;
mod repeat;
mod reshape;
mod roll;
mod split;
mod triangle;

pub use pad_mode::Pad;
pub use split::Sections;
