//! Requests that ranks give up for all, at any moment and several at once.

use std::thread;
use std::time::{Duration, Instant};

use super::effort::Effort;
use super::sample::{assert_is_sample, below, bytes, mix};
use crate::comm::Comm;
use crate::error::CommError;
use crate::exchange::Parcel;
use crate::shared::Piece;
use crate::staging::PIECE_BYTES;
use crate::transport::SameMemory;

/// Longer than any rank may take to hear of it, on a machine with more ranks than cores.
const PROMPT: Duration = Duration::from_secs(10);

/// A communicator whose requests begin anew, beside those of `comm`.
fn apart(comm: &Comm) -> Result<Comm, CommError> {
    Ok(comm.duplicate_endpoint()?.into_comm())
}

fn is_aborted<T>(outcome: &Result<T, CommError>, request: u64) -> bool {
    matches!(outcome, Err(error) if *error == CommError::Aborted { epoch: 0, request })
}

/// Waits in the way of that number for something that `never` does not do.
fn wait_for(comm: &Comm, never: usize, way: u64) -> Result<(), CommError> {
    let large = 3 * PIECE_BYTES + 5;
    match way % 8 {
        0 => comm.receive(never, 77).map(drop),
        1 => comm.barrier(),
        2 => comm.receive_any(77).map(drop),
        3 => {
            let parcels = [Parcel { peer: never, bytes: large }];
            comm.exchange(&parcels, &parcels, &mut |_, _, _| {}, &mut |_, _, _| {})
        }
        4 => comm.all_reduce(&mut vec![1; 5000], &mut |left, right| left[0] = left[0].max(right[0])),
        5 => loop {
            // Computes, and looks around now and then.
            comm.progress()?;
        },
        6 => loop {
            if comm.try_receive(never, 77)?.is_some() {
                return Ok(());
            }
            comm.wait(None)?;
        },
        _ if comm.same_memory(never)? == SameMemory::No => comm.broadcast(never, b"".as_slice()).map(drop),
        _ => comm.expose(&[0; 10], &[never], &[never], |exposed| {
            let piece = Piece { source: 0, target: 0, length: 1 };
            exposed.read_pieces(never, &mut [0], [piece])
        }),
    }
}

/// Whatever the others wait for, parked or looking, one rank's giving up ends it, and the next request works.
pub(super) fn one_rank_ends_the_waits_of_all(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let comm = &apart(comm)?;
    let (me, size) = (comm.rank(), comm.size());
    for round in 0..64 {
        let bad = below(size, &[round]);
        // May have been given up already.
        comm.begin_request(0, 2 * round).or_else(expect_abort)?;
        if me == bad {
            let delay = [0, 0, 50, 3000][below(4, &[round, 1])];
            thread::sleep(Duration::from_micros(delay));
            comm.abort_everywhere()?;
            assert!(is_aborted(&comm.barrier(), 2 * round));
        } else {
            let start = Instant::now();
            let outcome = wait_for(comm, bad, round);
            assert!(is_aborted(&outcome, 2 * round), "way {}: {outcome:?}", round % 8);
            assert!(start.elapsed() < PROMPT, "way {}: {:?}", round % 8, start.elapsed());
        }
        assert_eq!(comm.aborted_by(), Some(bad));
        comm.begin_request(0, 2 * round + 1)?;
        assert_eq!(comm.all_gather_values(&(me, round))?, (0..size).map(|r| (r, round)).collect::<Vec<_>>());
    }
    Ok(())
}

