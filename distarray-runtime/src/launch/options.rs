//! `LocalOptions`: what can be chosen for engines of this process.

use crate::actor::Patience;
use crate::engine::Injection;
use distarray_spmd::Registry;

/// What can be chosen for engines of this process.
#[derive(Clone, Debug)]
pub struct LocalOptions {
    /// How many engines: one thread each. An engine computes on one thread.
    pub engines: usize,
    /// Bytes that arrays and temporaries of **each engine** may take; more is
    /// [`FailureKind::OutOfMemory`](distarray_spmd::FailureKind::OutOfMemory). `None`: what there is.
    pub memory_limit_bytes: Option<u64>,
    /// Operations known by name. Engines of this process also run operations that are not.
    pub registry: Registry,
    /// How long functions may run.
    pub patience: Patience,
    /// Failures made on purpose, for tests of how failures are handled.
    pub injections: Vec<Injection>,
}

impl LocalOptions {
    /// `engines` engines, and for the rest what suits most programs. **Pure.**
    #[must_use]
    pub fn new(engines: usize) -> Self {
        Self {
            engines,
            memory_limit_bytes: None,
            registry: Registry::new(),
            patience: Patience::default(),
            injections: Vec::new(),
        }
    }

    /// Shares `bytes` equally among the engines. **Pure.**
    #[must_use]
    pub fn with_total_memory(mut self, bytes: u64) -> Self {
        self.memory_limit_bytes = Some(bytes / self.engines.max(1) as u64);
        self
    }
}
