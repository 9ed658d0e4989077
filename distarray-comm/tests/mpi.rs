//! The conformance suite over MPI: this binary starts itself under `mpiexec` with 1, 2, 3 and 4 ranks.
//!
//! `MPIEXEC` names another launcher.

#![cfg(feature = "mpi")]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use distarray_comm::conformance::{Effort, run_all};
use distarray_comm::mpi::{self, Options, Universe};
use distarray_comm::{Comm, CommError, SameMemory};

/// Names the program that a rank shall run; set by the test that starts it.
const PROGRAM: &str = "DISTARRAY_TEST_PROGRAM";

/// What the ranks do. Started by hand, without a program named, it does nothing.
#[test]
fn rank_of_a_job() {
    let Ok(program) = std::env::var(PROGRAM) else { return };
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

/// Starts `ranks` ranks that run `program`; whether they all succeed within `seconds`.
#[track_caller]
fn job(ranks: usize, program: &str, seconds: u64) -> bool {
    let launcher = std::env::var_os("MPIEXEC").unwrap_or_else(|| "mpiexec".into());
    let mut child = Command::new(launcher)
        .arg("-n")
        .arg(ranks.to_string())
        .arg(std::env::current_exe().expect("a test knows its binary"))
        .args(["rank_of_a_job", "--exact", "--nocapture", "--test-threads=1"])
        .env(PROGRAM, program)
        .env("OMPI_ALLOW_RUN_AS_ROOT", "1")
        .env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")
        .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
        .env("OMPI_MCA_hwloc_base_binding_policy", "none")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("mpiexec starts: the feature `mpi` is tested where MPI is installed");
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return status.success();
        }
        if start.elapsed() > Duration::from_secs(seconds) {
            child.kill().expect("a child can be killed");
            child.wait().expect("a child can be waited for");
            panic!("{ranks} ranks did not finish {program:?} within {seconds} s");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn one_to_four_ranks_conform() {
    for ranks in 1..=4 {
        assert!(job(ranks, "conformance", 240), "{ranks} ranks");
    }
}

#[test]
fn messages_are_split_at_a_small_limit() {
    assert!(job(3, "small split", 120));
}

#[test]
fn without_direct_reads_everything_goes_by_messages() {
    assert!(job(2, "without direct reads", 120));
}

#[test]
fn mpi_that_runs_is_used_and_not_finished() {
    assert!(job(2, "already running", 120));
}

#[test]
fn a_panic_ends_the_job() {
    assert!(!job(3, "panic", 60));
}

#[test]
fn messages_nobody_receives_do_not_hold_up_the_end() {
    assert!(job(3, "unreceived", 60));
}

#[test]
#[ignore = "needs 5 GiB of memory"]
fn more_than_two_gibibytes_in_one_message() {
    assert!(job(2, "huge", 240));
}
