//! The program's way to the engines: [`ActorBackend`] hands commands in at the [`Desk`], [`Gate`] keeps
//! their number in bounds.

mod desk;
mod gate;

pub use desk::Desk;
pub use gate::Gate;

use crate::protocol::WireCommand;
use actix::ArbiterHandle;
use distarray_comm::SameMemory;
use distarray_lazy::answer::{Answer, promise};
use distarray_lazy::backend::{Backend, Command, Reply};
use distarray_spmd::Error;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, ThreadId};
use std::time::Duration;

/// What the program's side holds of a running client.
pub struct Door {
    pub(crate) desk: Arc<Desk>,
    pub(crate) rank_count: usize,
    pub(crate) memory_limit_bytes: Option<u64>,
    /// The engines share this program's memory: functions can be run, nothing is written as bytes.
    pub(crate) is_shared: bool,
    pub(crate) reach: SameMemory,
    pub(crate) arbiter: ArbiterHandle,
    /// Threads that must not wait for the client: its own, and those of the engines.
    pub(crate) own_threads: Vec<ThreadId>,
    /// Joined by whoever closes first.
    pub(crate) thread: Mutex<Option<JoinHandle<()>>>,
}

/// Runs commands on engines. Any number of threads may use it.
#[derive(Debug)]
pub struct ActorBackend {
    door: Arc<Door>,
}

impl fmt::Debug for Door {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Door")
            .field("rank_count", &self.rank_count)
            .field("in_flight", &self.desk.in_flight())
            .finish_non_exhaustive()
    }
}

impl Door {
    /// Gives up what is running: everything in flight, and everything asked later, answers with an
    /// error. **Local.**
    pub fn interrupt(&self, reason: &str) {
        self.desk.interrupt(reason);
    }

    /// Whether the calling thread is one that brings answers.
    fn is_own_thread(&self) -> bool {
        self.own_threads.contains(&std::thread::current().id())
    }
}

impl ActorBackend {
    pub(crate) fn new(door: Arc<Door>) -> Self {
        Self { door }
    }

    /// The arbiter that runs the client actor, to run futures of one's own beside it. They must not
    /// block: there [`Backend::may_block`] refuses, and answers are awaited.
    #[must_use]
    pub fn client_arbiter(&self) -> ArbiterHandle {
        self.door.arbiter.clone()
    }

    /// What gives up the work of this backend from any thread; it does not keep the engines alive.
    #[must_use]
    pub fn door(&self) -> Arc<Door> {
        Arc::clone(&self.door)
    }
}

impl Backend for ActorBackend {
    fn rank_count(&self) -> usize {
        self.door.rank_count
    }

    fn takes_functions(&self) -> bool {
        self.door.is_shared
    }

    fn memory_limit_bytes(&self) -> Option<u64> {
        self.door.memory_limit_bytes
    }

    fn reach(&self) -> SameMemory {
        self.door.reach
    }

    fn submit(&self, command: Command) -> Answer<Result<Reply, Error>> {
        let command = if self.door.is_shared {
            WireCommand::shared(command)
        } else {
            match WireCommand::sendable(command) {
                Ok(command) => command,
                Err(error) => return Answer::ready(Err(error)),
            }
        };
        let (promise, answer) = promise();
        // The threads that bring answers cannot wait for a place: what they submit is taken at once.
        self.door.desk.submit(command, promise, !self.door.is_own_thread());
        answer
    }

    fn running(&self) -> Option<String> {
        let running = self.door.desk.overdue(Duration::ZERO);
        running.into_iter().max_by_key(|step| step.elapsed_milliseconds).map(|step| step.operation)
    }

    fn may_block(&self) -> Result<(), Error> {
        if self.door.is_own_thread() {
            return Err(Error::Value {
                what: "waiting",
                value: std::thread::current().name().unwrap_or("on this thread").to_owned(),
                reason: "this thread brings answers, so the wait might never end; use the async form",
            });
        }
        Ok(())
    }

    fn close(&self) -> Result<(), Error> {
        if std::thread::panicking() {
            self.door.interrupt("the program panicked");
        }
        self.door.desk.stop();
        if self.door.is_own_thread() {
            return Ok(());
        }
        let thread = self.door.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of the client's thread has been printed; its engines are gone with it.
            thread.join().map_err(|_| Error::Closed)?;
        }
        Ok(())
    }
}

impl Drop for ActorBackend {
    fn drop(&mut self) {
        // Whoever dropped it has closed it, or cannot be told of a failure.
        let _ = self.close();
    }
}
