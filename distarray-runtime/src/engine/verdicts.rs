//! `Verdicts`: why requests are to be given up, told from outside while the engine computes.

use distarray_spmd::Failure;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The failures that made others give requests up. Written by whoever aborts, read by the engine when
/// it has given up, so that arrays which were not made name the true cause.
#[derive(Debug, Default)]
pub struct Verdicts {
    causes: Mutex<BTreeMap<u64, Failure>>,
}

impl Verdicts {
    /// Request `number` is given up because of `cause`. **Local.**
    pub fn tell(&self, number: u64, cause: Failure) {
        self.lock().entry(number).or_insert(cause);
    }

    /// Why request `number` is given up, if that was told. **Local.**
    #[must_use]
    pub fn of(&self, number: u64) -> Option<Failure> {
        self.lock().get(&number).cloned()
    }

    /// Forgets what was told of requests before `number`. **Local.**
    pub fn forget_before(&self, number: u64) {
        let mut causes = self.lock();
        if causes.first_key_value().is_some_and(|(first, _)| *first < number) {
            *causes = causes.split_off(&number);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Failure>> {
        self.causes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
