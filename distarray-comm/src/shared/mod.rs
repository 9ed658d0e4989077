//! Ranks in the same memory.
//!
//! `README.md` beside this file explains the protocol and why no memory is read after its end.

mod expose;
pub(crate) mod window;

pub use expose::{DIRECT_PIECE_BYTES, Exposed, Piece};
