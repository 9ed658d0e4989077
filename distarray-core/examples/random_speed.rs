//! Nanoseconds per element of random numbers on one thread: `random_speed [MILLIONS [ROUNDS]]`.

use std::time::Instant;

use distarray_core::kernel::random::chacha::Key;
use distarray_core::kernel::random::{Stream, Variate, fill};
use distarray_core::{Block, CopyRun, DType, ElementError, Pool};

fn main() -> Result<(), ElementError> {
    let argument = |place| std::env::args().nth(place).and_then(|text| text.parse::<usize>().ok());
    let count = argument(1).unwrap_or(100) * 1_000_000;
    let rounds = argument(2).unwrap_or(5);
    let stream = Stream { key: Key([1, 2, 3, 4, 5, 6, 7, 8]), number: 0 };
    let whole = vec![CopyRun::whole(count)];
    // Every second element of an array twice as long, and pieces of 64.
    let dealt = |length: usize| {
        let repeats = count / length;
        let (source_stride, target_stride) = (2 * length.cast_signed(), length.cast_signed());
        vec![CopyRun { length, repeats, source: 0, source_stride, target: 0, target_stride }]
    };
    let uniform = Variate::Uniform { low: 0.0, high: 1.0 };
    let normal = Variate::Normal { mean: 0.0, deviation: 1.0 };
    let work = [
        ("uniform", uniform, DType::Float64, whole.clone()),
        ("uniform, cyclic(64) of 2", uniform, DType::Float64, dealt(64)),
        ("uniform, cyclic(1) of 2", uniform, DType::Float64, dealt(1)),
        ("uniform float32", uniform, DType::Float32, whole.clone()),
        ("normal", normal, DType::Float64, whole.clone()),
        ("normal float32", normal, DType::Float32, whole.clone()),
        ("exponential", Variate::Exponential { scale: 1.0 }, DType::Float64, whole.clone()),
        ("integers below 1000", Variate::Integers { low: 0, high: 999 }, DType::Int64, whole.clone()),
        ("bytes", Variate::Integers { low: 0, high: 255 }, DType::UInt8, whole.clone()),
        ("bernoulli", Variate::Bernoulli { probability: 0.3 }, DType::Bool, whole.clone()),
        ("gamma 2.5", Variate::Gamma { shape_parameter: 2.5, scale: 1.0 }, DType::Float64, whole.clone()),
        ("beta 2, 3", Variate::Beta { alpha: 2.0, beta: 3.0 }, DType::Float64, whole.clone()),
        ("poisson 3", Variate::Poisson { mean: 3.0 }, DType::Int64, whole.clone()),
        ("poisson 100", Variate::Poisson { mean: 100.0 }, DType::Int64, whole.clone()),
        ("binomial 100, 0.3", Variate::Binomial { trials: 100, probability: 0.3 }, DType::Int64, whole),
    ];
    let pool = Pool::new(None);
    for (name, variate, dtype, axes) in work {
        let mut block = Block::zeros(dtype, &[count], &pool)?;
        let mut best_seconds = f64::INFINITY;
        for _ in 0..rounds {
            let start = Instant::now();
            fill(&mut block, &variate, &stream, &[2 * count], std::slice::from_ref(&axes))?;
            best_seconds = best_seconds.min(start.elapsed().as_secs_f64());
        }
        println!("{name:26} {:7.2} ns per element", best_seconds / count as f64 * 1e9);
    }
    Ok(())
}
