//! Random elements: each depends on a key, a stream and its flat index in the whole array, and on nothing else.
//!
//! [`chacha`] gives the words of any place of a stream, [`Variate`] is the list of what can be made of them, and
//! [`fill`] makes it, wherever the elements lie. The definitions are part of the interface: a value never changes
//! between releases, processors or layouts. They use `+ - * / sqrt`, exact rounding to integers and the functions of
//! [`math`](super::math), never the system's.

mod binomial;
pub mod chacha;
mod count;
mod float;
mod gamma;
mod integer;
mod normal;
mod permutation;
mod place;
mod poisson;
mod race;
mod rejection;
mod source;
mod stirling;
mod tile;
mod variate;
mod weights;

pub use permutation::Permutation;
pub use place::{Stream, fill, fill_slice};
pub use race::{Arrival, arrivals};
pub use variate::{Family, Variate};
pub use weights::Weights;
