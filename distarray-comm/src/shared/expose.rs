//! `expose`: ranks in the same memory read each other's regions themselves, without messages.
//!
//! `README.md` beside this file explains the protocol and why no memory is read after its end.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::window::Window;
use crate::comm::Comm;
use crate::error::CommError;
use crate::frame::{Body, Channel};
use crate::message::Message;
use crate::port::Found;
use crate::transport::{RemotePiece, SameMemory};

/// Owner to reader: here is my region.
const PUBLISH: u32 = 0;
/// Reader to owner: I have read what I want.
const DONE: u32 = 1;
/// Owner to reader, between processes: it was whole until you were done (1), or it was not (0).
const CONFIRM: u32 = 2;
/// Pieces handed to the operating system at a time (Linux takes 1,024).
const BATCH: usize = 1024;

/// Pieces of fewer bytes than this are better sent as messages between processes.
pub const DIRECT_PIECE_BYTES: usize = 2048;

/// A run of bytes to be read: from where in the owner's region, to where in the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// First byte in the owner's region.
    pub source: usize,
    /// First byte in the target.
    pub target: usize,
    /// Number of bytes.
    pub length: usize,
}

/// What this rank may read while regions are exposed.
#[derive(Debug)]
pub struct Exposed<'a> {
    comm: &'a Comm,
    region: &'a [u8],
    label: &'a [u8],
    owners: &'a [usize],
    opened: RefCell<BTreeMap<usize, Opened>>,
    /// Owners that have been told that this rank is done.
    released: RefCell<BTreeSet<usize>>,
}

/// An owner's region as its reader sees it.
#[derive(Debug, Clone)]
enum Opened {
    Window(Arc<Window>),
    Remote { address: u64, length: usize, label: Message },
}

impl Comm {
    /// Lets `readers` read `region` while `body` runs here and on them; `owners` are the ranks whose
    /// regions this rank may read in `body`. Returns when all readers are done, so the region is
    /// alive and unchanged for as long as anybody reads it.
    ///
    /// **Collective** over ranks that read from each other: if A lists B as a reader, B lists A as an
    /// owner in its matching call. Ranks that neither read nor are read need not call. All listed
    /// ranks must be in the same memory ([`same_memory`](Self::same_memory)); lists hold each rank
    /// once and may leave out this rank, whose own region it can always read.
    ///
    /// If `body` fails, the others still finish; if this rank is aborted, or a reader leaves, the
    /// region is withdrawn: readers inside finish, later ones get [`CommError::Withdrawn`].
    ///
    /// # Errors
    /// What `body` returned; [`CommError::NotSameMemory`] before anything is sent;
    /// [`CommError::Aborted`], [`CommError::PeerLeft`], [`CommError::Withdrawn`].
    ///
    /// # Cost
    /// Two control frames per pair of threads, three per pair of processes; not metered.
    pub fn expose<T, E: From<CommError>>(
        &self,
        region: &[u8],
        readers: &[usize],
        owners: &[usize],
        body: impl FnOnce(&Exposed<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.expose_labelled(region, &[], readers, owners, body)
    }

    /// As [`Comm::expose`], with a few bytes for the readers that say what the region is: they get them from
    /// [`Exposed::label`].
    ///
    /// # Errors
    /// As there.
    ///
    /// # Cost
    /// As there.
    pub fn expose_labelled<T, E: From<CommError>>(
        &self,
        region: &[u8],
        label: &[u8],
        readers: &[usize],
        owners: &[usize],
        body: impl FnOnce(&Exposed<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        for &rank in readers.iter().chain(owners) {
            if self.same_memory(rank)? == SameMemory::No {
                return Err(CommError::NotSameMemory { rank }.into());
            }
        }
        let exposed = Exposed {
            comm: self,
            region,
            label,
            owners,
            opened: RefCell::new(BTreeMap::new()),
            released: RefCell::new(BTreeSet::new()),
        };
        // SAFETY: `open` is dropped before this function returns or unwinds, while `region` is
        // borrowed, and closes the window.
        let window = unsafe {
            let bell = self.port().with_transport(|transport| transport.bell());
            Window::new(region, label, bell)
        };
        let mut open = Open { comm: self, window, waiting: readers.to_vec() };
        open.publish(region, label)?;
        let outcome = body(&exposed);
        let closed = exposed.finish().and_then(|()| {
            open.wait_for_readers()?;
            exposed.wait_for_confirmations()
        });
        drop(open);
        match (outcome, closed) {
            (Ok(value), Ok(())) => Ok(value),
            (Err(error), _) => Err(error),
            (Ok(_), Err(error)) => Err(error.into()),
        }
    }

    fn send_expose(&self, to: usize, tag: u32, body: Body) -> Result<(), CommError> {
        let world = self.world_rank(to)?;
        self.port().send(world, self.context(), Channel::Expose, tag, body)
    }

    fn receive_expose(&self, from: usize, tag: u32) -> Result<Body, CommError> {
        let world = self.world_rank(from)?;
        self.port().receive(world, self.context(), Channel::Expose, tag)
    }
}

/// The owner's side. Dropping it withdraws the region from whoever is not done.
struct Open<'a> {
    comm: &'a Comm,
    window: Arc<Window>,
    /// Readers that are not done yet.
    waiting: Vec<usize>,
}

impl Open<'_> {
    fn publish(&self, region: &[u8], label: &[u8]) -> Result<(), CommError> {
        for &reader in &self.waiting {
            let body = match self.comm.same_memory(reader)? {
                SameMemory::Process => Body::Window(Arc::clone(&self.window)),
                SameMemory::Node | SameMemory::No => {
                    let mut place = Vec::with_capacity(16 + label.len());
                    place.extend((region.as_ptr().addr() as u64).to_le_bytes());
                    place.extend((region.len() as u64).to_le_bytes());
                    place.extend(label);
                    Body::Message(Message::copy_from(&place))
                }
            };
            self.comm.send_expose(reader, PUBLISH, body)?;
        }
        Ok(())
    }

