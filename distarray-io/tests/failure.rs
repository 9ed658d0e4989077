//! Writing that fails: every rank knows the same, what was there is untouched, nothing is left behind.

mod common;

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Mutex;

use common::{Directory, file_bytes};
use distarray_comm::{CommError, threads};
use distarray_core::{Block, DType, Pool};
use distarray_io::header::Header;
use distarray_io::{LoadNpy, load, probe, save};
use distarray_maps::Distribution;
use distarray_spmd::{AnyLocalArray, Error, Failure, FailureKind, Operation, Worker};

/// Three ranks save an array of columns to `path`; what each of them got.
fn outcomes(path: &Path, prepare: impl Fn(&Worker) + Sync) -> Vec<Result<(), Error>> {
    threads::run(3, |comm| {
        let worker = Worker::with_pool(&comm, &Pool::new(None));
        let columns = Distribution::from_spec(&[6, 9], &"n,c".parse()?, 3)?;
        let shape = columns.local_shape(comm.rank());
        let block = Block::zeros(DType::Int32, &shape, worker.pool())?;
        let array = AnyLocalArray::new(columns, block, comm.rank())?;
        prepare(&worker);
        Ok::<_, Error>(save(path, &array, &worker))
    })
    .expect("all ranks return")
}

#[track_caller]
fn all_fail(outcomes: Vec<Result<(), Error>>) -> Failure {
    let mut failures = outcomes.into_iter().map(|outcome| match outcome {
        Err(Error::Agreed(failure)) => failure,
        other => panic!("{other:?} where an agreed failure is expected"),
    });
    let first = failures.next().expect("three ranks");
    assert!(failures.all(|failure| failure == first));
    assert_eq!(first.operation, "save_npy");
    first
}

#[test]
fn a_directory_that_is_not_there() {
    let directory = Directory::new();
    let failure = all_fail(outcomes(&directory.join("none/a.npy"), |_| ()));
    assert_eq!((failure.rank, failure.kind), (0, FailureKind::File));
    assert!(failure.message.contains("none/a.npy: cannot create"), "{}", failure.message);
    assert_eq!(directory.names(), [""; 0]);
}

#[test]
fn a_target_that_is_a_directory() {
    let directory = Directory::new();
    std::fs::create_dir(directory.join("a.npy")).expect("a directory");
    let failure = all_fail(outcomes(&directory.join("a.npy"), |_| ()));
    assert!(failure.message.contains("is a directory, not a file"), "{}", failure.message);
    assert_eq!(directory.names(), ["a.npy"]);
}

#[test]
fn memory_refused_on_one_rank_leaves_the_old_file() {
    let directory = Directory::new();
    let path = directory.join("a.npy");
    let old = file_bytes(&Header::new(DType::Int8, &[3]));
    for rank in 0..3 {
        std::fs::write(&path, &old).expect("can be written");
        let refuse = |worker: &Worker| {
            if worker.rank() == rank {
                worker.pool().refuse_next();
            }
        };
        let failure = all_fail(outcomes(&path, refuse));
        assert_eq!(failure.rank, rank);
        assert!(matches!(failure.kind, FailureKind::OutOfMemory { requested_bytes: 216, .. }));
        assert_eq!(std::fs::read(&path).expect("is there"), old);
        assert_eq!(directory.names(), ["a.npy"]);
    }
    assert_eq!(outcomes(&path, |_| ()), [Ok(()), Ok(()), Ok(())]);
    assert_eq!(probe(&path).expect("is good").header.shape, [6, 9]);
}

