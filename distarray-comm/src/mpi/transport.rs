//! The transport over MPI: a machine, its pace, and how it is closed.

use std::sync::Arc;
use std::time::Instant;

use super::call::{self, Channel};
use super::machine::Machine;
use super::pace::{Pace, Pause};
use super::shared::Shared;
use crate::bell::Bell;
use crate::error::CommError;
use crate::frame::{Body, Deferred, Frame, Header};
use crate::mailbox::Mailbox;
use crate::message::Message;
use crate::spares::Spares;
use crate::transport::{RemotePiece, SameMemory, Transport};

/// Looks after each sleep: MPI libraries find a message only in the call after the one that moved it.
const LOOKS_PER_WAKE: usize = 3;

/// One rank's end.
#[derive(Debug)]
pub(super) struct MpiTransport {
    /// `Some` until it is dropped.
    machine: Option<Machine>,
    shared: Arc<Shared>,
    /// Ranks of MPI's world, by rank here; `None` if they are the same.
    members: Option<Vec<usize>>,
    mailbox: Arc<Mailbox>,
    /// Rings of the mailbox that `poll` has seen.
    seen: u64,
    left: Vec<bool>,
    pace: Pace,
    spares: Spares,
    has_exact_timer: bool,
}

impl MpiTransport {
    /// A transport on `channel`, which nobody else uses; `path` tells which of all it is, the same on all
    /// ranks.
    pub(super) fn open(
        shared: &Arc<Shared>,
        channel: Channel,
        path: Vec<u64>,
        members: Option<Vec<usize>>,
    ) -> Result<Self, CommError> {
        let machine = Machine::new(channel, path, shared.options().split_limit_bytes)?;
        let size = machine.size;
        let is_crowded = shared.neighbours().is_crowded();
        let pace = Pace::new(shared.options().longest_sleep, is_crowded, Instant::now());
        shared.opened();
        Ok(Self {
            machine: Some(machine),
            shared: Arc::clone(shared),
            members,
            mailbox: Arc::new(Mailbox::new()),
            seen: 0,
            left: vec![false; size],
            pace,
            spares: Spares::default(),
            has_exact_timer: false,
        })
    }

    /// The number in MPI's world of `rank` here.
    fn world_rank(&self, rank: usize) -> usize {
        self.members.as_ref().map_or(rank, |members| members[rank])
    }

    fn machine(&mut self) -> Result<&mut Machine, CommError> {
        self.machine.as_mut().ok_or(CommError::MpiFinalised)
    }

    /// Short sleeps of this thread end on time (Linux adds 50 us otherwise).
    fn set_exact_timer(&mut self) {
        if !self.has_exact_timer {
            self.has_exact_timer = true;
            // SAFETY: changes a property of the calling thread; no memory is involved.
            unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1000, 0, 0, 0) };
        }
    }
}

impl Transport for MpiTransport {
    fn rank(&self) -> usize {
        self.machine.as_ref().map_or(0, |machine| machine.rank)
    }

    fn size(&self) -> usize {
        self.left.len()
    }

    fn send(&mut self, to: usize, header: Header, body: Body) -> Result<(), CommError> {
        self.pace.event(Instant::now());
        match body {
            Body::Message(message) => self.machine()?.send(to, &header, message),
            Body::Abort => self.machine()?.send_abort(to, &header),
            // Windows go to ranks of the same process, deferred bodies and goodbyes come from transports.
            Body::Window(_) | Body::Deferred(_) | Body::Goodbye { .. } => {
                Err(CommError::NotSameMemory { rank: to })
            }
        }
    }

    fn poll(&mut self, arrivals: &mut dyn FnMut(Frame)) -> Result<(), CommError> {
        self.seen = self.mailbox.events();
        let Some(machine) = &mut self.machine else { return Err(CommError::MpiFinalised) };
        if machine.progress(&mut self.spares)? {
            self.pace.event(Instant::now());
        }
        for frame in machine.arrived.drain(..) {
            match frame.body {
                Body::Goodbye { .. } => self.left[frame.from] = true,
                _ => arrivals(frame),
            }
        }
        Ok(())
    }

