//! Collectives over listed ranks, and lists that make no sense.

use super::collectives::every_collective;
use super::effort::Effort;
use crate::comm::Comm;
use crate::error::CommError;

/// Every subset of up to four ranks, and some larger ones, at once and one after the other.
pub(super) fn collectives_over_lists(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let size = comm.size();
    let subsets: Vec<usize> =
        if size <= 4 { (1..1 << size).collect() } else { vec![0b11, 0b101_0110, 0b111_1101] };
    for subset in subsets {
        let ranks: Vec<usize> = (0..size).filter(|rank| subset >> rank & 1 == 1).collect();
        if ranks.contains(&comm.rank()) {
            every_collective(&comm.among(&ranks)?)?;
        }
    }
    // Two disjoint groups at the same time.
    let half: Vec<usize> = (0..size).filter(|rank| rank % 2 == comm.rank() % 2).collect();
    every_collective(&comm.among(&half)?)
}

/// Lists that are not sorted, too far, or without this rank.
pub(super) fn lists_are_checked(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let (rank, size) = (comm.rank(), comm.size());
    let error = |ranks: &[usize]| comm.among(ranks).map(|group| group.size()).err();
    assert_eq!(error(&[1, 0]), Some(CommError::ListNotSorted { rank: 0, position: 1 }));
    assert_eq!(error(&[2, 2]), Some(CommError::ListNotSorted { rank: 2, position: 1 }));
    assert_eq!(error(&[size]), Some(CommError::RankOutOfRange { rank: size, size }));
    assert_eq!(error(&[]), Some(CommError::NotListed { rank, listed: 0 }));
    let mine = [rank];
    let alone = comm.among(&mine)?;
    assert_eq!(alone.position_of(size), Err(CommError::NotListed { rank: size, listed: 1 }));
    assert_eq!((alone.size(), alone.position(), alone.rank_at(0)), (1, 0, rank));
    Ok(())
}

/// Ranks that do not exist are refused before anything is sent.
pub(super) fn ranks_outside_are_refused(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let size = comm.size();
    let outside = Some(CommError::RankOutOfRange { rank: size, size });
    assert_eq!(comm.send(size, 0, &[]).err(), outside);
    assert_eq!(comm.receive(size, 0).err(), outside);
    assert_eq!(comm.same_memory(size).err(), outside);
    let not_listed = Some(CommError::NotListed { rank: size, listed: size });
    assert_eq!(comm.broadcast(size, vec![]).err(), not_listed);
    assert_eq!(comm.gather(size, &[]).err(), not_listed);
    assert_eq!(comm.scatter(size, &[]).err(), not_listed);
    assert_eq!(comm.reduce(size, &mut [], &mut |_, _| {}).err(), not_listed);
    let wrong = Some(CommError::PartCount { parts: size + 1, ranks: size });
    let parts = vec![crate::Message::empty(); size + 1];
    assert_eq!(comm.all_to_all(parts).err(), wrong);
    Ok(())
}
