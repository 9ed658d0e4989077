//! Answer: a value that somebody else will provide; waited for by blocking or by `.await`.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// How long a blocking wait looks again and again before it sleeps: an answer from engines that are
/// awake comes within this, and waking a thread costs more.
const SPIN: Duration = Duration::from_micros(50);

#[derive(Debug)]
struct Slot<T> {
    value: Option<T>,
    closed: bool,
    waker: Option<Waker>,
    sleeping: bool,
}

#[derive(Debug)]
struct Shared<T> {
    slot: Mutex<Slot<T>>,
    arrived: Condvar,
}

impl<T> Shared<T> {
    /// A panic while the lock is held cannot leave the slot half written, so poison is ignored.
    fn lock(&self) -> MutexGuard<'_, Slot<T>> {
        self.slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The side that provides the value. Dropping it without [`Promise::fulfil`] closes the answer.
#[derive(Debug)]
pub struct Promise<T>(Arc<Shared<T>>);

/// The side that waits: a future, and a blocking [`Answer::wait`].
#[derive(Debug)]
pub struct Answer<T>(Arc<Shared<T>>);

/// A promise and its answer. **Pure.**
#[must_use]
pub fn promise<T>() -> (Promise<T>, Answer<T>) {
    let shared = Arc::new(Shared {
        slot: Mutex::new(Slot { value: None, closed: false, waker: None, sleeping: false }),
        arrived: Condvar::new(),
    });
    (Promise(Arc::clone(&shared)), Answer(shared))
}

impl<T> Promise<T> {
    /// Provides the value and wakes whoever waits. **Local.**
    pub fn fulfil(self, value: T) {
        self.0.lock().value = Some(value);
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        let mut slot = self.0.lock();
        slot.closed = true;
        let (waker, sleeping) = (slot.waker.take(), slot.sleeping);
        drop(slot);
        if let Some(waker) = waker {
            waker.wake();
        }
        if sleeping {
            self.0.arrived.notify_one();
        }
    }
}

impl<T> Answer<T> {
    /// An answer that is there already. **Pure.**
    #[must_use]
    pub fn ready(value: T) -> Self {
        let (promise, answer) = promise();
        promise.fulfil(value);
        answer
    }

    /// Takes the value if it has come; `Some(None)` if it never will. **Local.**
    #[must_use]
    pub fn poll_now(&self) -> Option<Option<T>> {
        let mut slot = self.0.lock();
        match slot.value.take() {
            Some(value) => Some(Some(value)),
            None => slot.closed.then_some(None),
        }
    }

    /// Waits for the value; `None` if the other side was dropped without providing one. **Local.**
    #[must_use]
    pub fn wait(self) -> Option<T> {
        let start = Instant::now();
        while start.elapsed() < SPIN {
            if let Some(outcome) = self.poll_now() {
                return outcome;
            }
            std::thread::yield_now();
        }
        let mut slot = self.0.lock();
        loop {
            if let Some(value) = slot.value.take() {
                return Some(value);
            }
            if slot.closed {
                return None;
            }
            slot.sleeping = true;
            slot = self.0.arrived.wait(slot).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }
}

impl<T> Future for Answer<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut slot = self.0.lock();
        match slot.value.take() {
            Some(value) => Poll::Ready(Some(value)),
            None if slot.closed => Poll::Ready(None),
            None => {
                slot.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_given_later_is_waited_for() {
        let (promise, answer) = promise();
        let giver = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(5));
            promise.fulfil(7);
        });
        assert_eq!(answer.wait(), Some(7));
        giver.join().expect("the giver does not panic");
    }

    #[test]
    fn a_dropped_promise_ends_the_wait() {
        let (promise, answer) = promise::<i32>();
        let dropper = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(5));
            drop(promise);
        });
        assert_eq!(answer.wait(), None);
        dropper.join().expect("the dropper does not panic");
    }

    #[test]
    fn a_ready_answer_is_there() {
        assert_eq!(Answer::ready("x").wait(), Some("x"));
    }
}
