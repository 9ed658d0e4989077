//! `Router`: passes requests down the tree and merged outcomes up, over the control communicator.

use super::direct::gone;
use super::{Dispatch, tree};
use crate::actor::{EngineHandle, Report, ToClient};
use crate::gateway::Desk;
use crate::protocol::bytes::{Frame, INLINE_PAYLOAD_BYTES};
use crate::protocol::{Abort, Merged, NotReturning, Outcome, Parts, Payload, Request, WireCommand};
use distarray_comm::{AbortHandle, Comm, CommError, Endpoint, Message};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Tag of packets: a byte that says where they come from, then frames.
const PACKET: u32 = 1;
/// Tag of data that a frame has announced.
const DATA: u32 = 2;

/// From the parent: to be passed on as it is.
const DOWN: u8 = 0;
/// From a child, or straight from or to rank 0.
const OTHER: u8 = 1;

/// So many messages at once are a stream of commands that nobody waits for one by one.
const STREAM: usize = 16;
/// Pause in a stream, in which the next messages come together,
const STREAM_PAUSE: Duration = Duration::from_micros(20);
/// and how many pauses with fewer messages end the stream.
const STREAM_PAUSES: u32 = 16;

/// What the router's own process tells it.
#[derive(Debug)]
enum ToRouter {
    Request(Request),
    Abort(Abort),
    RaiseEpoch(u64),
    Outcome(Outcome),
}

/// The way to a router from the other threads of its process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RouterDoor {
    queue: Arc<Mutex<Vec<ToRouter>>>,
    /// Wakes the router from waiting for messages.
    bell: AbortHandle,
}

impl RouterDoor {
    /// The way to the router that will get `control`. **Local.**
    #[must_use]
    pub fn new(control: &Endpoint) -> Self {
        Self { queue: Arc::default(), bell: control.abort_handle() }
    }

    fn push(&self, message: ToRouter) {
        self.push_quietly(message);
        self.bell.wake();
    }

    fn push_quietly(&self, message: ToRouter) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).push(message);
    }
}

impl Report for RouterDoor {
    fn report(&self, outcome: Outcome) {
        self.push(ToRouter::Outcome(outcome));
    }
}

impl Dispatch for RouterDoor {
    fn send(&self, request: Request) -> Vec<Outcome> {
        self.push_quietly(ToRouter::Request(request));
        Vec::new()
    }

    fn ring(&self) {
        self.bell.wake();
    }

    fn abort(&self, abort: Abort) {
        self.push(ToRouter::Abort(abort));
    }

    fn raise_epoch(&self, epoch: u64) {
        self.push(ToRouter::RaiseEpoch(epoch));
    }

    fn overdue(&self, _limit: Duration) -> Vec<NotReturning> {
        // Routers look for themselves and tell the client.
        Vec::new()
    }
}

/// What the ranks of this subtree have answered to one request.
#[derive(Debug)]
struct Merging {
    merged: Merged,
    /// Payloads that go to rank 0 by themselves.
    elsewhere: usize,
    /// Those that have come. Counted on rank 0.
    arrived: usize,
    /// The failure has been told ahead.
    is_warned: bool,
}

/// One rank's router. It alone uses the control communicator, on one thread.
#[derive(Debug)]
pub struct Router {
    control: Comm,
    engine: EngineHandle,
    door: RouterDoor,
    /// On rank 0.
    desk: Option<Arc<Desk>>,
    children: Vec<usize>,
    subtree_size: usize,
    /// The oldest request that is being merged, and those after it.
    first: u64,
    merging: VecDeque<Merging>,
    /// Requests for the own engine that wait behind a put whose part has not come.
    held: VecDeque<Request>,
    parts: BTreeMap<u64, Message>,
    /// For every sender what its next data messages are.
    announced: BTreeMap<usize, VecDeque<Announced>>,
    down: Vec<u8>,
    up: Vec<u8>,
    stop: Option<u64>,
    is_finished: bool,
    /// Swapped with the door's queue.
    batch: Vec<ToRouter>,
}

#[derive(Clone, Copy, Debug)]
enum Announced {
    Part(u64),
    Payload(u64),
}

