//! Distributed arrays in files: every rank reads and writes its own part.
//!
//! - [`probe`] looks at a `.npy` file: [`NpyFile`] and its [`Header`](header::Header).
//! - [`load`] and [`save`] work on all ranks of a worker; [`LoadNpy`] and [`SaveNpy`] are the same as
//!   operations, for plans. Files are read into any distribution and written out of any distribution.
//! - [`read_npy`] and [`write_npy`] are for one process and `ndarray`.
//! - [`Part`] says where a rank's elements lie in a file.
//!
//! A file is checked before any of its data is touched: its header must be right and the file must have
//! exactly the bytes the header promises. Errors are [`IoError`]s; operations turn them into failures
//! that name the rank. A file is written under a temporary name, which becomes its own at the very end.

#![forbid(unsafe_code)]

mod error;
mod file;
mod fix;
pub mod header;
mod load;
mod part;
mod plain;
mod read;
mod save;
mod staged;
mod target;
mod write;

pub use error::{IoError, Problem};
pub use file::{NpyFile, probe};
pub use load::{LoadNpy, load};
pub use part::{Extent, Order, Part};
pub use plain::{read_npy, read_npy_block, write_npy};
pub use save::{SaveNpy, save};

use distarray_spmd::{Error, Registry};

/// The operations that this crate brings, under their names. **Pure.**
///
/// # Errors
/// [`Error::OperationExists`] if `registry` has one of the names already.
pub fn register(registry: &mut Registry) -> Result<(), Error> {
    registry.register::<LoadNpy>()?;
    registry.register::<SaveNpy>()
}