    fn wait(&mut self, deadline: Option<Instant>) -> Result<(), CommError> {
        self.set_exact_timer();
        let Some(machine) = &mut self.machine else { return Err(CommError::MpiFinalised) };
        self.pace.begin(Instant::now());
        loop {
            for _ in 0..LOOKS_PER_WAKE {
                if machine.progress(&mut self.spares)? || !machine.arrived.is_empty() {
                    self.pace.event(Instant::now());
                    return Ok(());
                }
            }
            let now = Instant::now();
            let is_late = deadline.is_some_and(|deadline| deadline <= now);
            if is_late || self.mailbox.events() != self.seen {
                return Ok(());
            }
            match self.pace.next(now, machine.is_busy()) {
                Pause::None => std::hint::spin_loop(),
                Pause::Yield => std::thread::yield_now(),
                Pause::Sleep(time) => {
                    let end = now + time;
                    let end = deadline.map_or(end, |deadline| deadline.min(end));
                    self.mailbox.park(self.seen, Some(end));
                    self.pace.woke(Instant::now());
                }
            }
        }
    }

    fn fetch(&mut self, deferred: &Deferred) -> Result<Option<Message>, CommError> {
        let Some(machine) = &mut self.machine else { return Err(CommError::MpiFinalised) };
        machine.fetch(deferred, &mut self.spares)
    }

    fn discard(&mut self, deferred: Deferred) -> Result<(), CommError> {
        self.machine()?.give_up(deferred.from, deferred.token)
    }

    fn spares(&mut self) -> &mut Spares {
        &mut self.spares
    }

    fn has_left(&self, rank: usize) -> bool {
        self.left[rank]
    }

    fn bell(&self) -> Arc<dyn Bell> {
        let mailbox: Arc<Mailbox> = Arc::clone(&self.mailbox);
        mailbox
    }

    fn same_memory(&self, rank: usize) -> SameMemory {
        if rank == self.rank() {
            SameMemory::Process
        } else if self.shared.neighbours().is_near(self.world_rank(rank)) {
            SameMemory::Node
        } else {
            SameMemory::No
        }
    }

    fn read_memory(&mut self, rank: usize, pieces: &mut Vec<RemotePiece>) -> Result<(), CommError> {
        self.shared.neighbours().read(self.world_rank(rank), pieces)
    }

    fn needs_progress(&self) -> bool {
        true
    }

    fn duplicate(&mut self, key: u64, members: &[usize]) -> Result<Box<dyn Transport + Send>, CommError> {
        let Machine { channel, path, .. } = self.machine()?;
        let (channel, path) = (*channel, [path.as_slice(), &[key]].concat());
        let is_whole = members.iter().copied().eq(0..self.size());
        let channel = if is_whole { channel.duplicate()? } else { channel.of_group(members, key)? };
        let world = members.iter().map(|&rank| self.world_rank(rank)).collect();
        let members = if is_whole { self.members.clone() } else { Some(world) };
        Ok(Box::new(Self::open(&self.shared, channel, path, members)?))
    }
}

impl Drop for MpiTransport {
    /// Says goodbye and leaves what is under way to the universe, which waits for it at the end.
    fn drop(&mut self) {
        let Some(mut machine) = self.machine.take() else { return };
        if std::thread::panicking() {
            eprintln!("distarray: rank {} panicked: ending the MPI job", machine.rank);
            call::abort_job();
        }
        let closed = machine.send_goodbyes().and_then(|()| machine.give_up_all());
        if let Err(error) = closed {
            eprintln!("distarray: rank {} cannot close a communicator: {error}", machine.rank);
        }
        self.shared.retire(machine);
    }
}
