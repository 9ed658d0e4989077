//! Messages from one rank to another.

use std::thread;
use std::time::Duration;

use super::effort::Effort;
use super::sample::{LENGTHS, assert_is_sample, bytes};
use crate::comm::Comm;
use crate::error::CommError;

/// Every length, copied, owned and received into a buffer, to the right and from the left.
pub(super) fn messages_of_all_sizes_go_round(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let (rank, size) = (comm.rank(), comm.size());
    let (right, left) = ((rank + 1) % size, (rank + size - 1) % size);
    for length in LENGTHS {
        let mine = bytes(rank as u64, length);
        comm.send(right, 1, &mine)?;
        comm.send_owned(right, 1, mine.clone())?;
        comm.send(right, 1, &mine)?;
        let first = comm.receive(left, 1)?;
        assert_eq!(first.len(), length);
        assert_is_sample(&first, left as u64, 0);
        assert_eq!(comm.receive(left, 1)?.into_vec(), first.into_vec());
        let mut target = vec![0; length];
        comm.receive_into(left, 1, &mut target)?;
        assert_is_sample(&target, left as u64, 0);
    }
    let mut numbers = [0.0; 3];
    comm.send_slice(right, 2, &[1.5, 2.5, rank as f64])?;
    comm.receive_slice(left, 2, &mut numbers)?;
    assert_eq!(numbers, [1.5, 2.5, left as f64]);
    Ok(())
}

/// Messages to self wait in the rank's own queue and are not metered.
pub(super) fn a_rank_can_write_to_itself(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let before = comm.meter();
    let me = comm.rank();
    assert_eq!(comm.try_receive(me, 9)?, None);
    for length in LENGTHS {
        comm.send_owned(me, 9, bytes(5, length))?;
    }
    for length in LENGTHS {
        assert_eq!(comm.receive(me, 9)?.into_vec(), bytes(5, length));
    }
    assert_eq!(comm.meter().messages_sent, before.messages_sent);
    assert_eq!(comm.meter().messages_received, before.messages_received);
    Ok(())
}

/// Everything is sent first, and asked for from the last tag to the first; large ones in between.
pub(super) fn tags_may_come_out_of_order(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let length = |tag: u32| if tag % 7 == 3 { 100_000 } else { 40 + tag as usize };
    for peer in 0..comm.size() {
        for tag in 0..50 {
            let seed = u64::from(tag) * 1000 + comm.rank() as u64;
            comm.send_owned(peer, tag, bytes(seed, length(tag)))?;
        }
    }
    for tag in (0..50).rev() {
        for peer in (0..comm.size()).rev() {
            let message = comm.receive(peer, tag)?;
            assert_eq!(message.len(), length(tag));
            assert_is_sample(&message, u64::from(tag) * 1000 + peer as u64, 0);
        }
    }
    Ok(())
}

/// Tags are 32 bits, whatever the transport below has.
pub(super) fn tags_may_be_any_number(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let tags = [0, 1, 32_766, 32_767, 32_768, 1 << 20, u32::MAX - 1, u32::MAX];
    let (rank, size) = (comm.rank(), comm.size());
    for tag in tags {
        comm.send((rank + 1) % size, tag, &tag.to_le_bytes())?;
    }
    for tag in tags.into_iter().rev() {
        let message = comm.receive((rank + size - 1) % size, tag)?;
        assert_eq!(message.as_bytes(), tag.to_le_bytes());
    }
    Ok(())
}

/// Two messages with the same tag do not overtake each other, small after large neither.
pub(super) fn order_is_kept_within_a_tag(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let (rank, size) = (comm.rank(), comm.size());
    let length = |index: u64| if index.is_multiple_of(5) { 70_000 } else { 10 };
    for index in 0..200 {
        comm.send_owned((rank + 1) % size, 3, bytes(index, length(index)))?;
    }
    for index in 0..200 {
        let message = comm.receive((rank + size - 1) % size, 3)?;
        assert_eq!(message.len(), length(index), "message {index}");
        assert_is_sample(&message, index, 0);
    }
    Ok(())
}

/// Rank 0 serves whoever comes, and nobody is forgotten.
pub(super) fn any_rank_will_do(comm: &Comm, _: Effort) -> Result<(), CommError> {
    for round in 0..20_u8 {
        comm.send(0, 4, &[round])?;
    }
    if comm.rank() == 0 {
        let mut next = vec![0; comm.size()];
        for _ in 0..20 * comm.size() {
            let (from, message) = comm.receive_any(4)?;
            assert_eq!(message.as_bytes(), [next[from]]);
            next[from] += 1;
        }
        assert_eq!(comm.try_receive_any(4)?, None);
        assert!(next.iter().all(|&count| count == 20));
    }
    Ok(())
}

/// A message of another length than the receiver's buffer is consumed, and an error.
pub(super) fn a_wrong_length_is_an_error(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let (rank, size) = (comm.rank(), comm.size());
    let left = (rank + size - 1) % size;
    comm.send((rank + 1) % size, 5, &[1, 2, 3])?;
    comm.send((rank + 1) % size, 5, &[4])?;
    let mut target = [9; 2];
    let expected = CommError::SizeMismatch { from: left, expected_bytes: 2, received_bytes: 3 };
    assert_eq!(comm.receive_into(left, 5, &mut target), Err(expected));
    assert_eq!(target, [9; 2]);
    assert_eq!(comm.receive(left, 5)?.as_bytes(), [4]);
    Ok(())
}

/// One large message after the other, more than a transport can number with small tags.
pub(super) fn many_large_messages(comm: &Comm, effort: Effort) -> Result<(), CommError> {
    let (rank, size) = (comm.rank(), comm.size());
    let (right, left) = ((rank + 1) % size, (rank + size - 1) % size);
    let mut message = bytes(6, effort.large_message_bytes);
    for index in 0..effort.large_messages {
        message[..4].copy_from_slice(&index.to_le_bytes());
        comm.send_owned(right, 6, message)?;
        message = comm.receive(left, 6)?.into_vec();
        assert_eq!(message[..4], index.to_le_bytes());
    }
    assert_is_sample(&message[4..], 6, 4);
    Ok(())
}

/// Who is waited for too long is named, once, and the wait goes on.
pub(super) fn late_ranks_are_named(comm: &Comm, _: Effort) -> Result<(), CommError> {
    if comm.rank() == 0 {
        for rank in 1..comm.size() {
            // Answered only when it has complained.
            assert_eq!(comm.receive(rank, 9)?.as_bytes(), [0]);
            thread::sleep(Duration::from_millis(3));
            comm.send(rank, 8, &[1])?;
        }
    } else {
        let complainer = comm.clone();
        comm.report_late_ranks(Duration::from_millis(1), move |late| {
            let rank = u8::try_from(late.rank).unwrap_or(u8::MAX);
            complainer.send(0, 9, &[rank]).unwrap_or_else(|error| panic!("{error}"));
        });
        comm.receive(0, 8)?;
        comm.report_late_ranks(Duration::from_secs(3600), |_| {});
    }
    comm.barrier()?;
    if comm.rank() == 0 {
        assert_eq!(comm.try_receive_any(9)?, None);
    }
    Ok(())
}
