//! `ClientActor`: owns the client's state machine, sends what it asks for, keeps its promises.

use super::inbox::{Inbox, listen};
use crate::client::{Client, Event, ReplyPromise};
use crate::dispatch::Dispatch;
use crate::gateway::Gate;
use crate::protocol::{Merged, NotReturning, ProtocolError, WireCommand};
use actix::{Actor, ActorContext, AsyncContext, Context, Handler, Message, System};
use distarray_spmd::Failure;
use std::collections::BTreeSet;
use std::fmt;
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

/// What is told to the client's actor.
#[derive(Debug)]
pub enum ToClient {
    /// A command, and the promise of its reply.
    Submit(WireCommand, ReplyPromise),
    /// One or more ranks have answered.
    Merged(Merged),
    /// A rank has failed and will answer later.
    Warn(u64, Failure),
    /// A step does not return.
    Overdue(NotReturning),
    /// Everything in flight is to be given up, and nothing more taken.
    Interrupt(String),
    /// The engines are to end when they have done what was submitted.
    Close,
    /// The engines have gone.
    Gone,
}

impl Message for ToClient {
    type Result = ();
}

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

/// The client: one per context, on an arbiter of its own.
pub struct ClientActor {
    client: Client,
    dispatch: Box<dyn Dispatch>,
    inbox: Arc<Inbox<ToClient>>,
    gate: Arc<Gate>,
    patience: Patience,
    /// Steps that have been reported, by request and rank.
    reported: BTreeSet<(u64, usize)>,
    /// Kept for its room.
    events: Vec<Event>,
    is_closing: bool,
    /// Engines may not answer any more: do not wait for them for long.
    is_interrupted: bool,
    /// Told to those who would join the engines' threads: some are left behind.
    left_behind: Arc<AtomicBool>,
}

impl fmt::Debug for ClientActor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ClientActor").field("client", &self.client).finish_non_exhaustive()
    }
}

impl ClientActor {
    /// Starts the actor on the arbiter of the calling thread, listening to `inbox`. It stops the
    /// thread's [`System`] when the engines have ended; `left_behind` then says whether some have not.
    pub fn launch(
        client: Client,
        dispatch: Box<dyn Dispatch>,
        inbox: Arc<Inbox<ToClient>>,
        gate: Arc<Gate>,
        patience: Patience,
        left_behind: Arc<AtomicBool>,
    ) {
        Self::create(|context| {
            listen(Arc::clone(&inbox), context);
            context.run_interval(patience.interval(), Self::look_for_overdue);
            Self {
                client,
                dispatch,
                inbox,
                gate,
                patience,
                reported: BTreeSet::new(),
                events: Vec::new(),
                is_closing: false,
                is_interrupted: false,
                left_behind,
            }
        });
    }

    fn submit(&mut self, command: WireCommand, promise: ReplyPromise, context: &mut Context<Self>) {
        match self.client.submit(command, promise) {
            Ok(request) => {
                for outcome in self.dispatch.send(request) {
                    self.merged(outcome.into(), context);
                }
            }
            Err((promise, error)) => {
                promise.fulfil(Err(error));
                self.gate.leave();
            }
        }
    }

    fn merged(&mut self, merged: Merged, context: &mut Context<Self>) {
        let mut events = std::mem::take(&mut self.events);
        let taken = self.client.take(merged, &mut events);
        self.act_on(&mut events, context);
        self.events = events;
        report_bug(taken);
    }

    fn act_on(&mut self, events: &mut Vec<Event>, context: &mut Context<Self>) {
        for event in events.drain(..) {
            match event {
                Event::Answer(promise, result) => promise.fulfil(result),
                Event::Done => self.gate.leave(),
                Event::GiveUpSoon(number) => {
                    context.run_later(GRACE, move |actor, context| actor.give_up(number, context));
                }
                Event::Stopped => self.end(context),
            }
        }
    }

    fn give_up(&mut self, number: u64, context: &mut Context<Self>) {
        if let Some(abort) = self.client.give_up(number) {
            self.dispatch.abort(abort);
            context.run_later(GIVING_UP, move |actor, context| {
                let mut events: Vec<Event> = actor.client.answer_early(number).into_iter().collect();
                actor.act_on(&mut events, context);
            });
        }
    }

    fn look_for_overdue(&mut self, context: &mut Context<Self>) {
        for stuck in self.dispatch.overdue(self.patience.shortest()) {
            self.overdue(&stuck, context);
        }
    }

    fn overdue(&mut self, stuck: &NotReturning, context: &mut Context<Self>) {
        let elapsed = Duration::from_millis(stuck.elapsed_milliseconds);
        if elapsed >= self.patience.report_after && self.reported.insert((stuck.number, stuck.rank)) {
            // Standard error may be closed; there is nobody else to tell.
            let _ = writeln!(std::io::stderr(), "distarray: {stuck}");
        }
        if self.patience.give_up_after.is_some_and(|limit| elapsed >= limit) {
            self.is_interrupted = true;
            let mut events = Vec::new();
            for abort in self.client.give_up_rank(stuck, &mut events) {
                self.dispatch.abort(abort);
            }
            self.act_on(&mut events, context);
        }
    }

    fn interrupt(&mut self, reason: &str, context: &mut Context<Self>) {
        let mut events = Vec::new();
        let epoch = self.client.interrupt(reason, &mut events);
        self.dispatch.raise_epoch(epoch);
        self.act_on(&mut events, context);
        self.is_interrupted = true;
        if self.is_closing {
            self.end_soon(context);
        }
    }

    fn close(&mut self, context: &mut Context<Self>) {
        self.is_closing = true;
        if let Some(request) = self.client.stop() {
            for outcome in self.dispatch.send(request) {
                self.merged(outcome.into(), context);
            }
        }
        if self.is_interrupted {
            self.end_soon(context);
        }
    }

    fn end_soon(&mut self, context: &mut Context<Self>) {
        context.run_later(ENDING, |actor, context| {
            actor.left_behind.store(true, Ordering::Release);
            actor.end(context);
        });
    }

    fn end(&mut self, context: &mut Context<Self>) {
        let mut events = Vec::new();
        self.client.abandon(&mut events);
        for event in events {
            if let Event::Answer(promise, result) = event {
                promise.fulfil(result);
            }
        }
        self.inbox.close();
        self.gate.close();
        context.stop();
        System::current().stop();
    }
}

/// A message that does not fit is a bug of this crate; the engines' order is what counts, so say it
/// and go on.
fn report_bug(taken: Result<(), ProtocolError>) {
    if let Err(error) = taken {
        let _ = writeln!(std::io::stderr(), "distarray: {error}");
    }
}

impl Actor for ClientActor {
    type Context = Context<Self>;
}

impl Handler<ToClient> for ClientActor {
    type Result = ();

    fn handle(&mut self, message: ToClient, context: &mut Context<Self>) {
        match message {
            ToClient::Submit(command, promise) => self.submit(command, promise, context),
            ToClient::Merged(merged) => self.merged(merged, context),
            ToClient::Warn(number, failure) => {
                let mut events = Vec::new();
                report_bug(self.client.warn(number, failure, &mut events));
                self.act_on(&mut events, context);
            }
            ToClient::Overdue(stuck) => self.overdue(&stuck, context),
            ToClient::Interrupt(reason) => self.interrupt(&reason, context),
            ToClient::Close => self.close(context),
            ToClient::Gone => {
                self.left_behind.store(true, Ordering::Release);
                self.end(context);
            }
        }
    }
}
