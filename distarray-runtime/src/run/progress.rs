//! Progress: a line on the terminal while a long job runs; nothing in a pipe.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Jobs shorter than this show nothing.
const QUIET: Duration = Duration::from_secs(1);
const INTERVAL: Duration = Duration::from_millis(500);

/// Shows how long a job has been running, on standard error, until it is dropped.
pub(crate) struct Progress {
    end: Option<Sender<()>>,
    shown: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins to show `what`.
    pub(crate) fn begin(what: &str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { end: None, shown: None };
        }
        let (end, ended) = channel::<()>();
        let what = what.to_owned();
        let start = Instant::now();
        let shown = std::thread::spawn(move || {
            let mut wait = QUIET;
            let mut is_dirty = false;
            while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = INTERVAL;
                is_dirty = true;
                let mut terminal = std::io::stderr().lock();
                // A terminal that has gone is no reason to stop the job.
                let _ = write!(terminal, "\r{what}: {:.0} s ", start.elapsed().as_secs_f64());
                let _ = terminal.flush();
            }
            if is_dirty {
                let _ = write!(std::io::stderr(), "\r\x1b[K");
            }
        });
        Self { end: Some(end), shown: Some(shown) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(shown) = self.shown.take() {
            // The thread ends by itself; if it panicked there is nothing to be done about a progress line.
            let _ = shown.join();
        }
    }
}
