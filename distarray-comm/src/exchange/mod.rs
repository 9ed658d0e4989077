//! `exchange`: many large transfers at once, piece by piece through a few staging buffers.

mod progress;

use crate::comm::Comm;
use crate::error::CommError;
use crate::frame::{Body, Channel};
use crate::message::Message;
use crate::patience::Waiting;
use crate::port::{Found, Port};
use crate::staging::{PIECE_BYTES, STAGING_PIECES};
pub use progress::Parcel;
use progress::Progress;

/// Pieces up to this size are copied into a message of their own instead of a staging buffer.
const SMALL_BYTES: usize = 4096;

/// Writes bytes `offset..offset + piece.len()` of outgoing parcel `index` (arguments: index, offset,
/// piece). All offsets are multiples of [`PIECE_BYTES`], and ascend.
pub type Pack<'a> = dyn FnMut(usize, usize, &mut [u8]) + 'a;

/// Takes bytes `offset..offset + piece.len()` of incoming parcel `index` (arguments: index, offset,
/// piece). All offsets are multiples of [`PIECE_BYTES`], and ascend.
pub type Unpack<'a> = dyn FnMut(usize, usize, &[u8]) + 'a;

impl Comm {
    /// Moves all parcels at once: packs, sends, receives and unpacks in pieces of [`PIECE_BYTES`],
    /// so that packing here overlaps with unpacking there, and memory for pieces under way stays
    /// below `2 * STAGING_PIECES * PIECE_BYTES` per rank.
    ///
    /// Parcels between the same two ranks correspond in the order of their lists. Ranks without
    /// parcels need not call. **Collective** over ranks that have parcels for each other. Neither
    /// callback may use the communicator.
    ///
    /// # Errors
    /// [`CommError::RankOutOfRange`] before anything is sent; [`CommError::SizeMismatch`] if a peer
    /// sends a parcel of another size; [`CommError::Aborted`], [`CommError::PeerLeft`].
    ///
    /// # Cost
    /// Metered as one message per parcel that is not empty; see
    /// [`cost::exchange`](crate::cost::exchange).
    pub fn exchange(
        &self,
        sends: &[Parcel],
        receives: &[Parcel],
        pack: &mut Pack<'_>,
        unpack: &mut Unpack<'_>,
    ) -> Result<(), CommError> {
        for parcel in sends.iter().chain(receives) {
            self.world_rank(parcel.peer)?;
        }
        let mut exchange = Exchange {
            comm: self,
            port: self.port(),
            sends: Progress::new(sends),
            receives: Progress::new(receives),
        };
        let outcome = exchange.run(pack, unpack);
        if outcome.is_err() {
            // Buffers on their way to ranks that will not take them must not be missed.
            self.port().renew_staging();
        }
        outcome
    }
}

struct Exchange<'a> {
    comm: &'a Comm,
    port: &'a Port,
    sends: Progress<'a>,
    receives: Progress<'a>,
}

impl Exchange<'_> {
    fn run(&mut self, pack: &mut Pack<'_>, unpack: &mut Unpack<'_>) -> Result<(), CommError> {
        let mut waiting = Waiting::default();
        while !(self.sends.is_over() && self.receives.is_over()) {
            self.port.poll()?;
            // Receiving first frees the buffers of others.
            let received = self.receive(unpack)?;
            let sent = self.send(pack)?;
            if received || sent {
                waiting = Waiting::default();
            } else {
                let late = self.receives.active(0).or(self.sends.active(0));
                let late =
                    late.map_or(Ok(self.port.rank), |(_, parcel, _)| self.comm.world_rank(parcel.peer))?;
                self.port.wait_for(late, &mut waiting)?;
            }
        }
        Ok(())
    }

    /// One piece of every parcel that has a buffer.
    fn send(&mut self, pack: &mut Pack<'_>) -> Result<bool, CommError> {
        let mut any = false;
        let mut turn = 0;
        while let Some((index, parcel, offset)) = self.sends.active(turn) {
            let length = (parcel.bytes - offset).min(PIECE_BYTES);
            let message = if length <= SMALL_BYTES {
                let mut small = [0; SMALL_BYTES];
                pack(index, offset, &mut small[..length]);
                Message::copy_from(&small[..length])
            } else {
                let Some(mut staged) = self.port.staging().borrow(length) else {
                    break;
                };
                pack(index, offset, staged.as_bytes_mut());
                Message::staged(staged)
            };
            let world = self.comm.world_rank(parcel.peer)?;
            let body = Body::Message(message);
            self.port.send(world, self.comm.context(), Channel::Exchange, 0, body)?;
            any = true;
            if self.sends.advance(turn, length) {
                if world != self.port.rank {
                    self.port.meter.sent(parcel.bytes);
                }
            } else {
                turn += 1;
            }
        }
        self.sends.rotate();
        Ok(any)
    }

    /// All pieces that are here; asks for at most [`STAGING_PIECES`] more.
    fn receive(&mut self, unpack: &mut Unpack<'_>) -> Result<bool, CommError> {
        let mut any = false;
        let mut turn = 0;
        let mut coming = 0;
        while let Some((index, parcel, offset)) = self.receives.active(turn) {
            let world = self.comm.world_rank(parcel.peer)?;
            let length = (parcel.bytes - offset).min(PIECE_BYTES);
            match self.port.find(world, self.comm.context(), Channel::Exchange, 0)? {
                Found::Body(Body::Message(piece)) => {
                    if piece.len() != length {
                        return Err(CommError::SizeMismatch {
                            from: parcel.peer,
                            expected_bytes: length as u64,
                            received_bytes: piece.len() as u64,
                        });
                    }
                    unpack(index, offset, &piece);
                    self.port.recycle(piece);
                    any = true;
                    if self.receives.advance(turn, length) && world != self.port.rank {
                        self.port.meter.received(parcel.bytes);
                    }
                }
                Found::Coming => {
                    coming += 1;
                    turn += 1;
                    if coming == STAGING_PIECES {
                        break;
                    }
                }
                Found::Nothing if self.port.has_left(world) => {
                    return Err(CommError::PeerLeft { rank: world });
                }
                Found::Nothing | Found::Body(_) => turn += 1,
            }
        }
        Ok(any)
    }
}
