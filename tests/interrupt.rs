//! Ctrl-C at the command line: the first gives up what is running, nothing is left behind.
#![cfg(unix)]

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// An exit status that shells give to what Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// A program that takes far longer than the test waits.
fn long_program() -> String {
    let steps = "z = sin(z) + 1.5\n".repeat(3000);
    format!("z = linspace(0, 1, 3000000)\n{steps}")
}

fn start(command: &mut Command, directory: &Path) -> Child {
    command
        .args(["calc", "--program", "long.py", "--out", "z=result.npy"])
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

fn interrupt(child: &Child) {
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(status.expect("there is a kill").success());
}

/// Interrupts a long job and waits for it: its output, and that it ended soon.
fn interrupted(mut child: Child, presses: usize) -> Output {
    std::thread::sleep(Duration::from_secs(2));
    assert!(child.try_wait().expect("a child can be asked").is_none(), "the program is too short");
    let pressed = Instant::now();
    for _ in 0..presses {
        interrupt(&child);
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().expect("a child can be waited for");
    assert!(pressed.elapsed() < Duration::from_secs(5), "{:?}", pressed.elapsed());
    output
}

/// A directory with the program and the result of an earlier run.
fn directory(name: &str) -> std::path::PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    // Left over from an earlier test, or not there.
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).expect("a directory can be made");
    std::fs::write(directory.join("long.py"), long_program()).expect("written");
    std::fs::write(directory.join("result.npy"), b"of an earlier run").expect("written");
    directory
}

/// The earlier result is there, and no file beside it.
fn nothing_is_left(directory: &Path) {
    let mut names: Vec<String> = std::fs::read_dir(directory)
        .expect("the directory is there")
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["long.py", "result.npy"]);
    let earlier = std::fs::read(directory.join("result.npy")).expect("readable");
    assert_eq!(earlier, b"of an earlier run");
}

#[test]
fn the_first_ctrl_c_gives_up_and_leaves_nothing_behind() {
    let directory = directory("interrupt-once");
    let child = start(&mut Command::new(env!("CARGO_BIN_EXE_distarray")), &directory);
    let output = interrupted(child, 1);
    assert_eq!(output.status.code(), Some(INTERRUPTED), "{output:?}");
    nothing_is_left(&directory);
}

#[test]
fn the_second_ctrl_c_ends_at_once() {
    let directory = directory("interrupt-twice");
    let child = start(&mut Command::new(env!("CARGO_BIN_EXE_distarray")), &directory);
    let output = interrupted(child, 2);
    assert_eq!(output.status.code(), Some(INTERRUPTED), "{output:?}");
    nothing_is_left(&directory);
}

#[cfg(feature = "mpi")]
#[test]
fn ctrl_c_ends_all_processes_of_a_job() {
    let directory = directory("interrupt-mpi");
    let mut command = Command::new(std::env::var_os("MPIEXEC").unwrap_or_else(|| "mpiexec".into()));
    command
        .args(["-n", "2", env!("CARGO_BIN_EXE_distarray")])
        .env("OMPI_ALLOW_RUN_AS_ROOT", "1")
        .env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")
        .env("OMPI_MCA_rmaps_base_oversubscribe", "1");
    let output = interrupted(start(&mut command, &directory), 1);
    assert!(!output.status.success(), "{output:?}");
    let start = Instant::now();
    let is_running = || {
        let listed = Command::new("pgrep").args(["-f", "long.py"]).output().expect("there is a pgrep");
        let own = std::process::id().to_string();
        String::from_utf8_lossy(&listed.stdout).lines().any(|line| line != own && is_in(line, &directory))
    };
    while is_running() {
        assert!(start.elapsed() < Duration::from_secs(5), "a process has outlived its job");
        std::thread::sleep(Duration::from_millis(50));
    }
    nothing_is_left(&directory);
}

/// Whether a process works in a directory.
#[cfg(feature = "mpi")]
fn is_in(process: &str, directory: &Path) -> bool {
    let works_in = std::fs::read_link(format!("/proc/{process}/cwd"));
    works_in.is_ok_and(|works_in| directory.canonicalize().is_ok_and(|directory| works_in == directory))
}
