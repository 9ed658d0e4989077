//! The context without a client when ranks fail: all are told the same at once, and the next operation works.

use distarray_comm::{Comm, PIECE_BYTES, Parcel, Piece, SameMemory, threads};
use distarray_core::Scalar;
use distarray_lazy::Context;
use distarray_spmd::{Error, Failure, FailureKind, Worker};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than it may take all ranks to hear of a failure, on a machine with more ranks than cores.
const PROMPT: Duration = Duration::from_secs(10);

/// How a rank fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Panic,
    Error,
    RefuseMemory,
}

const WAYS: [How; 3] = [How::Panic, How::Error, How::RefuseMemory];

/// Amid what the others are when it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Amid {
    /// They wait for a message from it.
    Receive,
    Barrier,
    /// The third of several: it takes part in the others.
    AllReduce,
    /// They wait for its parcel; so large that it goes in pieces.
    Exchange,
    /// They read its memory, or wait to.
    Expose,
    /// They compute, and look around now and then.
    Progress,
    /// They are through with the step, or will be whatever the rank does.
    Nothing,
}

const MOMENTS: [Amid; 7] = [
    Amid::Receive,
    Amid::Barrier,
    Amid::AllReduce,
    Amid::Exchange,
    Amid::Expose,
    Amid::Progress,
    Amid::Nothing,
];

fn fail(worker: &Worker, how: How) -> Result<(), Error> {
    match how {
        How::Panic => panic!("tripped"),
        How::Error => Err(Error::Axis { axis: 5, ndim: 2 }),
        How::RefuseMemory => {
            worker.pool().refuse_next();
            worker.pool().allocate(100)?;
            Ok(())
        }
    }
}

/// A step in which the ranks of `bad` fail, each a little later than the one before it.
fn step(worker: &Worker, amid: Amid, bad: &[usize], how: How) -> Result<(), Error> {
    let comm = worker.comm();
    let (me, first) = (comm.rank(), bad[0]);
    let position = bad.iter().position(|rank| *rank == me);
    let trip = || match position {
        Some(position) => {
            thread::sleep(Duration::from_micros(50 * position as u64));
            fail(worker, how)
        }
        None => Ok(()),
    };
    match amid {
        Amid::Receive => {
            trip()?;
            comm.receive(first, 1)?;
        }
        Amid::Barrier => {
            trip()?;
            comm.barrier()?;
        }
        Amid::AllReduce => {
            for round in 0..5 {
                if round == 2 {
                    trip()?;
                }
                comm.all_reduce(&mut vec![1; 3000], &mut |left, right| left[0] += right[0])?;
            }
        }
        Amid::Exchange => {
            let parcels: Vec<Parcel> =
                (0..comm.size()).map(|peer| Parcel { peer, bytes: 3 * PIECE_BYTES + 5 }).collect();
            let mut packed = 0;
            comm.exchange(
                &parcels,
                &parcels,
                &mut |_, _, piece| {
                    piece.fill(1);
                    packed += 1;
                    if packed == 3 && position.is_some() && how == How::Panic {
                        panic!("tripped");
                    }
                },
                &mut |_, _, _| {},
            )?;
            trip()?;
        }
        Amid::Expose => {
            let others: Vec<usize> = (0..comm.size()).filter(|rank| *rank != me).collect();
            for &other in &others {
                if comm.same_memory(other)? == SameMemory::No {
                    return trip();
                }
            }
            comm.expose(&[7; 1000], &others, &others, |exposed| {
                for &other in &others {
                    let mut target = [0; 1000];
                    exposed.read_pieces(
                        other,
                        &mut target,
                        [Piece { source: 0, target: 0, length: 1000 }],
                    )?;
                    trip()?;
                }
                Ok::<(), Error>(())
            })?;
            // Alone there is nothing to read.
            trip()?;
        }
        Amid::Progress => {
            trip()?;
            loop {
                comm.progress()?;
            }
        }
        Amid::Nothing => trip()?,
    }
    Ok(())
}

fn failure_of<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Failure {
    match outcome {
        Err(Error::Agreed(failure)) => failure,
        other => panic!("{other:?} is no failure that all ranks know of"),
    }
}

fn is_of(how: How, kind: FailureKind) -> bool {
    match how {
        How::Panic => kind == FailureKind::Panic,
        How::Error => kind == FailureKind::Invalid,
        How::RefuseMemory => matches!(kind, FailureKind::OutOfMemory { .. }),
    }
}

/// What is right on all ranks after a failure as before it.
fn works(context: &Context) -> Result<(), Error> {
    let x = context.arange(100);
    assert_eq!(x.sum(()).item()?, Scalar::Int64(4950));
    let moved = x.redistribute(([100], "c"));
    assert_eq!((&moved * 2).fetch::<i64>()?[[99]], 198);
    Ok(())
}

