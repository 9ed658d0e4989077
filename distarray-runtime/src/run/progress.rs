//! Progress: a line on the terminal while a long job runs; nothing in a pipe.

use distarray_lazy::Context;
use std::io::{IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Jobs shorter than this show nothing.
const QUIET: Duration = Duration::from_secs(1);
const INTERVAL: Duration = Duration::from_millis(500);

/// Shows how long a job has been running, and at which step it is, on standard error, until it is dropped.
pub(crate) struct Progress {
    end: Option<Sender<()>>,
    shown: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins to show `what` the engines of `context` do.
    pub(crate) fn begin(what: &str, context: &Context) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { end: None, shown: None };
        }
        let (end, ended) = channel::<()>();
        let (what, context) = (what.to_owned(), context.clone());
        let start = Instant::now();
        let shown = std::thread::spawn(move || {
            let mut wait = QUIET;
            let mut is_dirty = false;
            while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = INTERVAL;
                is_dirty = true;
                let line = line(&what, start.elapsed(), context.running().as_deref());
                let mut terminal = std::io::stderr().lock();
                // A terminal that has gone is no reason to stop the job.
                let _ = write!(terminal, "\r\x1b[K{line}");
                let _ = terminal.flush();
            }
            if is_dirty {
                let _ = write!(std::io::stderr(), "\r\x1b[K");
            }
        });
        Self { end: Some(end), shown: Some(shown) }
    }
}

/// What is shown. Short enough for a terminal's line: a longer one could not be written over.
fn line(what: &str, elapsed: Duration, step: Option<&str>) -> String {
    const WIDTH: usize = 78;
    let step = step.map_or_else(String::new, |step| format!(", {step}"));
    let line = format!("{what}: {:.0} s{step}", elapsed.as_secs_f64());
    match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}..", &line[..end]),
        None => line,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_the_step_and_fits_a_terminal() {
        let elapsed = Duration::from_millis(12_400);
        assert_eq!(line("calculating", elapsed, None), "calculating: 12 s");
        assert_eq!(line("calculating", elapsed, Some("pass(sin)")), "calculating: 12 s, pass(sin)");
        let long = line("calculating", elapsed, Some(&"ä".repeat(100)));
        assert_eq!(long.chars().count(), 80);
    }
}
