//! `Client`: numbers commands, merges what the engines answer, and decides what a failure means.
//!
//! A state machine without I/O: whoever owns it sends the requests and aborts it asks for.

mod pending;

#[cfg(test)]
mod tests;

use crate::protocol::{Abort, Merged, NotReturning, ProtocolError, Request, WireCommand};
use distarray_lazy::backend::Reply;
use distarray_spmd::{Error, Failure, FailureKind};
use pending::Pending;
pub use pending::ReplyPromise;
use std::collections::VecDeque;
use std::sync::Arc;

/// Most requests in flight at a time.
pub const WINDOW: usize = 256;

/// A promise to be kept, and with what. Keep it where no lock is held: whoever waits runs at once.
#[derive(Debug)]
#[must_use = "a promise is to be kept"]
pub struct Answered {
    promise: ReplyPromise,
    result: Result<Reply, Error>,
}

impl Answered {
    /// Keeps the promise.
    pub fn fulfil(self) {
        self.promise.fulfil(self.result);
    }
}

/// What follows from an answer of some ranks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing: some ranks have not answered yet.
    Wait,
    /// All ranks have answered one more command: one place in flight is free.
    Done,
    /// The request has failed while some ranks are still at it: come back with [`Client::give_up`] after
    /// a moment, in which ranks that fail alike answer by themselves.
    GiveUpSoon,
    /// All ranks have answered [`WireCommand::Stop`].
    Stopped,
}

/// The client's side of all requests.
#[derive(Debug)]
pub struct Client {
    rank_count: usize,
    epoch: u64,
    /// Number of the oldest request in `window`.
    first: u64,
    window: VecDeque<Pending>,
    /// Why nothing more is taken.
    ended: Option<Error>,
    /// Requests below this number were abandoned: engines that were left behind may still answer them.
    abandoned: u64,
}

impl Client {
    /// A client of `rank_count` engines that have been asked nothing yet. **Pure**, as all of it.
    #[must_use]
    pub fn new(rank_count: usize) -> Self {
        Self { rank_count, epoch: 0, first: 0, window: VecDeque::new(), ended: None, abandoned: 0 }
    }