/// One failure: what it is on this rank is what it is on all, at once; the program's own messages go on.
fn one(comm: &Comm, context: &Context, amid: Amid, bad: Vec<usize>, how: How) -> Result<(), Error> {
    let (me, size) = (comm.rank(), comm.size());
    let case = format!("{how:?} amid {amid:?} on {bad:?} of {size}");
    comm.send((me + 1) % size, 9, case.as_bytes())?;
    let tripping = bad.clone();
    context.apply("trip", &[], Vec::new(), move |worker, _| {
        step(worker, amid, &tripping, how).map(|()| Vec::new())
    })?;
    let start = Instant::now();
    let failure = failure_of(context.synchronise());
    assert!(start.elapsed() < PROMPT, "{case}: {:?}", start.elapsed());
    assert_eq!(failure.operation, "trip", "{case}: {failure}");
    assert!(bad.contains(&failure.rank) && is_of(how, failure.kind), "{case}: {failure}");
    let message = comm.receive((me + size - 1) % size, 9)?;
    assert_eq!(message.as_bytes(), case.as_bytes());
    for other in comm.all_gather_values(&failure)? {
        assert_eq!(other, failure, "{case}");
    }
    Ok(())
}

/// Every way to fail amid everything, on each rank, and on two at once.
fn everything(comm: &Comm, rounds: usize) -> Result<(), Error> {
    let context = Context::spmd(comm)?;
    works(&context)?;
    let size = comm.size();
    for round in 0..rounds {
        for amid in MOMENTS {
            for how in WAYS {
                let first = (round + amid as usize + how as usize) % size;
                one(comm, &context, amid, vec![first], how)?;
                if size > 1 && round % 2 == 0 {
                    one(comm, &context, amid, vec![first, (first + 1) % size], how)?;
                }
            }
            works(&context)?;
        }
        built_in_steps(comm, &context, round % size)?;
    }
    context.close()
}

/// Memory is refused to steps of our own, at the first request and at later ones.
fn built_in_steps(comm: &Comm, context: &Context, bad: usize) -> Result<(), Error> {
    for granted in 0..4 {
        for kind in 0..4 {
            let x = context.linspace(0.0, 1.0, 60);
            x.compute()?;
            context.apply("arm", &[], Vec::new(), move |worker, _| {
                if worker.rank() == bad {
                    worker.pool().refuse_after(granted);
                }
                Ok(Vec::new())
            })?;
            context.synchronise()?;
            let y = match kind {
                0 => &x + 1.0,
                1 => x.sum(()),
                2 => x.redistribute(([60], "c")),
                // Several steps, of which some communicate.
                _ => (&x - x.mean(())).redistribute(([60], "c")) * 2.0,
            };
            let first = y.compute().map(drop);
            let told = comm.all_gather_values(&first.as_ref().err().map(ToString::to_string))?;
            assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:?}");
            match first {
                Ok(()) => {}
                Err(error) => assert_eq!(failure_of::<()>(Err(error)).rank, bad),
            }
            context.apply("disarm", &[], Vec::new(), |worker, _| {
                worker.pool().refuse_after(u64::MAX);
                Ok(Vec::new())
            })?;
            context.synchronise()?;
            works(context)?;
        }
    }
    Ok(())
}

/// The parts of a communicator have contexts of their own, which fail for themselves.
fn parts(comm: &Comm) -> Result<(), Error> {
    let half = comm.split(Some((comm.rank() % 2) as u64), 0)?.expect("a colour was given");
    let context = Context::spmd(&half)?;
    if comm.rank().is_multiple_of(2) {
        one(&half, &context, Amid::Barrier, vec![0], How::Panic)?;
    }
    works(&context)?;
    context.close()
}

fn quietly(program: impl FnOnce()) {
    // Panics on purpose would fill pages.
    std::panic::set_hook(Box::new(|panic| {
        let said = panic.payload_as_str().unwrap_or_default();
        if said != "tripped" {
            eprintln!("{panic}");
        }
    }));
    program();
    drop(std::panic::take_hook());
}

#[test]
fn all_ranks_are_told_the_same_at_once_and_go_on() {
    let rounds = std::env::var("DISTARRAY_TEST_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
    quietly(|| {
        for ranks in 1..=4 {
            threads::run(ranks, |comm| everything(&comm, rounds)).expect("all ranks agree");
        }
        threads::run(4, |comm| parts(&comm)).expect("all ranks agree");
    });
}

#[cfg(feature = "mpi")]
mod processes {
    use super::{everything, parts, quietly};
    use distarray_comm::conformance::job;
    use distarray_comm::mpi::{Options, run};

    pub(super) fn rank(program: &str) {
        quietly(|| {
            run(Options::default(), |comm| match program {
                "failures" => everything(&comm, 4),
                "parts" => parts(&comm),
                other => panic!("no program {other:?}"),
            })
            .expect("the rank's program succeeds");
        });
    }

    #[test]
    fn the_same_with_ranks_as_processes() {
        for ranks in 2..=4 {
            job::succeeds(ranks, "failures", 120);
        }
        job::succeeds(4, "parts", 60);
    }
}

/// What the ranks of a job do. Started by hand, it does nothing.
#[cfg(feature = "mpi")]
#[test]
fn rank_of_a_job() {
    if let Some(program) = distarray_comm::conformance::job::program() {
        processes::rank(&program);
    }
}