    fn wait_for_readers(&mut self) -> Result<(), CommError> {
        while let Some(&reader) = self.waiting.last() {
            self.comm.receive_expose(reader, DONE)?;
            self.waiting.pop();
            self.confirm(reader, true)?;
        }
        Ok(())
    }

    /// Threads need no confirmation: their reads cannot outlive the window.
    fn confirm(&self, reader: usize, is_whole: bool) -> Result<(), CommError> {
        if self.comm.same_memory(reader)? == SameMemory::Node {
            let message = Message::copy_from(&[u8::from(is_whole)]);
            self.comm.send_expose(reader, CONFIRM, Body::Message(message))?;
        }
        Ok(())
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.window.close();
        for &reader in &self.waiting {
            // An aborted rank cannot send, but then its readers are aborted as well.
            let _ = self.comm.confirm_withdrawn(reader);
        }
    }
}

impl Comm {
    fn confirm_withdrawn(&self, reader: usize) -> Result<(), CommError> {
        if self.same_memory(reader)? == SameMemory::Node {
            self.send_expose(reader, CONFIRM, Body::Message(Message::copy_from(&[0])))?;
        }
        Ok(())
    }
}

impl Exposed<'_> {
    /// What `owner` says of its region.
    ///
    /// # Errors
    /// As [`Exposed::read_with`].
    pub fn label(&self, owner: usize) -> Result<Vec<u8>, CommError> {
        if owner == self.comm.rank() {
            return Ok(self.label.to_vec());
        }
        Ok(match self.open(owner)? {
            Opened::Window(window) => window.label().to_vec(),
            Opened::Remote { label, .. } => label.get(16..).unwrap_or_default().to_vec(),
        })
    }

    /// Calls `read` with the region of `owner`, a thread of this process or this rank itself, while
    /// the region is alive. `copied_bytes` is what `read` will copy from it, for the meter.
    ///
    /// # Errors
    /// [`CommError::NotListed`], [`CommError::NotSameMemory`] if the owner is another process,
    /// [`CommError::Withdrawn`], [`CommError::Aborted`], [`CommError::PeerLeft`].
    pub fn read_with<T>(
        &self,
        owner: usize,
        copied_bytes: usize,
        read: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, CommError> {
        if owner == self.comm.rank() {
            return Ok(read(self.region));
        }
        let Opened::Window(window) = self.open(owner)? else {
            return Err(CommError::NotSameMemory { rank: owner });
        };
        let value = window.read(read).ok_or(CommError::Withdrawn { owner })?;
        self.comm.port().meter.copied(copied_bytes);
        Ok(value)
    }

    /// As [`read_with`](Self::read_with) with the regions of all `owners` at once. `read` also says how many bytes it has
    /// copied from the regions of others.
    ///
    /// # Errors
    /// As there.
    pub fn read_together<T>(
        &self,
        owners: &[usize],
        read: impl FnOnce(&[&[u8]]) -> (T, usize),
    ) -> Result<T, CommError> {
        // Nobody waits for a message while he looks into a window, which its owner cannot close then.
        for &owner in owners.iter().filter(|owner| **owner != self.comm.rank()) {
            self.open(owner)?;
        }
        let (mut read, mut outcome) = (Some(read), None);
        self.nested(owners, Vec::with_capacity(owners.len()), &mut |regions| {
            outcome = read.take().map(|read| read(regions));
        })?;
        let lost = CommError::PartCount { parts: 0, ranks: owners.len() };
        let (value, copied_bytes) = outcome.ok_or(lost)?;
        self.comm.port().meter.copied(copied_bytes);
        Ok(value)
    }

    fn nested(
        &self,
        owners: &[usize],
        regions: Vec<&[u8]>,
        read: &mut dyn FnMut(&[&[u8]]),
    ) -> Result<(), CommError> {
        let Some((&owner, others)) = owners.split_first() else {
            read(&regions);
            return Ok(());
        };
        self.read_with(owner, 0, |region| {
            let mut regions: Vec<&[u8]> = regions;
            regions.push(region);
            self.nested(others, regions, read)
        })?
    }

    /// Copies `pieces` of the region of `owner` to `target`. Long pieces are fast on every
    /// transport; between processes each piece costs some 0.1 us, so that pieces of less than about
    /// [`DIRECT_PIECE_BYTES`](crate::DIRECT_PIECE_BYTES) are better sent as messages.
    ///
    /// # Errors
    /// [`CommError::NotListed`], [`CommError::OutsideRegion`], [`CommError::DirectRead`],
    /// [`CommError::Withdrawn`], [`CommError::Aborted`], [`CommError::PeerLeft`].
    pub fn read_pieces(
        &self,
        owner: usize,
        target: &mut [u8],
        pieces: impl IntoIterator<Item = Piece>,
    ) -> Result<(), CommError> {
        if owner == self.comm.rank() {
            return copy_pieces(self.region, target, pieces).map(drop);
        }
        let copied = match self.open(owner)? {
            Opened::Window(window) => window
                .read(|region| copy_pieces(region, target, pieces))
                .ok_or(CommError::Withdrawn { owner })??,
            Opened::Remote { address, length, .. } => {
                self.read_remote(owner, address, length, target, pieces)?
            }
        };
        self.comm.port().meter.copied(copied);
        Ok(())
    }

    fn read_remote(
        &self,
        owner: usize,
        address: u64,
        region_bytes: usize,
        target: &mut [u8],
        pieces: impl IntoIterator<Item = Piece>,
    ) -> Result<usize, CommError> {
        let world = self.comm.world_rank(owner)?;
        let target_bytes = target.len();
        let start = target.as_mut_ptr();
        let mut batch: Vec<RemotePiece> = Vec::with_capacity(BATCH);
        let mut total = 0;
        for piece in pieces {
            check(piece.source, piece.length, region_bytes)?;
            check(piece.target, piece.length, target_bytes)?;
            total += piece.length;
            batch.push(RemotePiece {
                source: address + piece.source as u64,
                target: start.wrapping_add(piece.target),
                length_bytes: piece.length,
            });
            if batch.len() == BATCH {
                self.comm.port().check()?;
                self.comm.port().with_transport(|port| port.read_memory(world, &mut batch))?;
            }
        }
        self.comm.port().with_transport(|port| port.read_memory(world, &mut batch))?;
        Ok(total)
    }

    /// Whether the region of `owner` can be read without waiting for it. Moves messages along.
    ///
    /// # Errors
    /// [`CommError::NotListed`], [`CommError::Withdrawn`], [`CommError::Aborted`], [`CommError::PeerLeft`].
    pub fn is_published(&self, owner: usize) -> Result<bool, CommError> {
        if owner == self.comm.rank() || self.opened.borrow().contains_key(&owner) {
            return Ok(true);
        }
        self.check_listed(owner)?;
        let world = self.comm.world_rank(owner)?;
        let port = self.comm.port();
        port.poll()?;
        match port.find(world, self.comm.context(), Channel::Expose, PUBLISH)? {
            Found::Body(body) => self.keep(owner, body).map(|_| true),
            Found::Nothing if port.has_left(world) => Err(CommError::PeerLeft { rank: world }),
            Found::Nothing | Found::Coming => Ok(false),
        }
    }

    /// Tells `owner` that this rank has read from it what it wants, so that it need not wait for the end of `body`. Reading
    /// from it afterwards may find the region withdrawn. Once is enough.
    ///
    /// # Errors
    /// As [`read_with`](Self::read_with).
    pub fn release(&self, owner: usize) -> Result<(), CommError> {
        self.open(owner)?;
        if owner != self.comm.rank() && self.released.borrow_mut().insert(owner) {
            self.comm.send_expose(owner, DONE, Body::Message(Message::empty()))?;
        }
        Ok(())
    }

    fn check_listed(&self, owner: usize) -> Result<(), CommError> {
        if self.owners.contains(&owner) {
            return Ok(());
        }
        Err(CommError::NotListed { rank: owner, listed: self.owners.len() })
    }

    /// The region of `owner`; waits for it the first time.
    fn open(&self, owner: usize) -> Result<Opened, CommError> {
        if let Some(opened) = self.opened.borrow().get(&owner) {
            return Ok(opened.clone());
        }
        self.check_listed(owner)?;
        let body = self.comm.receive_expose(owner, PUBLISH)?;
        self.keep(owner, body)
    }

    /// The region that a publication is about.
    fn keep(&self, owner: usize, body: Body) -> Result<Opened, CommError> {
        let opened = match body {
            Body::Window(window) => Opened::Window(window),
            Body::Message(message) => read_place(owner, message)?,
            Body::Deferred(_) | Body::Abort | Body::Goodbye { .. } => {
                return Err(CommError::Withdrawn { owner });
            }
        };
        self.opened.borrow_mut().insert(owner, opened.clone());
        Ok(opened)
    }

    /// Tells all owners that this rank is done, also those whose regions it did not read.
    fn finish(&self) -> Result<(), CommError> {
        self.owners.iter().try_for_each(|owner| self.release(*owner))
    }

    fn wait_for_confirmations(&self) -> Result<(), CommError> {
        for &owner in self.owners {
            if self.comm.same_memory(owner)? == SameMemory::Node {
                match self.comm.receive_expose(owner, CONFIRM)? {
                    Body::Message(message) if message.as_bytes() == [1] => {}
                    _ => return Err(CommError::Withdrawn { owner }),
                }
            }
        }
        Ok(())
    }
}

