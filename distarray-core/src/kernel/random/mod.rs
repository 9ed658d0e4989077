//! Random elements: each depends on a key, a stream and its flat index in the whole array, and on nothing else.
//!
//! [`chacha`] gives the words of any place of a stream, [`Variate`] is the list of what can be made of them, and
//! [`fill`] makes it, wherever the elements lie. The definitions are part of the interface: a value never changes
//! between releases, processors or layouts. They use `+ - * / sqrt`, exact rounding to integers and the functions of
//! [`math`](super::math), never the system's.

mod binomial;
pub mod chacha;
mod count;
mod draws;
mod float;
mod gamma;
mod hypergeometric;
mod integer;
mod layout;
mod normal;
mod place;
mod poisson;
mod rejection;
mod skewed;
mod source;
mod stirling;
mod target;
mod tile;
mod variate;
pub mod vector;
mod von_mises;
mod zipf;

pub use place::{Stream, fill, fill_slice};
pub use variate::{Family, Variate};
pub use vector::{VectorVariate, fill_vectors};
