//! `Direct`: every engine is a thread of this process.

use super::Dispatch;
use crate::actor::EngineHandle;
use crate::protocol::{Abort, NotReturning, Outcome, Request};
use distarray_spmd::{Failure, FailureKind};
use std::time::Duration;

/// Hands requests to engines of the same process.
#[derive(Debug)]
pub struct Direct {
    engines: Vec<EngineHandle>,
}

impl Direct {
    /// The way to these engines, in rank order.
    #[must_use]
    pub fn new(engines: Vec<EngineHandle>) -> Self {
        Self { engines }
    }
}

/// What an engine that has ended would have to answer.
pub(super) fn gone(request: &Request, rank: usize) -> Outcome {
    let failure = Failure {
        operation: request.command.name().to_owned(),
        rank,
        kind: FailureKind::Transport,
        message: "the engine has ended".to_owned(),
    };
    Outcome { number: request.number, rank, result: Err(failure) }
}

impl Dispatch for Direct {
    fn send(&self, request: Request) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for engine in &self.engines {
            if !engine.send(request.clone()) {
                outcomes.push(gone(&request, engine.rank()));
            }
        }
        outcomes
    }

    fn ring(&self) {
        self.engines.iter().for_each(EngineHandle::ring);
    }

    fn abort(&self, abort: Abort) {
        for engine in &self.engines {
            engine.abort(abort.clone());
        }
    }

    fn raise_epoch(&self, epoch: u64) {
        for engine in &self.engines {
            engine.raise_epoch(epoch);
        }
    }

    fn overdue(&self, limit: Duration) -> Vec<NotReturning> {
        self.engines.iter().filter_map(|engine| engine.overdue(limit)).collect()
    }
}
