//! The conformance suite over MPI: this binary starts itself under `mpiexec` with 1, 2, 3 and 4 ranks.

#![cfg(feature = "mpi")]

use distarray_comm::conformance::{Effort, job, run_all};
use distarray_comm::mpi::{self, Options, Universe};
use distarray_comm::{Comm, CommError, SameMemory};

/// What the ranks do. Started by hand, without a program named, it does nothing.
#[test]
fn rank_of_a_job() {
    let Some(program) = job::program() else { return };
    let options = Options::default();
    let outcome = match program.as_str() {
        "conformance" => mpi::run(options, |comm| conforms(&comm, true)),
        "small split" => {
            let options = Options { split_limit_bytes: 5000, ..options };
            mpi::run(options, |comm| conforms(&comm, false))
        }
        "without direct reads" => {
            let options = Options { direct_reads: false, ..options };
            mpi::run(options, |comm| {
                for rank in (0..comm.size()).filter(|&rank| rank != comm.rank()) {
                    assert_eq!(comm.same_memory(rank)?, SameMemory::No);
                }
                conforms(&comm, false)
            })
        }
        "already running" => already_running(),
        "huge" => mpi::run(options, |comm| huge_message(&comm)),
        "panic" => mpi::run(options, |comm| {
            assert!(comm.rank() != comm.size() - 1, "as intended");
            comm.receive(comm.size() - 1, 1).map(drop)
        }),
        "unreceived" => mpi::run(options, |comm| leaves_messages_behind(&comm)),
        other => panic!("no program {other:?}"),
    };
    outcome.expect("the rank's program succeeds");
}

fn conforms(comm: &Comm, fully: bool) -> Result<(), CommError> {
    // What tags are numbered by is a matter of two ranks.
    let large_messages = if comm.size() == 2 { Effort::FULL.large_messages } else { 1000 };
    let effort = if fully { Effort { large_messages, ..Effort::FULL } } else { Effort::QUICK };
    run_all(comm, effort).map(drop)
}

/// MPI that the user started is used, and lives on.
fn already_running() -> Result<(), CommError> {
    let theirs = ::mpi::initialize_with_threading(::mpi::Threading::Multiple);
    mpi::run(Options::default(), |comm| conforms(&comm, false))?;
    // A second time, and several at once.
    let universe = Universe::start(Options::default())?;
    let comms = [universe.comm()?, universe.comm()?];
    comms[1].barrier()?;
    comms[0].barrier()?;
    assert!(universe.information().library.len() > 4);
    drop(comms);
    drop(universe);
    assert!(theirs.is_some() && ::mpi::environment::is_initialized());
    Ok(())
}

/// More than 2^31 bytes from rank to rank, whole.
fn huge_message(comm: &Comm) -> Result<(), CommError> {
    let length = (1_usize << 31) + 12_345;
    let other = comm.size() - 1 - comm.rank();
    if comm.rank() == 0 {
        let mut bytes = vec![1; length];
        bytes[length - 1] = 2;
        comm.send_owned(other, 1, bytes)?;
        comm.barrier()
    } else {
        let message = comm.receive(other, 1)?;
        assert_eq!((message.len(), message[0], message[length - 1]), (length, 1, 2));
        assert!(message[..length - 1].iter().all(|&byte| byte == 1));
        comm.barrier()
    }
}

/// Large messages that nobody ever asks for do not keep MPI from ending.
fn leaves_messages_behind(comm: &Comm) -> Result<(), CommError> {
    for to in 0..comm.size() {
        for tag in 0..20 {
            comm.send_owned(to, tag, vec![1; 1 << 20])?;
            comm.send(to, tag, &[2; 100])?;
        }
    }
    comm.begin_request(1, 1)?;
    comm.send_owned((comm.rank() + 1) % comm.size(), 5, vec![1; 3 << 20])
}

#[test]
fn one_to_four_ranks_conform() {
    for ranks in 1..=4 {
        job::succeeds(ranks, "conformance", 240);
    }
}

#[test]
fn messages_are_split_at_a_small_limit() {
    job::succeeds(3, "small split", 120);
}

#[test]
fn without_direct_reads_everything_goes_by_messages() {
    job::succeeds(2, "without direct reads", 120);
}

#[test]
fn mpi_that_runs_is_used_and_not_finished() {
    job::succeeds(2, "already running", 120);
}

#[test]
fn a_panic_ends_the_job() {
    job::fails(3, "panic", 60);
}

#[test]
fn messages_nobody_receives_do_not_hold_up_the_end() {
    job::succeeds(3, "unreceived", 60);
}

#[test]
#[ignore = "needs 5 GiB of memory"]
fn more_than_two_gibibytes_in_one_message() {
    job::succeeds(2, "huge", 240);
}
