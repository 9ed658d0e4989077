//! Pi from points thrown at a square: how many of them lie within the circle.
//!
//! `cargo run --release --example monte_carlo_pi [POINTS [ENGINES]]`

use distarray::prelude::*;
use distarray::random::{Generator, RandomArrays, Variate};
use std::process::ExitCode;

/// Points that are in memory at one time: 32 MiB of coordinates.
const CHUNK: u64 = 1 << 21;

/// How many of `points` points lie within the circle.
fn count_inside(context: &Context, points: u64) -> Result<u64, Box<dyn std::error::Error>> {
    let coordinate = Variate::Uniform { low: -1.0, high: 1.0 };
    // An element depends on the seed and its index alone, so the sum does not depend on who adds it up.
    let mut generator = Generator::new(42);
    let mut inside = 0;
    let mut left = points;
    while left > 0 {
        let count = usize::try_from(left.min(CHUNK))?;
        let x = context.random(&mut generator, coordinate, DType::Float64, [count])?;
        let y = context.random(&mut generator, coordinate, DType::Float64, [count])?;
        match (&x * &x + &y * &y).less_equal(1.0).count_nonzero(()).item()? {
            Scalar::Int64(found) => inside += u64::try_from(found)?,
            other => return Err(format!("a count is an int64, not {other:?}").into()),
        }
        left -= count as u64;
    }
    Ok(inside)
}

/// The integer from 1 to `most` that an argument is, or `usual` if it is not given.
fn integer(argument: Option<String>, name: &str, usual: u64, most: u64) -> Result<u64, String> {
    let Some(text) = argument else { return Ok(usual) };
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| format!("{name} {text} is refused: it must be an integer from 1 to {most}"))
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let points = integer(arguments.next(), "POINTS", 10_000_000, 1 << 50)?;
    let engines = integer(arguments.next(), "ENGINES", 2, 1024)?;
    if let Some(other) = arguments.next() {
        return Err(format!("{other} is one argument too many: POINTS and ENGINES are all").into());
    }

    let context = Context::local(usize::try_from(engines)?)?;
    let inside = count_inside(&context, points)?;
    context.close()?;

    let share = inside as f64 / points as f64;
    let error = 4.0 * (share * (1.0 - share) / points as f64).sqrt();
    println!("{inside} of {points} points lie within the circle: the same for any number of engines");
    println!("pi is about {} with a standard error of {error:.2e}", 4.0 * share);
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
