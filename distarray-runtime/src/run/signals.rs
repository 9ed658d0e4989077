//! Signals: the first Ctrl-C gives up the running work, the second ends the program at once.

use crate::launch::interrupt::{EXIT_STATUS, Response, interrupted};
use std::sync::atomic::{AtomicBool, Ordering};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Whether Ctrl-C was pressed.
pub(crate) fn was_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Listens for Ctrl-C on a thread of its own until the process ends.
pub(crate) fn listen() {
    let listening = std::thread::Builder::new().name("signals".to_owned()).spawn(|| {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() else { return };
        runtime.block_on(async {
            while tokio::signal::ctrl_c().await.is_ok() {
                INTERRUPTED.store(true, Ordering::Relaxed);
                if interrupted() == Response::Exit {
                    #[expect(clippy::disallowed_methods, reason = "the second Ctrl-C asks for just this")]
                    std::process::exit(EXIT_STATUS);
                }
            }
        });
    });
    // Without the thread Ctrl-C does what it does to any program: end it.
    drop(listening);
}
