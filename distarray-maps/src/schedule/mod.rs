//! `Schedule`: one rank's share of moving an array from one distribution to another.

mod fold;
pub(crate) mod pairs;
mod patches;
mod share;
mod transfer;

pub use patches::Patch;
pub use share::Schedule;
pub use transfer::Transfer;
