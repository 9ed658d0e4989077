//! Contexts on engines of this process: commands, failures, ends.

mod commands;
mod failures;
mod operations;
mod ranks;
mod shutdown;
