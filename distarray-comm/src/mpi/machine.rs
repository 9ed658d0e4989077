//! `Machine`: one MPI communicator with everything that is under way on it.

use std::collections::{BTreeMap, VecDeque};

use super::call::{Channel, Probed, Request};
use super::frame::{
    BODY_BYTES, DISTINCT_BODIES, FRAME_BYTES, FRAME_TAG, Follows, HEAD_BYTES, Kind, body_tag, read_head,
    write_head,
};
use crate::error::CommError;
use crate::frame::{self, Body, Deferred, Frame, Header};
use crate::message::Message;
use crate::spares::Spares;
use crate::stamp::Stamp;

/// Frames taken in one go, so that what is under way gets its turn.
const FRAMES_PER_TURN: usize = 64;

/// One rank's end of one MPI communicator.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) channel: Channel,
    pub(super) rank: usize,
    pub(super) size: usize,
    /// From which machine this one was made, and as which of its duplicates: the same on all ranks.
    pub(super) path: Vec<u64>,
    split_limit_bytes: usize,
    /// Frames that have arrived, in order.
    pub(super) arrived: VecDeque<Frame>,
    /// Messages that MPI may still read from.
    outgoing: Vec<Outgoing>,
    /// Bodies announced to this rank, by sender and number.
    incoming: BTreeMap<(usize, u64), Incoming>,
    /// How many of those MPI may still write to.
    receiving: usize,
    /// Bodies announced to each rank so far.
    sequences: Vec<u64>,
    /// Buffers for frames to be sent. MPI reads from them: they must not move with the vector.
    #[expect(clippy::vec_box, reason = "MPI reads from the boxes while the vector grows")]
    frames: Vec<Box<[u8; FRAME_BYTES]>>,
    /// Where frames are received.
    landing: Box<[u8; FRAME_BYTES]>,
    /// Ranks whose last frame has been taken in.
    goodbyes: usize,
}

/// A transfer from this rank, with the bytes it reads from.
#[derive(Debug)]
struct Outgoing {
    request: Request,
    /// Further pieces.
    more: Vec<Request>,
    bytes: Bytes,
}

/// What an outgoing transfer reads from. Never looked at, but kept where it is.
#[derive(Debug)]
enum Bytes {
    Frame(Box<[u8; FRAME_BYTES]>),
    Message(Message),
}

/// A body announced to this rank.
#[derive(Debug)]
struct Incoming {
    follows: Follows,
    state: State,
    /// Somebody may ask for it.
    is_wanted: bool,
}

#[derive(Debug)]
enum State {
    /// Still with its sender.
    Announced,
    /// On its way; `bytes` has room for it and no length yet.
    Receiving { bytes: Vec<u8>, requests: Vec<Request> },
    /// Here.
    Received(Vec<u8>),
}

impl Machine {
    pub(super) fn new(channel: Channel, path: Vec<u64>, split_limit_bytes: usize) -> Result<Self, CommError> {
        let (rank, size) = channel.rank_and_size()?;
        Ok(Self {
            channel,
            rank,
            size,
            path,
            split_limit_bytes: split_limit_bytes.clamp(1, i32::MAX as usize),
            arrived: VecDeque::new(),
            outgoing: Vec::new(),
            incoming: BTreeMap::new(),
            receiving: 0,
            sequences: vec![0; size],
            frames: Vec::new(),
            landing: Box::new([0; FRAME_BYTES]),
            goodbyes: 0,
        })
    }

    /// Whether MPI is still busy with messages of this rank.
    pub(super) fn is_busy(&self) -> bool {
        !self.outgoing.is_empty() || self.receiving > 0
    }

