//! How fast a 512 MB array goes to a file and back: `cargo run --release --example throughput [RANKS]`.
//!
//! Figures are for the page cache. Writing is shown with and without waiting for the disk, reading from
//! C and Fortran order.

use std::time::Instant;

use distarray_comm::threads;
use distarray_core::{Block, DType, Pool};
use distarray_io::header::Header;
use distarray_io::{LoadNpy, probe, save};
use distarray_maps::Distribution;
use distarray_spmd::{AnyLocalArray, Error, Operation, Worker};

const SIDE: usize = 8000;
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let ranks = std::env::args().nth(1).map_or(Ok(2), |text| text.parse())?;
    let shape = [SIDE, SIDE];
    let directory = std::env::temp_dir();
    let path = directory.join(format!("throughput-{}.npy", std::process::id()));
    let turned = directory.join(format!("throughput-{}-fortran.npy", std::process::id()));
    let bytes = (SIDE * SIDE * 8) as f64;
    println!("{ranks} ranks, float64 {shape:?}, {:.0} MB, GB/s of {ROUNDS} rounds", bytes / 1e6);
    for spec in ["b", "n,b", "b,b", "n,c(512)", "n,c(64)", "n,c", "c,c"] {
        let distribution = Distribution::from_spec(&shape, &spec.parse()?, ranks)?;
        let seconds = threads::run(ranks, |comm| {
            let worker = Worker::with_pool(&comm, &Pool::new(None));
            let local = distribution.local_shape(worker.rank());
            let mut block = Block::zeros(DType::Float64, &local, worker.pool())?;
            block.as_mut_slice::<f64>()?.fill(1.5);
            let array = AnyLocalArray::new(distribution.clone(), block, worker.rank())?;
            let mut seconds = [Vec::new(), Vec::new(), Vec::new()];
            // Writing runs that are shorter than this takes a system call each: once is enough to see.
            let writes = if spec.ends_with(",c") { 0 } else { ROUNDS };
            for _ in 0..writes {
                comm.barrier()?;
                let start = Instant::now();
                save(&path, &array, &worker)?;
                seconds[0].push(start.elapsed().as_secs_f64());
            }
            drop(array);
            if worker.rank() == 0 && !turned.exists() {
                let header = Header { fortran_order: true, ..Header::new(DType::Float64, &shape) };
                let mut file = std::fs::read(&path).unwrap_or_default();
                file.splice(..128, header.to_bytes());
                std::fs::write(&turned, file).ok();
            }
            comm.barrier()?;
            for (path, seconds) in [&path, &turned].into_iter().zip(&mut seconds[1..]) {
                let file = probe(path).map_err(|error| error.at("probe", 0))?;
                let load = LoadNpy::new(file, distribution.clone())?;
                for _ in 0..ROUNDS {
                    comm.barrier()?;
                    let start = Instant::now();
                    let loaded = load.execute(&worker, Vec::new())?;
                    comm.barrier()?;
                    seconds.push(start.elapsed().as_secs_f64());
                    drop(loaded);
                }
            }
            Ok::<_, Error>(seconds)
        })?;
        let rates = |which: usize| -> String {
            let rates = seconds[0][which].iter().map(|seconds| format!("{:5.2}", bytes / seconds / 1e9));
            rates.collect::<Vec<_>>().join(" ")
        };
        println!("{spec:>9}  save {}  load {}  load Fortran {}", rates(0), rates(1), rates(2));
    }
    std::fs::remove_file(&path)?;
    std::fs::remove_file(&turned)?;
    Ok(())
}
