//! Throughput of fused passes on one thread against loops fused by hand, into reused memory.
//!
//! `cargo run --release -p distarray-core --example throughput [ELEMENTS]` prints nanoseconds per element and
//! GB/s (8 bytes for every operand and result) for three expressions; the loops use the same sine.

use std::time::Instant;

use distarray_core::kernel::elementwise::{
    Operand, Output, PassError, Program, ProgramBuilder, StorePolicy, run_with,
};
use distarray_core::kernel::math::{Function1, Sin};
use distarray_core::kernel::simd::{stream_copy, stream_fence};
use distarray_core::ufunc::Ufunc;
use distarray_core::{Accumulator, Block, DType, ElementError, Pool, Reduction};

distarray_core::multiversion! {
    fn hand_sine(x: &[f64], z: &[f64], out: &mut [f64]) {
        for ((x, z), out) in x.iter().zip(z).zip(out.iter_mut()) {
            *out = 2.0 * x + 3.0 * Sin::body(*x) - z.abs().sqrt();
        }
    }

    fn hand_linear(a: &[f64], b: &[f64], c: &[f64], d: &[f64], out: &mut [f64]) {
        for ((((a, b), c), d), out) in a.iter().zip(b).zip(c).zip(d).zip(out.iter_mut()) {
            *out = (a * b + c - d) * 0.5;
        }
    }

    fn hand_sum(x: &[f64]) -> f64 {
        let mut lanes = [0.0; 32];
        for chunk in x.chunks_exact(32) {
            for (lane, x) in lanes.iter_mut().zip(chunk) {
                *lane += x;
            }
        }
        lanes.iter().sum()
    }
}

/// A hand-written loop whose result leaves past the caches, by way of a small buffer.
fn streamed(out: &mut [f64], mut piece: impl FnMut(usize, &mut [f64])) {
    let mut buffer = [0.0; 512];
    for (number, out) in out.chunks_mut(512).enumerate() {
        let buffer = &mut buffer[..out.len()];
        piece(number * 512, buffer);
        stream_copy(distarray_core::element::as_bytes_mut(out), distarray_core::element::as_bytes(buffer));
    }
    stream_fence();
}

/// The best of some runs, in seconds.
fn seconds(mut work: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..7 {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed().as_secs_f64());
    }
    best
}

fn report(name: &str, count: usize, operands: usize, seconds: f64, reference: f64) {
    println!(
        "{name:42} {:6.3} ns/element {:6.2} GB/s  {:5.2} of the hand loop",
        seconds * 1e9 / count as f64,
        (operands * 8 * count) as f64 / seconds / 1e9,
        reference / seconds,
    );
}

fn sine_program() -> Result<Program, ElementError> {
    let mut builder = ProgramBuilder::new();
    let x = builder.input(0, DType::Float64);
    let z = builder.input(1, DType::Float64);
    let twice = builder.apply(Ufunc::Multiply, &[2.into(), x.into()])?;
    let sine = builder.apply(Ufunc::Sin, &[x.into()])?;
    let thrice = builder.apply(Ufunc::Multiply, &[3.into(), sine.into()])?;
    let sum = builder.apply(Ufunc::Add, &[twice.into(), thrice.into()])?;
    let absolute = builder.apply(Ufunc::Absolute, &[z.into()])?;
    let root = builder.apply(Ufunc::Sqrt, &[absolute.into()])?;
    let result = builder.apply(Ufunc::Subtract, &[sum.into(), root.into()])?;
    builder.output(result)?;
    builder.finish()
}

