//! `ClientActor`: what takes the client time: waiting before an abort, looking for what does not
//! return, ending.

use super::inbox::listen;
use super::message::ToClient;
use crate::gateway::Desk;
use crate::protocol::NotReturning;
use actix::{Actor, ActorContext, AsyncContext, Context, Handler, System};
use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Time for engines that fail alike to answer by themselves before they are made to give up: the rank
/// named is then the lowest, however the threads were scheduled.
const GRACE: Duration = Duration::from_millis(1);

/// Time for engines to give a request up before its failure is told without them.
const GIVING_UP: Duration = Duration::from_millis(4);

/// Time for engines to end after an interruption before they are left behind.
const ENDING: Duration = Duration::from_secs(2);

/// How long functions may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// A step that has not returned for this long is reported, with its name and rank, on standard
    /// error. The request goes on.
    pub report_after: Duration,
    /// A step that has not returned for this long makes its request fail, and those behind it, with
    /// [`FailureKind::NoReturn`](distarray_spmd::FailureKind::NoReturn). Its engine is lost until the
    /// step returns. `None`: wait for ever.
    pub give_up_after: Option<Duration>,
}

impl Default for Patience {
    /// Reports after 10 s, never gives up: a function may well need longer.
    fn default() -> Self {
        Self { report_after: Duration::from_secs(10), give_up_after: None }
    }
}

impl Patience {
    /// The shorter of both times.
    #[must_use]
    pub fn shortest(&self) -> Duration {
        self.give_up_after.map_or(self.report_after, |give_up| give_up.min(self.report_after))
    }

    /// How often to look for steps that do not return.
    #[must_use]
    pub fn interval(&self) -> Duration {
        (self.shortest() / 8).clamp(Duration::from_millis(2), Duration::from_secs(1))
    }
}

/// The client: one per context, on an arbiter of its own. Commands and answers pass over its [`Desk`].
#[derive(Debug)]
pub struct ClientActor {
    desk: Arc<Desk>,
    patience: Patience,
    /// Steps that have been reported, by request and rank.
    reported: BTreeSet<(u64, usize)>,
    is_closing: bool,
    /// Engines may not answer any more: do not wait for them for long.
    is_interrupted: bool,
    /// Told to those who would join the engines' threads: some are left behind.
    left_behind: Arc<AtomicBool>,
}

impl ClientActor {
    /// Starts the actor on the arbiter of the calling thread. It stops the thread's [`System`] when the
    /// engines have ended; `left_behind` then says whether some have not.
    pub fn launch(desk: Arc<Desk>, patience: Patience, left_behind: Arc<AtomicBool>) {
        Self::create(|context| {
            listen(Arc::clone(desk.inbox()), context);
            context.run_interval(patience.interval(), Self::look_for_overdue);
            let reported = BTreeSet::new();
            Self { desk, patience, reported, is_closing: false, is_interrupted: false, left_behind }
        });
    }

    fn give_up_soon(number: u64, context: &mut Context<Self>) {
        context.run_later(GRACE, move |actor, context| {
            if actor.desk.give_up(number) {
                context.run_later(GIVING_UP, move |actor, _| actor.desk.answer_early(number));
            }
        });
    }

    fn look_for_overdue(&mut self, _: &mut Context<Self>) {
        for stuck in self.desk.overdue(self.patience.shortest()) {
            self.overdue(&stuck);
        }
    }

    fn overdue(&mut self, stuck: &NotReturning) {
        let elapsed = Duration::from_millis(stuck.elapsed_milliseconds);
        if elapsed >= self.patience.report_after && self.reported.insert((stuck.number, stuck.rank)) {
            // Standard error may be closed; there is nobody else to tell.
            let _ = writeln!(std::io::stderr(), "distarray: {stuck}");
        }
        if self.patience.give_up_after.is_some_and(|limit| elapsed >= limit) {
            self.is_interrupted = true;
            self.desk.give_up_rank(stuck);
        }
    }

    fn end_soon(context: &mut Context<Self>) {
        context.run_later(ENDING, |actor, context| actor.end_without_engines(context));
    }

    fn end_without_engines(&mut self, context: &mut Context<Self>) {
        self.left_behind.store(true, Ordering::Release);
        self.end(context);
    }

    fn end(&mut self, context: &mut Context<Self>) {
        self.desk.abandon();
        self.desk.inbox().close();
        context.stop();
        System::current().stop();
    }
}

impl Actor for ClientActor {
    type Context = Context<Self>;
}

impl Handler<ToClient> for ClientActor {
    type Result = ();

    fn handle(&mut self, message: ToClient, context: &mut Context<Self>) {
        match message {
            ToClient::GiveUpSoon(number) => Self::give_up_soon(number, context),
            ToClient::Overdue(stuck) => self.overdue(&stuck),
            ToClient::Interrupted => {
                self.is_interrupted = true;
                if self.is_closing {
                    Self::end_soon(context);
                }
            }
            ToClient::Closing => {
                self.is_closing = true;
                if self.is_interrupted {
                    Self::end_soon(context);
                }
            }
            ToClient::Stopped => self.end(context),
            ToClient::Gone => self.end_without_engines(context),
        }
    }
}
