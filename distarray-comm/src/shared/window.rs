//! `Window`: a region of one thread's memory that others read while its owner waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::bell::Bell;

/// Set once the owner wants its region back; the other bits count those who are reading.
const CLOSED: usize = 1 << (usize::BITS - 1);

/// A region that can be read from other threads until its owner closes it.
#[derive(Debug)]
pub(crate) struct Window {
    start: *const u8,
    length: usize,
    /// What the owner says of the region.
    label: Box<[u8]>,
    state: AtomicUsize,
    owner: Arc<dyn Bell>,
}

// SAFETY: the region is only read, only between `enter` and `leave`, and `close` (which the owner
// calls before the borrow of the region ends) waits until nobody is between the two.
unsafe impl Send for Window {}
// SAFETY: as above; the state is atomic.
unsafe impl Sync for Window {}

impl Window {
    /// A window on `region`.
    ///
    /// # Safety
    /// The caller must call [`close`](Self::close) before the borrow of `region` ends, whatever
    /// happens in between.
    pub(crate) unsafe fn new(region: &[u8], label: &[u8], owner: Arc<dyn Bell>) -> Arc<Self> {
        let (start, length) = (region.as_ptr(), region.len());
        Arc::new(Self { start, length, label: label.into(), state: AtomicUsize::new(0), owner })
    }

    /// What the owner says of the region.
    pub(crate) fn label(&self) -> &[u8] {
        &self.label
    }

    /// Calls `read` on the region, unless the owner has closed it.
    pub(crate) fn read<R>(&self, read: impl FnOnce(&[u8]) -> R) -> Option<R> {
        let mut state = self.state.load(Ordering::Relaxed);
        loop {
            if state & CLOSED != 0 {
                return None;
            }
            match self.state.compare_exchange_weak(state, state + 1, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => break,
                Err(now) => state = now,
            }
        }
        // Leaves on unwinding as well.
        let _reader = Reader { window: self };
        // SAFETY: this thread is counted as a reader, so `close` has not returned and will not
        // until `_reader` is dropped; until then the owner keeps the region borrowed (`new`).
        let region = unsafe { std::slice::from_raw_parts(self.start, self.length) };
        Some(read(region))
    }

    /// Turns new readers away and waits until those inside have left. Idempotent.
    pub(crate) fn close(&self) {
        let mut state = self.state.fetch_or(CLOSED, Ordering::AcqRel) | CLOSED;
        let mut looks = 0;
        while state != CLOSED {
            let seen = self.owner.events();
            state = self.state.load(Ordering::Acquire);
            if state == CLOSED {
                break;
            }
            looks += 1;
            if looks > 100 {
                self.owner.park(seen, None);
            } else {
                std::hint::spin_loop();
            }
        }
    }
}

/// Stands for one who is reading.
struct Reader<'a> {
    window: &'a Window,
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let before = self.window.state.fetch_sub(1, Ordering::Release);
        if before == CLOSED + 1 {
            self.window.owner.ring();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::mailbox::Mailbox;

    #[test]
    fn the_owner_waits_for_readers_and_turns_late_ones_away() {
        let bytes = vec![7_u8; 1000];
        // SAFETY: closed below, before `bytes` is dropped.
        let window = unsafe { Window::new(&bytes, b"", Arc::new(Mailbox::new())) };
        let entered = AtomicBool::new(false);
        let left = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let sum = window.read(|region| {
                    entered.store(true, Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(20));
                    left.store(true, Ordering::SeqCst);
                    region.iter().map(|&byte| u32::from(byte)).sum::<u32>()
                });
                assert_eq!(sum, Some(7000));
            });
            while !entered.load(Ordering::SeqCst) {
                thread::yield_now();
            }
            window.close();
            assert!(left.load(Ordering::SeqCst));
        });
        assert_eq!(window.read(<[u8]>::len), None);
        window.close();
    }
}