fn linear_program() -> Result<Program, ElementError> {
    let mut builder = ProgramBuilder::new();
    let inputs: Vec<_> = (0..4).map(|slot| builder.input(slot, DType::Float64)).collect();
    let product = builder.apply(Ufunc::Multiply, &[inputs[0].into(), inputs[1].into()])?;
    let sum = builder.apply(Ufunc::Add, &[product.into(), inputs[2].into()])?;
    let difference = builder.apply(Ufunc::Subtract, &[sum.into(), inputs[3].into()])?;
    let result = builder.apply(Ufunc::Multiply, &[difference.into(), 0.5.into()])?;
    builder.output(result)?;
    builder.finish()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => 50_000_000,
    };
    let pool = Pool::new(None);
    let block = |factor: f64| -> Result<Block, ElementError> {
        let mut block = Block::uninit(DType::Float64, &[count], &pool)?;
        for (index, value) in block.as_mut_slice::<f64>()?.iter_mut().enumerate() {
            *value = (index % 10_007) as f64 * factor - 3.0;
        }
        Ok(block)
    };
    let inputs = [block(0.001)?, block(0.002)?, block(0.003)?, block(0.004)?];
    let slices: Vec<&[f64]> = inputs.iter().map(Block::as_slice).collect::<Result<_, _>>()?;
    let mut by_hand = block(0.0)?;
    let mut output = block(0.0)?;
    let (sine, linear) = (sine_program()?, linear_program()?);
    for policy in [StorePolicy::Cached, StorePolicy::Streaming] {
        println!("{policy:?} stores");
        let out = by_hand.as_mut_slice::<f64>()?;
        let reference = match policy {
            StorePolicy::Streaming => seconds(|| {
                streamed(out, |at, buffer| {
                    let end = at + buffer.len();
                    hand_sine(&slices[0][at..end], &slices[1][at..end], buffer);
                });
            }),
            _ => seconds(|| hand_sine(slices[0], slices[1], out)),
        };
        report("2*x + 3*sin(x) - sqrt(abs(z)), by hand", count, 3, reference, reference);
        let time = pass_seconds(policy, &sine, &inputs[..2], &mut output)?;
        report("2*x + 3*sin(x) - sqrt(abs(z)), pass", count, 3, time, reference);
        assert!(output.as_bytes() == by_hand.as_bytes(), "the pass gives the loop's bits");

        let out = by_hand.as_mut_slice::<f64>()?;
        let reference = match policy {
            StorePolicy::Streaming => seconds(|| {
                streamed(out, |at, buffer| {
                    let r = at..at + buffer.len();
                    let [a, b, c, d] = [0, 1, 2, 3].map(|k| &slices[k][r.clone()]);
                    hand_linear(a, b, c, d, buffer);
                });
            }),
            _ => seconds(|| hand_linear(slices[0], slices[1], slices[2], slices[3], out)),
        };
        report("(a*b + c - d)*0.5, by hand", count, 5, reference, reference);
        let time = pass_seconds(policy, &linear, &inputs, &mut output)?;
        report("(a*b + c - d)*0.5, pass", count, 5, time, reference);
        assert!(output.as_bytes() == by_hand.as_bytes(), "the pass gives the loop's bits");
    }
    let mut total = 0.0;
    let reference = seconds(|| total = hand_sum(slices[0]));
    report("sum, by hand", count, 1, reference, reference);
    for (name, reduction) in
        [("sum, pass", Reduction::Sum), ("sum, reproducible", Reduction::ReproducibleSum)]
    {
        let mut builder = ProgramBuilder::new();
        let x = builder.input(0, DType::Float64);
        builder.reduce(x, reduction, &[true])?;
        let program = builder.finish()?;
        let mut failure = None;
        let time = seconds(|| {
            let done = Accumulator::start(reduction, DType::Float64, &[count], &[true], &pool)
                .map_err(Into::into)
                .and_then(|accumulator| {
                    let mut accumulators = [accumulator];
                    let operands = [Operand::block(&inputs[0])];
                    run_with(
                        StorePolicy::Auto,
                        &program,
                        &[count],
                        &operands,
                        &mut [],
                        &mut accumulators,
                        &mut || Ok(()),
                    )
                });
            failure = done.err();
        });
        if let Some(failure) = failure {
            return Err(failure.into());
        }
        report(name, count, 1, time, reference);
    }
    println!("(the sum is {total})");
    Ok(())
}

fn pass_seconds(
    policy: StorePolicy,
    program: &Program,
    inputs: &[Block],
    output: &mut Block,
) -> Result<f64, Box<dyn std::error::Error>> {
    let shape = output.shape().to_vec();
    let operands: Vec<Operand<'_>> = inputs.iter().map(Operand::block).collect();
    let mut failure = None;
    let time = seconds(|| {
        let done = Output::block(output).map_err(PassError::from).and_then(|output| {
            run_with(policy, program, &shape, &operands, &mut [output], &mut [], &mut || Ok(()))
        });
        failure = done.err();
    });
    match failure {
        Some(failure) => Err(failure.into()),
        None => Ok(time),
    }
}
