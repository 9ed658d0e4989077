//! The transport between threads: frames change owner through the receiver's mailbox.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::spin::Spin;
use crate::bell::Bell;
use crate::error::CommError;
use crate::frame::{Body, Channel, Deferred, Frame, Header};
use crate::mailbox::Mailbox;
use crate::message::Message;
use crate::spares::Spares;
use crate::stamp::Stamp;
use crate::transport::{RemotePiece, SameMemory, Transport};

/// What the ranks of one world share.
#[derive(Debug)]
struct World {
    mailboxes: Vec<Arc<Mailbox>>,
    children: Mutex<Children>,
}

/// Ends made by `duplicate` that their ranks have not fetched yet, by key and members: worlds of
/// different members may have the same key.
type Children = BTreeMap<(u64, Vec<usize>), Vec<Option<ThreadTransport>>>;

/// One rank's end.
#[derive(Debug)]
pub(crate) struct ThreadTransport {
    world: Arc<World>,
    rank: usize,
    /// Events of the own mailbox that `poll` has seen.
    seen: u64,
    /// Swapped with the mailbox's vector, so that both keep their room.
    arrived: Vec<Frame>,
    left: Vec<bool>,
    panicked: Option<usize>,
    spin: Spin,
    spares: Spares,
}

/// The ends of a new world.
pub(crate) fn world(size: usize) -> Vec<ThreadTransport> {
    let world = World::new(size);
    (0..size).map(|rank| ThreadTransport::new(Arc::clone(&world), rank)).collect()
}

impl World {
    fn new(size: usize) -> Arc<Self> {
        Arc::new(Self {
            mailboxes: (0..size).map(|_| Arc::new(Mailbox::new())).collect(),
            children: Mutex::default(),
        })
    }

    fn children(&self) -> MutexGuard<'_, Children> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ThreadTransport {
    fn new(world: Arc<World>, rank: usize) -> Self {
        let size = world.mailboxes.len();
        Self {
            world,
            rank,
            seen: 0,
            arrived: Vec::new(),
            left: vec![false; size],
            panicked: None,
            spin: Spin::for_ranks(size),
            spares: Spares::default(),
        }
    }
}

impl Transport for ThreadTransport {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.world.mailboxes.len()
    }

    fn send(&mut self, to: usize, header: Header, body: Body) -> Result<(), CommError> {
        self.world.mailboxes[to].post(Frame { from: self.rank, header, body });
        Ok(())
    }

    fn poll(&mut self, arrivals: &mut dyn FnMut(Frame)) -> Result<(), CommError> {
        let mailbox = &self.world.mailboxes[self.rank];
        if mailbox.events() != self.seen {
            self.seen = mailbox.take(&mut self.arrived);
            for frame in self.arrived.drain(..) {
                match frame.body {
                    Body::Goodbye { is_panicking } => {
                        self.left[frame.from] = true;
                        if is_panicking {
                            self.panicked = Some(frame.from);
                        }
                    }
                    _ => arrivals(frame),
                }
            }
        }
        match self.panicked {
            Some(rank) => Err(CommError::PeerLeft { rank }),
            None => Ok(()),
        }
    }

    fn wait(&mut self, deadline: Option<Instant>) -> Result<(), CommError> {
        let mailbox = &self.world.mailboxes[self.rank];
        let seen = self.seen;
        if !self.spin.until(|| mailbox.events() != seen) {
            mailbox.park(seen, deadline);
        }
        Ok(())
    }

    fn fetch(&mut self, _: &Deferred) -> Result<Option<Message>, CommError> {
        // Threads never defer.
        Ok(Some(Message::empty()))
    }

    fn discard(&mut self, _: Deferred) -> Result<(), CommError> {
        Ok(())
    }

    fn spares(&mut self) -> &mut Spares {
        &mut self.spares
    }

    fn has_left(&self, rank: usize) -> bool {
        self.left[rank]
    }

    fn bell(&self) -> Arc<dyn Bell> {
        let mailbox: Arc<Mailbox> = Arc::clone(&self.world.mailboxes[self.rank]);
        mailbox
    }

    fn same_memory(&self, _: usize) -> SameMemory {
        SameMemory::Process
    }

    fn read_memory(&mut self, rank: usize, _: &mut Vec<RemotePiece>) -> Result<(), CommError> {
        // Regions of the same process come as windows.
        Err(CommError::NotSameMemory { rank })
    }

    fn has_news(&self) -> bool {
        self.world.mailboxes[self.rank].events() != self.seen
    }

    fn duplicate(&mut self, key: u64, members: &[usize]) -> Result<Box<dyn Transport + Send>, CommError> {
        let mut children = self.world.children();
        let key = (key, members.to_vec());
        let ends = children
            .entry(key.clone())
            .or_insert_with(|| world(members.len()).into_iter().map(Some).collect());
        let end = end_of(self.rank, members, ends).and_then(Option::take);
        if ends.iter().all(Option::is_none) {
            children.remove(&key);
        }
        match end {
            Some(end) => Ok(Box::new(end)),
            None => Err(CommError::PeerLeft { rank: self.rank }),
        }
    }
}

impl Drop for ThreadTransport {
    /// Says goodbye to everybody: after all that was sent, for a mailbox keeps the order.
    fn drop(&mut self) {
        let mut unfetched = Vec::new();
        for ((_, members), ends) in self.world.children().iter_mut() {
            unfetched.extend(end_of(self.rank, members, ends).and_then(Option::take));
        }
        drop(unfetched);
        let is_panicking = std::thread::panicking();
        let header = Header { context: 0, channel: Channel::User, tag: 0, stamp: Stamp::new(u64::MAX, 0) };
        for (rank, mailbox) in self.world.mailboxes.iter().enumerate() {
            if rank != self.rank {
                let body = Body::Goodbye { is_panicking };
                mailbox.post(Frame { from: self.rank, header, body });
            }
        }
    }
}

/// The end in `ends`, which are those of `members`, that is for `rank`.
fn end_of<'a>(
    rank: usize,
    members: &[usize],
    ends: &'a mut [Option<ThreadTransport>],
) -> Option<&'a mut Option<ThreadTransport>> {
    let position = members.iter().position(|member| *member == rank)?;
    ends.get_mut(position)
}
