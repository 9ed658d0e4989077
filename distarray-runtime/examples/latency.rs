//! What a command costs: `cargo run --release -p distarray-runtime --example latency [engines]`, or,
//! with the feature `mpi`, under `mpiexec`.

use distarray_comm::launcher;
use distarray_core::DType;
use distarray_lazy::Context;
use distarray_lazy::backend::Command;
use distarray_runtime::engine::{Injection, Target, What};
use distarray_runtime::launch::{Launch, LocalOptions};
use distarray_spmd::{Error, Registry};
use std::time::{Duration, Instant};

/// Microseconds of each of `count` calls, with a pause before each.
fn measure(
    count: usize,
    pause: Duration,
    mut call: impl FnMut() -> Result<(), Error>,
) -> Result<Vec<f64>, Error> {
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        if !pause.is_zero() {
            std::thread::sleep(pause);
        }
        let start = Instant::now();
        call()?;
        times.push(start.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

fn show(what: &str, times: &[f64]) {
    let (median, late) = (times[times.len() / 2], times[times.len() * 95 / 100]);
    println!("{what:<48} median {median:8.1} us   95 % {late:8.1} us");
}

fn rate(count: u32, start: Instant) -> f64 {
    f64::from(count) / start.elapsed().as_secs_f64()
}

fn registry() -> Result<Registry, Error> {
    let mut registry = Registry::new();
    distarray_spmd::register(&mut registry)?;
    Ok(registry)
}

fn commands(context: &Context) -> Result<(), Error> {
    println!("{} engines", context.rank_count());
    measure(1000, Duration::ZERO, || context.ping())?;
    show("empty command, hot", &measure(20_000, Duration::ZERO, || context.ping())?);
    show("empty command, after 1 ms", &measure(500, Duration::from_millis(1), || context.ping())?);
    show("empty command, after 20 ms", &measure(100, Duration::from_millis(20), || context.ping())?);
    show("empty command, after 2 s", &measure(2, Duration::from_secs(2), || context.ping())?);

    let count = 200_000;
    let start = Instant::now();
    let answers: Vec<_> = (0..count).map(|_| context.backend().submit(Command::Nothing)).collect();
    for answer in answers {
        answer.wait().unwrap_or(Err(Error::Closed))?;
    }
    println!("{:<48} {:8.0} /s", "empty commands, pipelined", rate(count, start));

    let mut x = context.zeros([100], DType::Float64);
    x.compute()?;
    let start = Instant::now();
    let mut empty = Vec::new();
    for _ in 0..count / 2 {
        empty.push(context.backend().submit(Command::Nothing));
        x += 1.0;
        context.flush()?;
    }
    let last = x.sum(()).item()?;
    for answer in empty {
        answer.wait().unwrap_or(Err(Error::Closed))?;
    }
    println!(
        "{:<48} {:8.0} /s ({last})",
        "half of them plans on a small array, pipelined",
        rate(count, start)
    );

    let x = context.ones([1000], DType::Float64);
    x.compute()?;
    let call = || {
        let total = (&x + 1.0).sum(()).item()?;
        assert_eq!(total.to_string(), "2000.0");
        Ok(())
    };
    measure(1000, Duration::ZERO, call)?;
    show("(x + 1).sum() on 1000 elements, value here", &measure(5_000, Duration::ZERO, call)?);
    Ok(())
}

fn failures(context: &Context) -> Result<(), Error> {
    let call = || {
        let outcome = (context.ones([1000], DType::Float64) + 1.0).sum(()).item();
        assert!(outcome.is_err());
        Ok(())
    };
    show("error on one engine, typed error here", &measure(1_000, Duration::ZERO, call)?);
    Ok(())
}

fn main() -> Result<(), Error> {
    let injections = vec![Injection { rank: 1, target: Target::Any, what: What::Error }];
    if launcher::environment().is_some_and(|launcher| launcher.is_parallel()) {
        return processes(injections);
    }
    let engines = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(2);
    let start = Instant::now();
    let context = Context::local(engines)?;
    context.ping()?;
    println!("they are there after {:.2} ms", start.elapsed().as_secs_f64() * 1e3);
    commands(&context)?;
    context.close()?;

    let mut options = LocalOptions::new(3);
    options.registry = registry()?;
    options.injections = injections;
    let context = Context::local_with(options)?;
    failures(&context)?;
    // The errors of plans that nobody waited for come back here; they are all the injected one.
    let _ = context.close();
    Ok(())
}

#[cfg(feature = "mpi")]
fn processes(injections: Vec<Injection>) -> Result<(), Error> {
    use distarray_comm::mpi::{Options, Universe};
    use distarray_runtime::launch::{RankOptions, run_mpi_with};
    // MPI can be started once, and is used by two contexts.
    let _universe = Universe::start(Options::default())?;
    let mut options = RankOptions::new(registry()?);
    run_mpi_with(&options, Options::default(), commands)?.transpose()?;
    options.injections = injections;
    run_mpi_with(&options, Options::default(), failures)?.transpose()?;
    Ok(())
}

#[cfg(not(feature = "mpi"))]
fn processes(_: Vec<Injection>) -> Result<(), Error> {
    println!("this is one of several processes, but this build has no MPI: use `--features mpi`");
    Ok(())
}
