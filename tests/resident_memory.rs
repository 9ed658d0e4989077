//! The peak that `explain` foretells is what the system sees: a binary of its own, because what is measured is
//! the whole process.
#![cfg(target_os = "linux")]

use distarray::prelude::*;

/// A figure of `/proc/self/status`, in bytes.
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find(|line| line.starts_with(name)).expect("it has this line");
    let kib: u64 = line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).expect("a number");
    kib * 1024
}

/// Runs a plan of several steps; `of_process` picks what this process holds from the peaks of all ranks.
fn confirms_the_peak(context: &Context, of_process: impl Fn(&[u64]) -> u64) -> Result<(), Error> {
    const SIDE: usize = 3000;
    context.ones([1000], DType::Float64).sum(()).item()?;
    // Begins the high-water mark anew.
    std::fs::write("/proc/self/clear_refs", "5").expect("one's own mark may be reset");
    let before = status("VmRSS");
    let x = context.ramp(([SIDE, SIDE], "b,n"), Scalar::Float64(0.0), Scalar::Float64(1e-6));
    let columns = (&x * 2.0 + x.sin()).redistribute(([SIDE, SIDE], "n,b"));
    let result = (&columns - columns.mean(0)) / columns.std(());
    drop(columns);
    let explanation = context.explain()?;
    result.compute()?;
    let foretold = of_process(&explanation.peak_bytes);
    let seen = status("VmHWM") - before;
    assert!(foretold > 50 << 20, "{foretold} bytes are too few to tell");
    assert!(
        seen.abs_diff(foretold) <= foretold / 20 + (32 << 20),
        "{foretold} bytes foretold, {seen} seen\n{explanation}"
    );
    Ok(())
}

#[test]
fn resident_memory_confirms_the_peak() {
    for ranks in [1, 2, 3] {
        let context = Context::local(ranks).expect("engines start");
        confirms_the_peak(&context, |peaks| peaks.iter().sum()).expect("nothing fails");
        context.close().expect("nothing failed");
    }
}

/// What a process does that was started as a rank of a job; nothing if it was not.
#[cfg(feature = "mpi")]
#[test]
fn rank_of_a_job() {
    use distarray::comm::mpi::{Options, Universe};
    if distarray::comm::conformance::job::program().is_none() {
        return;
    }
    let universe = Universe::start(Options::default()).expect("MPI starts");
    let comm = universe.endpoint().expect("an endpoint").into_comm();
    let context = Context::spmd(&comm).expect("a context");
    confirms_the_peak(&context, |peaks| peaks[comm.rank()]).expect("nothing fails");
    context.close().expect("nothing failed");
}

#[cfg(feature = "mpi")]
#[test]
fn resident_memory_of_processes_confirms_the_peak() {
    for ranks in 1..=3 {
        distarray::comm::conformance::job::succeeds(ranks, "memory", 120);
    }
}
