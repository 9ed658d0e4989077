//! `Mailbox`: where a rank is woken, and where other threads leave frames for it.
//!
//! `threads/README.md` goes through the interleavings.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::transport::Frame;

/// One per rank and communicator. Anybody posts frames or rings; only the owner takes and waits.
#[derive(Debug)]
pub(crate) struct Mailbox {
    /// Counts posts and rings. Only changed under the lock, read without it: a hint to look.
    events: AtomicU64,
    inside: Mutex<Inside>,
    bell: Condvar,
}

#[derive(Debug)]
struct Inside {
    frames: Vec<Frame>,
    /// The owner sleeps on `bell`.
    is_parked: bool,
}

impl Mailbox {
    pub(crate) fn new() -> Self {
        Self {
            events: AtomicU64::new(0),
            inside: Mutex::new(Inside { frames: Vec::new(), is_parked: false }),
            bell: Condvar::new(),
        }
    }

    /// Leaves a frame for the owner.
    pub(crate) fn post(&self, frame: Frame) {
        let mut inside = self.lock();
        inside.frames.push(frame);
        self.announce(inside);
    }

    /// Wakes the owner, or keeps it from falling asleep.
    pub(crate) fn ring(&self) {
        let inside = self.lock();
        self.announce(inside);
    }

    /// How many posts and rings there were.
    pub(crate) fn events(&self) -> u64 {
        self.events.load(Ordering::Acquire)
    }

    /// Swaps what has been posted into `frames`, which must be empty; returns the events so far.
    pub(crate) fn take(&self, frames: &mut Vec<Frame>) -> u64 {
        debug_assert!(frames.is_empty());
        let mut inside = self.lock();
        std::mem::swap(&mut inside.frames, frames);
        self.events.load(Ordering::Relaxed)
    }

    /// Sleeps until there are more events than `seen`, or until `deadline`.
    pub(crate) fn park(&self, seen: u64, deadline: Option<Instant>) {
        let mut inside = self.lock();
        while self.events.load(Ordering::Relaxed) == seen {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                break;
            }
            inside.is_parked = true;
            inside = match left {
                None => self.bell.wait(inside).unwrap_or_else(PoisonError::into_inner),
                Some(left) => {
                    let woken = self.bell.wait_timeout(inside, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        inside.is_parked = false;
    }

    fn announce(&self, mut inside: MutexGuard<'_, Inside>) {
        self.events.fetch_add(1, Ordering::Release);
        let wake = std::mem::take(&mut inside.is_parked);
        drop(inside);
        if wake {
            self.bell.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
