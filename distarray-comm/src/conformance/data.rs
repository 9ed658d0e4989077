//! Exchanges and exposed regions.

use std::cell::RefCell;

use super::effort::Effort;
use super::sample::{assert_is_sample, below, byte, bytes};
use crate::collective::cost;
use crate::comm::Comm;
use crate::error::CommError;
use crate::exchange::Parcel;
use crate::shared::Piece;
use crate::staging::PIECE_BYTES;
use crate::transport::SameMemory;

/// Bytes from `from` to `to` in some round: nothing, little, whole pieces, many pieces.
fn parcel_bytes(round: u64, from: usize, to: usize) -> usize {
    let numbers = [round, from as u64, to as u64];
    match below(5, &numbers) {
        0 => 0,
        1 => below(5000, &numbers),
        2 => PIECE_BYTES * below(4, &numbers),
        3 => PIECE_BYTES + below(5, &numbers),
        _ => below(11 * PIECE_BYTES, &numbers),
    }
}

/// Parcels between all pairs, itself included, of all sizes, at once.
pub(super) fn parcels_arrive_whole(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let (me, size) = (comm.rank(), comm.size());
    for round in 0..12 {
        let turn = |step: usize| (me + step) % size;
        let sends: Vec<Parcel> = (0..size)
            .map(|step| Parcel { peer: turn(step), bytes: parcel_bytes(round, me, turn(step)) })
            .collect();
        let receives: Vec<Parcel> =
            (0..size).map(|peer| Parcel { peer, bytes: parcel_bytes(round, peer, me) }).collect();
        let received = RefCell::new(vec![0; size]);
        let before = comm.meter();
        comm.exchange(
            &sends,
            &receives,
            &mut |index, offset, piece| {
                let seed = (me * 100 + sends[index].peer) as u64;
                for (i, target) in piece.iter_mut().enumerate() {
                    *target = byte(seed, offset + i);
                }
            },
            &mut |index, offset, piece| {
                assert_eq!(offset, received.borrow()[index]);
                assert_is_sample(piece, (index * 100 + me) as u64, offset);
                received.borrow_mut()[index] += piece.len();
            },
        )?;
        let expected: Vec<usize> = receives.iter().map(|parcel| parcel.bytes).collect();
        assert_eq!(received.into_inner(), expected);
        let counted = comm.meter() - before;
        let predicted = cost::exchange(me, &sends, &receives);
        assert_eq!(counted.messages_sent, predicted.messages_sent);
        assert_eq!(counted.bytes_sent, predicted.bytes_sent);
        assert_eq!(counted.messages_received, predicted.messages_received);
        assert_eq!(counted.bytes_received, predicted.bytes_received);
    }
    Ok(())
}

/// Several parcels from one rank to another correspond in the order of the lists; two exchanges one
/// right after the other do not mix.
pub(super) fn parcels_of_one_pair_keep_their_order(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let (me, size) = (comm.rank(), comm.size());
    let (right, left) = ((me + 1) % size, (me + size - 1) % size);
    for round in 0..4_u64 {
        let list = |peer: usize| -> Vec<Parcel> {
            let bytes = [10, 3 * PIECE_BYTES, 0, 1, PIECE_BYTES, 70_000];
            bytes.iter().map(|&bytes| Parcel { peer, bytes }).collect()
        };
        let mut total = 0;
        comm.exchange(
            &list(right),
            &list(left),
            &mut |index, offset, piece| {
                let seed = round * 10 + index as u64;
                let length = piece.len();
                piece.copy_from_slice(&bytes(seed, offset + length)[offset..]);
            },
            &mut |index, offset, piece| {
                assert_is_sample(piece, round * 10 + index as u64, offset);
                total += piece.len();
            },
        )?;
        assert_eq!(total, list(left).iter().map(|parcel| parcel.bytes).sum::<usize>());
    }
    Ok(())
}

