//! How fast a 512 MB array goes to a file and back: `cargo run --release --example npy_throughput [RANKS]`.
//!
//! Reading is from the page cache, C and Fortran order; writing waits for the disk. Each figure is the
//! best of five rounds: GB per second of wall time, and per second of processor time of all ranks
//! together, which tells more on a machine that is busy.

use std::time::Instant;

use distarray_comm::{Comm, threads};
use distarray_core::{Block, DType, Pool};
use distarray_io::header::Header;
use distarray_io::{LoadNpy, probe, save};
use distarray_maps::Distribution;
use distarray_spmd::{AnyLocalArray, Error, Operation, Worker};

const SIDE: usize = 8000;
const GIGABYTES: f64 = (SIDE * SIDE * 8) as f64 / 1e9;
const ROUNDS: usize = 5;

/// Wall and processor seconds of one rank.
type Seconds = (f64, f64);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let ranks = std::env::args().nth(1).map_or(Ok(2), |text| text.parse())?;
    let path = |name| std::env::temp_dir().join(format!("{name}-{}.npy", std::process::id()));
    let (plain, turned) = (path("throughput"), path("throughput-fortran"));
    println!("{ranks} ranks, float64 {SIDE} x {SIDE}, {GIGABYTES} GB; GB/s (GB per processor second)");
    for spec in ["b", "n,b", "b,b", "n,c(512)", "n,c(64)", "n,c", "c,c"] {
        let distribution = Distribution::from_spec(&[SIDE, SIDE], &spec.parse()?, ranks)?;
        let figures = threads::run(ranks, |comm| {
            let worker = Worker::with_pool(&comm, &Pool::new(None));
            let mut figures = Vec::new();
            // Runs of one element take a system call each: not worth the wait.
            let written = if spec.ends_with(",c") {
                vec![]
            } else {
                let local = distribution.local_shape(worker.rank());
                let mut block = Block::zeros(DType::Float64, &local, worker.pool())?;
                block.as_mut_slice::<f64>()?.fill(1.5);
                let array = AnyLocalArray::new(distribution.clone(), block, worker.rank())?;
                rounds(&comm, || save(&plain, &array, &worker))?
            };
            figures.push(written);
            if worker.rank() == 0 && !turned.exists() {
                let header = Header { fortran_order: true, ..Header::new(DType::Float64, &[SIDE, SIDE]) };
                let mut file = std::fs::read(&plain).unwrap_or_default();
                file.splice(..128, header.to_bytes());
                std::fs::write(&turned, file).ok();
            }
            comm.barrier()?;
            for path in [&plain, &turned] {
                let file = probe(path).map_err(|error| error.at("probe", 0))?;
                let load = LoadNpy::new(file, distribution.clone())?;
                figures.push(rounds(&comm, || load.execute(&worker, Vec::new()).map(drop))?);
            }
            Ok::<_, Error>(figures)
        })?;
        let shown = |which: usize| {
            let rounds = figures[0][which].len();
            let best = |seconds: &dyn Fn(usize) -> f64| {
                GIGABYTES / (0..rounds).map(seconds).fold(f64::INFINITY, f64::min)
            };
            let wall = best(&|round| figures[0][which][round].0);
            let processor = best(&|round| figures.iter().map(|rank| rank[which][round].1).sum());
            format!("{wall:5.2} ({processor:5.2})")
        };
        println!("{spec:>9}  save {}  load {}  load Fortran {}", shown(0), shown(1), shown(2));
    }
    std::fs::remove_file(&plain)?;
    std::fs::remove_file(&turned)?;
    Ok(())
}

fn rounds(comm: &Comm, mut work: impl FnMut() -> Result<(), Error>) -> Result<Vec<Seconds>, Error> {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        comm.barrier()?;
        let (start, processor) = (Instant::now(), processor_seconds());
        work()?;
        let processor = processor_seconds() - processor;
        comm.barrier()?;
        rounds.push((start.elapsed().as_secs_f64(), processor));
    }
    Ok(rounds)
}

/// What this thread has used so far; 0 where the system does not tell.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().next().and_then(|word| word.parse::<f64>().ok());
    nanoseconds.unwrap_or(0.0) / 1e9
}
