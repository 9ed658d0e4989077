//! Every collective against what it should give, and its traffic against what was predicted.

use super::effort::Effort;
use super::sample::{LENGTHS, below, bytes, mix};
use crate::collective::cost::{self, Traffic};
use crate::collective::{Failure, Group};
use crate::comm::Comm;
use crate::error::CommError;
use crate::message::Message;

/// All collectives over all ranks.
pub(super) fn collectives_over_all(comm: &Comm, _: Effort) -> Result<(), CommError> {
    every_collective(&comm.all())
}

/// All collectives over the ranks of `group`, with every root.
pub(super) fn every_collective(group: &Group<'_>) -> Result<(), CommError> {
    metered(group, cost::barrier(group.size()), || group.barrier())?;
    for root in 0..group.size() {
        rooted(group, root)?;
    }
    for round in 0..6 {
        everywhere(group, round)?;
    }
    Ok(())
}

fn rooted(group: &Group<'_>, root: usize) -> Result<(), CommError> {
    let (size, me) = (group.size(), group.position());
    let root_rank = group.rank_at(root);
    for length in LENGTHS {
        let predicted = cost::broadcast(size, me, root, length as u64);
        let mine = if me == root { bytes(1, length) } else { vec![0; length] };
        let message = metered(group, predicted, || group.broadcast(root_rank, mine.clone()))?;
        assert!(*message == *bytes(1, length));
        let mut target = mine;
        metered(group, predicted, || group.broadcast_into(root_rank, &mut target))?;
        assert!(*target == *message);
    }
    for round in 0..4 {
        let length = |part: usize| part_length(round, part, root);
        let sizes: Vec<u64> = (0..size).map(|part| length(part) as u64).collect();
        let parts: Vec<Vec<u8>> = (0..size).map(|p| bytes(p as u64, length(p))).collect();

        let predicted = cost::gather(me, root, &sizes);
        let gathered = metered(group, predicted, || group.gather(root_rank, &parts[me]))?;
        assert_eq!(gathered.is_some(), me == root);
        if let Some(gathered) = gathered {
            assert!(gathered.iter().eq(parts.iter().map(Vec::as_slice)));
        }

        let slices: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let given = if me == root { slices.as_slice() } else { &[] };
        let predicted = cost::scatter(me, root, &sizes);
        let part = metered(group, predicted, || group.scatter(root_rank, given))?;
        assert!(*part == *parts[me]);

        let mut sum = sums(me, round);
        let predicted = cost::reduce(size, me, root, sum.len() as u64);
        metered(group, predicted, || group.reduce(root_rank, &mut sum, &mut add_bytes))?;
        if me == root {
            assert!(sum == total(size, round));
        }
    }
    Ok(())
}

fn everywhere(group: &Group<'_>, round: usize) -> Result<(), CommError> {
    let (size, me) = (group.size(), group.position());
    let sizes: Vec<u64> = (0..size).map(|part| part_length(round, part, 99) as u64).collect();
    let mine = bytes(me as u64, part_length(round, me, 99));
    let parts = metered(group, cost::all_gather(me, &sizes), || group.all_gather(&mine))?;
    assert_eq!(parts.len(), size);
    for (position, part) in parts.iter().enumerate() {
        assert!(*part == *bytes(position as u64, part_length(round, position, 99)));
    }

    let length = |from: usize, to: usize| part_length(round, from, to);
    let parcels: Vec<Message> =
        (0..size).map(|to| bytes((me * 100 + to) as u64, length(me, to)).into()).collect();
    let sent: Vec<u64> = (0..size).map(|to| length(me, to) as u64).collect();
    let received: Vec<u64> = (0..size).map(|from| length(from, me) as u64).collect();
    let predicted = cost::all_to_all(me, &sent, &received);
    let parts = metered(group, predicted, || group.all_to_all(parcels.clone()))?;
    for (from, part) in parts.iter().enumerate() {
        assert!(*part.as_bytes() == *bytes((from * 100 + me) as u64, length(from, me)));
    }

    let mut sum = sums(me, round);
    let predicted = cost::all_reduce(size, me, sum.len() as u64);
    metered(group, predicted, || group.all_reduce(&mut sum, &mut add_bytes))?;
    assert!(sum == total(size, round));
    metered(group, cost::agree(size), || group.agree_bytes(None)).map(|all| assert_eq!(all, None))
}

