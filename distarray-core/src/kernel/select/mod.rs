//! Selecting: rows of an array by lists of indices.

mod rows;

pub use rows::Rows;
