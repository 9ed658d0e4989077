//! The threads of a context: arbiters for engines, and the client's.

use super::RankOptions;
use crate::actor::{ClientActor, EngineActor, EngineHandle, Report, runtime};
use crate::engine::Engine;
use crate::gateway::Desk;
use actix::{Arbiter, ArbiterHandle, System};
use distarray_comm::{CommError, Endpoint};
use distarray_core::Pool;
use distarray_spmd::{Error, Worker};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
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

/// A client that runs.
pub(super) struct Started {
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
    data: Endpoint,
    engine: EngineHandle,
    options: &RankOptions,
    report: Arc<dyn Report>,
) -> Result<Hired, Error> {
    let rank = data.rank();
    let arbiter = Arbiter::try_with_tokio_rt(runtime).map_err(|error| cannot_start(rank, &error))?;
    let (options, handle) = (options.clone(), engine.clone());
    let (sender, receiver) = channel();
    arbiter.spawn_fn(move || {
        let worker = Worker::with_pool(&data.into_comm(), &Pool::new(options.memory_limit_bytes));
        let engine = Engine::new(worker, Arc::new(options.registry)).with_injections(&options.injections);
        EngineActor::launch(engine, &handle, report);
        // The one who hires waits for it.
        let _ = sender.send(thread::current().id());
    });
    // The sender is dropped without a word only if the thread panicked, which has been printed.
    let thread = receiver.recv().map_err(|_| Error::Closed)?;
    Ok(Hired { arbiter, engine, thread })
}

/// Starts engines one after the other; if one cannot be started, those before it are ended.
///
/// # Errors
/// As [`hire`].
pub(super) fn hire_all(
    engines: Vec<(Endpoint, EngineHandle)>,
    options: &RankOptions,
    report: &Arc<dyn Report>,
) -> Result<Vec<Hired>, Error> {
    let mut hired = Vec::with_capacity(engines.len());
    for (data, engine) in engines {
        match hire(data, engine, options, Arc::clone(report)) {
            Ok(engine) => hired.push(engine),
            Err(error) => {
                join(hired, false);
                return Err(error);
            }
        }
    }
    Ok(hired)
}

/// Starts the client's thread, which first hires the engines of this process, then runs the client's
/// actor, and joins the engines' threads when it has ended.
///
/// # Errors
/// [`Error::Comm`] if a thread cannot be started.
pub(super) fn start_client(
    desk: Arc<Desk>,
    engines: Vec<(Endpoint, EngineHandle)>,
    options: RankOptions,
    report: Arc<dyn Report>,
) -> Result<Started, Error> {
    let left_behind = Arc::new(AtomicBool::new(false));
    let is_left_behind = Arc::clone(&left_behind);
    let (ready, started) = channel::<Result<(ArbiterHandle, Vec<ThreadId>), Error>>();
    let run = move || {
        let hiring = || -> Result<_, Error> {
            let event_loop = runtime().map_err(|error| cannot_start(0, &error))?;
            let runner = System::with_tokio_rt(|| event_loop);
            Ok((runner, hire_all(engines, &options, &report)?))
        };
        let (runner, hired) = match hiring() {
            Ok(hired) => hired,
            Err(error) => {
                // The one who starts waits for it.
                let _ = ready.send(Err(error));
                return;
            }
        };
        let mut own_threads: Vec<ThreadId> = hired.iter().map(|hired| hired.thread).collect();
        own_threads.push(thread::current().id());
        let arbiter = runner.block_on(async {
            ClientActor::launch(desk, options.patience, Arc::clone(&is_left_behind));
            Arbiter::current()
        });
        let _ = ready.send(Ok((arbiter, own_threads)));
        // Ends when the client's actor stops the system; there is no exit code to look at.
        let _ = runner.run();
        join(hired, is_left_behind.load(Ordering::Acquire));
    };
    let thread = thread::Builder::new()
        .name("distarray client".to_owned())
        .spawn(run)
        .map_err(|error| cannot_start(0, &error))?;
    // The sender is dropped without a word only if the thread panicked, which has been printed.
    let (arbiter, own_threads) = started.recv().map_err(|_| Error::Closed)??;
    Ok(Started { arbiter, own_threads, thread, left_behind })
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
