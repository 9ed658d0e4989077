//! `Stamp`: the (epoch, request) that every message carries.

use serde::{Deserialize, Serialize};

/// What a rank is working on. Ordered by epoch, then request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// Grows when everything in flight is given up.
    pub epoch: u64,
    /// Number of the request within the epoch.
    pub request: u64,
}

impl Stamp {
    /// The stamp of request `request` in epoch `epoch`.
    #[must_use]
    pub const fn new(epoch: u64, request: u64) -> Self {
        Self { epoch, request }
    }
}