#[test]
fn an_abort_leaves_the_old_file() {
    let directory = Directory::new();
    let path = directory.join("a.npy");
    let old = file_bytes(&Header::new(DType::Int8, &[3]));
    for rank in 0..3 {
        std::fs::write(&path, &old).expect("can be written");
        let handles = Mutex::new(Vec::new());
        let outcomes = outcomes(&path, |worker| {
            worker.comm().barrier().expect("all are here");
            worker.comm().begin_request(0, 1).expect("the first request");
            handles.lock().expect("no panic").push(worker.comm().abort_handle());
            if worker.rank() == rank {
                while handles.lock().expect("no panic").len() < 3 {
                    std::thread::yield_now();
                }
                // As a client does that has heard of a failure: it tells every rank.
                handles.lock().expect("no panic").iter().for_each(|handle| handle.abort(0, 1));
            }
        });
        let aborted = Err(Error::Comm(CommError::Aborted { epoch: 0, request: 1 }));
        assert_eq!(outcomes[rank], aborted);
        assert_eq!(std::fs::read(&path).expect("is there"), old);
        assert_eq!(directory.names(), ["a.npy"]);
    }
}

#[test]
fn a_rank_that_leaves() {
    let directory = Directory::new();
    let path = directory.join("a.npy");
    let outcome = threads::run(3, |comm| {
        let worker = Worker::new(&comm);
        let rows = Distribution::block_rows(&[6, 9], 3)?;
        let block = Block::zeros(DType::Int32, &rows.local_shape(comm.rank()), worker.pool())?;
        let array = AnyLocalArray::new(rows, block, comm.rank())?;
        if comm.rank() == 2 {
            return Ok(());
        }
        save(&path, &array, &worker)
    });
    assert!(matches!(outcome, Err(Error::Comm(CommError::PeerLeft { .. }))), "{outcome:?}");
    assert_eq!(directory.names(), [""; 0]);
}

#[test]
fn links_stay_links() {
    let directory = Directory::new();
    std::fs::write(directory.join("real.npy"), b"old").expect("can be written");
    symlink(directory.join("real.npy"), directory.join("link.npy")).expect("a link");
    symlink(directory.join("nothing.npy"), directory.join("broken.npy")).expect("a link");
    assert_eq!(outcomes(&directory.join("link.npy"), |_| ()), [Ok(()), Ok(()), Ok(())]);
    assert!(probe(directory.join("real.npy")).is_ok());
    let link = std::fs::symlink_metadata(directory.join("link.npy")).expect("is there");
    assert!(link.is_symlink());
    let failure = all_fail(outcomes(&directory.join("broken.npy"), |_| ()));
    assert!(failure.message.contains("cannot follow the link"), "{}", failure.message);
    assert_eq!(directory.names(), ["broken.npy", "link.npy", "real.npy"]);
}

#[test]
fn reading_what_is_not_there_or_was_changed() {
    let directory = Directory::new();
    let path = directory.join("a.npy");
    let missing =
        threads::run(2, |comm| Ok::<_, Error>(load(&path, &"b".parse()?, &Worker::new(&comm)).map(|_| ())));
    for outcome in missing.expect("all ranks return") {
        let Err(Error::Agreed(failure)) = outcome else { panic!("{outcome:?}") };
        assert_eq!((failure.operation.as_str(), failure.kind), ("load_npy", FailureKind::File));
    }

    std::fs::write(&path, file_bytes(&Header::new(DType::Int8, &[3]))).expect("can be written");
    let file = probe(&path).expect("is good");
    let rows = Distribution::block_rows(&[3], 1).expect("small");
    let operation = LoadNpy::new(file, rows).expect("fits");
    let run = || {
        let outcome = threads::run(1, |comm| operation.execute(&Worker::new(&comm), vec![]).map(|_| ()));
        outcome.map_err(|error| error.to_string())
    };
    assert_eq!(run(), Ok(vec![()]));
    std::fs::write(&path, file_bytes(&Header::new(DType::Int8, &[4]))).expect("can be written");
    let error = run().expect_err("another shape");
    assert!(error.contains("has changed since it was looked at"), "{error}");
    let mut cut = file_bytes(&Header::new(DType::Int8, &[3]));
    cut.pop();
    std::fs::write(&path, cut).expect("can be written");
    let error = run().expect_err("too short");
    assert!(error.contains("truncated: the header promises 131 bytes, the file has 130"), "{error}");
}
