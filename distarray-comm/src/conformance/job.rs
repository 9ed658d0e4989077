//! Jobs: a test's own binary started under `mpiexec`, for tests of what ranks in processes do.
//!
//! Such a binary has one test called [`RANK_TEST`], which asks [`program`] what this process is to do as
//! a rank, and does nothing if it is no rank; its other tests start jobs.

use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The test that is run on every rank.
pub const RANK_TEST: &str = "rank_of_a_job";

/// Names the program that a rank shall run.
const PROGRAM: &str = "DISTARRAY_TEST_PROGRAM";
/// Of what ranks say on standard error so much is kept.
const KEPT_BYTES: usize = 8 << 10;

/// What this process is to do as a rank; `None` if it was not started by a job.
#[must_use]
pub fn program() -> Option<String> {
    std::env::var(PROGRAM).ok()
}

/// Starts `ranks` ranks that run `program`, and waits for them.
///
/// `MPIEXEC` in the environment names another launcher than `mpiexec`.
///
/// # Panics
/// If a rank fails, with the last words of all; if they do not end within `seconds`, or do not start.
#[track_caller]
pub fn succeeds(ranks: usize, program: &str, seconds: u64) {
    let (success, words) = run(ranks, program, seconds);
    assert!(success, "{program:?} fails on {ranks} ranks, which say:\n{words}");
}

/// As [`succeeds`], for a job that is meant to fail.
///
/// # Panics
/// If it succeeds; if the ranks do not end within `seconds`, or do not start.
#[track_caller]
pub fn fails(ranks: usize, program: &str, seconds: u64) {
    let (success, words) = run(ranks, program, seconds);
    assert!(!success, "{program:?} should fail on {ranks} ranks, which say:\n{words}");
}

/// Whether all ranks succeed, and what they say last on standard error.
#[track_caller]
fn run(ranks: usize, program: &str, seconds: u64) -> (bool, String) {
    let launcher = std::env::var_os("MPIEXEC").unwrap_or_else(|| "mpiexec".into());
    let binary = std::env::current_exe().expect("a test knows its binary");
    let mut child = Command::new(launcher)
        .arg("-n")
        .arg(ranks.to_string())
        .arg(binary)
        .args([RANK_TEST, "--exact", "--nocapture", "--test-threads=1"])
        .env(PROGRAM, program)
        // Open MPI refuses to start as root, or more ranks than cores, and binds ranks to cores.
        .env("OMPI_ALLOW_RUN_AS_ROOT", "1")
        .env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")
        .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
        .env("OMPI_MCA_hwloc_base_binding_policy", "none")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("mpiexec starts: the feature `mpi` is tested where MPI is installed");
    let said = child.stderr.take().map(|stderr| thread::spawn(move || last_words(stderr)));
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break Some(status);
        }
        if start.elapsed() > Duration::from_secs(seconds) {
            child.kill().expect("a child can be killed");
            child.wait().expect("a child can be waited for");
            break None;
        }
        thread::sleep(Duration::from_millis(5));
    };
    // Ranks that outlive a launcher that was killed may hold the pipe: nobody waits for it then.
    let Some(status) = status else { panic!("{ranks} ranks did not finish {program:?} within {seconds} s") };
    let words = said.and_then(|reader| reader.join().ok()).unwrap_or_default();
    (status.success(), words)
}

fn last_words(mut stream: impl Read) -> String {
    let mut kept = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut piece) {
        kept.extend_from_slice(&piece[..length]);
        kept.drain(..kept.len().saturating_sub(KEPT_BYTES));
    }
    String::from_utf8_lossy(&kept).into_owned()
}
