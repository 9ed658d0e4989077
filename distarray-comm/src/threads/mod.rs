//! Ranks as threads of one process.
//!
//! `README.md` beside this file explains the hand-over and the interleavings it must survive.

mod endpoints;
mod run;
mod spin;
mod transport;

pub use endpoints::endpoints;
pub(crate) use run::panic_message;
pub use run::{run, run_each};
