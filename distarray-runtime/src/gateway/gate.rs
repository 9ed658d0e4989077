//! `Gate`: lets so many requests be in flight and no more.

use crate::client::WINDOW;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a thread looks for a place before it sleeps.
const LOOK: Duration = Duration::from_micros(50);

/// Those who sleep are woken when so few are left: to wake a thread for every place costs more than
/// the requests.
const LOW: usize = WINDOW * 3 / 4;

/// Counts requests in flight. Threads enter, the client's actor lets them leave.
#[derive(Debug, Default)]
pub struct Gate {
    in_flight: AtomicUsize,
    is_closed: AtomicBool,
    /// Somebody sleeps. Set under the lock.
    is_awaited: AtomicBool,
    lock: Mutex<()>,
    freed: Condvar,
}

impl Gate {
    /// Requests in flight.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Takes a place; waits for one if `may_wait`, otherwise takes one more than there are. A closed
    /// gate does not hold anybody.
    pub fn enter(&self, may_wait: bool) {
        if may_wait && !self.has_place() {
            self.wait();
        }
        // Several threads may have seen the same place: the bound is exceeded by as many at most.
        self.in_flight.fetch_add(1, Ordering::SeqCst);
    }

    /// Gives a place back.
    pub fn leave(&self) {
        let left = self.in_flight.fetch_sub(1, Ordering::SeqCst) - 1;
        if left <= LOW && self.is_awaited.load(Ordering::SeqCst) {
            self.wake();
        }
    }

    /// Holds nobody any more.
    pub fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        self.wake();
    }

    fn has_place(&self) -> bool {
        self.in_flight.load(Ordering::SeqCst) < WINDOW || self.is_closed.load(Ordering::SeqCst)
    }

    fn wait(&self) {
        let start = Instant::now();
        while start.elapsed() < LOOK {
            if self.has_place() {
                return;
            }
            std::thread::yield_now();
        }
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            self.is_awaited.store(true, Ordering::SeqCst);
            // After the flag: whoever leaves from now on sees it.
            let is_low = self.in_flight.load(Ordering::SeqCst) <= LOW;
            if is_low || self.is_closed.load(Ordering::SeqCst) {
                return;
            }
            guard = self.freed.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn wake(&self) {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_awaited.store(false, Ordering::SeqCst);
        drop(guard);
        self.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn nobody_is_left_waiting_and_the_bound_holds() {
        let gate = Arc::new(Gate::default());
        let most = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (gate, most) = (Arc::clone(&gate), Arc::clone(&most));
                std::thread::spawn(move || {
                    for _ in 0..5_000 {
                        gate.enter(true);
                        most.fetch_max(gate.in_flight(), Ordering::Relaxed);
                    }
                })
            })
            .collect();
        let mut left = 0;
        while left < 20_000 {
            if gate.in_flight() > 0 {
                gate.leave();
                left += 1;
            } else {
                std::thread::yield_now();
            }
        }
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
        assert!(most.load(Ordering::Relaxed) <= WINDOW + 4);
        assert_eq!(gate.in_flight(), 0);
    }

    #[test]
    fn a_closed_gate_holds_nobody() {
        let gate = Arc::new(Gate::default());
        (0..WINDOW).for_each(|_| gate.enter(true));
        let waiting = Arc::clone(&gate);
        let thread = std::thread::spawn(move || waiting.enter(true));
        std::thread::sleep(Duration::from_millis(5));
        gate.close();
        thread.join().expect("no panic");
    }
}
