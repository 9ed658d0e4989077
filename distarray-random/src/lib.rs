//! Random arrays whose elements depend on the seed and their global index alone.
//!
//! A [`Generator`] hands out streams of ChaCha8, one for each array. Element `i` of an array (its flat index in C
//! order) is a function of word `i` of the array's stream, or of words `2 i ..` or `4 i ..` where it takes more; the few
//! elements for which these do not suffice go on in a stream of their own. So an array is the same on one rank and on
//! a thousand, in blocks and cyclic, and any part of it can be made without the rest.
//!
//! - On a plain `ndarray`: [`Generator::uniform`], [`Generator::normal`] and the others, or [`Generator::array`] for
//!   any [`Variate`]; [`Generator::multivariate_normal`] and others whose samples are vectors along the last axis, or
//!   [`Generator::vectors`] for any [`VectorVariate`].
//! - On ranks: [`Random`], an operation that makes an array of any distribution; [`Shuffle`] and [`WeightedChoice`].
//!
//! What a variate is, is defined in [`Variate`] and [`VectorVariate`] and never changes: `tests/golden` holds some of
//! each. Whether parameters make sense is asked by [`check()`] and [`check_vector()`].

#![forbid(unsafe_code)]

mod check;
mod check_vector;
mod choice;
mod detour;
mod error;
mod generator;
mod kind;
mod operation;
mod plain;
mod shuffle;
mod vectors;
mod whole;

pub use check::check;
pub use check_vector::check_vector;
pub use choice::{Replacement, WeightedChoice};
pub use distarray_core::kernel::random::vector::{CovarianceError, Factor};
pub use distarray_core::kernel::random::{Family, Stream, Variate, VectorVariate};
pub use error::RandomError;
pub use generator::Generator;
pub use kind::Kind;
pub use operation::Random;
pub use plain::elements_from;
pub use shuffle::Shuffle;
pub use vectors::multivariate_normal;

use distarray_spmd::{Error, Registry};

/// The operations that this crate brings, under their names. **Pure.**
///
/// # Errors
/// [`Error::OperationExists`] if `registry` has the name already.
pub fn register(registry: &mut Registry) -> Result<(), Error> {
    registry.register::<Random>()?;
    registry.register::<Shuffle>()?;
    registry.register::<WeightedChoice>()
}