/// An owner's address and length, and what it says of its region, which stands behind them.
fn read_place(owner: usize, label: Message) -> Result<Opened, CommError> {
    let number = |bytes: &[u8]| bytes.try_into().map(u64::from_le_bytes).ok();
    let place = label.get(..16).and_then(|place| {
        let (address, length) = place.split_at(8);
        Some((number(address)?, usize::try_from(number(length)?).ok()?))
    });
    match place {
        Some((address, length)) => Ok(Opened::Remote { address, length, label }),
        None => Err(CommError::Withdrawn { owner }),
    }
}

fn check(offset: usize, length_bytes: usize, region_bytes: usize) -> Result<(), CommError> {
    match offset.checked_add(length_bytes) {
        Some(end) if end <= region_bytes => Ok(()),
        _ => Err(CommError::OutsideRegion { offset, length_bytes, region_bytes }),
    }
}

fn copy_pieces(
    region: &[u8],
    target: &mut [u8],
    pieces: impl IntoIterator<Item = Piece>,
) -> Result<usize, CommError> {
    let mut total = 0;
    for Piece { source, target: to, length } in pieces {
        check(source, length, region.len())?;
        check(to, length, target.len())?;
        target[to..to + length].copy_from_slice(&region[source..source + length]);
        total += length;
    }
    Ok(total)
}
