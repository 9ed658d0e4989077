//! Engines as threads of this process.

use super::{LocalOptions, interrupt};
use crate::actor::inbox::Inbox;
use crate::actor::{ClientActor, EngineActor, EngineHandle, Report, ToClient, runtime};
use crate::client::Client;
use crate::dispatch::Direct;
use crate::engine::Engine;
use crate::gateway::{ActorBackend, Door, Gate};
use crate::protocol::Outcome;
use actix::{Arbiter, System};
use distarray_comm::{CommError, Endpoint, SameMemory, threads};
use distarray_core::Pool;
use distarray_spmd::{Error, Worker};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// Time for the event loops of engines that have answered, or will not, to end.
const ENDING: Duration = Duration::from_millis(200);

/// Outcomes go straight to the client.
#[derive(Debug)]
struct ToClientInbox(Arc<Inbox<ToClient>>);

impl Report for ToClientInbox {
    fn report(&self, outcome: Outcome) {
        // A client that has ended does not want to know.
        let _ = self.0.push(ToClient::Merged(outcome.into()));
    }
}

/// Starts engines and their client; the backend ends them when it is closed or dropped.
///
/// # Errors
/// [`Error::Value`] for no engines, [`Error::Comm`] if a thread cannot be started.
pub fn start(options: LocalOptions) -> Result<ActorBackend, Error> {
    if options.engines == 0 {
        return Err(Error::Value {
            what: "number of engines",
            value: "0".to_owned(),
            reason: "somebody has to hold the elements",
        });
    }
    let (ready, started) = channel();
    let inbox = Arc::new(Inbox::default());
    let gate = Arc::new(Gate::default());
    let (kept_inbox, kept_gate) = (Arc::clone(&inbox), Arc::clone(&gate));
    let (rank_count, memory_limit_bytes) = (options.engines, options.memory_limit_bytes);
    let thread = thread::Builder::new()
        .name("distarray client".to_owned())
        .spawn(move || run_client(&options, kept_inbox, kept_gate, &ready))
        .map_err(|error| cannot_start(0, &error))?;
    // The sender is dropped without a word only if the thread panicked, which has been printed.
    let (arbiter, own_threads) = started.recv().map_err(|_| Error::Closed)??;
    let door = Arc::new(Door {
        inbox,
        gate,
        rank_count,
        memory_limit_bytes,
        is_shared: true,
        reach: SameMemory::Process,
        arbiter,
        own_threads,
        thread: Mutex::new(Some(thread)),
    });
    interrupt::register(&door);
    Ok(ActorBackend::new(door))
}

type Started = Result<(actix::ArbiterHandle, Vec<ThreadId>), Error>;

/// The client's thread: starts the engines' arbiters, runs the client's, and joins the engines' at the
/// end.
fn run_client(options: &LocalOptions, inbox: Arc<Inbox<ToClient>>, gate: Arc<Gate>, ready: &Sender<Started>) {
    let event_loop = match runtime() {
        Ok(event_loop) => event_loop,
        Err(error) => {
            let _ = ready.send(Err(cannot_start(0, &error)));
            return;
        }
    };
    let runner = System::with_tokio_rt(|| event_loop);
    let left_behind = Arc::new(AtomicBool::new(false));
    let arbiters = match start_engines(options, &inbox) {
        Ok(arbiters) => arbiters,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    let (arbiters, engines): (Vec<Arbiter>, Vec<(EngineHandle, ThreadId)>) = arbiters.into_iter().unzip();
    let mut own_threads: Vec<ThreadId> = engines.iter().map(|(_, thread)| *thread).collect();
    own_threads.push(thread::current().id());
    let engines = engines.into_iter().map(|(engine, _)| engine).collect();
    let arbiter = runner.block_on(async {
        let client = Client::new(options.engines);
        let dispatch = Box::new(Direct::new(engines));
        let left_behind = Arc::clone(&left_behind);
        ClientActor::launch(client, dispatch, inbox, gate, options.patience, left_behind);
        Arbiter::current()
    });
    // If nobody waits for the answer, the inbox is dropped and the engines end.
    let _ = ready.send(Ok((arbiter, own_threads)));
    // Ends when the client's actor stops the system; an exit code is not used.
    let _ = runner.run();
    join(arbiters, left_behind.load(Ordering::Acquire));
}

/// One arbiter and one engine for each endpoint of a new world.
fn start_engines(
    options: &LocalOptions,
    inbox: &Arc<Inbox<ToClient>>,
) -> Result<Vec<(Arbiter, (EngineHandle, ThreadId))>, Error> {
    let mut arbiters = Vec::with_capacity(options.engines);
    let registry = Arc::new(options.registry.clone());
    let (sender, handles) = channel();
    for endpoint in threads::endpoints(options.engines) {
        let rank = endpoint.rank();
        let arbiter = match Arbiter::try_with_tokio_rt(runtime) {
            Ok(arbiter) => arbiter,
            Err(error) => {
                join(arbiters, false);
                return Err(cannot_start(rank, &error));
            }
        };
        let report = Arc::new(ToClientInbox(Arc::clone(inbox)));
        let (options, registry, sender) = (options.clone(), Arc::clone(&registry), sender.clone());
        arbiter.spawn_fn(move || {
            let handle = start_engine(endpoint, &options, registry, report);
            // Nobody listens only if another engine could not be started.
            let _ = sender.send((handle, thread::current().id()));
        });
        arbiters.push(arbiter);
    }
    drop(sender);
    let mut engines: Vec<(EngineHandle, ThreadId)> = handles.iter().collect();
    if engines.len() != options.engines {
        join(arbiters, false);
        return Err(Error::Closed);
    }
    engines.sort_by_key(|(engine, _)| engine.rank());
    Ok(arbiters.into_iter().zip(engines).collect())
}

/// On the engine's thread: takes the endpoint and starts the actor.
pub(super) fn start_engine(
    endpoint: Endpoint,
    options: &LocalOptions,
    registry: Arc<distarray_spmd::Registry>,
    report: Arc<dyn Report>,
) -> EngineHandle {
    let comm = endpoint.into_comm();
    let pool = Pool::new(options.memory_limit_bytes);
    let abort = comm.abort_handle();
    let worker = Worker::with_pool(&comm, &pool);
    let engine = Engine::new(worker, registry).with_injections(&options.injections);
    EngineActor::launch(engine, abort, report)
}

/// Waits for the arbiters' threads. Those that `may_hang` get a moment and are left behind: a function
/// that does not return cannot be stopped, and its thread ends with the process.
fn join(arbiters: Vec<Arbiter>, may_hang: bool) {
    for arbiter in &arbiters {
        arbiter.stop();
    }
    let deadline = Instant::now() + ENDING;
    for arbiter in arbiters {
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
