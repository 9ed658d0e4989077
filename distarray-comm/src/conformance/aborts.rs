//! Requests, aborts and epochs.

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

/// Begins an epoch that nothing was sent in.
fn fresh_epoch(comm: &Comm) -> Result<u64, CommError> {
    let epoch = comm.all_gather_values(&comm.stamp().epoch)?.into_iter().max().unwrap_or(0) + 1;
    comm.begin_request(epoch, 0)?;
    Ok(epoch)
}

/// Aborts the current request from another thread after `microseconds`, as a client would.
fn stop_later(comm: &Comm, microseconds: u64) -> thread::JoinHandle<()> {
    let (handle, stamp) = (comm.abort_handle(), comm.stamp());
    thread::spawn(move || {
        thread::sleep(Duration::from_micros(microseconds));
        handle.abort(stamp.epoch, stamp.request);
    })
}

fn is_aborted<T>(outcome: &Result<T, CommError>, epoch: u64, request: u64) -> bool {
    matches!(outcome, Err(error) if *error == CommError::Aborted { epoch, request })
}

/// A fast rank's messages wait for a slow one, and what was left over from earlier requests is gone.
pub(super) fn ranks_may_be_at_different_requests(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let (rank, size) = (comm.rank(), comm.size());
    let epoch = fresh_epoch(comm)?;
    let right = (rank + 1) % size;
    let left = (rank + size - 1) % size;
    // Everybody runs through all requests, leaving two messages in each; then nobody has any.
    for request in 1..=20 {
        comm.begin_request(epoch, request)?;
        comm.send_owned(right, 1, bytes(request, 100))?;
        comm.send_owned(right, 2, bytes(request, 80_000))?;
        if rank % 2 == 1 {
            assert_is_sample(&comm.receive(left, 2)?, request, 0);
        }
    }
    comm.begin_request(epoch, 21)?;
    comm.barrier()?;
    for tag in [1, 2] {
        assert_eq!(comm.try_receive(left, tag)?, None);
    }
    // Rank 0 is late, the others are far ahead.
    for request in 22..=40 {
        comm.begin_request(epoch, request)?;
        if rank == 0 && request == 22 {
            thread::sleep(Duration::from_millis(5));
        }
        comm.send_owned(0, 3, bytes(request + rank as u64, 200))?;
        if rank == 0 {
            for from in 0..size {
                assert_is_sample(&comm.receive(from, 3)?, request + from as u64, 0);
            }
        }
    }
    comm.barrier()
}

/// Going back is refused; beginning the same again is not.
pub(super) fn requests_go_forward(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let epoch = fresh_epoch(comm)?;
    comm.begin_request(epoch, 5)?;
    comm.begin_request(epoch, 5)?;
    for (earlier_epoch, earlier) in [(epoch, 4), (epoch - 1, 9)] {
        let error = CommError::RequestWentBack {
            epoch: earlier_epoch,
            request: earlier,
            current_epoch: epoch,
            current_request: 5,
        };
        assert_eq!(comm.begin_request(earlier_epoch, earlier), Err(error));
    }
    comm.barrier()
}

/// An abort that names a later request leaves the current one alone, and is remembered.
pub(super) fn an_abort_hits_one_request(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let epoch = fresh_epoch(comm)?;
    let handle = comm.abort_handle();
    handle.abort(epoch, 2);
    for request in 1..=3 {
        let begun = comm.begin_request(epoch, request);
        if request == 2 {
            assert!(is_aborted(&begun, epoch, 2));
            assert!(is_aborted(&comm.barrier(), epoch, 2));
            assert!(is_aborted(&comm.progress(), epoch, 2));
            assert!(is_aborted(&comm.send(0, 1, &[]), epoch, 2));
            assert!(is_aborted(&comm.try_receive(0, 1), epoch, 2));
        } else {
            begun?;
            handle.abort(epoch, request - 1);
            comm.barrier()?;
        }
    }
    Ok(())
}

/// A raised epoch hits what has begun and what has not; duplicates and parts included.
pub(super) fn a_raised_epoch_hits_all_before(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let epoch = fresh_epoch(comm)?;
    let duplicate = comm.duplicate()?;
    comm.abort_handle().raise_epoch(epoch + 1);
    assert!(is_aborted(&duplicate.barrier(), epoch, 0));
    assert!(is_aborted(&comm.begin_request(epoch, 1_000_000), epoch, 1_000_000));
    comm.begin_request(epoch + 1, 0)?;
    duplicate.barrier()
}

/// Ranks that wait, parked and spinning, are interrupted from outside, in every kind of wait.
pub(super) fn waiting_ranks_are_interrupted(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let epoch = fresh_epoch(comm)?;
    let me = comm.rank();
    for request in 1..=30 {
        comm.begin_request(epoch, request)?;
        comm.barrier()?;
        let delay = [0, 10, 100, 1000][below(4, &[request])] + me as u64 * 10;
        let stopper = stop_later(comm, delay);
        let outcome = match request % 4 {
            0 => comm.receive(me, 77).map(drop),
            1 => comm.receive_any(77).map(drop),
            2 => {
                let never = [Parcel { peer: me, bytes: 10 }];
                comm.exchange(&[], &never, &mut |_, _, _| {}, &mut |_, _, _| {})
            }
            _ => loop {
                if let Err(error) = comm.wait(Some(Duration::from_secs(100))) {
                    break Err(error);
                }
            },
        };
        assert!(is_aborted(&outcome, epoch, request), "{outcome:?}");
        stopper.join().unwrap_or_default();
    }
    comm.begin_request(epoch, 100)?;
    // Woken without being aborted; a wake-up before the wait counts, and time runs out.
    comm.progress()?;
    comm.abort_handle().wake();
    comm.wait(Some(Duration::from_secs(100)))?;
    comm.progress()?;
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(3) {
        comm.wait(Some(Duration::from_millis(3)))?;
        comm.progress()?;
    }
    comm.barrier()
}

