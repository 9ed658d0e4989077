//! `Port`: one rank's transport with its requests, its queues of arrivals and its meter.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::abort::Signal;
use crate::error::CommError;
use crate::frame::{Body, Channel, Frame, Header};
use crate::message::{INLINE_BYTES, Message};
use crate::meter::Meter;
use crate::patience::{Patience, Report, Waiting};
use crate::staging::Staging;
use crate::stamp::Stamp;
use crate::transport::Transport;

/// Looks at the network that are this close to each other are saved.
const PROGRESS_INTERVAL: Duration = Duration::from_micros(20);

/// Everything one thread needs to talk to the other ranks. Ranks are world ranks here.
#[derive(Debug)]
pub(crate) struct Port {
    inside: RefCell<Inside>,
    signal: Arc<Signal>,
    pub(crate) meter: Meter,
    pub(crate) rank: usize,
    pub(crate) size: usize,
    stamp: Cell<Stamp>,
    seen_version: Cell<u64>,
    is_aborted: Cell<bool>,
    next_context: Cell<u64>,
    last_served: Cell<usize>,
    needs_progress: bool,
    last_progress: Cell<Instant>,
    staging: RefCell<Arc<Staging>>,
    patience: RefCell<Patience>,
}

#[derive(Debug)]
struct Inside {
    transport: Box<dyn Transport>,
    /// Arrivals that nobody has taken yet, per sender, in the order sent.
    queues: Vec<VecDeque<Frame>>,
    /// Frames of earlier requests whose bytes the transport still holds.
    stale: Vec<Frame>,
    waiting_count: usize,
    /// Requests that other ranks have given up for all, and who did.
    aborts: Vec<(usize, Stamp)>,
}

/// What a look for a message found.
#[derive(Debug)]
pub(crate) enum Found {
    /// It is here.
    Body(Body),
    /// It has been announced and its bytes are on their way.
    Coming,
    /// Nothing yet.
    Nothing,
}

impl Port {
    pub(crate) fn new(transport: Box<dyn Transport>, signal: Arc<Signal>) -> Self {
        let bell = transport.bell();
        let (rank, size) = (transport.rank(), transport.size());
        Self {
            signal,
            patience: RefCell::default(),
            meter: Meter::default(),
            rank,
            size,
            stamp: Cell::default(),
            seen_version: Cell::new(0),
            is_aborted: Cell::new(false),
            next_context: Cell::new(1),
            last_served: Cell::new(0),
            needs_progress: transport.needs_progress(),
            last_progress: Cell::new(Instant::now()),
            staging: RefCell::new(Staging::new(bell)),
            inside: RefCell::new(Inside {
                transport,
                queues: (0..size).map(|_| VecDeque::new()).collect(),
                stale: Vec::new(),
                waiting_count: 0,
                aborts: Vec::new(),
            }),
        }
    }

    pub(crate) fn signal(&self) -> &Arc<Signal> {
        &self.signal
    }

    pub(crate) fn stamp(&self) -> Stamp {
        self.stamp.get()
    }

    /// The next free context number of this rank.
    pub(crate) fn next_context(&self) -> u64 {
        self.next_context.get()
    }

    /// Marks every context below `next` as used.
    pub(crate) fn use_contexts_below(&self, next: u64) {
        self.next_context.set(next.max(self.next_context.get()));
    }

    /// Whose message was taken last when any rank's would do.
    pub(crate) fn last_served(&self) -> usize {
        self.last_served.get()
    }

    pub(crate) fn serve(&self, rank: usize) {
        self.last_served.set(rank);
    }

    pub(crate) fn staging(&self) -> Arc<Staging> {
        Arc::clone(&self.staging.borrow())
    }

    /// Gives up staging buffers that are stuck on their way, and starts with fresh ones.
    pub(crate) fn renew_staging(&self) {
        let bell = self.inside.borrow().transport.bell();
        *self.staging.borrow_mut() = Staging::new(bell);
    }

    /// Runs `act` on the transport. `act` must not call back into the port.
    pub(crate) fn with_transport<R>(&self, act: impl FnOnce(&mut dyn Transport) -> R) -> R {
        act(self.inside.borrow_mut().transport.as_mut())
    }

