//! `Spin`: how long a thread looks before it sleeps, learnt from how long it had to look.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Longest look. A wake-up costs some 5 us on the waking side and 30-50 us until the sleeper runs.
const LONGEST: Duration = Duration::from_micros(50);
/// Shortest look: spinning that never pays costs this much per wait.
const SHORTEST: Duration = Duration::from_micros(2);

/// Every so many waits the longest look is tried again: two threads that take turns on one core answer
/// each other too late for a short look, and only a long one makes the kernel move one of them away.
const RETRY: u32 = 32;

/// Decides between looking and sleeping.
#[derive(Debug)]
pub(crate) struct Spin {
    budget: Duration,
    waits: u32,
    /// More ranks than cores: give the core away between looks.
    is_crowded: bool,
}

impl Spin {
    pub(crate) fn for_ranks(ranks: usize) -> Self {
        Self { budget: LONGEST, waits: 0, is_crowded: ranks > cores() }
    }

    /// Looks until `is_over` says so (true) or the budget is used up (false). A look that paid
    /// doubles the budget, one that did not halves it.
    pub(crate) fn until(&mut self, is_over: impl Fn() -> bool) -> bool {
        self.waits = self.waits.wrapping_add(1);
        let budget = if self.waits.is_multiple_of(RETRY) { LONGEST } else { self.budget };
        let start = Instant::now();
        loop {
            for _ in 0..16 {
                if is_over() {
                    self.budget = (self.budget * 2).min(LONGEST);
                    return true;
                }
                if self.is_crowded {
                    std::thread::yield_now();
                } else {
                    std::hint::spin_loop();
                }
            }
            if start.elapsed() >= budget {
                self.budget = (self.budget / 2).max(SHORTEST);
                return false;
            }
        }
    }
}

fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
}
