//! The actors: one client, and one engine per rank, each on a thread of its own.
//!
//! - [`ClientActor`] sees to what takes the client time: giving up what has failed, reporting what does
//!   not return, ending. The client's state machine, [`Client`](crate::client::Client), stands on a
//!   [`Desk`](crate::gateway::Desk) that all threads reach.
//! - [`EngineActor`] owns an [`Engine`](crate::engine::Engine) and computes in its handler, so an abort
//!   reaches it from outside, through its communicator's abort handle.
//! - [`inbox`] is how requests and outcomes get to them: a queue that its actor looks into for a moment
//!   before its thread sleeps, because waking a thread costs more than a command.

mod client;
mod engine;
pub mod inbox;
mod message;
mod runtime;

pub use client::{ClientActor, Patience};
pub use engine::{EngineActor, EngineHandle, Report};
pub use message::ToClient;
pub use runtime::runtime;
