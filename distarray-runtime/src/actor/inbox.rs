//! `Inbox`: a queue of messages to one actor, which looks for the next one before it sleeps.
//!
//! An actor's own mailbox wakes the actor's thread for each message, and a wake-up takes 25-50 us. An
//! actor that [listens](listen) to an inbox looks again for [`LOOK`] after each message and gives its
//! core away between looks: threads of one context are more than the cores, and the one that is looked
//! for must be able to run. `dispatch/README.md` goes through the interleavings.

use actix::fut::ActorFuture;
use actix::{Actor, ActorContext, AsyncContext, Context, Handler, Message};
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{self, Poll, Waker};
use std::time::{Duration, Instant};

/// How long an actor looks for the next message before its thread sleeps.
pub const LOOK: Duration = Duration::from_micros(50);

/// After this many batches in a row the actor's timers and other messages get their turn.
const BATCHES: usize = 32;

/// A queue of messages to one actor. Anybody pushes; one actor listens.
#[derive(Debug)]
pub struct Inbox<M> {
    /// How many messages are queued: read without the lock, as a hint to look. Stays at one once the
    /// inbox is closed.
    count: AtomicUsize,
    /// Whether there is a waker, read without the lock: who has pushed sees what the lock has ordered.
    is_asleep: AtomicBool,
    inside: Mutex<Inside<M>>,
}

#[derive(Debug)]
struct Inside<M> {
    queue: VecDeque<M>,
    /// Set while the listener sleeps.
    waker: Option<Waker>,
    is_closed: bool,
}

impl<M> Default for Inbox<M> {
    fn default() -> Self {
        let inside = Inside { queue: VecDeque::new(), waker: None, is_closed: false };
        Self { count: AtomicUsize::new(0), is_asleep: AtomicBool::new(false), inside: Mutex::new(inside) }
    }
}

impl<M> Inbox<M> {
    /// Queues a message and wakes the listener if it sleeps. Gives the message back if nobody listens any
    /// more.
    ///
    /// # Errors
    /// The message.
    pub fn push(&self, message: M) -> Result<(), M> {
        self.push_quietly(message)?;
        self.ring();
        Ok(())
    }

    /// As [`Inbox::push`] without waking the listener: [`Inbox::ring`] must follow.
    ///
    /// # Errors
    /// The message.
    pub fn push_quietly(&self, message: M) -> Result<(), M> {
        let mut inside = self.lock();
        if inside.is_closed {
            return Err(message);
        }
        inside.queue.push_back(message);
        self.count.store(inside.queue.len(), Ordering::Release);
        Ok(())
    }

    /// Wakes the listener if it sleeps.
    pub fn ring(&self) {
        if self.is_asleep.load(Ordering::Acquire) {
            let waker = {
                let mut inside = self.lock();
                self.is_asleep.store(false, Ordering::Release);
                inside.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    /// No message is taken any more; those queued are dropped.
    pub fn close(&self) {
        let mut inside = self.lock();
        inside.is_closed = true;
        let dropped = std::mem::take(&mut inside.queue);
        self.count.store(1, Ordering::Release);
        drop(inside);
        self.ring();
        // Outside the lock: what a message holds may push to this inbox when it is dropped.
        drop(dropped);
    }

    /// Swaps what is queued into `batch`, which must be empty; registers `waker` if that is nothing.
    /// False once closed.
    fn take(&self, batch: &mut VecDeque<M>, waker: &Waker) -> bool {
        debug_assert!(batch.is_empty(), "a batch is handled before the next is taken");
        let mut inside = self.lock();
        if inside.is_closed {
            return false;
        }
        if inside.queue.is_empty() {
            inside.waker = Some(waker.clone());
            self.is_asleep.store(true, Ordering::Release);
        } else {
            std::mem::swap(&mut inside.queue, batch);
            self.count.store(0, Ordering::Release);
        }
        true
    }

    /// Looks for a message for at most `look`. A hint: see `take`.
    fn look(&self, look: Duration) {
        let start = Instant::now();
        while self.count.load(Ordering::Acquire) == 0 && start.elapsed() < look {
            std::thread::yield_now();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside<M>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets the actor handle what comes into `inbox` until the inbox is closed, or the actor stops; then
/// the inbox is closed and the actor stopped.
pub fn listen<A, M>(inbox: Arc<Inbox<M>>, context: &mut Context<A>)
where
    A: Actor<Context = Context<A>> + Handler<M>,
    M: Message + 'static,
{
    context.spawn(Listen { inbox, batch: VecDeque::new() });
}

/// The future that hands messages to the actor.
struct Listen<M> {
    inbox: Arc<Inbox<M>>,
    /// Swapped with the inbox's queue, so that both keep their room.
    batch: VecDeque<M>,
}

impl<M> Unpin for Listen<M> {}

impl<M> Drop for Listen<M> {
    fn drop(&mut self) {
        self.inbox.close();
    }
}

impl<A, M> ActorFuture<A> for Listen<M>
where
    A: Actor<Context = Context<A>> + Handler<M>,
    M: Message + 'static,
{
    type Output = ();

    fn poll(
        mut self: Pin<&mut Self>,
        actor: &mut A,
        context: &mut Context<A>,
        task: &mut task::Context<'_>,
    ) -> Poll<()> {
        let Self { inbox, batch } = &mut *self;
        for _ in 0..BATCHES {
            inbox.look(LOOK);
            if !inbox.take(batch, task.waker()) {
                context.stop();
                return Poll::Ready(());
            }
            if batch.is_empty() {
                return Poll::Pending;
            }
            while let Some(message) = batch.pop_front() {
                // The result of a message from an inbox goes nowhere: such messages answer with others.
                let _ = actor.handle(message, context);
            }
        }
        task.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix::System;

    struct Number(usize);

    impl Message for Number {
        type Result = ();
    }

    struct Collector {
        numbers: Arc<Mutex<Vec<usize>>>,
        last: usize,
    }

    impl Actor for Collector {
        type Context = Context<Self>;
    }

    impl Handler<Number> for Collector {
        type Result = ();

        fn handle(&mut self, Number(number): Number, context: &mut Context<Self>) {
            self.numbers.lock().expect("no panic").push(number);
            if number == self.last {
                context.stop();
                System::current().stop();
            }
        }
    }

    #[test]
    fn messages_come_in_order_whether_the_listener_sleeps_or_not() {
        let numbers = Arc::new(Mutex::new(Vec::new()));
        let inbox = Arc::new(Inbox::default());
        let (kept, heard) = (Arc::clone(&inbox), Arc::clone(&numbers));
        let listener = std::thread::spawn(move || {
            let runner = System::with_tokio_rt(|| runtime().expect("a runtime"));
            runner.block_on(async {
                Collector::create(|context| {
                    listen(kept, context);
                    Collector { numbers: heard, last: 999 }
                });
            });
            runner.run().expect("ends");
        });
        for number in 0..1000 {
            if number % 250 == 0 {
                std::thread::sleep(Duration::from_millis(2));
            }
            inbox.push(Number(number)).map_err(|_| ()).expect("somebody listens");
        }
        listener.join().expect("no panic");
        assert_eq!(*numbers.lock().expect("no panic"), (0..1000).collect::<Vec<_>>());
        assert!(inbox.push(Number(1000)).is_err());
    }

    use super::super::runtime;
}