    /// Moves on to another request and drops what is left of the earlier ones.
    pub(crate) fn begin_request(&self, stamp: Stamp) -> Result<(), CommError> {
        let current = self.stamp.get();
        if stamp < current {
            return Err(CommError::RequestWentBack {
                epoch: stamp.epoch,
                request: stamp.request,
                current_epoch: current.epoch,
                current_request: current.request,
            });
        }
        self.signal.forget_before(stamp);
        self.stamp.set(stamp);
        self.seen_version.set(self.signal.version());
        self.is_aborted.set(self.signal.is_aborted(stamp));
        if stamp > current {
            let inside = &mut *self.inside.borrow_mut();
            if inside.waiting_count > 0 {
                for queue in &mut inside.queues {
                    let before = queue.len();
                    let is_stale = |frame: &mut Frame| frame.header.stamp < stamp;
                    inside.stale.extend(extract_if(queue, is_stale));
                    inside.waiting_count -= before - queue.len();
                }
                inside.discard_stale()?;
            }
        }
        self.check()
    }

    /// An error if the current request has been aborted.
    pub(crate) fn check(&self) -> Result<(), CommError> {
        let version = self.signal.version();
        if version != self.seen_version.get() {
            self.seen_version.set(version);
            self.is_aborted.set(self.signal.is_aborted(self.stamp.get()));
        }
        if self.is_aborted.get() {
            let Stamp { epoch, request } = self.stamp.get();
            return Err(CommError::Aborted { epoch, request });
        }
        Ok(())
    }

    /// Sends; to self through the own queue.
    pub(crate) fn send(
        &self,
        to: usize,
        context: u64,
        channel: Channel,
        tag: u32,
        body: Body,
    ) -> Result<(), CommError> {
        self.check()?;
        let header = Header { context, channel, tag, stamp: self.stamp.get() };
        let inside = &mut *self.inside.borrow_mut();
        if to == self.rank {
            inside.queues[to].push_back(Frame { from: to, header, body });
            inside.waiting_count += 1;
            return Ok(());
        }
        inside.transport.send(to, header, body)
    }

    /// Takes in what has arrived, and checks for an abort, before and after: the ring of one that comes amid
    /// the look is taken for seen, and nobody would wake a rank that went to sleep then.
    pub(crate) fn poll(&self) -> Result<(), CommError> {
        self.check()?;
        let inside = &mut *self.inside.borrow_mut();
        inside.poll(self.stamp.get())?;
        for (by, stamp) in inside.aborts.drain(..) {
            self.signal.abort(stamp, Some(by));
        }
        self.check()
    }

    /// Aborts the current request here and on the listed ranks.
    pub(crate) fn abort_on(&self, ranks: impl Iterator<Item = usize>) -> Result<(), CommError> {
        let stamp = self.stamp.get();
        self.signal.abort(stamp, Some(self.rank));
        let header = Header { context: 0, channel: Channel::User, tag: 0, stamp };
        let inside = &mut *self.inside.borrow_mut();
        let mut outcome = Ok(());
        for rank in ranks.filter(|rank| *rank != self.rank) {
            // Whoever can be told is told.
            outcome = outcome.and(inside.transport.send(rank, header, Body::Abort));
        }
        outcome
    }

    /// The world rank that has given up the current request for all.
    pub(crate) fn aborted_by(&self) -> Option<usize> {
        self.signal.aborted_by(self.stamp.get())
    }

    /// Moves messages along, if it is time to, and checks for an abort.
    pub(crate) fn progress(&self) -> Result<(), CommError> {
        self.check()?;
        if !self.needs_progress {
            // Nothing has to be moved along, but another rank may have given up.
            let has_news = self.inside.borrow().transport.has_news();
            return if has_news { self.poll() } else { Ok(()) };
        }
        if self.last_progress.get().elapsed() < PROGRESS_INTERVAL {
            return Ok(());
        }
        self.poll()?;
        self.last_progress.set(Instant::now());
        Ok(())
    }

    /// Looks for the first message of `from` on this context, channel and tag.
    pub(crate) fn find(
        &self,
        from: usize,
        context: u64,
        channel: Channel,
        tag: u32,
    ) -> Result<Found, CommError> {
        let stamp = self.stamp.get();
        self.inside.borrow_mut().find(from, |header| *header == Header { context, channel, tag, stamp })
    }

