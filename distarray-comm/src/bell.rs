//! `Bell`: what wakes a rank, as those see it who wake it and know nothing of what is in its mailbox.

use std::fmt::Debug;
use std::time::Instant;

/// Counts events, and lets its owner sleep until there is another one.
pub(crate) trait Bell: Debug + Send + Sync {
    /// Wakes the owner, or keeps it from falling asleep.
    fn ring(&self);

    /// How many events there were.
    fn events(&self) -> u64;

    /// Sleeps until there are more events than `seen`, or until `deadline`. For the owner alone.
    fn park(&self, seen: u64, deadline: Option<Instant>);
}
