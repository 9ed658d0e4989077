//! The library's side of `compare.py`: the same rows as `loops.c`, on engines of this process.
//!
//! usage: [mpiexec -n ENGINES] side_by_side ELEMENTS [ENGINES], then the name of one row per line of standard
//! input
//!
//! Each line is answered with the seconds that the row took, once. The first run of a row writes to fresh
//! memory; afterwards the results' memory is reused, because the handle of the last result is dropped before
//! the next is made. `chain_loop` and `sum_loop` are hand-written loops that the engines run on the same
//! memory, as a user's function: how fast two processes are compared differs by up to a half with where their
//! pages lie. Of the rows `ping` and `small_sum` the answer is the median of 1,001 runs.

mod engines;

use distarray::core::element::{as_bytes, as_bytes_mut, slice_of};
use distarray::core::kernel::simd::{stream_copy, stream_fence};
use distarray::core::{Block, DType};
use distarray::prelude::*;
use distarray::spmd::{AnyLocalArray, ArrayMeta};

distarray::core::multiversion! {
    fn chain_loop(a: &[f64], b: &[f64], c: &[f64], d: &[f64], out: &mut [f64]) {
        for ((((a, b), c), d), out) in a.iter().zip(b).zip(c).zip(d).zip(out.iter_mut()) {
            *out = (a * b + c - d) * 0.5;
        }
    }

    fn sum_loop(x: &[f64]) -> f64 {
        let mut lanes = [0.0; 64];
        for row in x.chunks_exact(64) {
            for (lane, x) in lanes.iter_mut().zip(row) {
                *lane += x;
            }
        }
        lanes.iter().sum::<f64>() + x.chunks_exact(64).remainder().iter().sum::<f64>()
    }
}

/// The chain by hand: a small buffer at a time, which leaves past the caches.
fn chain_by_hand(operands: [&[f64]; 4], out: &mut [f64]) {
    let mut buffer = [0.0; 256];
    for (number, out) in out.chunks_mut(buffer.len()).enumerate() {
        let result = &mut buffer[..out.len()];
        let [a, b, c, d] = operands.map(|operand| &operand[number * 256..][..out.len()]);
        chain_loop(a, b, c, d, result);
        stream_copy(as_bytes_mut(out), as_bytes(result));
    }
    stream_fence();
}

struct Rows {
    engines: usize,
    context: Context,
    arrays: [DistArray; 4],
    square: DistArray,
    small: DistArray,
    turn: usize,
}

impl Rows {
    fn new(context: Context, count: usize) -> Result<Rows, Error> {
        let engines = context.rank_count();
        let make = |scale: f64| context.linspace(0.25, scale + 0.25, count);
        let arrays = [make(1.0), make(2.0), make(3.0), make(4.0)];
        let side = count.isqrt();
        let square = context.ramp(([side, side], "b,n"), Scalar::Float64(0.0), Scalar::Float64(1.0));
        let small = context.linspace(0.0, 1.0, 1000);
        for array in arrays.iter().chain([&square, &small]) {
            array.compute()?;
        }
        Ok(Rows { engines, context, arrays, square, small, turn: 0 })
    }

    /// Runs one row once.
    fn run(&mut self, row: &str) -> Result<(), Error> {
        let [a, b, c, d] = &self.arrays;
        self.turn += 1;
        match row {
            "sin" => (a * 2.0 + a.sin() * 3.0 - b.abs().sqrt()).compute().map(|_| ()),
            "chain" => ((a * b + c - d) * 0.5).compute().map(|_| ()),
            // Four arrays in turns: a sum that is still known would be found, not computed.
            "sum" => self.arrays[self.turn % 4].sum(()).item().map(|_| ()),
            "chain_loop" => {
                let meta = a.meta()?.clone();
                let results = self.context.apply("loop", &[a, b, c, d], vec![meta], |worker, inputs| {
                    let own = inputs[0].array();
                    let mut block = Block::uninit(DType::Float64, own.view().shape(), worker.pool())?;
                    let mut operands = [&[][..]; 4];
                    for (operand, input) in operands.iter_mut().zip(&inputs) {
                        *operand = slice_of(input.array().view().storage())?;
                    }
                    chain_by_hand(operands, block.as_mut_slice()?);
                    Ok(vec![AnyLocalArray::new(own.distribution().clone(), block, worker.rank())?])
                })?;
                results[0].compute().map(|_| ())
            }
            "sum_loop" => {
                let ranks = self.engines;
                let distribution = Distribution::block_rows(&[ranks], ranks)?;
                let meta = ArrayMeta { dtype: DType::Float64, distribution };
                let sums = self.context.apply("loop", &[a], vec![meta.clone()], move |worker, inputs| {
                    let mut block = Block::uninit(DType::Float64, &[1], worker.pool())?;
                    block.as_mut_slice()?[0] = sum_loop(slice_of(inputs[0].array().view().storage())?);
                    Ok(vec![AnyLocalArray::new(meta.distribution.clone(), block, worker.rank())?])
                })?;
                sums[0].fetch::<f64>().map(|_| ())
            }
            "columns" => {
                let side = self.square.shape()[0];
                self.square.redistribute(([side, side], "n,b")).compute().map(|_| ())
            }
            "ping" => self.context.ping(),
            // Another constant each time, for the same reason.
            "small_sum" => (&self.small + self.turn as f64).sum(()).item().map(|_| ()),
            _ => panic!("there is no row {row}"),
        }
    }
}

/// Answers the lines of standard input.
fn answer(context: &Context, count: usize) -> Result<(), Error> {
    let mut rows = Rows::new(context.clone(), count)?;
    let runs = |row: &str| if matches!(row, "ping" | "small_sum") { 1001 } else { 1 };
    engines::answer_rows(runs, |row| rows.run(row))
}

fn main() -> Result<(), Error> {
    engines::run(answer)
}
