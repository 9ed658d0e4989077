//! `AbortHandle`: interrupts what a rank is waiting for, from any thread.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::bell::Bell;
use crate::stamp::Stamp;

/// Interrupts the requests of **one rank's** communicator and of those made from it by
/// `duplicate` and `split`; it is up to the caller to abort on every rank, or to the rank itself to do
/// so with [`Comm::abort_everywhere`](crate::Comm::abort_everywhere). Cloneable, `Send`, `Sync`;
/// outlives the communicator without harm.
///
/// Both verbs are idempotent, may come before the request they name has begun on this rank (it then
/// fails as soon as it begins) or after it has ended (nothing happens). See `src/README.md`.
#[derive(Debug, Clone)]
pub struct AbortHandle {
    signal: Arc<Signal>,
}

/// What has been aborted, shared between a rank's port and its handles.
#[derive(Debug)]
pub(crate) struct Signal {
    version: AtomicU64,
    bounds: Mutex<Bounds>,
    bell: Arc<dyn Bell>,
}

#[derive(Debug, Default)]
struct Bounds {
    /// Every stamp of a lower epoch is aborted.
    epoch: u64,
    /// Single requests of this epoch or later ones, and the rank that aborted them for all, if one did.
    requests: BTreeMap<Stamp, Option<usize>>,
}

impl AbortHandle {
    pub(crate) fn new(signal: Arc<Signal>) -> Self {
        Self { signal }
    }

    /// Interrupts request `request` of epoch `epoch`, and no other: whatever it is waiting for, or
    /// will wait for, returns [`CommError::Aborted`](crate::CommError::Aborted). **Local.**
    pub fn abort(&self, epoch: u64, request: u64) {
        self.signal.abort(Stamp::new(epoch, request), None);
    }

    /// Interrupts every request of an epoch before `epoch`, begun or not. **Local.**
    pub fn raise_epoch(&self, epoch: u64) {
        self.signal.change(|bounds| {
            let raised = epoch > bounds.epoch;
            bounds.epoch = bounds.epoch.max(epoch);
            raised
        });
    }

    /// Makes the rank's [`Comm::wait`](crate::Comm::wait) return, now or when it is next called,
    /// without aborting anything. **Local.**
    pub fn wake(&self) {
        self.signal.bell.ring();
    }
}

impl Signal {
    pub(crate) fn new(bell: Arc<dyn Bell>) -> Self {
        Self { version: AtomicU64::new(0), bounds: Mutex::default(), bell }
    }

    /// Changes with every abort: a cheap way to see that nothing happened.
    pub(crate) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Whether `stamp` has been aborted.
    pub(crate) fn is_aborted(&self, stamp: Stamp) -> bool {
        let bounds = self.lock();
        stamp.epoch < bounds.epoch || bounds.requests.contains_key(&stamp)
    }

    /// Aborts `stamp`, on behalf of the world rank that gave it up for all if there is one.
    pub(crate) fn abort(&self, stamp: Stamp, by: Option<usize>) {
        self.change(|bounds| match bounds.requests.get(&stamp) {
            Some(known) if known.is_some() || by.is_none() => false,
            _ => {
                bounds.requests.insert(stamp, by);
                true
            }
        });
    }

    /// The world rank that gave up `stamp` for all.
    pub(crate) fn aborted_by(&self, stamp: Stamp) -> Option<usize> {
        self.lock().requests.get(&stamp).copied().flatten()
    }

    /// Forgets what lies before `stamp`: the rank will not return there.
    pub(crate) fn forget_before(&self, stamp: Stamp) {
        let mut bounds = self.lock();
        if bounds.requests.keys().next().is_some_and(|first| *first < stamp) {
            bounds.requests = bounds.requests.split_off(&stamp);
        }
    }

    fn change(&self, apply: impl FnOnce(&mut Bounds) -> bool) {
        let mut bounds = self.lock();
        if apply(&mut bounds) {
            self.version.fetch_add(1, Ordering::Release);
            drop(bounds);
            self.bell.ring();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Bounds> {
        self.bounds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::Mailbox;

    #[test]
    fn an_abort_hits_its_request_alone_and_an_epoch_all_before_it() {
        let signal = Arc::new(Signal::new(Arc::new(Mailbox::new())));
        let handle = AbortHandle::new(Arc::clone(&signal));
        handle.abort(0, 12);
        assert!(!signal.is_aborted(Stamp::new(0, 11)));
        assert!(signal.is_aborted(Stamp::new(0, 12)));
        assert!(!signal.is_aborted(Stamp::new(0, 13)));
        handle.raise_epoch(3);
        assert!(signal.is_aborted(Stamp::new(2, u64::MAX)));
        assert!(!signal.is_aborted(Stamp::new(3, 0)));
        let version = signal.version();
        handle.raise_epoch(3);
        handle.abort(0, 12);
        assert_eq!(signal.version(), version);
        assert_eq!(signal.aborted_by(Stamp::new(0, 12)), None);
        signal.abort(Stamp::new(0, 12), Some(4));
        signal.abort(Stamp::new(0, 12), Some(2));
        assert_eq!(signal.aborted_by(Stamp::new(0, 12)), Some(4));
        signal.forget_before(Stamp::new(0, 13));
        assert!(signal.lock().requests.is_empty());
    }
}
