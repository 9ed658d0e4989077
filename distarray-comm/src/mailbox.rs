//! `Mailbox`: where a rank is woken, and where other threads leave frames for it.
//!
//! `threads/README.md` goes through the interleavings.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::bell::Bell;
use crate::frame::Frame;

/// One per rank and communicator. Anybody posts frames or rings; only the owner takes and waits.
#[derive(Debug)]
pub(crate) struct Mailbox {
    /// Posts and rings. Only changed under the lock, read without it: a hint to look.
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

    /// Swaps what has been posted into `frames`, which must be empty; returns the events so far.
    pub(crate) fn take(&self, frames: &mut Vec<Frame>) -> u64 {
        debug_assert!(frames.is_empty());
        let mut inside = self.lock();
        std::mem::swap(&mut inside.frames, frames);
        self.events.load(Ordering::Relaxed)
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

impl Bell for Mailbox {
    fn ring(&self) {
        let inside = self.lock();
        self.announce(inside);
    }

    fn events(&self) -> u64 {
        self.events.load(Ordering::Acquire)
    }

    fn park(&self, seen: u64, deadline: Option<Instant>) {
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
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;
    use crate::frame::{Body, Channel, Header};
    use crate::message::Message;
    use crate::stamp::Stamp;

    fn frame(from: usize, tag: u32) -> Frame {
        let header = Header { context: 0, channel: Channel::User, tag, stamp: Stamp::default() };
        Frame { from, header, body: Body::Message(Message::empty()) }
    }

    #[test]
    fn every_frame_arrives_once_and_in_its_senders_order() {
        // An interpreter takes its time.
        let count: u32 = if cfg!(miri) { 100 } else { 20_000 };
        let mailbox = Arc::new(Mailbox::new());
        thread::scope(|scope| {
            for from in 0..3 {
                let mailbox = &mailbox;
                scope.spawn(move || {
                    for tag in 0..count {
                        mailbox.post(frame(from, tag));
                        if tag.is_multiple_of(count / 20) {
                            thread::sleep(Duration::from_micros(100));
                        }
                    }
                });
            }
            let mut next = [0; 3];
            let mut frames = Vec::new();
            while next != [count; 3] {
                let seen = mailbox.take(&mut frames);
                for frame in frames.drain(..) {
                    assert_eq!(frame.header.tag, next[frame.from]);
                    next[frame.from] += 1;
                }
                if next != [count; 3] {
                    mailbox.park(seen, None);
                }
            }
        });
    }

    #[test]
    fn a_ring_before_the_park_is_not_lost_and_a_deadline_ends_it() {
        let mailbox = Mailbox::new();
        let seen = mailbox.take(&mut Vec::new());
        mailbox.ring();
        mailbox.park(seen, None);
        let start = Instant::now();
        mailbox.park(mailbox.events(), Some(start + Duration::from_millis(2)));
        assert!(start.elapsed() >= Duration::from_millis(2));
    }
}