/// Exchanges given up at every possible point, on every rank at another one, one after the other
/// without a pause; now and then one that is not, which must see nothing of the others.
pub(super) fn aborted_exchanges_leave_no_trace(comm: &Comm, effort: Effort) -> Result<(), CommError> {
    let (me, size) = (comm.rank(), comm.size());
    let mut epoch = fresh_epoch(comm)?;
    let handle = comm.abort_handle();
    let mut request = 0;
    for round in 0..effort.aborted_exchanges {
        request += 1;
        comm.begin_request(epoch, request)?;
        let length = if round % 64 == 5 { 70_000 } else { 24 };
        // How many steps of the exchange this rank gets through.
        let steps = below(2 * size + 1, &[round, me as u64]);
        for step in 0..steps {
            if step < size {
                comm.send_owned((me + step) % size, 1, bytes(mix(&[round, me as u64]), length))?;
            } else if let Some(message) = comm.try_receive(step - size, 1)? {
                assert_is_sample(&message, mix(&[round, (step - size) as u64]), 0);
            }
        }
        if round % 2 == 0 {
            handle.abort(epoch, request);
        } else {
            epoch += 1;
            handle.raise_epoch(epoch);
        }
        let outcome = comm.receive(me, 2);
        assert!(matches!(outcome, Err(CommError::Aborted { .. })), "{outcome:?}");
        if round % 100 == 99 {
            request += 1;
            comm.begin_request(epoch, request)?;
            let parts = (0..size).map(|to| bytes(round + (me * size + to) as u64, 50).into());
            for (from, part) in comm.all_to_all(parts.collect())?.iter().enumerate() {
                assert_is_sample(part, round + (from * size + me) as u64, 0);
            }
        }
    }
    aborted_pieces(comm, epoch + 1)
}

/// The same with `exchange`: staging buffers that are stuck with peers must not be missed.
fn aborted_pieces(comm: &Comm, epoch: u64) -> Result<(), CommError> {
    let (me, size) = (comm.rank(), comm.size());
    let handle = comm.abort_handle();
    let parcels: Vec<Parcel> = (0..size).map(|peer| Parcel { peer, bytes: 20 * PIECE_BYTES + 1 }).collect();
    for request in 0..20 {
        comm.begin_request(epoch, request)?;
        let patience = below(25 * size, &[request, me as u64]);
        let mut packed = 0;
        let stopper = (request % 2 == 0).then(|| stop_later(comm, 300));
        let outcome = comm.exchange(
            &parcels,
            &parcels,
            &mut |_, _, piece| {
                piece.fill(request.to_le_bytes()[0]);
                packed += 1;
                if packed == patience && request % 2 == 0 {
                    handle.abort(epoch, request);
                }
            },
            &mut |_, _, piece| assert!(piece.iter().all(|&b| b == request.to_le_bytes()[0])),
        );
        if request % 2 == 1 {
            outcome?;
            comm.barrier()?;
        } else {
            handle.abort(epoch, request);
            assert!(comm.progress().is_err());
        }
        if let Some(stopper) = stopper {
            stopper.join().unwrap_or_default();
        }
    }
    comm.begin_request(epoch, 1000)?;
    comm.barrier()
}

/// Owners and readers of exposed regions are aborted at any moment; on threads every read that is
/// let in sees whole bytes, although the owner overwrites its region as soon as it has it back.
pub(super) fn aborted_regions_are_not_read(comm: &Comm, _: Effort) -> Result<(), CommError> {
    let epoch = fresh_epoch(comm)?;
    let (me, size) = (comm.rank(), comm.size());
    let others: Vec<usize> = (0..size).filter(|&rank| rank != me).collect();
    for &rank in &others {
        if comm.same_memory(rank)? != SameMemory::Process {
            return Ok(());
        }
    }
    let handle = comm.abort_handle();
    for request in 1..=200 {
        comm.begin_request(epoch, request)?;
        let mut region = bytes(request, 10_000);
        let patience = below(2 * size + 1, &[request, me as u64]);
        let stopper = stop_later(comm, 200);
        let outcome = comm.expose(&region, &others, &others, |exposed| {
            for (step, &owner) in others.iter().chain(&others).enumerate() {
                if step == patience {
                    handle.abort(epoch, request);
                }
                let mut target = vec![0; 10_000];
                let all = Piece { source: 0, target: 0, length: 10_000 };
                exposed.read_pieces(owner, &mut target, [all])?;
                assert_is_sample(&target, request, 0);
            }
            Ok::<(), CommError>(())
        });
        region.fill(0);
        handle.abort(epoch, request);
        stopper.join().unwrap_or_default();
        match outcome {
            Ok(()) | Err(CommError::Aborted { .. } | CommError::Withdrawn { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    comm.begin_request(epoch, 1000)?;
    comm.barrier()
}
