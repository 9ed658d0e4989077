//! `Desk`: where commands are handed in and answers come out, under one short lock.

use super::Gate;
use crate::actor::inbox::Inbox;
use crate::actor::{Report, ToClient};
use crate::client::{Answered, Client, Next, ReplyPromise};
use crate::dispatch::Dispatch;
use crate::protocol::{Merged, NotReturning, Outcome, ProtocolError, WireCommand};
use distarray_spmd::Failure;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The client's state machine, where all threads reach it.
///
/// A command is numbered and handed to the engines by the thread that has it, and its answer is merged
/// by the threads that bring it: two wake-ups instead of four. What takes time (waiting before an abort,
/// looking for what does not return, ending) is the client actor's, which is told of it.
#[derive(Debug)]
pub struct Desk {
    client: Mutex<Client>,
    dispatch: Box<dyn Dispatch>,
    gate: Gate,
    actor: Arc<Inbox<ToClient>>,
}

impl Desk {
    /// The desk of a client of `rank_count` engines, which `dispatch` reaches.
    #[must_use]
    pub fn new(rank_count: usize, dispatch: Box<dyn Dispatch>) -> Self {
        let client = Mutex::new(Client::new(rank_count));
        Self { client, dispatch, gate: Gate::default(), actor: Arc::default() }
    }

    /// What the client's actor listens to.
    #[must_use]
    pub fn inbox(&self) -> &Arc<Inbox<ToClient>> {
        &self.actor
    }

    /// Requests in flight.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.gate.in_flight()
    }

    /// Hands a command in; `promise` is kept when all ranks have answered. Waits for a place in flight if
    /// `may_wait`.
    pub fn submit(&self, command: WireCommand, promise: ReplyPromise, may_wait: bool) {
        self.gate.enter(may_wait);
        let submitted = {
            let mut client = self.client();
            // Under the lock: engines get requests in the order of their numbers.
            client.submit(command, promise).map(|request| self.dispatch.send(request))
        };
        match submitted {
            Ok(outcomes) => {
                self.dispatch.ring();
                outcomes.into_iter().for_each(|outcome| self.take(outcome.into()));
            }
            Err((promise, error)) => {
                promise.fulfil(Err(error));
                self.gate.leave();
            }
        }
    }

    /// Some ranks have answered.
    pub fn take(&self, merged: Merged) {
        let number = merged.number;
        let taken = self.client().take(merged);
        match taken {
            Ok((answered, next)) => {
                answered.into_iter().for_each(Answered::fulfil);
                self.follow(number, next);
            }
            Err(error) => report_bug(&error),
        }
    }

    /// A rank has failed and will answer later.
    pub fn warn(&self, number: u64, failure: Failure) {
        let next = self.client().warn(number, failure);
        match next {
            Ok(next) => self.follow(number, next),
            Err(error) => report_bug(&error),
        }
    }

    fn follow(&self, number: u64, next: Next) {
        match next {
            Next::Wait => {}
            Next::Done => self.gate.leave(),
            Next::GiveUpSoon => self.tell(ToClient::GiveUpSoon(number)),
            Next::Stopped => self.tell(ToClient::Stopped),
        }
    }

    /// Has the engines give up a request that has failed. False if they need not any more.
    pub fn give_up(&self, number: u64) -> bool {
        let abort = self.client().give_up(number);
        abort.map(|abort| self.dispatch.abort(abort)).is_some()
    }

    /// Answers a request that has failed though some engines are still at it.
    pub fn answer_early(&self, number: u64) {
        let answered = self.client().answer_early(number);
        answered.into_iter().for_each(Answered::fulfil);
    }

    /// Fails the request that a rank does not return from, and those behind it.
    pub fn give_up_rank(&self, stuck: &NotReturning) {
        let (aborts, answered) = self.client().give_up_rank(stuck);
        aborts.into_iter().for_each(|abort| self.dispatch.abort(abort));
        answered.into_iter().for_each(Answered::fulfil);
    }

    /// Gives everything up: what is in flight, and what is asked later, is answered with an error.
    pub fn interrupt(&self, reason: &str) {
        let (epoch, answered) = self.client().interrupt(reason);
        self.dispatch.raise_epoch(epoch);
        self.gate.close();
        answered.into_iter().for_each(Answered::fulfil);
        self.tell(ToClient::Interrupted);
    }

    /// Has the engines end when they have done what is in flight; nothing more is taken.
    pub fn stop(&self) {
        let outcomes = {
            let mut client = self.client();
            client.stop().map(|request| self.dispatch.send(request)).unwrap_or_default()
        };
        self.dispatch.ring();
        self.tell(ToClient::Closing);
        outcomes.into_iter().for_each(|outcome| self.take(outcome.into()));
    }

    /// The engines have gone: nothing will be answered any more.
    pub fn abandon(&self) {
        let answered = self.client().abandon();
        self.gate.close();
        answered.into_iter().for_each(Answered::fulfil);
    }

    /// Steps that have been running for `limit` or longer, as far as that can be seen from here.
    #[must_use]
    pub fn overdue(&self, limit: Duration) -> Vec<NotReturning> {
        self.dispatch.overdue(limit)
    }

    /// Tells the client's actor.
    pub fn tell(&self, message: ToClient) {
        // An actor that has ended has nothing left to do.
        let _ = self.actor.push(message);
    }

    fn client(&self) -> MutexGuard<'_, Client> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Report for Desk {
    fn report(&self, outcome: Outcome) {
        self.take(outcome.into());
    }
}

/// A message that does not fit is a bug of this crate; the engines' order is what counts, so say it and
/// go on.
fn report_bug(error: &ProtocolError) {
    let _ = writeln!(std::io::stderr(), "distarray: {error}");
}
