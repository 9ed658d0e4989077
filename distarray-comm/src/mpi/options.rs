//! `Options`: what can be set when MPI is started.

use std::time::Duration;

/// The same on all ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Messages above this many bytes go through MPI in pieces of this size. At most `i32::MAX`, the
    /// most that MPI can count; 1 GiB by default.
    pub split_limit_bytes: usize,
    /// Whether ranks of one machine may read each other's exposed regions through the operating
    /// system. On by default, and used only between ranks where it was seen to work.
    pub direct_reads: bool,
    /// Longest sleep of a rank that has waited for less than a second: 200 us by default.
    pub longest_sleep: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { split_limit_bytes: 1 << 30, direct_reads: true, longest_sleep: Duration::from_micros(200) }
    }
}
