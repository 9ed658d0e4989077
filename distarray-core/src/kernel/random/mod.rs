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
mod permutation;
mod place;
mod poisson;
mod race;
mod rejection;
mod skewed;
mod source;
mod stirling;
mod stream;
mod target;
mod tile;
mod variate;
pub mod vector;
mod von_mises;
mod weights;
mod zipf;

pub use permutation::Permutation;
pub use place::{fill, fill_slice};
pub use race::{Arrival, arrivals};
pub use stream::Stream;
pub use variate::{Family, Variate};
pub use vector::{VectorVariate, fill_vectors};
pub use weights::Weights;