    /// The number that the next request gets.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.first + self.window.len() as u64
    }

    /// The epoch of requests made now.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// How many requests have not been answered by all engines.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.window.iter().filter(|pending| !pending.is_done(self.rank_count)).count()
    }

    /// Makes a request of a command; the promise is kept for the answer. After the end the promise
    /// comes back with the reason.
    ///
    /// # Errors
    /// The promise and what to answer it.
    pub fn submit(
        &mut self,
        command: WireCommand,
        promise: ReplyPromise,
    ) -> Result<Request, (ReplyPromise, Error)> {
        match &self.ended {
            Some(error) => Err((promise, error.clone())),
            None => Ok(self.push(command, Some(promise))),
        }
    }

    /// The last request; nothing is taken after it. `None` if there was one already.
    pub fn stop(&mut self) -> Option<Request> {
        if self.window.back().is_some_and(Pending::is_stop) {
            return None;
        }
        let request = self.push(WireCommand::Stop, None);
        self.ended.get_or_insert(Error::Closed);
        Some(request)
    }

    fn push(&mut self, command: WireCommand, promise: Option<ReplyPromise>) -> Request {
        let (number, epoch) = (self.next(), self.epoch);
        let is_stop = matches!(command, WireCommand::Stop);
        self.window.push_back(Pending::new(number, epoch, promise, is_stop));
        Request { number, epoch, command: Arc::new(command) }
    }

    /// Some ranks have answered. What was abandoned may still be answered, for nobody.
    ///
    /// # Errors
    /// [`ProtocolError::NotInFlight`], and nothing is changed.
    pub fn take(&mut self, merged: Merged) -> Result<(Option<Answered>, Next), ProtocolError> {
        let rank_count = self.rank_count;
        let number = merged.number;
        if number < self.abandoned {
            return Ok((None, Next::Wait));
        }
        let pending = self.pending(number, &merged)?;
        let already_told = pending.merged.failure.is_some();
        pending.merged.absorb(merged);
        if !pending.is_done(rank_count) {
            let is_news = pending.merged.failure.is_some() && !already_told;
            return Ok((None, if is_news { Next::GiveUpSoon } else { Next::Wait }));
        }
        let next = if pending.is_stop() { Next::Stopped } else { Next::Done };
        let answered = pending.promise.take().map(|promise| {
            let merged = std::mem::replace(&mut pending.merged, Merged::nobody(number));
            pending.merged.ranks = merged.ranks;
            Answered { promise, result: merged.reply(rank_count).map_err(Error::Failure) }
        });
        while self.window.front().is_some_and(|first| first.is_done(rank_count)) {
            self.window.pop_front();
            self.first += 1;
        }
        Ok((answered, next))
    }

    /// A rank has failed and will answer later, when those it works with have been made to give up.
    ///
    /// # Errors
    /// [`ProtocolError::NotInFlight`], and nothing is changed.
    pub fn warn(&mut self, number: u64, failure: Failure) -> Result<Next, ProtocolError> {
        let warning = Merged { failure: Some(failure), ..Merged::nobody(number) };
        self.take(warning).map(|(_, next)| next)
    }

    /// Asks the engines to give up a request that has failed. `None` if they have all answered, or
    /// have been asked.
    pub fn give_up(&mut self, number: u64) -> Option<Abort> {
        let pending = self.find(number)?;
        let cause = pending.merged.failure.clone()?;
        (!std::mem::replace(&mut pending.is_aborted, true)).then_some(Abort {
            epoch: pending.epoch,
            number,
            cause,
        })
    }

    /// Answers a request that has failed though some engines are still at it. `None` if it has been
    /// answered.
    pub fn answer_early(&mut self, number: u64) -> Option<Answered> {
        let pending = self.find(number)?;
        let failure = pending.merged.failure.clone()?;
        let promise = pending.promise.take()?;
        Some(Answered { promise, result: Err(Error::Failure(failure)) })
    }

    /// A step has not returned for so long that its rank is given up: the request it belongs to fails,
    /// and those behind it.
    pub fn give_up_rank(&mut self, stuck: &NotReturning) -> (Vec<Abort>, Vec<Answered>) {
        let (mut aborts, mut answered) = (Vec::new(), Vec::new());
        for number in stuck.number..self.next() {
            let Some(pending) = self.find(number) else { continue };
            pending.merged.note(Some(stuck.failure()));
            aborts.extend(self.give_up(number));
            answered.extend(self.answer_early(number));
        }
        (aborts, answered)
    }

    /// Gives up everything in flight and takes nothing more: all promises are answered now, and the
    /// engines are to be raised to the epoch returned.
    pub fn interrupt(&mut self, reason: &str) -> (u64, Vec<Answered>) {
        self.epoch += 1;
        let mut answered = Vec::new();
        for pending in &mut self.window {
            if let Some(promise) = pending.promise.take() {
                let failure = pending.merged.failure.clone().unwrap_or_else(|| interrupted(reason));
                answered.push(Answered { promise, result: Err(Error::Failure(failure)) });
            }
        }
        self.ended.get_or_insert(Error::Failure(interrupted(reason)));
        (self.epoch, answered)
    }

    /// The engines have gone: nothing will be answered any more.
    pub fn abandon(&mut self) -> Vec<Answered> {
        let mut answered = Vec::new();
        for pending in self.window.drain(..) {
            if let Some(promise) = pending.promise {
                let error = pending.merged.failure.map_or(Error::Closed, Error::Failure);
                answered.push(Answered { promise, result: Err(error) });
            }
            self.first += 1;
        }
        self.abandoned = self.first;
        self.ended.get_or_insert(Error::Closed);
        answered
    }

    fn find(&mut self, number: u64) -> Option<&mut Pending> {
        let rank_count = self.rank_count;
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.window.get_mut(index).filter(|pending| !pending.is_done(rank_count))
    }

    fn pending(&mut self, number: u64, merged: &Merged) -> Result<&mut Pending, ProtocolError> {
        let rank = merged.failure.as_ref().map_or(0, |failure| failure.rank);
        let error = ProtocolError::NotInFlight { rank, found: number, first: self.first, next: self.next() };
        self.find(number).ok_or(error)
    }
}

fn interrupted(reason: &str) -> Failure {
    Failure {
        operation: "request".to_owned(),
        rank: 0,
        kind: FailureKind::Aborted,
        message: reason.to_owned(),
    }
}
