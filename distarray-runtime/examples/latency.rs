//! What a command costs: `cargo run --release -p distarray-runtime --example latency [engines]`.

use distarray_core::DType;
use distarray_lazy::Context;
use distarray_lazy::backend::Command;
use distarray_runtime::engine::{Injection, Target, What};
use distarray_runtime::launch::{Launch, LocalOptions};
use distarray_spmd::Error;
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

fn main() -> Result<(), Error> {
    let engines = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(2);
    let start = Instant::now();
    let context = Context::local(engines)?;
    context.ping()?;
    println!("{engines} engines are there after {:.2} ms", start.elapsed().as_secs_f64() * 1e3);

    measure(1000, Duration::ZERO, || context.ping())?;
    show("empty command, hot", &measure(20_000, Duration::ZERO, || context.ping())?);
    show("empty command, after 1 ms", &measure(500, Duration::from_millis(1), || context.ping())?);
    show("empty command, after 20 ms", &measure(100, Duration::from_millis(20), || context.ping())?);

    let count = 200_000;
    let start = Instant::now();
    let answers: Vec<_> = (0..count).map(|_| context.backend().submit(Command::Nothing)).collect();
    for answer in answers {
        answer.wait().unwrap_or(Err(Error::Closed))?;
    }
    println!("{:<48} {:8.0} /s", "empty commands, pipelined", rate(count, start));

    let start = Instant::now();
    let mut x = context.zeros([100], DType::Float64);
    x.compute()?;
    for _ in 0..count / 2 {
        context.backend().submit(Command::Nothing);
        x = x + 1.0;
        context.flush()?;
    }
    let last = x.sum(()).item()?;
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
    drop(x);
    context.close()?;

    let mut options = LocalOptions::new(3);
    options.injections = vec![Injection { rank: 1, target: Target::Any, what: What::Error }];
    let context = Context::local_with(options)?;
    let call = || {
        let outcome = (context.ones([1000], DType::Float64) + 1.0).sum(()).item();
        assert!(outcome.is_err());
        Ok(())
    };
    show("error on one of 3 engines, typed error here", &measure(1_000, Duration::ZERO, call)?);
    // The errors of plans that nobody waited for come back here; they are all the injected one.
    let _ = context.close();
    Ok(())
}

fn rate(count: u32, start: Instant) -> f64 {
    f64::from(count) / start.elapsed().as_secs_f64()
}
