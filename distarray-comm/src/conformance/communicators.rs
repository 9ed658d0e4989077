//! Many communicators beside each other, and on other threads.

use std::thread;

use super::collectives::every_collective;
use super::effort::Effort;
use crate::comm::Comm;
use crate::error::CommError;
use crate::threads::panic_message;

/// Messages sent on one duplicate are not found on another, in whatever order they are asked for.
pub(super) fn duplicates_do_not_mix(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let (rank, size) = (comm.rank(), comm.size());
    let mut duplicates = vec![comm.clone()];
    for _ in 0..200 {
        let last = duplicates.last().unwrap_or(comm);
        duplicates.push(last.duplicate()?);
    }
    for (number, duplicate) in duplicates.iter().enumerate() {
        duplicate.send((rank + 1) % size, 1, &number.to_le_bytes())?;
    }
    for (number, duplicate) in duplicates.iter().enumerate().rev() {
        let message = duplicate.receive((rank + size - 1) % size, 1)?;
        assert_eq!(message.as_bytes(), number.to_le_bytes());
    }
    // Made and dropped, again and again.
    for _ in 0..300 {
        comm.duplicate()?.barrier()?;
    }
    Ok(())
}

/// Parts by colour, ranks by key; a part of a part; nobody's part.
pub(super) fn splits_number_their_ranks_by_key(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let (rank, size) = (comm.rank(), comm.size());
    assert!(comm.split(None, 0)?.is_none());
    // In reverse order of rank.
    let Some(reversed) = comm.split(Some(7), (size - rank) as u64)? else {
        unreachable!("a colour was given")
    };
    assert_eq!((reversed.rank(), reversed.size()), (size - 1 - rank, size));
    every_collective(&reversed.all())?;
    let other = reversed.duplicate_endpoint()?.into_comm();
    assert_eq!((other.rank(), other.size()), (reversed.rank(), size));
    every_collective(&other.all())?;

    let Some(part) = reversed.split(Some((rank % 2) as u64), 0)? else { unreachable!("a colour was given") };
    let members: Vec<usize> = (0..size).rev().filter(|other| other % 2 == rank % 2).collect();
    assert_eq!(part.size(), members.len());
    assert_eq!(members[part.rank()], rank);
    assert_eq!(part.all_gather_values(&rank)?, members);
    every_collective(&part.all())?;
    every_collective(&part.duplicate()?.all())?;
    // Both parts at once, with a request of their own; the part's endpoint has endpoints too.
    let other = part.duplicate_endpoint()?.into_comm();
    other.begin_request(1, rank as u64 % 2)?;
    assert_eq!(other.all_gather_values(&rank)?, members);
    for (position, &member) in members.iter().enumerate() {
        assert_eq!(other.same_memory(position)?, comm.same_memory(member)?);
    }
    every_collective(&other.duplicate_endpoint()?.into_comm().all())?;

    // Some without a colour.
    let part = comm.split((rank > 0).then_some(u64::MAX), 0)?;
    assert_eq!(part.as_ref().map(Comm::size), (rank > 0).then_some(size - 1));
    if let Some(part) = part {
        every_collective(&part.all())?;
    }
    Ok(())
}

/// Endpoints are taken to other threads and used there while this thread uses the original.
pub(super) fn endpoints_work_on_other_threads(comm: &Comm, _: Effort) -> Result<(), CommError> {
    for _ in 0..3 {
        let endpoints = [comm.duplicate_endpoint()?, comm.duplicate_endpoint()?];
        thread::scope(|scope| {
            let others: Vec<_> = endpoints
                .into_iter()
                .map(|endpoint| {
                    assert_eq!((endpoint.rank(), endpoint.size()), (comm.rank(), comm.size()));
                    scope.spawn(move || {
                        let other = endpoint.into_comm();
                        every_collective(&other.all())?;
                        // An endpoint of an endpoint, and requests of its own.
                        other.begin_request(3, 14)?;
                        let deeper = other.duplicate_endpoint()?.into_comm();
                        deeper.barrier()?;
                        other.barrier()
                    })
                })
                .collect();
            every_collective(&comm.all())?;
            for other in others {
                other.join().unwrap_or_else(|panic| panic!("{}", panic_message(panic.as_ref())))?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
