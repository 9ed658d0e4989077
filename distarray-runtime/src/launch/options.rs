//! What can be chosen when engines are started.

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
        let RankOptions { memory_limit_bytes, registry, patience, injections } =
            RankOptions::new(Registry::new());
        Self { engines, memory_limit_bytes, registry, patience, injections }
    }

    /// Shares `bytes` equally among the engines. **Pure.**
    #[must_use]
    pub fn with_total_memory(mut self, bytes: u64) -> Self {
        self.memory_limit_bytes = Some(bytes / self.engines.max(1) as u64);
        self
    }
}

/// What can be chosen for engines that are processes; the same on every rank.
#[derive(Clone, Debug)]
pub struct RankOptions {
    /// Bytes that arrays and temporaries of **each engine** may take; `None`: what there is.
    pub memory_limit_bytes: Option<u64>,
    /// The operations that plans may name.
    pub registry: Registry,
    /// How long functions may run.
    pub patience: Patience,
    /// Failures made on purpose, for tests of how failures are handled.
    pub injections: Vec<Injection>,
}

impl RankOptions {
    /// Engines that know the operations of `registry`, and for the rest what suits most programs.
    /// **Pure.**
    #[must_use]
    pub fn new(registry: Registry) -> Self {
        Self { memory_limit_bytes: None, registry, patience: Patience::default(), injections: Vec::new() }
    }
}

impl From<LocalOptions> for RankOptions {
    fn from(options: LocalOptions) -> Self {
        let LocalOptions { memory_limit_bytes, registry, patience, injections, .. } = options;
        Self { memory_limit_bytes, registry, patience, injections }
    }
}
