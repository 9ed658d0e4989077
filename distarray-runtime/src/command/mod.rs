//! The command line: what may be written, and what is wrong with what was written.
//!
//! Reading is all that happens here; what a command does stands beside what it needs.

mod arguments;
mod error;
mod size;
#[cfg(test)]
mod tests;

pub use arguments::{CalcArguments, Command, DemoArguments, InfoArguments, NamedFile};
pub use error::{ArgumentError, CommandError};
pub use size::parse_size;
