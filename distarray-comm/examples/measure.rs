//! Measures latency, bandwidth and idle processor time of a transport.
//!
//! ```text
//! cargo run --release --example measure -p distarray-comm            # 2 threads
//! cargo run --release --example measure -p distarray-comm -- 3 60    # 3 threads, idle for 60 s
//! cargo build --release --example measure -p distarray-comm --features mpi
//! mpiexec -n 2 target/release/examples/measure                       # 2 processes
//! ```

use std::time::{Duration, Instant};

use distarray_comm::{Comm, CommError, Parcel, Piece, SameMemory, launcher, threads};

fn main() -> Result<(), CommError> {
    let arguments: Vec<u64> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let ranks = usize::try_from(arguments.first().copied().unwrap_or(2)).unwrap_or(2);
    let idle_seconds = arguments.get(1).copied().unwrap_or(2);
    if launcher::environment().is_some() {
        return under_launcher(idle_seconds);
    }
    threads::run(ranks, |comm| measure(&comm, idle_seconds)).map(drop)
}

#[cfg(feature = "mpi")]
fn under_launcher(idle_seconds: u64) -> Result<(), CommError> {
    use distarray_comm::mpi;
    mpi::run(mpi::Options::default(), |comm| measure(&comm, idle_seconds))
}

#[cfg(not(feature = "mpi"))]
fn under_launcher(_: u64) -> Result<(), CommError> {
    eprintln!("built without the feature mpi");
    Ok(())
}

fn measure(comm: &Comm, idle_seconds: u64) -> Result<(), CommError> {
    for (length, rounds) in [(8, 20_000), (1024, 5000), (4096, 5000), (65_536, 2000), (1 << 20, 200)] {
        ping_pong(comm, length, rounds)?;
    }
    let times = timed(20_000, || comm.barrier())?;
    report(comm, "barrier", &times);
    let mut word = [1; 8];
    let times = timed(20_000, || comm.all_reduce(&mut word, &mut |left, right| left[0] ^= right[0]))?;
    report(comm, "all-reduce of 8 bytes", &times);
    let times = timed(20_000, || comm.agree_bytes(None).map(drop))?;
    report(comm, "agreement", &times);
    for length in [1 << 16, 1 << 20, 16 << 20, 200 << 20] {
        exchange(comm, length)?;
        expose(comm, length, length)?;
        expose(comm, length, 40_000)?;
        expose(comm, length, 2048)?;
    }
    for gap in [Duration::from_millis(1), Duration::from_millis(20), Duration::from_millis(1200)] {
        command_after(comm, gap, if gap.as_millis() > 100 { 7 } else { 50 })?;
    }
    idle(comm, Duration::from_secs(idle_seconds))?;
    command_after(comm, Duration::from_secs(idle_seconds), 1)
}

/// Rank 0 and rank 1 throw a message to and fro; half of a round trip.
fn ping_pong(comm: &Comm, length: usize, rounds: usize) -> Result<(), CommError> {
    let bytes = vec![1; length];
    let mut target = vec![0; length];
    comm.barrier()?;
    if comm.rank() < 2 && comm.size() > 1 {
        let times = timed(rounds, || {
            if comm.rank() == 0 {
                comm.send(1, 1, &bytes)?;
                comm.receive_into(1, 1, &mut target)
            } else {
                comm.receive_into(0, 1, &mut target)?;
                comm.send(0, 1, &bytes)
            }
        })?;
        let halves: Vec<Duration> = times.iter().map(|time| *time / 2).collect();
        report(comm, &format!("ping-pong of {length} bytes, one way"), &halves);
    }
    comm.barrier()
}

/// All ranks hand `length` bytes to each other.
fn exchange(comm: &Comm, length: usize) -> Result<(), CommError> {
    let others = (0..comm.size()).filter(|&rank| rank != comm.rank());
    let parcels: Vec<Parcel> = others.map(|peer| Parcel { peer, bytes: length }).collect();
    let source = vec![1_u8; length];
    let mut target = vec![0_u8; length];
    let rounds = rounds_for(length);
    let mut times = Vec::new();
    for _ in 0..rounds {
        comm.barrier()?;
        let start = Instant::now();
        comm.exchange(
            &parcels,
            &parcels,
            &mut |_, offset, piece| piece.copy_from_slice(&source[offset..offset + piece.len()]),
            &mut |_, offset, piece| target[offset..offset + piece.len()].copy_from_slice(piece),
        )?;
        comm.barrier()?;
        times.push(start.elapsed());
    }
    bandwidth(comm, &format!("exchange of {length} bytes per pair"), length, &mut times);
    Ok(())
}