/// A request is given up before others have begun it, and long after others have left it behind.
pub(super) fn a_rank_that_comes_late_is_told(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let comm = &apart(comm)?;
    let (me, size) = (comm.rank(), comm.size());
    let others = (0..size).filter(|rank| *rank != me);
    for round in 0..20 {
        let request = 3 * round;
        comm.begin_request(0, request)?;
        comm.barrier()?;
        // Gives up the next request while the others are in this one, which they finish.
        if me == 0 {
            for to in others.clone() {
                comm.send(to, 1, b"go on")?;
            }
            comm.begin_request(0, request + 1)?;
            comm.abort_everywhere()?;
        } else {
            thread::sleep(Duration::from_micros(below(300, &[round, me as u64]) as u64));
            comm.progress()?;
            assert_eq!(comm.receive(0, 1)?.as_bytes(), b"go on");
            let begun = comm.begin_request(0, request + 1).and_then(|()| comm.receive(0, 2).map(drop));
            assert!(is_aborted(&begun, request + 1), "{begun:?}");
        }
        // The last rank gives up what the others have been through with: nobody minds.
        if me + 1 == size {
            thread::sleep(Duration::from_micros(200));
            comm.abort_everywhere()?;
        }
        comm.begin_request(0, request + 2)?;
        comm.barrier()?;
    }
    Ok(())
}

/// Exchanges in which each rank may give up at any point, so none, one or several do; then all agree who
/// did, and exchange once more.
pub(super) fn requests_given_up_leave_no_trace(comm: &Comm, effort: Effort) -> Result<(), CommError> {
    let comm = &apart(comm)?;
    let (me, size) = (comm.rank(), comm.size());
    for round in 0..effort.aborted_exchanges / 20 {
        let length = if round % 16 == 5 { 70_000 } else { 24 };
        // Where each rank gives up: beyond the last step it does not.
        let stop = |rank: usize| below(6 * size + 1, &[round, rank as u64]);
        let failing: Vec<usize> = (0..size).filter(|&rank| stop(rank) < 2 * size).collect();
        comm.begin_request(0, 2 * round).or_else(expect_abort)?;
        let outcome = (|| {
            for step in 0..2 * size {
                if step == stop(me) {
                    return Ok(false);
                }
                if step < size {
                    comm.send_owned((me + step) % size, 1, bytes(mix(&[round, me as u64]), length))?;
                } else {
                    let from = step - size;
                    assert_is_sample(&comm.receive(from, 1)?, mix(&[round, from as u64]), 0);
                }
            }
            Ok(true)
        })();
        match outcome {
            Ok(true) => {}
            Ok(false) => comm.abort_everywhere()?,
            Err(error) => expect_abort(error)?,
        }
        if let Some(by) = comm.aborted_by() {
            assert!(failing.contains(&by), "{by} of {failing:?}");
        }
        comm.begin_request(0, 2 * round + 1)?;
        let mine = failing.contains(&me).then(|| me.to_le_bytes());
        let agreed = comm.agree_bytes(mine.as_ref().map(|bytes| &bytes[..]))?;
        assert_eq!(agreed.map(|(rank, _)| rank), failing.first().copied());
        if round % 8 == 7 {
            let parts = (0..size).map(|to| bytes(round + (me * size + to) as u64, 50).into());
            for (from, part) in comm.all_to_all(parts.collect())?.iter().enumerate() {
                assert_is_sample(part, round + (from * size + me) as u64, 0);
            }
        }
    }
    Ok(())
}

fn expect_abort(error: CommError) -> Result<(), CommError> {
    match error {
        CommError::Aborted { .. } => Ok(()),
        other => Err(other),
    }
}

/// On a part of the ranks the others are left alone.
pub(super) fn a_part_gives_up_for_itself(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let whole = &apart(comm)?;
    whole.begin_request(0, 1)?;
    let Some(part) = whole.split(Some((whole.rank() % 2) as u64), 0)? else {
        unreachable!("a colour was given")
    };
    let part = &part;
    whole.barrier()?;
    whole.begin_request(0, 2).or_else(expect_abort)?;
    if whole.rank() % 2 == 1 {
        if part.rank() == 0 {
            part.abort_everywhere()?;
        }
        assert!(is_aborted(&part.receive(part.rank(), 5), 2));
    } else {
        part.barrier()?;
        whole.progress()?;
    }
    whole.begin_request(0, 3)?;
    whole.barrier()
}
