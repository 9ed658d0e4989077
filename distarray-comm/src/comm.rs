//! `Comm`: a rank's handle to the others, with messages from one rank to another.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::abort::{AbortHandle, Signal};
use crate::error::CommError;
use crate::frame::{Body, Channel};
use crate::message::Message;
use crate::meter::MeterSnapshot;
use crate::patience::LateRank;
use crate::port::{Found, Port};
use crate::stamp::Stamp;
use crate::transport::{SameMemory, Transport};

/// A rank's handle to the ranks it works with.
///
/// Cheap to clone; the clones, and what [`duplicate`](Self::duplicate) and [`split`](Self::split)
/// make from it, share one transport, one current request and one meter. It stays on its thread:
///
/// ```compile_fail,E0277
/// fn needs_send<T: Send>() {}
/// needs_send::<distarray_comm::Comm>();
/// ```
///
/// All ranks are numbers in `0..size()`.
#[derive(Clone)]
pub struct Comm {
    port: Rc<Port>,
    members: Option<Rc<[usize]>>,
    context: u64,
    rank: usize,
    size: usize,
}

/// A [`Comm`] that has not reached its thread yet.
#[derive(Debug)]
pub struct Endpoint {
    transport: Box<dyn Transport + Send>,
    signal: Arc<Signal>,
}

impl Endpoint {
    pub(crate) fn new(transport: Box<dyn Transport + Send>) -> Self {
        let signal = Arc::new(Signal::new(transport.bell()));
        Self { transport, signal }
    }

    /// This rank's number.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.transport.rank()
    }

    /// Number of ranks.
    #[must_use]
    pub fn size(&self) -> usize {
        self.transport.size()
    }

    /// What interrupts the communicator to be, from any thread.
    #[must_use]
    pub fn abort_handle(&self) -> AbortHandle {
        AbortHandle::new(Arc::clone(&self.signal))
    }

    /// The communicator, which belongs to the calling thread from now on. **Local.**
    #[must_use]
    pub fn into_comm(self) -> Comm {
        let (rank, size) = (self.rank(), self.size());
        let port = Rc::new(Port::new(self.transport, self.signal));
        Comm { port, members: None, context: 0, rank, size }
    }
}

impl Comm {
    /// A communicator on the same port; `members` are world ranks, `None` stands for all.
    pub(crate) fn on_port(port: &Rc<Port>, members: Option<Rc<[usize]>>, context: u64, rank: usize) -> Self {
        let size = members.as_ref().map_or(port.size, |members| members.len());
        Self { port: Rc::clone(port), members, context, rank, size }
    }

    /// This rank's number. **Local**, as all questions are.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// Number of ranks.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// What this rank has sent, received and waited so far.
    #[must_use]
    pub fn meter(&self) -> MeterSnapshot {
        self.port.meter.snapshot()
    }

