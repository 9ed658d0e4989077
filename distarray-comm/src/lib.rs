//! How bytes move between ranks, over threads of one process or over MPI.
//!
//! - [`Comm`]: a rank's handle: messages from rank to rank, collectives, exchanges, exposed regions.
//! - [`threads`]: ranks as threads of one process; `mpi` (feature `mpi`): ranks as processes.
//! - [`Group`]: collectives over all ranks or over a list of them; [`cost`] predicts their traffic.
//! - [`AbortHandle`]: interrupts a rank, whatever it is waiting for.
//! - [`wire`]: serde values as bytes; [`launcher`]: who started this process.
//!
//! - [`conformance`]: the suite that every transport must pass.
//!
//! Items are **Local** (no message) unless they say **Collective** or speak of sending and
//! receiving. `src/README.md` explains stamps and aborts.

#![deny(unsafe_code)]

mod abort;
mod bell;
mod collective;
mod comm;
pub mod conformance;
mod error;
mod exchange;
mod frame;
pub mod launcher;
mod mailbox;
mod message;
mod meter;
#[cfg(feature = "mpi")]
#[expect(unsafe_code, reason = "MPI is a C library; memory of other processes is read")]
pub mod mpi;
mod patience;
mod port;
#[expect(unsafe_code, reason = "regions of other threads and processes are read in place")]
mod shared;
mod spares;
mod split;
mod staging;
mod stamp;
pub mod threads;
mod transport;
mod typed;
pub mod wire;

pub use abort::AbortHandle;
pub use collective::{Failure, Group, Merge, Parts, cost};
pub use comm::{Comm, Endpoint};
pub use error::CommError;
pub use exchange::{Pack, Parcel, Unpack};
pub use message::{INLINE_BYTES, Message};
pub use meter::MeterSnapshot;
pub use patience::LateRank;
pub use shared::{DIRECT_PIECE_BYTES, Exposed, Piece};
pub use staging::{PIECE_BYTES, STAGING_PIECES};
pub use stamp::Stamp;
pub use transport::SameMemory;