    /// Waits for the first message of `from` on this context, channel and tag.
    pub(crate) fn receive(
        &self,
        from: usize,
        context: u64,
        channel: Channel,
        tag: u32,
    ) -> Result<Body, CommError> {
        let mut waiting = Waiting::default();
        loop {
            self.check()?;
            if let Found::Body(body) = self.find(from, context, channel, tag)? {
                return Ok(body);
            }
            self.poll()?;
            match self.find(from, context, channel, tag)? {
                Found::Body(body) => return Ok(body),
                Found::Nothing if self.has_left(from) => {
                    return Err(CommError::PeerLeft { rank: from });
                }
                Found::Nothing | Found::Coming => self.wait_for(from, &mut waiting)?,
            }
        }
    }

    pub(crate) fn has_left(&self, rank: usize) -> bool {
        rank != self.rank && self.inside.borrow().transport.has_left(rank)
    }

    /// As `wait`, on behalf of a wait for `rank`, which is reported if it lasts too long.
    pub(crate) fn wait_for(&self, rank: usize, waiting: &mut Waiting) -> Result<(), CommError> {
        // Cloned, so that the report may set another one.
        let patience = self.patience.borrow().clone();
        self.wait(patience.deadline(waiting, rank, self.stamp.get()))
    }

    pub(crate) fn set_patience(&self, patience: Duration, report: Report) {
        *self.patience.borrow_mut() = Patience::new(patience, report);
    }

    /// Waits until something may have happened since the last poll. The time is metered.
    pub(crate) fn wait(&self, deadline: Option<Instant>) -> Result<(), CommError> {
        let start = Instant::now();
        let waited = self.inside.borrow_mut().transport.wait(deadline);
        self.meter.waited(start.elapsed());
        waited?;
        self.check()
    }

    /// A message with a copy of `bytes`.
    pub(crate) fn copy(&self, bytes: &[u8]) -> Message {
        if bytes.len() <= INLINE_BYTES {
            return Message::copy_from(bytes);
        }
        let mut copy = self.inside.borrow_mut().transport.spares().take();
        copy.extend_from_slice(bytes);
        copy.into()
    }

    /// Gives the vector of a message that is no longer needed back to the transport.
    pub(crate) fn recycle(&self, message: Message) {
        if let Some(spare) = message.into_spare() {
            self.inside.borrow_mut().transport.spares().keep(spare);
        }
    }
}

impl Inside {
    fn poll(&mut self, stamp: Stamp) -> Result<(), CommError> {
        let Self { transport, queues, stale, waiting_count, aborts } = self;
        transport.poll(&mut |frame| {
            if frame.header.stamp < stamp {
                stale.push(frame);
            } else if let Body::Abort = frame.body {
                aborts.push((frame.from, frame.header.stamp));
            } else {
                *waiting_count += 1;
                queues[frame.from].push_back(frame);
            }
        })?;
        self.discard_stale()
    }

    fn find(&mut self, from: usize, is_wanted: impl Fn(&Header) -> bool) -> Result<Found, CommError> {
        let queue = &mut self.queues[from];
        let Some(index) = queue.iter().position(|frame| is_wanted(&frame.header)) else {
            return Ok(Found::Nothing);
        };
        if let Body::Deferred(deferred) = &queue[index].body {
            let Some(message) = self.transport.fetch(deferred)? else {
                return Ok(Found::Coming);
            };
            queue[index].body = Body::Message(message);
        }
        self.waiting_count -= 1;
        Ok(queue.remove(index).map_or(Found::Nothing, |frame| Found::Body(frame.body)))
    }

    fn discard_stale(&mut self) -> Result<(), CommError> {
        for frame in self.stale.drain(..) {
            if let Body::Deferred(deferred) = frame.body {
                self.transport.discard(deferred)?;
            }
        }
        Ok(())
    }
}

/// Takes the frames out of `queue` for which `is_taken`, leaving the others in order.
fn extract_if(queue: &mut VecDeque<Frame>, mut is_taken: impl FnMut(&mut Frame) -> bool) -> Vec<Frame> {
    let mut taken = Vec::new();
    for _ in 0..queue.len() {
        if let Some(mut frame) = queue.pop_front() {
            if is_taken(&mut frame) {
                taken.push(frame);
            } else {
                queue.push_back(frame);
            }
        }
    }
    taken
}