impl Router {
    /// The router of the rank that `control` and `engine` belong to; `desk` on rank 0 alone.
    #[must_use]
    pub fn new(control: Comm, engine: EngineHandle, door: RouterDoor, desk: Option<Arc<Desk>>) -> Self {
        let (rank, size) = (control.rank(), control.size());
        Self {
            children: tree::children(rank, size).collect(),
            subtree_size: tree::subtree_size(rank, size),
            control,
            engine,
            door,
            desk,
            first: 0,
            merging: VecDeque::new(),
            held: VecDeque::new(),
            parts: BTreeMap::new(),
            announced: BTreeMap::new(),
            down: Vec::new(),
            up: Vec::new(),
            stop: None,
            is_finished: false,
            batch: Vec::new(),
        }
    }

    /// Routes until all engines of the subtree have stopped. Looks every `interval` for steps of the own
    /// engine that have been running for `limit`.
    ///
    /// # Errors
    /// What the transport reports: a rank that has gone. The own engine is ended then, and the client
    /// told.
    pub fn run(mut self, interval: Duration, limit: Duration) -> Result<(), CommError> {
        let outcome = self.route(interval, limit);
        if outcome.is_err() {
            self.engine.end();
            if let Some(desk) = &self.desk {
                desk.tell(ToClient::Gone);
            }
        }
        outcome
    }

    fn route(&mut self, interval: Duration, limit: Duration) -> Result<(), CommError> {
        let mut stream_pauses = 0;
        while !self.is_finished {
            let count = self.step()?;
            stream_pauses = if count >= STREAM { STREAM_PAUSES } else { stream_pauses.saturating_sub(1) };
            if self.is_finished {
                break;
            } else if stream_pauses > 0 {
                // Nobody waits for a single one of so many: leave the core to those who compute, and
                // take more of them at once.
                std::thread::sleep(STREAM_PAUSE);
            } else if count > 0 {
                // The engine may share this core, and has something to do now.
                std::thread::yield_now();
            } else {
                self.look_for_overdue(limit)?;
                self.control.wait(Some(interval))?;
            }
        }
        Ok(())
    }

    /// Handles what has come; returns how many messages that were.
    fn step(&mut self) -> Result<usize, CommError> {
        let mut batch = std::mem::take(&mut self.batch);
        std::mem::swap(&mut *self.door.queue.lock().unwrap_or_else(PoisonError::into_inner), &mut batch);
        let mut count = batch.len();
        for message in batch.drain(..) {
            self.handle(message)?;
        }
        self.batch = batch;
        self.send_down()?;
        while let Some((from, packet)) = self.receive()? {
            count += self.take_packet(from, packet)?;
        }
        count += self.take_data()?;
        self.send_up()?;
        Ok(count)
    }

    /// The next packet, if one is here. That all other ranks have left is in order once they have been
    /// told to stop: the own engine may still be at it.
    fn receive(&self) -> Result<Option<(usize, Message)>, CommError> {
        match self.control.try_receive_any(PACKET) {
            Err(CommError::PeerLeft { .. }) if self.stop.is_some() => Ok(None),
            received => received,
        }
    }

    fn handle(&mut self, message: ToRouter) -> Result<(), CommError> {
        match message {
            ToRouter::Request(request) => {
                if let WireCommand::Put { parts: Parts::All(parts), .. } = &*request.command {
                    self.send_parts(request.number, parts)?;
                }
                Frame::Request(request.clone()).append_to(&mut self.down)?;
                self.take_request(request);
            }
            ToRouter::Abort(abort) => {
                Frame::Abort(abort.clone()).append_to(&mut self.down)?;
                self.engine.abort(abort);
            }
            ToRouter::RaiseEpoch(epoch) => {
                Frame::RaiseEpoch(epoch).append_to(&mut self.down)?;
                self.engine.raise_epoch(epoch);
            }
            ToRouter::Outcome(outcome) => self.take_outcome(outcome)?,
        }
        Ok(())
    }