    /// Sends a message: small ones in one frame, others behind a frame that announces them.
    pub(super) fn send(&mut self, to: usize, header: &Header, message: Message) -> Result<(), CommError> {
        if message.len() <= BODY_BYTES {
            return self.send_frame(to, Kind::Whole, header, &message);
        }
        let follows = Follows {
            sequence: self.sequences[to],
            length_bytes: message.len(),
            piece_bytes: self.split_limit_bytes,
        };
        self.sequences[to] += 1;
        self.send_frame(to, Kind::Follows, header, &follows.write())?;
        let start = message.as_ptr();
        let tag = body_tag(follows.sequence);
        let mut pieces = follows.pieces().map(|(offset, length)| {
            // SAFETY: the piece lies inside `message`, which is on the heap (it is too large to be
            // inline) and kept in `outgoing` until its requests have ended.
            unsafe { self.channel.send(start.wrapping_add(offset), length, to, tag) }
        });
        let Some(first) = pieces.next() else { return Ok(()) };
        let (mut request, mut more) = (first?, Vec::new());
        let mut failure = None;
        for piece in pieces {
            match piece {
                Ok(piece) => more.push(piece),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        if failure.is_some() || !more.is_empty() || !request.has_ended()? {
            self.outgoing.push(Outgoing { request, more, bytes: Bytes::Message(message) });
        }
        failure.map_or(Ok(()), Err)
    }

    /// Tells `to` that this rank gives up the request of `header`.
    pub(super) fn send_abort(&mut self, to: usize, header: &Header) -> Result<(), CommError> {
        self.send_frame(to, Kind::Abort, header, &[])
    }

    /// Says goodbye to everybody.
    pub(super) fn send_goodbyes(&mut self) -> Result<(), CommError> {
        let header =
            Header { context: 0, channel: frame::Channel::User, tag: 0, stamp: Stamp::new(u64::MAX, 0) };
        let me = self.rank;
        let mut others = (0..self.size).filter(|&rank| rank != me);
        others.try_for_each(|rank| self.send_frame(rank, Kind::Goodbye, &header, &[]))
    }

    fn send_frame(&mut self, to: usize, kind: Kind, header: &Header, body: &[u8]) -> Result<(), CommError> {
        let mut frame = self.frames.pop().unwrap_or_else(|| Box::new([0; FRAME_BYTES]));
        if let Some(head) = frame.first_chunk_mut() {
            write_head(kind, header, head);
        }
        let length = HEAD_BYTES + body.len();
        frame[HEAD_BYTES..length].copy_from_slice(body);
        // SAFETY: the box is kept in `outgoing`, untouched, until the request has ended.
        let mut request = unsafe { self.channel.send(frame.as_ptr(), length, to, FRAME_TAG)? };
        if request.has_ended()? {
            self.frames.push(frame);
        } else {
            self.outgoing.push(Outgoing { request, more: Vec::new(), bytes: Bytes::Frame(frame) });
        }
        Ok(())
    }

    /// Takes in what has arrived and moves along what is under way; whether anything happened.
    pub(super) fn progress(&mut self, spares: &mut Spares) -> Result<bool, CommError> {
        let mut any = false;
        for _ in 0..FRAMES_PER_TURN {
            let Some(probed) = self.channel.probe(FRAME_TAG)? else { break };
            self.take_in(probed)?;
            any = true;
        }
        any |= self.test_outgoing(spares)?;
        Ok(any | self.test_incoming()?)
    }

    fn take_in(&mut self, probed: Probed) -> Result<(), CommError> {
        let (from, length) = (probed.source, probed.length);
        let nonsense = CommError::SizeMismatch {
            from,
            expected_bytes: FRAME_BYTES as u64,
            received_bytes: length as u64,
        };
        if length > FRAME_BYTES {
            return Err(nonsense);
        }
        probed.receive(&mut self.landing[..])?;
        let Some((kind, header, rest)) = read_head(&self.landing[..length]) else {
            return Err(nonsense);
        };
        let body = match kind {
            Kind::Whole => Body::Message(Message::copy_from(rest)),
            Kind::Follows => {
                let follows = Follows::read(rest).ok_or(nonsense)?;
                let sequence = follows.sequence;
                let incoming = Incoming { follows, state: State::Announced, is_wanted: true };
                self.incoming.insert((from, sequence), incoming);
                self.make_room_for_tag(from, sequence)?;
                Body::Deferred(Deferred { from, token: sequence })
            }
            Kind::Abort => Body::Abort,
            Kind::Goodbye => {
                self.goodbyes += 1;
                Body::Goodbye { is_panicking: false }
            }
        };
        self.arrived.push_back(Frame { from, header, body });
        Ok(())
    }

    /// Bodies whose tags will come round again are received while theirs means them alone.
    fn make_room_for_tag(&mut self, from: usize, sequence: u64) -> Result<(), CommError> {
        let Some(last) = sequence.checked_sub(DISTINCT_BODIES / 2) else { return Ok(()) };
        let old: Vec<u64> = self
            .incoming
            .range((from, 0)..=(from, last))
            .filter(|(_, incoming)| matches!(incoming.state, State::Announced))
            .map(|((_, sequence), _)| *sequence)
            .collect();
        old.into_iter().try_for_each(|sequence| self.start_receiving(from, sequence, Vec::new()))
    }

    fn start_receiving(&mut self, from: usize, sequence: u64, mut bytes: Vec<u8>) -> Result<(), CommError> {
        let Some(incoming) = self.incoming.get_mut(&(from, sequence)) else { return Ok(()) };
        if !matches!(incoming.state, State::Announced) {
            return Ok(());
        }
        bytes.clear();
        bytes.reserve_exact(incoming.follows.length_bytes);
        let start = bytes.as_mut_ptr();
        let mut requests = Vec::new();
        for (offset, length) in incoming.follows.pieces() {
            // SAFETY: `bytes` has room for the piece; its heap memory stays where it is, in
            // `incoming`, until the requests have ended (`take` and `give_up` see to it).
            let request = unsafe {
                let place = start.wrapping_add(offset);
                self.channel.receive(place, length, from, body_tag(sequence))?
            };
            requests.push(request);
        }
        incoming.state = State::Receiving { bytes, requests };
        self.receiving += 1;
        Ok(())
    }

    /// The body that `deferred` stands for, if it is here; asks for it the first time.
    pub(super) fn fetch(
        &mut self,
        deferred: &Deferred,
        spares: &mut Spares,
    ) -> Result<Option<Message>, CommError> {
        let key = (deferred.from, deferred.token);
        match self.incoming.get(&key).map(|incoming| &incoming.state) {
            Some(State::Announced) => {
                self.start_receiving(deferred.from, deferred.token, spares.take())?;
                self.test_incoming()?;
            }
            Some(State::Receiving { .. }) => return Ok(None),
            Some(State::Received(_)) | None => {}
        }
        if !matches!(self.incoming.get(&key), Some(Incoming { state: State::Received(_), .. })) {
            return Ok(None);
        }
        match self.incoming.remove(&key) {
            Some(Incoming { state: State::Received(bytes), .. }) => Ok(Some(bytes.into())),
            _ => Ok(None),
        }
    }

    /// Nobody will ask for this body. Its sender must get rid of it all the same, so it is received.
    pub(super) fn give_up(&mut self, from: usize, sequence: u64) -> Result<(), CommError> {
        self.start_receiving(from, sequence, Vec::new())?;
        if let Some(incoming) = self.incoming.get_mut(&(from, sequence)) {
            incoming.is_wanted = false;
            if let State::Received(_) = incoming.state {
                self.incoming.remove(&(from, sequence));
            }
        }
        Ok(())
    }

    /// Nobody will ask for anything any more.
    pub(super) fn give_up_all(&mut self) -> Result<(), CommError> {
        self.arrived.clear();
        let keys: Vec<(usize, u64)> = self.incoming.keys().copied().collect();
        keys.into_iter().try_for_each(|(from, sequence)| self.give_up(from, sequence))
    }

    /// Whether all ranks have said goodbye and nothing is under way.
    pub(super) fn is_closed(&self) -> bool {
        self.goodbyes + 1 >= self.size && !self.is_busy()
    }

    fn test_outgoing(&mut self, spares: &mut Spares) -> Result<bool, CommError> {
        let before = self.outgoing.len();
        let mut index = 0;
        while index < self.outgoing.len() {
            let transfer = &mut self.outgoing[index];
            while transfer.request.has_ended()? && !transfer.more.is_empty() {
                transfer.request = transfer.more.swap_remove(0);
            }
            if transfer.more.is_empty() && transfer.request.has_ended()? {
                match self.outgoing.swap_remove(index).bytes {
                    Bytes::Frame(frame) => self.frames.push(frame),
                    Bytes::Message(message) => {
                        message.into_spare().into_iter().for_each(|spare| spares.keep(spare));
                    }
                }
            } else {
                index += 1;
            }
        }
        Ok(self.outgoing.len() < before)
    }

    fn test_incoming(&mut self) -> Result<bool, CommError> {
        if self.receiving == 0 {
            return Ok(false);
        }
        let mut any = false;
        let mut unwanted = Vec::new();
        for (key, incoming) in &mut self.incoming {
            let State::Receiving { bytes, requests } = &mut incoming.state else { continue };
            while let Some(last) = requests.last_mut() {
                if !last.has_ended()? {
                    break;
                }
                requests.pop();
            }
            if !requests.is_empty() {
                continue;
            }
            let mut bytes = std::mem::take(bytes);
            // SAFETY: all pieces have been received, which together are `length_bytes` bytes, for
            // which there was room.
            unsafe { bytes.set_len(incoming.follows.length_bytes) };
            self.receiving -= 1;
            any = true;
            incoming.state = State::Received(bytes);
            if !incoming.is_wanted {
                unwanted.push(*key);
            }
        }
        for key in unwanted {
            self.incoming.remove(&key);
        }
        Ok(any)
    }
}

impl Drop for Machine {
    /// MPI may still read and write our memory: rather lose that memory than let MPI use it freed.
    fn drop(&mut self) {
        std::mem::take(&mut self.outgoing).into_iter().for_each(std::mem::forget);
        for incoming in std::mem::take(&mut self.incoming).into_values() {
            if let State::Receiving { .. } = incoming.state {
                std::mem::forget(incoming);
            }
        }
    }
}
