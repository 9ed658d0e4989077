//! `Meter`: what a rank has sent, received, copied, and how long it waited.

use std::cell::Cell;
use std::ops::Sub;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Counters of one rank, shared by its communicator and those made from it by `duplicate` and
/// `split`.
///
/// A message counts when it is handed to the transport, or received by the one who asked for it;
/// messages to self, dropped messages and the control frames of an exchange or of an exposed region
/// do not count. One transfer of an exchange is one message, however many pieces it travels in.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    counts: Cell<MeterSnapshot>,
}

/// The counters at one moment, or the difference between two moments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct MeterSnapshot {
    /// Messages to other ranks.
    pub messages_sent: u64,
    /// Bytes in them, headers not counted.
    pub bytes_sent: u64,
    /// Messages from other ranks.
    pub messages_received: u64,
    /// Bytes in them, headers not counted.
    pub bytes_received: u64,
    /// Bytes read straight from other ranks' exposed regions.
    pub copied_bytes: u64,
    /// Seconds spent waiting for other ranks.
    pub waiting_seconds: f64,
}

impl Meter {
    /// The counters now.
    pub(crate) fn snapshot(&self) -> MeterSnapshot {
        self.counts.get()
    }

    pub(crate) fn sent(&self, bytes: usize) {
        self.change(|counts| {
            counts.messages_sent += 1;
            counts.bytes_sent += bytes as u64;
        });
    }

    pub(crate) fn received(&self, bytes: usize) {
        self.change(|counts| {
            counts.messages_received += 1;
            counts.bytes_received += bytes as u64;
        });
    }

    pub(crate) fn copied(&self, bytes: usize) {
        self.change(|counts| counts.copied_bytes += bytes as u64);
    }

    pub(crate) fn waited(&self, time: Duration) {
        self.change(|counts| counts.waiting_seconds += time.as_secs_f64());
    }

    fn change(&self, apply: impl FnOnce(&mut MeterSnapshot)) {
        let mut counts = self.counts.get();
        apply(&mut counts);
        self.counts.set(counts);
    }
}

impl Sub for MeterSnapshot {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            messages_sent: self.messages_sent - earlier.messages_sent,
            bytes_sent: self.bytes_sent - earlier.bytes_sent,
            messages_received: self.messages_received - earlier.messages_received,
            bytes_received: self.bytes_received - earlier.bytes_received,
            copied_bytes: self.copied_bytes - earlier.copied_bytes,
            waiting_seconds: self.waiting_seconds - earlier.waiting_seconds,
        }
    }
}
