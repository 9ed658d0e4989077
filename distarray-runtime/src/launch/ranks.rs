//! Engines as ranks that have been started already: one per process under MPI, or, in tests, one per
//! thread.
//!
//! Every rank brings two endpoints: one for what engines say to each other, which the engine's thread
//! takes, and one for requests and outcomes, which the router's thread takes.

use super::threads::{Crew, Hired, Started, cannot_start, hire, join, start_client};
use super::{RankOptions, interrupt};
use crate::actor::inbox::Inbox;
use crate::actor::{EngineHandle, ToClient, runtime};
use crate::dispatch::router::{Router, RouterDoor};
use crate::gateway::{ActorBackend, Door};
use actix::System;
use distarray_comm::{CommError, Endpoint, SameMemory};
use distarray_lazy::{Context, reach};
use distarray_spmd::Error;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// One rank's two ways to the others.
#[derive(Debug)]
pub struct RankEnds {
    /// For what engines say to each other.
    pub data: Endpoint,
    /// For requests and outcomes.
    pub control: Endpoint,
}

/// How a rank's part ended.
pub enum Ended<R> {
    /// This rank served until rank 0 had finished.
    Served,
    /// This is rank 0, and its program returned.
    Returned(R),
    /// This is rank 0, and its program panicked. The engines have ended.
    Panicked(Box<dyn Any + Send>),
    /// This is rank 0, and some engine does not end: the job has to be.
    LeftBehind,
}

/// Runs an engine on every rank, and on rank 0 also the client and `program`. **Collective.**
///
/// The other ranks serve until rank 0 has finished, then all return.
///
/// # Errors
/// [`Error::Comm`] if a rank has gone or a thread cannot be started.
pub fn run_ranks<R>(
    ends: RankEnds,
    options: &RankOptions,
    program: impl FnOnce(&Context) -> R,
) -> Result<Ended<R>, Error> {
    if ends.data.rank() == 0 {
        lead(ends, options, program)
    } else {
        serve(ends, options).map(|()| Ended::Served)
    }
}

/// Ranks other than 0: the router on the calling thread, the engine on another.
fn serve(ends: RankEnds, options: &RankOptions) -> Result<(), Error> {
    let control = ends.control.into_comm();
    let door = RouterDoor::new(&control);
    let hired = hire_alone(ends.data, options, &door)?;
    let router = Router::new(control, hired.engine.clone(), door, None);
    let patience = options.patience;
    let routed = router.run(patience.interval(), patience.shortest());
    join(vec![hired], routed.is_err());
    Ok(routed?)
}

/// Hires an engine from a thread that has no actix system and shall not get one.
fn hire_alone(data: Endpoint, options: &RankOptions, door: &RouterDoor) -> Result<Hired, Error> {
    let hiring = || {
        let event_loop = runtime().map_err(|error| cannot_start(data.rank(), &error))?;
        let _system = System::with_tokio_rt(|| event_loop);
        hire(data, options, Arc::new(door.clone()))
    };
    // A panic of the thread has been printed.
    thread::scope(|scope| scope.spawn(hiring).join()).map_err(|_| Error::Closed)?
}

/// Rank 0: the program on the calling thread, and threads for the client, the engine and the router.
fn lead<R>(
    ends: RankEnds,
    options: &RankOptions,
    program: impl FnOnce(&Context) -> R,
) -> Result<Ended<R>, Error> {
    let rank_count = ends.data.size();
    let (opened, router_open) = channel();
    let (hired, router_hired) = channel();
    let patience = options.patience;
    let control = ends.control;
    let router = thread::Builder::new()
        .name("distarray router".to_owned())
        .spawn(move || route(control, patience.interval(), patience.shortest(), &opened, &router_hired))
        .map_err(|error| cannot_start(0, &error))?;
    // The sender is dropped without a word only if the thread panicked, which has been printed.
    let (door, reach) = router_open.recv().map_err(|_| Error::Closed)??;
    let (data, kept) = (ends.data, options.clone());
    let crew = move |inbox: &Arc<Inbox<ToClient>>| hire_with_router(data, &kept, door, inbox, &hired);
    let Started { inbox, gate, arbiter, own_threads, thread, left_behind } =
        start_client(rank_count, patience, crew)?;
    let door = Arc::new(Door {
        inbox,
        gate,
        rank_count,
        memory_limit_bytes: options.memory_limit_bytes,
        is_shared: false,
        reach,
        arbiter,
        own_threads,
        thread: Mutex::new(Some(thread)),
    });
    interrupt::register(&door);
    let context = Context::new(Box::new(ActorBackend::new(Arc::clone(&door))));
    let outcome = catch_unwind(AssertUnwindSafe(|| program(&context)));
    if outcome.is_err() {
        door.interrupt("the program panicked");
    }
    // Arrays that outlive the program answer that the context is closed.
    let closed = context.backend().close();
    if left_behind.load(Ordering::Acquire) {
        return Ok(Ended::LeftBehind);
    }
    join_router(router)?;
    closed?;
    Ok(match outcome {
        Ok(value) => Ended::Returned(value),
        Err(panic) => Ended::Panicked(panic),
    })
}

type Opened = Result<(RouterDoor, SameMemory), Error>;
type Engaged = (EngineHandle, Arc<Inbox<ToClient>>);

fn hire_with_router(
    data: Endpoint,
    options: &RankOptions,
    door: RouterDoor,
    inbox: &Arc<Inbox<ToClient>>,
    engaged: &Sender<Engaged>,
) -> Result<Crew, Error> {
    let hired = hire(data, options, Arc::new(door.clone()))?;
    // A router that has ended tells its error when it is joined.
    let _ = engaged.send((hired.engine.clone(), Arc::clone(inbox)));
    Ok(Crew { hired: vec![hired], dispatch: Box::new(door) })
}

/// The router's thread on rank 0.
fn route(
    control: Endpoint,
    interval: std::time::Duration,
    limit: std::time::Duration,
    opened: &Sender<Opened>,
    engaged: &Receiver<Engaged>,
) -> Result<(), CommError> {
    let control = control.into_comm();
    let door = RouterDoor::new(&control);
    // The one who starts waits for it.
    let _ = opened.send(reach(&control).map(|reach| (door.clone(), reach)));
    let Ok((engine, client)) = engaged.recv() else {
        // No engine could be started.
        return Ok(());
    };
    Router::new(control, engine, door, Some(client)).run(interval, limit)
}

fn join_router(router: JoinHandle<Result<(), CommError>>) -> Result<(), Error> {
    // A panic of the thread has been printed.
    Ok(router.join().map_err(|_| Error::Closed)??)
}