/// All ranks read `length` bytes of each other, in pieces with as many bytes between them.
fn expose(comm: &Comm, length: usize, piece: usize) -> Result<(), CommError> {
    let others: Vec<usize> = (0..comm.size()).filter(|&rank| rank != comm.rank()).collect();
    for &rank in &others {
        if comm.same_memory(rank)? == SameMemory::No {
            return Ok(());
        }
    }
    let piece = piece.min(length);
    let source = vec![1_u8; 2 * length];
    let mut target = vec![0_u8; length];
    let mut times = Vec::new();
    for _ in 0..rounds_for(length) {
        comm.barrier()?;
        let start = Instant::now();
        comm.expose(&source, &others, &others, |exposed| {
            for &owner in &others {
                let pieces = (0..length / piece).map(|index| Piece {
                    source: 2 * index * piece,
                    target: index * piece,
                    length: piece,
                });
                exposed.read_pieces(owner, &mut target, pieces)?;
            }
            Ok::<(), CommError>(())
        })?;
        times.push(start.elapsed());
    }
    bandwidth(comm, &format!("exposed reads of {length} bytes in pieces of {piece}"), length, &mut times);
    Ok(())
}

/// Rank 0 stays away for `gap`, then sends to all and waits for their answers.
fn command_after(comm: &Comm, gap: Duration, rounds: usize) -> Result<(), CommError> {
    let mut times = Vec::new();
    for _ in 0..rounds {
        if comm.rank() == 0 {
            std::thread::sleep(gap);
            let start = Instant::now();
            for rank in 1..comm.size() {
                comm.send(rank, 3, &[1; 64])?;
            }
            for rank in 1..comm.size() {
                comm.receive(rank, 3)?;
            }
            times.push(start.elapsed());
        } else {
            comm.receive(0, 3)?;
            comm.send(0, 3, &[1; 64])?;
        }
    }
    report(comm, &format!("command after {gap:?}"), &times);
    comm.barrier()
}

/// Ranks other than 0 wait; the processor time of rank 1's thread while it does.
fn idle(comm: &Comm, time: Duration) -> Result<(), CommError> {
    comm.barrier()?;
    if comm.rank() == 0 {
        std::thread::sleep(time);
        for rank in 1..comm.size() {
            comm.send(rank, 4, &[])?;
        }
        return Ok(());
    }
    let start = Instant::now();
    let mut last = (start, processor_time());
    let mut seconds = 0;
    // Looks at the clock without ending the wait: the message comes at the end only.
    loop {
        comm.wait(Some(Duration::from_secs(1)))?;
        let now = Instant::now();
        if now.duration_since(last.0) >= Duration::from_secs(1) {
            let used = processor_time();
            if comm.rank() == 1 && (seconds < 3 || seconds % 20 == 19 || seconds > 60) {
                let share = (used - last.1).as_secs_f64() / now.duration_since(last.0).as_secs_f64();
                println!("{:60} {:9.3} %", format!("idle, second {seconds}: processor"), 100.0 * share);
            }
            last = (now, used);
            seconds += 1;
        }
        if comm.try_receive(0, 4)?.is_some() {
            return Ok(());
        }
    }
}

fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().next().and_then(|word| word.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

fn rounds_for(length: usize) -> usize {
    ((1 << 29) / length).clamp(5, 300)
}

fn timed(rounds: usize, mut act: impl FnMut() -> Result<(), CommError>) -> Result<Vec<Duration>, CommError> {
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let start = Instant::now();
        act()?;
        times.push(start.elapsed());
    }
    Ok(times)
}

fn report(comm: &Comm, what: &str, times: &[Duration]) {
    if comm.rank() == 0 && !times.is_empty() {
        let mut times = times.to_vec();
        times.sort_unstable();
        let micros = |index: usize| times[index].as_secs_f64() * 1e6;
        let (median, most) = (micros(times.len() / 2), micros(times.len() * 95 / 100));
        println!("{what:60} {median:9.2} us  least {:8.2}  95 % {most:9.2}", micros(0));
    }
}

fn bandwidth(comm: &Comm, what: &str, length: usize, times: &mut [Duration]) {
    times.sort_unstable();
    if let (0, Some(best), Some(median)) = (comm.rank(), times.first(), times.get(times.len() / 2)) {
        let total = (length * comm.size() * (comm.size() - 1)) as f64;
        let rate = |time: &Duration| total / time.as_secs_f64() / 1e9;
        println!("{what:60} {:9.2} GB/s  best {:8.2}", rate(median), rate(best));
    }
}
