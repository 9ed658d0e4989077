//! However a context ends, its threads end too.

use crate::operations::{Doze, WaitForEver};
use distarray_core::DType;
use distarray_lazy::Context;
use distarray_lazy::backend::{Backend, Command};
use distarray_runtime::launch::{Launch, LocalOptions, start};
use distarray_spmd::{Error, FailureKind};
use std::time::{Duration, Instant};

/// Threads of contexts in this process.
fn thread_count() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks
        .filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok())
        .filter(|name| name.starts_with("actix-rt") || name.starts_with("distarray"))
        .count()
}

/// Waits until the number of threads is as wanted. A thread is given its name, and a joined one is taken
/// from the list, a moment after its maker goes on.
fn settles(is_wanted: impl Fn(usize) -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(5) {
        if is_wanted(thread_count()) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    false
}

/// Runs `program` and checks that it does not take for ever.
fn ends(program: impl FnOnce()) {
    let start = Instant::now();
    program();
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn closing_dropping_and_panicking_all_end_the_engines() {
    if std::env::var_os("DISTARRAY_TEST_ALONE").is_none() {
        // The same test in a process of its own, where nobody else starts threads.
        let status = std::process::Command::new(std::env::current_exe().expect("a path"))
            .args(["--exact", "shutdown::closing_dropping_and_panicking_all_end_the_engines"])
            .env("DISTARRAY_TEST_ALONE", "1")
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status();
        assert!(status.expect("it starts").success());
        return;
    }
    for round in 0..20 {
        let context = Context::local(3).expect("starts");
        let x = context.ones([100], DType::Float64);
        match round % 4 {
            0 => {
                x.compute().expect("computes");
                drop(x);
                context.close().expect("closes");
            }
            1 => drop((x, context)),
            2 => {
                // The array keeps the context; it is closed with it.
                drop(context);
                assert!(settles(|count| count >= 4));
                drop(x);
            }
            _ => {
                let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
                    context.backend().submit(Command::Nothing);
                    context.call(WaitForEver, &[]).expect("is written down");
                    context.flush().expect("is sent");
                    assert!(x.shape().is_empty(), "the program panics with engines at work");
                }));
                assert!(outcome.is_err());
            }
        }
        assert!(settles(|count| count == 0), "{} threads are left in round {round}", thread_count());
    }
}

#[test]
fn after_the_end_commands_are_refused() -> Result<(), Error> {
    let context = Context::local(2)?;
    let x = context.ones([10], DType::Float64);
    x.compute()?;
    context.clone().close()?;
    assert!(matches!(context.ping(), Err(Error::Closed)));
    assert!(matches!(x.fetch_block(), Err(Error::Closed)));
    assert!(matches!(context.clone().close(), Err(Error::Closed)));
    Ok(())
}

#[test]
fn an_interruption_gives_up_what_is_running() {
    ends(|| {
        let backend = start(LocalOptions::new(3)).expect("starts");
        let door = backend.door();
        let context = Context::new(Box::new(backend));
        let interrupter = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(30));
            door.interrupt("interrupted");
        });
        let start = Instant::now();
        let Err(Error::Failure(failure)) = context.run(WaitForEver, &[]) else { panic!("it is given up") };
        assert_eq!(failure.kind, FailureKind::Aborted);
        assert!(start.elapsed() < Duration::from_secs(2));
        interrupter.join().expect("no panic");
        assert!(context.ping().is_err());
        // Errors nobody waited for come back here.
        let _ = context.close();
    });
}

#[test]
fn a_function_that_does_not_return_does_not_keep_the_program() {
    ends(|| {
        let backend = start(LocalOptions::new(2)).expect("starts");
        let door = backend.door();
        let context = Context::new(Box::new(backend));
        context.call(Doze { rank: 1, milliseconds: 60_000 }, &[]).expect("is written down");
        context.flush().expect("is sent");
        std::thread::sleep(Duration::from_millis(10));
        door.interrupt("interrupted");
        drop(context);
    });
}

#[test]
fn a_context_may_end_on_its_own_thread() -> Result<(), Error> {
    let backend = start(LocalOptions::new(2))?;
    let arbiter = backend.client_arbiter();
    let context = Context::new(Box::new(backend));
    let (sender, receiver) = std::sync::mpsc::channel();
    arbiter.spawn(async move {
        drop(context);
        sender.send(()).expect("the test waits");
    });
    receiver.recv_timeout(Duration::from_secs(20)).expect("it does not wait for itself");
    Ok(())
}

#[test]
fn closing_twice_is_harmless() -> Result<(), Error> {
    let backend = start(LocalOptions::new(2))?;
    backend.close()?;
    backend.close()?;
    let answer = backend.submit(Command::Nothing).wait();
    assert!(matches!(answer, Some(Err(Error::Closed)) | None));
    Ok(())
}
