//! The client actor, the engine actors and the command line.
//!
//! - [`calc`] reads the programs of `distarray calc`;
//! - [`print`] writes arrays the way NumPy prints them;
//! - [`command`] reads the command line.
//!
//! All three are pure: no communicator, no file and no array library in sight.

#![forbid(unsafe_code)]

pub mod calc;
pub mod command;
pub mod print;
