//! Arrays that all ranks work on together, with no client and no actor.
//!
//! This is the MPI-only mode of the house: every rank runs the same program and holds its share of
//! every array. [`LocalArray`] is that share with its element type known, [`AnyLocalArray`] the same
//! with the type erased, as plans, files and operations see it. A [`Worker`] is what a rank works
//! with: a communicator and a pool of memory. [`Operation`] is anything that ranks can be asked to do
//! by name.
//!
//! Every public item says whether it is **Collective** (all ranks call it, in the same order),
//! **Local** (no message) or **Pure** (no communicator in sight).
//!
//! # Example
//! ```
//! use distarray_comm::threads;
//! use distarray_maps::Distribution;
//! use distarray_spmd::{LocalArray, Worker};
//!
//! let totals = threads::run(3, |comm| {
//!     let worker = Worker::new(&comm);
//!     let rows = Distribution::block_rows(&[6, 4], worker.size())?;
//!     let ones = LocalArray::<f64>::ones(&rows, &worker)?;
//!     ones.sum_axis(0)?.all_gather()
//! })?;
//! for total in totals {
//!     assert_eq!(total, ndarray::arr1(&[6.0; 4]).into_dyn());
//! }
//! # Ok::<(), distarray_spmd::Error>(())
//! ```

#![forbid(unsafe_code)]

mod array;
pub mod compute;
pub mod create;
mod error;
mod from_blocks;
mod local_array;
mod local_index;
mod operation;
mod product_error;
pub mod transfer;
mod worker;

pub use array::{AnyLocalArray, ArrayMeta};
pub use error::{Error, Failure, FailureKind};
pub use local_array::LocalArray;
pub use operation::{Cost, DynOperation, Inferred, Input, Operation, Registry, exactly};
pub use product_error::ProductError;
pub use worker::Worker;

/// The operations that this crate brings, under their names. **Pure.**
///
/// # Errors
/// [`Error::OperationExists`] if `registry` has one of the names already.
pub fn register(registry: &mut Registry) -> Result<(), Error> {
    registry.register::<transfer::redistribute::Redistribute>()?;
    registry.register::<transfer::diagonal::Diagonal>()?;
    registry.register::<transfer::arrange::Arrange>()?;
    registry.register::<transfer::arrange::Contiguous>()?;
    registry.register::<transfer::assemble::Assemble>()?;
    registry.register::<transfer::reshape::Reshape>()?;
    registry.register::<compute::stencil::Stencil>()?;
    registry.register::<compute::scan::Cumulate>()?;
    registry.register::<compute::product::Product>()?;
    registry.register::<transfer::index::Take>()?;
    registry.register::<transfer::index::Put>()?;
    registry.register::<transfer::mask::CountTrue>()?;
    registry.register::<transfer::mask::Compress>()?;
    registry.register::<transfer::mask::Positions>()?;
    registry.register::<create::Ramp>()
}
