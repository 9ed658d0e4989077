//! Engines as ranks that have been started already: one per process under MPI, or, in tests, one per
//! thread.
//!
//! Every rank brings two endpoints: one for what engines say to each other, which the engine's thread
//! takes, and one for requests and outcomes, which the router's thread takes.

use super::threads::{Hired, Started, cannot_start, hire, join, start_client};
use super::{RankOptions, interrupt};
use crate::actor::{EngineHandle, Report, runtime};
use crate::dispatch::router::{Router, RouterDoor};
use crate::gateway::{ActorBackend, Desk, Door};
use actix::System;
use distarray_comm::Endpoint;
use distarray_lazy::{Context, reach};
use distarray_spmd::Error;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;

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
    let RankEnds { data, control } = ends;
    let door = RouterDoor::new(&control);
    let hired = hire_alone(data, options, Arc::new(door.clone()))?;
    let router = Router::new(control.into_comm(), hired.engine.clone(), door, None);
    let patience = options.patience;
    let routed = router.run(patience.interval(), patience.shortest());
    join(vec![hired], routed.is_err());
    Ok(routed?)
}

/// Hires an engine from a thread that has no actix system and shall not get one.
fn hire_alone(data: Endpoint, options: &RankOptions, report: Arc<dyn Report>) -> Result<Hired, Error> {
    let hiring = || {
        let event_loop = runtime().map_err(|error| cannot_start(data.rank(), &error))?;
        let _system = System::with_tokio_rt(|| event_loop);
        let engine = EngineHandle::of(&data);
        hire(data, engine, options, report)
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
    let RankEnds { data, control } = ends;
    let rank_count = data.size();
    let engine = EngineHandle::of(&data);
    let router_door = RouterDoor::new(&control);
    let desk = Arc::new(Desk::new(rank_count, Box::new(router_door.clone())));
    let (sender, receiver) = channel();
    let router = {
        let (engine, door, desk) = (engine.clone(), router_door.clone(), Arc::clone(&desk));
        let patience = options.patience;
        let route = move || {
            let control = control.into_comm();
            // The one who starts waits for it.
            let _ = sender.send(reach(&control));
            Router::new(control, engine, door, Some(desk)).run(patience.interval(), patience.shortest())
        };
        let builder = thread::Builder::new().name("distarray router".to_owned());
        builder.spawn(route).map_err(|error| cannot_start(0, &error))?
    };
    // The sender is dropped without a word only if the thread panicked, which has been printed.
    let reach = receiver.recv().map_err(|_| Error::Closed)??;
    let engines = vec![(data, engine)];
    let Started { arbiter, own_threads, thread, left_behind } =
        start_client(Arc::clone(&desk), engines, options.clone(), Arc::new(router_door))?;
    let door = Arc::new(Door {
        desk,
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
    // A panic of the router's thread has been printed.
    router.join().map_err(|_| Error::Closed)??;
    closed?;
    Ok(match outcome {
        Ok(value) => Ended::Returned(value),
        Err(panic) => Ended::Panicked(panic),
    })
}
