//! `Watch`: which step an engine is in, and since when, for others to see.

use crate::protocol::NotReturning;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What an engine is doing. Written by the engine at the beginning of each step, read by whoever looks
/// for functions that do not return.
#[derive(Debug, Default)]
pub struct Watch {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Keeps its room from step to step.
    operation: String,
    running: Option<(u64, Instant)>,
}

/// A step that is running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// Number of the request.
    pub number: u64,
    /// Name of the step.
    pub operation: String,
    /// When it began.
    pub since: Instant,
}

impl Watch {
    /// A step of request `number` begins. **Local.**
    pub fn begin(&self, number: u64, operation: &str) {
        let mut state = self.lock();
        state.operation.clear();
        state.operation.push_str(operation);
        state.running = Some((number, Instant::now()));
    }

    /// No step is running. **Local.**
    pub fn idle(&self) {
        self.lock().running = None;
    }

    /// The step that is running, if any. **Local.**
    #[must_use]
    pub fn running(&self) -> Option<Running> {
        let state = self.lock();
        let (number, since) = state.running?;
        Some(Running { number, operation: state.operation.clone(), since })
    }

    /// The step on `rank` that has been running for `limit` or longer, if any. **Local.**
    #[must_use]
    pub fn overdue(&self, rank: usize, limit: Duration) -> Option<NotReturning> {
        let Running { number, operation, since } = self.running()?;
        let elapsed = since.elapsed();
        let elapsed_milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        (elapsed >= limit).then_some(NotReturning { number, rank, operation, elapsed_milliseconds })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_for_long_is_named() {
        let watch = Watch::default();
        assert_eq!(watch.overdue(1, Duration::ZERO), None);
        watch.begin(7, "sleep");
        assert_eq!(watch.overdue(1, Duration::from_secs(3600)), None);
        let overdue = watch.overdue(1, Duration::ZERO).expect("it runs");
        assert_eq!((overdue.number, overdue.rank, overdue.operation.as_str()), (7, 1, "sleep"));
        watch.idle();
        assert_eq!(watch.running(), None);
    }
}
