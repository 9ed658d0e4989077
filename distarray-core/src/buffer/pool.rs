//! Pool: hands out memory within a limit and keeps what comes back for the next who asks.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::buffer::memory::{ALIGNMENT_BYTES, HUGE_PAGE_BYTES, Memory};
use crate::error::ElementError;

/// Where the buffers of one engine come from and go back to. A clone is the same pool.
///
/// **What counts.** Every buffer counts with [`Pool::charged_bytes`] of what was asked for, from
/// [`Pool::allocate`] until it is dropped. Beyond the limit is an error before anything is written.
///
/// **What is kept.** Memory that comes back is kept and serves the next request that is charged the same.
/// Held and kept memory together never exceed what was once held at the same time (since the pool was
/// made, or since [`Pool::trim`]): before new memory is taken from the system, enough of what is kept
/// goes back to it, largest pieces first.
#[derive(Clone)]
pub struct Pool {
    shared: Arc<Mutex<State>>,
}

/// What a pool counts, in bytes as charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PoolStatistics {
    /// In buffers now.
    pub held_bytes: u64,
    /// The most that was in buffers at one time, since the start or [`Pool::reset_peak`].
    pub peak_bytes: u64,
    /// Kept for the next request, in no buffer.
    pub idle_bytes: u64,
    /// Buffers handed out since the pool was made.
    pub allocations: u64,
    /// Those among them that needed new memory from the system.
    pub fresh_allocations: u64,
}

struct State {
    limit_bytes: Option<u64>,
    statistics: PoolStatistics,
    /// The most that was in buffers at one time since the start or the last trim: the bound of held and
    /// idle memory together.
    high_water_bytes: u64,
    /// Memory nobody holds, by its size.
    idle: BTreeMap<usize, Vec<Memory>>,
    /// How many requests to let pass before one is refused, if one is to be refused.
    refuse_after: Option<u64>,
}

impl Pool {
    /// A pool that hands out at most `limit_bytes` at one time (`None`: what the system has).
    #[must_use]
    pub fn new(limit_bytes: Option<u64>) -> Pool {
        let state = State {
            limit_bytes,
            statistics: PoolStatistics::default(),
            high_water_bytes: 0,
            idle: BTreeMap::new(),
            refuse_after: None,
        };
        Pool { shared: Arc::new(Mutex::new(state)) }
    }

    /// What a request for `requested_bytes` is charged.
    ///
    /// Rounded up to a multiple of 64 below 1 KiB; from there to 2 MiB to a multiple of an eighth of the
    /// power of two below it; from 2 MiB to whole huge pages of 2 MiB. Nothing costs nothing.
    #[must_use]
    pub const fn charged_bytes(requested_bytes: usize) -> usize {
        let step = if requested_bytes < 1024 {
            ALIGNMENT_BYTES
        } else if requested_bytes < HUGE_PAGE_BYTES {
            (1 << requested_bytes.ilog2()) / 8
        } else {
            HUGE_PAGE_BYTES
        };
        match requested_bytes.checked_next_multiple_of(step) {
            Some(bytes) => bytes,
            None => requested_bytes,
        }
    }

    /// What the pool has counted.
    #[must_use]
    pub fn statistics(&self) -> PoolStatistics {
        self.state().statistics
    }

    /// The limit this pool was made with.
    #[must_use]
    pub fn limit_bytes(&self) -> Option<u64> {
        self.state().limit_bytes
    }

    /// Lets [`PoolStatistics::peak_bytes`] begin again at what is held now.
    pub fn reset_peak(&self) {
        let mut state = self.state();
        state.statistics.peak_bytes = state.statistics.held_bytes;
    }

    /// Gives all idle memory back to the system.
    pub fn trim(&self) {
        let mut state = self.state();
        state.high_water_bytes = state.statistics.held_bytes;
        let idle = std::mem::take(&mut state.idle);
        state.statistics.idle_bytes = 0;
        drop(state);
        // Outside the lock: giving pages back takes time.
        drop(idle);
    }

    /// Refuses the next request. For tests of what happens then.
    pub fn refuse_next(&self) {
        self.refuse_after(0);
    }

    /// Grants `count` more requests and refuses the one after them, once. For tests of failures.
    pub fn refuse_after(&self, count: u64) {
        self.state().refuse_after = Some(count);
    }

    /// Puts memory that a buffer had back into the list of idle memory.
    pub(super) fn take_back(&self, memory: Memory, requested_bytes: usize) {
        let charged = memory.len();
        debug_assert_eq!(charged, Pool::charged_bytes(requested_bytes));
        if charged == 0 {
            return;
        }
        let mut state = self.state();
        state.statistics.held_bytes -= charged as u64;
        state.statistics.idle_bytes += charged as u64;
        state.idle.entry(charged).or_default().push(memory);
    }

    /// Memory for `bytes` bytes, and whether it is known to be zero.
    pub(super) fn take(&self, bytes: usize) -> Result<(Memory, bool), ElementError> {
        let charged = Pool::charged_bytes(bytes);
        let mut state = self.state();
        let refused = ElementError::OutOfMemory {
            requested_bytes: bytes as u64,
            held_bytes: state.statistics.held_bytes,
            limit_bytes: state.limit_bytes,
        };
        if state.is_to_be_refused() {
            return Err(refused);
        }
        let held_bytes = state
            .statistics
            .held_bytes
            .checked_add(charged as u64)
            .filter(|&held| state.limit_bytes.is_none_or(|limit| held <= limit));
        let Some(held_bytes) = held_bytes else {
            return Err(refused);
        };
        let idle = state.idle.get_mut(&charged).and_then(Vec::pop);
        let is_zero = idle.is_none();
        let memory = if let Some(memory) = idle {
            state.statistics.idle_bytes -= charged as u64;
            memory
        } else {
            let bound = state.high_water_bytes.max(held_bytes);
            state.shrink_idle(bound - held_bytes);
            let memory = Memory::zeroed(charged).or_else(|| {
                state.shrink_idle(0);
                Memory::zeroed(charged)
            });
            let Some(memory) = memory else {
                return Err(refused);
            };
            state.statistics.fresh_allocations += 1;
            memory
        };
        state.statistics.allocations += 1;
        state.statistics.held_bytes = held_bytes;
        state.statistics.peak_bytes = state.statistics.peak_bytes.max(held_bytes);
        state.high_water_bytes = state.high_water_bytes.max(held_bytes);
        Ok((memory, is_zero))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No step between lock and unlock leaves the counts half changed, even if one should panic.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_to_be_refused(&mut self) -> bool {
        match self.refuse_after {
            Some(0) => {
                self.refuse_after = None;
                true
            }
            Some(count) => {
                self.refuse_after = Some(count - 1);
                false
            }
            None => false,
        }
    }

    /// Gives idle memory back to the system until at most `bound_bytes` are left, largest pieces first.
    fn shrink_idle(&mut self, bound_bytes: u64) {
        while self.statistics.idle_bytes > bound_bytes {
            let Some(mut largest) = self.idle.last_entry() else {
                return;
            };
            if let Some(memory) = largest.get_mut().pop() {
                self.statistics.idle_bytes -= memory.len() as u64;
            }
            if largest.get().is_empty() {
                largest.remove();
            }
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        formatter
            .debug_struct("Pool")
            .field("limit_bytes", &state.limit_bytes)
            .field("statistics", &state.statistics)
            .finish_non_exhaustive()
    }
}
