//! The actors: one client, and one engine per rank, each on a thread of its own.
//!
//! - [`ClientActor`] owns the [`Client`](crate::client::Client): it numbers commands, hands requests to
//!   a [`Dispatch`](crate::dispatch::Dispatch), merges outcomes and keeps the promises.
//! - [`EngineActor`] owns an [`Engine`](crate::engine::Engine) and computes in its handler, so an abort
//!   reaches it from outside, through its communicator's abort handle.
//! - [`inbox`] is how requests and outcomes get to them: a queue that its actor looks into for a moment
//!   before its thread sleeps, because waking a thread costs more than a command.

mod client;
mod engine;
pub mod inbox;
mod runtime;

pub use client::{ClientActor, Patience, ToClient};
pub use engine::{EngineActor, EngineHandle, Report};
pub use runtime::runtime;
