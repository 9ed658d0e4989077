//! `Schedule`: one rank's share of moving an array from one distribution to another.

mod fold;
pub(crate) mod pairs;
mod share;
mod transfer;

pub use share::Schedule;
pub use transfer::Transfer;