    /// The request this rank is working on.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        self.port.stamp()
    }

    /// What interrupts this rank from any thread.
    #[must_use]
    pub fn abort_handle(&self) -> AbortHandle {
        AbortHandle::new(Arc::clone(self.port.signal()))
    }

    /// Whether and how this rank can read exposed regions of `rank`.
    ///
    /// # Errors
    /// [`CommError::RankOutOfRange`].
    pub fn same_memory(&self, rank: usize) -> Result<SameMemory, CommError> {
        let world = self.world_rank(rank)?;
        Ok(self.port.with_transport(|transport| transport.same_memory(world)))
    }

    /// Starts work on request `request` of epoch `epoch`: messages carry this stamp from now on and
    /// match only messages that carry the same; those of earlier stamps are dropped, those of later
    /// ones kept until this rank gets there. Requests begin in increasing order. **Local.**
    ///
    /// # Errors
    /// [`CommError::RequestWentBack`], and [`CommError::Aborted`] if the request has been aborted
    /// already (it has begun nevertheless, and the next one can begin).
    pub fn begin_request(&self, epoch: u64, request: u64) -> Result<(), CommError> {
        self.port.begin_request(Stamp::new(epoch, request))
    }

    /// Gives up the current request on all ranks of this communicator, this one included: whatever they
    /// are waiting for in it, or will wait for, returns [`CommError::Aborted`]. A rank that has not begun
    /// the request yet is told when it does; one that has begun a later one is not disturbed. Several
    /// ranks may give up the same request. Does not wait; all go on with
    /// [`begin_request`](Self::begin_request), which drops what the request has left behind.
    ///
    /// # Errors
    /// What the transport reports. A request that has been aborted already may be aborted again.
    ///
    /// # Cost
    /// One control frame to each rank; not metered.
    pub fn abort_everywhere(&self) -> Result<(), CommError> {
        match &self.members {
            Some(members) => self.port.abort_on(members.iter().copied()),
            None => self.port.abort_on(0..self.port.size),
        }
    }

    /// The world rank that gave up the current request with [`abort_everywhere`](Self::abort_everywhere),
    /// as far as this one has heard of it. **Local.**
    #[must_use]
    pub fn aborted_by(&self) -> Option<usize> {
        self.port.aborted_by()
    }

    /// Moves messages along and looks whether the request was aborted: to be called now and then in
    /// long computations. **Local**; some nanoseconds on threads, some 30 under MPI (the network is
    /// looked at every 20 us).
    ///
    /// # Errors
    /// [`CommError::Aborted`], and what the transport reports.
    pub fn progress(&self) -> Result<(), CommError> {
        self.port.progress()
    }

    /// Sends a copy of `bytes` to `to`, which may be this rank. Does not wait for the receiver.
    /// Messages from one rank to another with the same tag arrive in the order sent.
    ///
    /// # Errors
    /// [`CommError::RankOutOfRange`], [`CommError::Aborted`].
    pub fn send(&self, to: usize, tag: u32, bytes: &[u8]) -> Result<(), CommError> {
        self.send_on(Channel::User, to, tag, self.port.copy(bytes))
    }

    /// Sends `message` to `to` without copying it where the transport can help it.
    ///
    /// # Errors
    /// [`CommError::RankOutOfRange`], [`CommError::Aborted`].
    pub fn send_owned(&self, to: usize, tag: u32, message: impl Into<Message>) -> Result<(), CommError> {
        self.send_on(Channel::User, to, tag, message.into())
    }

    /// Waits for the next message from `from` with this tag.
    ///
    /// # Errors
    /// [`CommError::RankOutOfRange`], [`CommError::Aborted`], [`CommError::PeerLeft`].
    pub fn receive(&self, from: usize, tag: u32) -> Result<Message, CommError> {
        self.receive_on(Channel::User, from, tag)
    }

    /// Waits for the next message from `from` with this tag and copies it to `target`.
    ///
    /// # Errors
    /// Those of [`receive`](Self::receive), and [`CommError::SizeMismatch`] if the message has not
    /// `target.len()` bytes (it is consumed, `target` is left alone).
    pub fn receive_into(&self, from: usize, tag: u32, target: &mut [u8]) -> Result<(), CommError> {
        let message = self.receive(from, tag)?;
        copy_whole(from, &message, target)?;
        self.port.recycle(message);
        Ok(())
    }

    /// The next message from `from` with this tag if it is here.
    ///
    /// # Errors
    /// Those of [`receive`](Self::receive).
    pub fn try_receive(&self, from: usize, tag: u32) -> Result<Option<Message>, CommError> {
        let world = self.world_rank(from)?;
        self.port.poll()?;
        match self.port.find(world, self.context, Channel::User, tag)? {
            Found::Body(body) => Ok(Some(self.metered(world, body))),
            Found::Nothing if self.port.has_left(world) => Err(CommError::PeerLeft { rank: world }),
            Found::Nothing | Found::Coming => Ok(None),
        }
    }

    /// The next message with this tag from any rank, this one included, if one is here; the ranks
    /// take turns.
    ///
    /// # Errors
    /// [`CommError::Aborted`]; [`CommError::PeerLeft`] when all others have left.
    pub fn try_receive_any(&self, tag: u32) -> Result<Option<(usize, Message)>, CommError> {
        self.port.poll()?;
        let mut left = None;
        let mut left_count = 0;
        for step in 1..=self.size {
            let from = (self.port.last_served() + step) % self.size;
            let world = self.world_rank(from)?;
            match self.port.find(world, self.context, Channel::User, tag)? {
                Found::Body(body) => {
                    self.port.serve(from);
                    return Ok(Some((from, self.metered(world, body))));
                }
                Found::Nothing if self.port.has_left(world) => {
                    left = Some(world);
                    left_count += 1;
                }
                Found::Nothing | Found::Coming => {}
            }
        }
        match left {
            Some(rank) if left_count + 1 >= self.size => Err(CommError::PeerLeft { rank }),
            _ => Ok(None),
        }
    }

    /// Waits for the next message with this tag from any rank.
    ///
    /// # Errors
    /// Those of [`try_receive_any`](Self::try_receive_any).
    pub fn receive_any(&self, tag: u32) -> Result<(usize, Message), CommError> {
        loop {
            if let Some(found) = self.try_receive_any(tag)? {
                return Ok(found);
            }
            self.port.wait(None)?;
        }
    }

    /// Waits until something may have happened since the last look for a message: an arrival, a
    /// departure, [`AbortHandle::wake`], or until `timeout` has passed. May return early: look for
    /// messages again, then wait again. **Local.**
    ///
    /// # Errors
    /// [`CommError::Aborted`], and what the transport reports.
    pub fn wait(&self, timeout: Option<Duration>) -> Result<(), CommError> {
        self.port.wait(timeout.map(|timeout| Instant::now() + timeout))
    }

    /// Calls `report` once in each wait for a certain rank that lasts longer than `patience`, with
    /// that rank; the wait goes on. Replaces what was set before, for this communicator and those that
    /// share its port. **Local.**
    pub fn report_late_ranks(&self, patience: Duration, report: impl Fn(LateRank) + 'static) {
        self.port.set_patience(patience, Rc::new(report));
    }

    pub(crate) fn port(&self) -> &Rc<Port> {
        &self.port
    }

    pub(crate) fn context(&self) -> u64 {
        self.context
    }

    /// World ranks of the members; `None` stands for all.
    pub(crate) fn members(&self) -> Option<&Rc<[usize]>> {
        self.members.as_ref()
    }

    /// The world rank of `rank`.
    pub(crate) fn world_rank(&self, rank: usize) -> Result<usize, CommError> {
        if rank >= self.size {
            return Err(CommError::RankOutOfRange { rank, size: self.size });
        }
        Ok(self.members.as_ref().map_or(rank, |members| members[rank]))
    }

    /// Sends on a channel, metered.
    pub(crate) fn send_on(
        &self,
        channel: Channel,
        to: usize,
        tag: u32,
        message: Message,
    ) -> Result<(), CommError> {
        let world = self.world_rank(to)?;
        let bytes = message.len();
        self.port.send(world, self.context, channel, tag, Body::Message(message))?;
        if world != self.port.rank {
            self.port.meter.sent(bytes);
        }
        Ok(())
    }

    /// Receives on a channel, metered.
    pub(crate) fn receive_on(&self, channel: Channel, from: usize, tag: u32) -> Result<Message, CommError> {
        let world = self.world_rank(from)?;
        let body = self.port.receive(world, self.context, channel, tag)?;
        Ok(self.metered(world, body))
    }

    fn metered(&self, from: usize, body: Body) -> Message {
        let message = match body {
            Body::Message(message) => message,
            // Only expose sends other bodies, and only it receives on its channel.
            Body::Deferred(_) | Body::Window(_) | Body::Abort | Body::Goodbye { .. } => Message::empty(),
        };
        if from != self.port.rank {
            self.port.meter.received(message.len());
        }
        message
    }
}

impl fmt::Debug for Comm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Comm")
            .field("rank", &self.rank)
            .field("size", &self.size)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

/// Copies a message that must have exactly the target's length.
pub(crate) fn copy_whole(from: usize, message: &[u8], target: &mut [u8]) -> Result<(), CommError> {
    if message.len() != target.len() {
        return Err(CommError::SizeMismatch {
            from,
            expected_bytes: target.len() as u64,
            received_bytes: message.len() as u64,
        });
    }
    target.copy_from_slice(message);
    Ok(())
}
