//! The threads of a context: arbiters for engines, and the client's.

use super::RankOptions;
use crate::actor::inbox::Inbox;
use crate::actor::{ClientActor, EngineActor, EngineHandle, Patience, Report, ToClient, runtime};
use crate::client::Client;
use crate::dispatch::Dispatch;
use crate::engine::Engine;
use crate::gateway::Gate;
use actix::{Arbiter, ArbiterHandle, System};
use distarray_comm::{CommError, Endpoint};
use distarray_core::Pool;
use distarray_spmd::{Error, Worker};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

/// Time for the event loops of engines that will perhaps not answer to end.
const ENDING: Duration = Duration::from_millis(200);

/// An engine and the thread it runs on.
pub(super) struct Hired {
    pub(super) arbiter: Arbiter,
    pub(super) engine: EngineHandle,
    pub(super) thread: ThreadId,
}

/// The engines of this process, and the way to all engines.
pub(super) struct Crew {
    pub(super) hired: Vec<Hired>,
    pub(super) dispatch: Box<dyn Dispatch>,
}

/// A client that runs.
pub(super) struct Started {
    pub(super) inbox: Arc<Inbox<ToClient>>,
    pub(super) gate: Arc<Gate>,
    pub(super) arbiter: ArbiterHandle,
    /// Its own thread and those of its engines.
    pub(super) own_threads: Vec<ThreadId>,
    pub(super) thread: JoinHandle<()>,
    /// Once the thread has ended: whether some engine has not.
    pub(super) left_behind: Arc<AtomicBool>,
}

/// Starts an engine's actor on an arbiter of its own. The calling thread has an actix system.
///
/// # Errors
/// [`Error::Comm`] if the thread cannot be started.
pub(super) fn hire(
    endpoint: Endpoint,
    options: &RankOptions,
    report: Arc<dyn Report>,
) -> Result<Hired, Error> {
    let rank = endpoint.rank();
    let arbiter = Arbiter::try_with_tokio_rt(runtime).map_err(|error| cannot_start(rank, &error))?;
    let options = options.clone();
    let (sender, receiver) = channel();
    arbiter.spawn_fn(move || {
        let comm = endpoint.into_comm();
        let abort = comm.abort_handle();
        let worker = Worker::with_pool(&comm, &Pool::new(options.memory_limit_bytes));
        let engine = Engine::new(worker, Arc::new(options.registry)).with_injections(&options.injections);
        let handle = EngineActor::launch(engine, abort, report);
        // The one who hires waits for it.
        let _ = sender.send((handle, thread::current().id()));
    });
    // The sender is dropped without a word only if the thread panicked, which has been printed.
    let (engine, thread) = receiver.recv().map_err(|_| Error::Closed)?;
    Ok(Hired { arbiter, engine, thread })
}

/// Starts the client's thread, which first calls `hire` for the engines of this process, then runs the
/// client's actor, and joins the engines' threads when it has ended.
///
/// # Errors
/// What `hire` returns, and [`Error::Comm`] if the thread cannot be started.
pub(super) fn start_client(
    rank_count: usize,
    patience: Patience,
    hire: impl FnOnce(&Arc<Inbox<ToClient>>) -> Result<Crew, Error> + Send + 'static,
) -> Result<Started, Error> {
    let inbox = Arc::new(Inbox::default());
    let gate = Arc::new(Gate::default());
    let left_behind = Arc::new(AtomicBool::new(false));
    let client = ClientThread {
        rank_count,
        patience,
        inbox: Arc::clone(&inbox),
        gate: Arc::clone(&gate),
        left_behind: Arc::clone(&left_behind),
    };
    let (ready, started) = channel();
    let thread = thread::Builder::new()
        .name("distarray client".to_owned())
        .spawn(move || {
            if let Err(error) = client.run(hire, &ready) {
                // The one who starts waits for it, or has been told before.
                let _ = ready.send(Err(error));
            }
        })
        .map_err(|error| cannot_start(0, &error))?;
    // The sender is dropped without a word only if the thread panicked, which has been printed.
    let (arbiter, own_threads) = started.recv().map_err(|_| Error::Closed)??;
    Ok(Started { inbox, gate, arbiter, own_threads, thread, left_behind })
}

struct ClientThread {
    rank_count: usize,
    patience: Patience,
    inbox: Arc<Inbox<ToClient>>,
    gate: Arc<Gate>,
    left_behind: Arc<AtomicBool>,
}

impl ClientThread {
    fn run(
        self,
        hire: impl FnOnce(&Arc<Inbox<ToClient>>) -> Result<Crew, Error>,
        ready: &Sender<Result<(ArbiterHandle, Vec<ThreadId>), Error>>,
    ) -> Result<(), Error> {
        let event_loop = runtime().map_err(|error| cannot_start(0, &error))?;
        let runner = System::with_tokio_rt(|| event_loop);
        let Crew { hired, dispatch } = hire(&self.inbox)?;
        let mut own_threads: Vec<ThreadId> = hired.iter().map(|hired| hired.thread).collect();
        own_threads.push(thread::current().id());
        let Self { rank_count, patience, inbox, gate, left_behind } = self;
        let is_left_behind = Arc::clone(&left_behind);
        let arbiter = runner.block_on(async {
            let client = Client::new(rank_count);
            ClientActor::launch(client, dispatch, inbox, gate, patience, left_behind);
            Arbiter::current()
        });
        // The one who starts waits for it.
        let _ = ready.send(Ok((arbiter, own_threads)));
        // Ends when the client's actor stops the system; there is no exit code to look at.
        let _ = runner.run();
        join(hired, is_left_behind.load(Ordering::Acquire));
        Ok(())
    }
}

/// Waits for the engines' threads. Those that `may_hang` get a moment and are left behind: a function
/// that does not return cannot be stopped, and its thread ends with the process.
pub(super) fn join(hired: Vec<Hired>, may_hang: bool) {
    let deadline = Instant::now() + ENDING;
    for Hired { arbiter, engine, .. } in hired {
        // Nothing happens if it has ended.
        engine.end();
        while may_hang && arbiter.alive() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        if !(may_hang && arbiter.alive()) {
            // A panic of the thread has been printed; there is nothing left to do about it.
            let _ = arbiter.join();
        }
    }
}

pub(super) fn cannot_start(rank: usize, error: &io::Error) -> Error {
    Error::Comm(CommError::ThreadStart { rank, code: error.raw_os_error().unwrap_or(0) })
}
