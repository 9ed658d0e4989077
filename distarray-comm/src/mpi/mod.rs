//! Ranks as MPI processes (feature `mpi`).
//!
//! `README.md` beside this file explains frames, waiting, closing and what MPI must not see.

mod call;
mod direct;
mod frame;
mod machine;
mod options;
mod pace;
mod shared;
mod transport;
mod universe;

pub use call::library_version;
pub use options::Options;
pub use universe::{Information, Universe, run};
