//! The event loop that each arbiter runs.

use std::io;
use tokio::runtime::{Builder, Runtime};

/// An event loop for one thread, with timers. It has no sockets, so it sleeps and is woken by a futex
/// rather than through the kernel's event queue.
///
/// # Errors
/// What the operating system refuses.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_time().build()
}