/// Everybody reads from everybody whose memory can be read, in pieces and, on threads, in place.
pub(super) fn exposed_regions_are_read(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let me = comm.rank();
    let mut near = Vec::new();
    for rank in 0..comm.size() {
        let kind = comm.same_memory(rank)?;
        if rank == me {
            assert_eq!(kind, SameMemory::Process);
        } else if kind == SameMemory::No {
            let refused: Result<(), CommError> = comm.expose(&[], &[rank], &[], |_| Ok(()));
            assert_eq!(refused, Err(CommError::NotSameMemory { rank }));
        } else {
            near.push(rank);
        }
    }
    for round in 0..10 {
        let length = |rank: usize| below([1, 3000, 900_000][round % 3], &[rank as u64, round as u64]);
        let region = bytes(me as u64, length(me));
        let before = comm.meter();
        let mut expected = 0;
        let label = vec![3; me + round];
        comm.expose_labelled(&region, &label, &near, &near, |exposed| {
            assert_eq!(exposed.label(me)?, label);
            for &owner in &near {
                while round % 2 == 1 && !exposed.is_published(owner)? {
                    std::thread::yield_now();
                }
                assert_eq!(exposed.label(owner)?, vec![3; owner + round]);
                let mut target = vec![0; length(owner) + 5];
                let third = length(owner) / 3;
                // Out of order, with a hole: bytes third..2*third go last, to the front.
                let pieces = [
                    Piece { source: 2 * third, target: 2 * third + 5, length: third },
                    Piece { source: 0, target: third + 5, length: third },
                    Piece { source: third, target: 5, length: third },
                    Piece { source: 0, target: 0, length: 0 },
                ];
                exposed.read_pieces(owner, &mut target, pieces)?;
                expected += 3 * third as u64;
                assert_is_sample(&target[5..5 + third], owner as u64, third);
                assert_is_sample(&target[5 + third..5 + 2 * third], owner as u64, 0);
                assert_is_sample(&target[5 + 2 * third..][..third], owner as u64, 2 * third);
                let few = third.min(3000);
                let many = (0..few).map(|i| Piece { source: i, target: few - 1 - i, length: 1 });
                exposed.read_pieces(owner, &mut target, many)?;
                expected += few as u64;
                target[..few].reverse();
                assert_is_sample(&target[..few], owner as u64, 0);

                let beyond = Piece { source: length(owner), target: 0, length: 1 };
                let outside = CommError::OutsideRegion {
                    offset: length(owner),
                    length_bytes: 1,
                    region_bytes: length(owner),
                };
                assert_eq!(exposed.read_pieces(owner, &mut target, [beyond]), Err(outside));

                if comm.same_memory(owner)? == SameMemory::Process {
                    exposed.read_with(owner, length(owner), |theirs| {
                        assert_eq!(theirs.len(), length(owner));
                        assert_is_sample(theirs, owner as u64, 0);
                    })?;
                    expected += length(owner) as u64;
                }
            }
            assert!(exposed.is_published(me)?);
            let is_thread = |rank: &usize| Ok(comm.same_memory(*rank)? == SameMemory::Process);
            if near
                .iter()
                .map(is_thread)
                .collect::<Result<Vec<bool>, CommError>>()?
                .iter()
                .all(|is_thread| *is_thread)
            {
                let everybody: Vec<usize> =
                    (0..=near.len()).filter(|rank| *rank == me || near.contains(rank)).collect();
                let bytes: usize = near.iter().map(|&owner| length(owner)).sum();
                exposed.read_together(&everybody, |regions| {
                    for (owner, theirs) in everybody.iter().zip(regions) {
                        assert_eq!(theirs.len(), length(*owner));
                        assert_is_sample(theirs, *owner as u64, 0);
                    }
                    ((), bytes)
                })?;
                expected += bytes as u64;
            }
            for &owner in near.iter().filter(|_| round % 3 == 1) {
                exposed.release(owner)?;
                exposed.release(owner)?;
            }
            exposed.read_with(me, 0, |mine| assert_eq!(mine, region))
        })?;
        assert_eq!((comm.meter() - before).copied_bytes, expected);
        assert_eq!((comm.meter() - before).messages_sent, 0);
    }
    // A chain: each reads from its left neighbour only, and some read nothing.
    let (left, right) = (me.checked_sub(1), me + 1);
    let owners: Vec<usize> = left.into_iter().filter(|rank| near.contains(rank)).collect();
    let readers: Vec<usize> = near.iter().copied().filter(|&rank| rank == right).collect();
    let region = bytes(me as u64 + 50, 1000);
    comm.expose(&region, &readers, &owners, |exposed| {
        for &owner in owners.iter().filter(|&&owner| owner % 2 == 0) {
            let mut target = [0; 10];
            let piece = Piece { source: 990, target: 0, length: 10 };
            exposed.read_pieces(owner, &mut target, [piece])?;
            assert_is_sample(&target, owner as u64 + 50, 990);
        }
        Ok(())
    })
}