    fn take_packet(&mut self, from: usize, packet: Message) -> Result<usize, CommError> {
        let packet = if packet.first() == Some(&DOWN) && !self.children.is_empty() {
            let shared = Message::shared(Arc::new(packet.into_vec()));
            for child in &self.children {
                self.control.send_owned(*child, PACKET, shared.clone())?;
            }
            shared
        } else {
            packet
        };
        let mut frames = packet.get(1..).unwrap_or_default();
        let mut count = 0;
        while !frames.is_empty() {
            let frame = Frame::take_from(&mut frames)?;
            self.take_frame(from, frame)?;
            count += 1;
        }
        Ok(count)
    }

    fn take_frame(&mut self, from: usize, frame: Frame) -> Result<(), CommError> {
        match frame {
            Frame::Request(request) => self.take_request(request),
            Frame::Abort(abort) => self.engine.abort(abort),
            Frame::RaiseEpoch(epoch) => self.engine.raise_epoch(epoch),
            Frame::Part { number } => {
                self.announced.entry(from).or_default().push_back(Announced::Part(number));
            }
            Frame::Payload { number } => {
                self.announced.entry(from).or_default().push_back(Announced::Payload(number));
            }
            Frame::Merged(merged, elsewhere) => {
                let number = merged.number;
                let merging = self.merging(number);
                merging.merged.absorb(merged);
                merging.elsewhere += elsewhere;
                self.pass_up(number)?;
            }
            Frame::Warn(number, failure) => {
                self.merging(number).merged.note(Some(failure));
                self.pass_up(number)?;
            }
            Frame::Overdue(stuck) => self.tell_overdue(stuck)?,
        }
        Ok(())
    }

    /// Hands a request to the own engine, behind those that wait for their parts.
    fn take_request(&mut self, request: Request) {
        if matches!(&*request.command, WireCommand::Stop) {
            self.stop = Some(request.number);
        }
        self.held.push_back(request);
        self.release();
    }

    fn release(&mut self) {
        while let Some(mut request) = self.held.pop_front() {
            if let WireCommand::Put { id, meta, parts: Parts::Beside } = &*request.command {
                let Some(part) = self.parts.remove(&request.number) else {
                    self.held.push_front(request);
                    return;
                };
                let command = WireCommand::Put { id: *id, meta: meta.clone(), parts: Parts::Own(part) };
                request.command = Arc::new(command);
            }
            if !self.engine.send(request.clone()) {
                // Merged like an answer, so that the client hears of it.
                self.door.push(ToRouter::Outcome(gone(&request, self.engine.rank())));
            }
        }
        self.engine.ring();
    }

    /// Sends every other rank its part, straight.
    fn send_parts(&self, number: u64, parts: &[Vec<u8>]) -> Result<(), CommError> {
        for (rank, part) in parts.iter().enumerate().filter(|(rank, _)| *rank != self.control.rank()) {
            self.announce(rank, &Frame::Part { number })?;
            self.control.send(rank, DATA, part)?;
        }
        Ok(())
    }

    fn announce(&self, rank: usize, frame: &Frame) -> Result<(), CommError> {
        let mut packet = vec![OTHER];
        frame.append_to(&mut packet)?;
        self.control.send_owned(rank, PACKET, packet)
    }

    /// The own engine has answered.
    fn take_outcome(&mut self, outcome: Outcome) -> Result<(), CommError> {
        let Outcome { number, rank, mut result } = outcome;
        let is_root = self.desk.is_some();
        let mut elsewhere = 0;
        let is_large = |payload: &Payload| matches!(payload, Payload::Bytes(bytes) if bytes.len() > INLINE_PAYLOAD_BYTES);
        if !is_root
            && let Ok(payload) = &mut result
            && is_large(payload)
            && let Payload::Bytes(bytes) = std::mem::replace(payload, Payload::Done)
        {
            self.announce(0, &Frame::Payload { number })?;
            self.control.send_owned(0, DATA, bytes)?;
            elsewhere = 1;
        }
        let merging = self.merging(number);
        merging.merged.absorb(Outcome { number, rank, result }.into());
        merging.elsewhere += elsewhere;
        self.pass_up(number)
    }

