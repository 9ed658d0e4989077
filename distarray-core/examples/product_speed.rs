//! How fast this thread multiplies: GFLOP/s of matrices, and of thin ones, with fast sums and with sums in order.

use distarray_core::kernel::product::{Contraction, ProductAxis, Sums, scratch_bytes};
use distarray_core::{Block, DType, ElementError, Pool};
use std::time::Instant;

/// Rows, columns, inner indices; whether the left operand is turned.
const CASES: [(usize, usize, usize, bool); 12] = [
    (2000, 4000, 1000, false),
    (2000, 4000, 1000, true),
    (500, 500, 500, false),
    (100, 100, 100, false),
    (32, 32, 32, false),
    (8, 8, 4_000_000, true),
    (16, 16, 2_000_000, true),
    (32, 32, 1_000_000, true),
    (64, 64, 500_000, true),
    (4_000_000, 8, 8, false),
    (4000, 1, 4000, false),
    (4_000_000, 1, 8, false),
];

fn main() -> Result<(), ElementError> {
    let pool = Pool::new(None);
    for dtype in [DType::Float64, DType::Float32, DType::Complex128, DType::Int64, DType::Int8] {
        for (rows, columns, inner, is_turned) in CASES {
            let left = Block::zeros(dtype, &[rows, inner], &pool)?;
            let right = Block::zeros(dtype, &[inner, columns], &pool)?;
            let mut result = Block::zeros(dtype, &[rows, columns], &pool)?;
            let (row, step) = if is_turned { (1, rows) } else { (inner, 1) };
            let axis = |length, left: Option<usize>, right: Option<usize>, result: Option<usize>| {
                let signed = |stride: Option<usize>| stride.map(usize::cast_signed);
                ProductAxis { length, left: signed(left), right: signed(right), result: signed(result) }
            };
            let axes = [
                axis(rows, Some(row), None, Some(columns)),
                axis(columns, None, Some(1), Some(1)),
                axis(inner, Some(step), Some(columns), None),
            ];
            let mut scratch = pool.allocate(scratch_bytes(dtype, rows, columns, inner))?;
            let plan = Contraction::new(dtype, &axes, [0; 3]);
            let mut rates = [0.0; 2];
            for (rate, sums) in rates.iter_mut().zip([Sums::Fast, Sums::InOrder]) {
                for _ in 0..3 {
                    let start = Instant::now();
                    plan.run(
                        left.as_bytes(),
                        right.as_bytes(),
                        result.as_bytes_mut()?,
                        false,
                        sums,
                        scratch.as_bytes_mut(),
                    )?;
                    let count = 2.0 * rows as f64 * columns as f64 * inner as f64;
                    *rate = f64::max(*rate, count / start.elapsed().as_secs_f64() * 1e-9);
                }
            }
            let [fast, in_order] = rates;
            println!("{dtype} {rows} x {inner} times {columns}: {fast:.1} GFLOP/s, in order {in_order:.1}");
        }
    }
    Ok(())
}