/// The lowest failing rank's error reaches everybody, whichever ranks fail.
pub(super) fn the_lowest_failure_is_agreed_on(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let size = comm.size();
    for failing in 0..1_usize << size.min(4) {
        let outcome = if failing >> (comm.rank() % 4) & 1 == 1 {
            Err(format!("rank {} cannot", comm.rank()))
        } else {
            Ok(comm.rank())
        };
        let agreed = comm.agree(outcome)?;
        match (0..size).find(|rank| failing >> (rank % 4) & 1 == 1) {
            None => assert_eq!(agreed, Ok(comm.rank())),
            Some(rank) => {
                assert_eq!(agreed, Err(Failure { rank, error: format!("rank {rank} cannot") }));
            }
        }
    }
    Ok(())
}

/// Values of serde types.
pub(super) fn values_are_gathered_and_broadcast(comm: &Comm, _: Effort) -> Result<(), CommError> {
    for root in 0..comm.size() {
        let value = (comm.rank() == root).then(|| vec![(root, String::from("root"))]);
        assert_eq!(comm.broadcast_value(root, value.as_ref())?, [(root, String::from("root"))]);
    }
    let all = comm.all_gather_values(&(comm.rank(), "x".repeat(comm.rank())))?;
    for (rank, value) in all.iter().enumerate() {
        assert_eq!(*value, (rank, "x".repeat(rank)));
    }
    Ok(())
}

/// A merge that does not commute gives the same on every root, and everywhere, as one rank would
/// get by merging from left to right.
pub(super) fn reductions_keep_the_order_of_ranks(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let map = |rank: usize| {
        let factor = mix(&[rank as u64]) | 1;
        [factor.to_le_bytes(), mix(&[rank as u64, 1]).to_le_bytes()].concat()
    };
    let mut expected = map(0);
    for rank in 1..comm.size() {
        compose(&mut expected, &map(rank));
    }
    for root in 0..comm.size() {
        let mut mine = map(comm.rank());
        comm.reduce(root, &mut mine, &mut compose)?;
        if comm.rank() == root {
            assert_eq!(mine, expected, "root {root}");
        }
    }
    let mut mine = map(comm.rank());
    comm.all_reduce(&mut mine, &mut compose)?;
    assert_eq!(mine, expected);
    let predicted = cost::exclusive_scan(comm.size(), comm.rank(), mine.len() as u64);
    let before =
        metered(&comm.all(), predicted, || comm.all().exclusive_scan(&map(comm.rank()), &mut compose))?;
    let expected = (0..comm.rank()).map(map).reduce(|mut before, next| {
        compose(&mut before, &next);
        before
    });
    assert_eq!(before, expected);
    Ok(())
}

/// Calls `act` and compares what the meter counted with what was predicted.
#[track_caller]
fn metered<T>(
    group: &Group<'_>,
    predicted: Traffic,
    act: impl FnOnce() -> Result<T, CommError>,
) -> Result<T, CommError> {
    let before = group.comm().meter();
    let value = act()?;
    let counted = group.comm().meter() - before;
    let counted = Traffic {
        messages_sent: counted.messages_sent,
        bytes_sent: counted.bytes_sent,
        messages_received: counted.messages_received,
        bytes_received: counted.bytes_received,
    };
    assert_eq!(counted, predicted);
    Ok(value)
}

fn part_length(round: usize, part: usize, salt: usize) -> usize {
    let bound = [1, 10, 300, 5000, 100_000, 2][round % 6];
    below(bound, &[round as u64, part as u64, salt as u64])
}

fn sums(position: usize, round: usize) -> Vec<u8> {
    bytes(position as u64, part_length(round, 7, 7))
}

fn total(size: usize, round: usize) -> Vec<u8> {
    let mut total = sums(0, round);
    for position in 1..size {
        add_bytes(&mut total, &sums(position, round));
    }
    total
}

fn add_bytes(left: &mut [u8], right: &[u8]) {
    for (left, right) in left.iter_mut().zip(right) {
        *left = left.wrapping_add(*right);
    }
}

/// `left` then `right`, as maps x -> a x + b of 64-bit words: associative, not commutative.
fn compose(left: &mut [u8], right: &[u8]) {
    let word = |bytes: &[u8], index: usize| {
        bytes[8 * index..8 * index + 8].iter().rev().fold(0, |word, &b| word << 8 | u64::from(b))
    };
    let factor = word(left, 0).wrapping_mul(word(right, 0));
    let term = word(left, 1).wrapping_mul(word(right, 0)).wrapping_add(word(right, 1));
    left[..8].copy_from_slice(&factor.to_le_bytes());
    left[8..].copy_from_slice(&term.to_le_bytes());
}