    /// Takes in data that has been announced.
    fn take_data(&mut self) -> Result<usize, CommError> {
        let mut count = 0;
        let senders: Vec<usize> = self.announced.keys().copied().collect();
        for from in senders {
            while let Some(announced) = self.announced.get(&from).and_then(VecDeque::front).copied() {
                let Some(data) = self.control.try_receive(from, DATA)? else { break };
                count += 1;
                if let Some(queue) = self.announced.get_mut(&from) {
                    queue.pop_front();
                }
                match announced {
                    Announced::Part(number) => {
                        self.parts.insert(number, data);
                        self.release();
                    }
                    Announced::Payload(number) => {
                        let merging = self.merging(number);
                        merging.merged.payloads.push((from, Payload::Bytes(data.into_vec())));
                        merging.arrived += 1;
                        self.pass_up(number)?;
                    }
                }
            }
            if self.announced.get(&from).is_some_and(VecDeque::is_empty) {
                self.announced.remove(&from);
            }
        }
        Ok(count)
    }

    /// The place where request `number` is merged.
    fn merging(&mut self, number: u64) -> &mut Merging {
        debug_assert!(number >= self.first, "each rank answers once");
        let index = usize::try_from(number.saturating_sub(self.first)).unwrap_or(usize::MAX);
        while self.merging.len() <= index {
            let merged = Merged::nobody(self.first + self.merging.len() as u64);
            self.merging.push_back(Merging { merged, elsewhere: 0, arrived: 0, is_warned: false });
        }
        &mut self.merging[index]
    }

    /// Passes on what is complete, and warns of a failure in what is not.
    fn pass_up(&mut self, number: u64) -> Result<(), CommError> {
        let is_root = self.desk.is_some();
        let subtree_size = self.subtree_size;
        let merging = self.merging(number);
        let is_complete = merging.is_complete(subtree_size, is_root);
        if !is_complete
            && !merging.is_warned
            && let Some(failure) = merging.merged.failure.clone()
        {
            merging.is_warned = true;
            match &self.desk {
                Some(desk) => desk.warn(number, failure),
                None => Frame::Warn(number, failure).append_to(&mut self.up)?,
            }
        }
        // Requests are complete in the order of their numbers: every engine answers in that order, and
        // so does every child; payloads that travel by themselves may be late and hold up later ones.
        while self.merging.front().is_some_and(|first| first.is_complete(subtree_size, is_root)) {
            let Some(Merging { merged, elsewhere, .. }) = self.merging.pop_front() else { break };
            self.first += 1;
            self.is_finished |= self.stop == Some(merged.number);
            match &self.desk {
                Some(desk) => desk.take(merged),
                None => Frame::Merged(merged, elsewhere).append_to(&mut self.up)?,
            }
        }
        Ok(())
    }

    /// Tells the client, or the parent.
    fn tell_overdue(&mut self, stuck: NotReturning) -> Result<(), CommError> {
        match &self.desk {
            Some(desk) => desk.tell(ToClient::Overdue(stuck)),
            None => Frame::Overdue(stuck).append_to(&mut self.up)?,
        }
        Ok(())
    }

    fn look_for_overdue(&mut self, limit: Duration) -> Result<(), CommError> {
        if let Some(stuck) = self.engine.overdue(limit) {
            self.tell_overdue(stuck)?;
            self.send_up()?;
        }
        Ok(())
    }

    fn send_down(&mut self) -> Result<(), CommError> {
        if self.down.is_empty() {
            return Ok(());
        }
        let mut packet = Vec::with_capacity(self.down.len() + 1);
        packet.push(DOWN);
        packet.append(&mut self.down);
        if let [child] = self.children[..] {
            return self.control.send_owned(child, PACKET, packet);
        }
        let packet = Message::shared(Arc::new(packet));
        self.children.iter().try_for_each(|child| self.control.send_owned(*child, PACKET, packet.clone()))
    }

    fn send_up(&mut self) -> Result<(), CommError> {
        match tree::parent(self.control.rank()) {
            Some(parent) if !self.up.is_empty() => {
                let mut packet = Vec::with_capacity(self.up.len() + 1);
                packet.push(OTHER);
                packet.append(&mut self.up);
                self.control.send_owned(parent, PACKET, packet)
            }
            _ => Ok(()),
        }
    }
}

impl Merging {
    fn is_complete(&self, subtree_size: usize, is_root: bool) -> bool {
        self.merged.ranks >= subtree_size && (!is_root || self.arrived >= self.elsewhere)
    }
}
