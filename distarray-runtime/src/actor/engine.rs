//! `EngineActor`: one rank's engine, computing in its handler.

use super::inbox::{Inbox, listen};
use crate::engine::{Engine, Verdicts, Watch};
use crate::protocol::{Abort, NotReturning, Outcome, Request, WireCommand};
use actix::{Actor, ActorContext, Arbiter, Context, Handler, Message};
use distarray_comm::{AbortHandle, Endpoint};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

impl Message for Request {
    type Result = ();
}

/// Where an engine's outcomes go: to the client of the same process, or to the router of this one.
pub trait Report: Send + Sync {
    /// The engine has answered. **Local.**
    fn report(&self, outcome: Outcome);
}

/// One rank's engine.
pub struct EngineActor {
    engine: Engine,
    inbox: Arc<Inbox<Request>>,
    report: Arc<dyn Report>,
}

impl fmt::Debug for EngineActor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("EngineActor").field("engine", &self.engine).finish_non_exhaustive()
    }
}

/// What others hold of an engine, from before it starts. Cheap to clone; outlives the engine without
/// harm.
#[derive(Clone, Debug)]
pub struct EngineHandle {
    rank: usize,
    inbox: Arc<Inbox<Request>>,
    abort: AbortHandle,
    watch: Arc<Watch>,
    verdicts: Arc<Verdicts>,
}

impl EngineActor {
    /// Starts the actor on the arbiter of the calling thread, whose only actor it is: the arbiter stops
    /// with it, when it has answered [`WireCommand::Stop`] or has been [ended](EngineHandle::end).
    pub fn launch(engine: Engine, handle: &EngineHandle, report: Arc<dyn Report>) {
        let engine = engine.seen_through(Arc::clone(&handle.watch), Arc::clone(&handle.verdicts));
        let inbox = Arc::clone(&handle.inbox);
        Self::create(|context| {
            listen(Arc::clone(&inbox), context);
            Self { engine, inbox, report }
        });
    }
}

impl Actor for EngineActor {
    type Context = Context<Self>;

    fn stopped(&mut self, _: &mut Context<Self>) {
        // The arbiter was for this engine alone; its thread ends, and the engine with it.
        Arbiter::current().stop();
    }
}

impl Handler<Request> for EngineActor {
    type Result = ();

    fn handle(&mut self, request: Request, context: &mut Context<Self>) {
        let outcome = self.engine.handle(&request);
        let stops = matches!(*request.command, WireCommand::Stop) && outcome.result.is_ok();
        // The plan may be the last owner of what the program has dropped: let go before answering.
        drop(request);
        self.report.report(outcome);
        if stops {
            self.inbox.close();
            context.stop();
        }
    }
}

impl EngineHandle {
    /// What others will hold of the engine that gets `data`. Requests may be sent already.
    #[must_use]
    pub fn of(data: &Endpoint) -> Self {
        Self {
            rank: data.rank(),
            inbox: Arc::default(),
            abort: data.abort_handle(),
            watch: Arc::default(),
            verdicts: Arc::default(),
        }
    }

    /// The engine's rank.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// Queues a request; [`EngineHandle::ring`] must follow. False if the engine has ended.
    #[must_use]
    pub fn send(&self, request: Request) -> bool {
        self.inbox.push_quietly(request).is_ok()
    }

    /// Wakes the engine if it sleeps.
    pub fn ring(&self) {
        self.inbox.ring();
    }

    /// Ends the engine: what it does is given up, what is queued is dropped.
    pub fn end(&self) {
        self.abort.raise_epoch(u64::MAX);
        self.inbox.close();
    }

    /// Makes the engine give a request up, whatever it is waiting for in it.
    pub fn abort(&self, abort: Abort) {
        let Abort { epoch, number, cause } = abort;
        // First the cause: the engine looks for it when it has given up.
        self.verdicts.tell(number, cause);
        self.abort.abort(epoch, number);
    }

    /// Makes the engine give up every request of an epoch before `epoch`.
    pub fn raise_epoch(&self, epoch: u64) {
        self.abort.raise_epoch(epoch);
    }

    /// The step that has been running for `limit` or longer, if any.
    #[must_use]
    pub fn overdue(&self, limit: Duration) -> Option<NotReturning> {
        self.watch.overdue(self.rank, limit)
    }
}
