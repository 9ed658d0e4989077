//! The client actor, the engine actors and the command line.
//!
//! - [`launch`] starts a context on engines of this process, or a program under `mpiexec`;
//! - [`actor`] has the client actor and the engine actors, around two state machines: [`client`] and
//!   [`engine`]; [`protocol`] is what they say to each other, [`dispatch`] how it gets there, and
//!   [`gateway`] the program's door to them.
//!
//! - [`calc`] reads the programs of `distarray calc`;
//! - [`mod@print`] writes arrays the way NumPy prints them;
//! - [`command`] reads the command line.
//!
//! These three are pure: no communicator, no file and no array library in sight.

#![forbid(unsafe_code)]

pub mod actor;
pub mod calc;
pub mod client;
pub mod command;
pub mod dispatch;
pub mod engine;
pub mod evaluate;
pub mod gateway;
pub mod launch;
pub mod print;
pub mod protocol;
pub mod run;
