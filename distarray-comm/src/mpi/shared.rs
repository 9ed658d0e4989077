//! `Shared`: what the communicators of one process share.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::direct::Neighbours;
use super::machine::Machine;
use super::options::Options;
use crate::error::CommError;
use crate::spares::Spares;

/// One per process that runs MPI.
#[derive(Debug)]
pub(super) struct Shared {
    options: Options,
    neighbours: Neighbours,
    /// Endpoints made from the world so far.
    endpoints: AtomicU64,
    /// Transports in use.
    open: AtomicUsize,
    /// Machines whose transport is gone.
    retired: Mutex<Vec<Machine>>,
}

impl Shared {
    pub(super) fn new(options: Options, neighbours: Neighbours) -> Arc<Self> {
        Arc::new(Self {
            options,
            neighbours,
            endpoints: AtomicU64::new(0),
            open: AtomicUsize::new(0),
            retired: Mutex::default(),
        })
    }

    pub(super) fn options(&self) -> Options {
        self.options
    }

    pub(super) fn neighbours(&self) -> &Neighbours {
        &self.neighbours
    }

    /// The number of the next endpoint made from the world.
    pub(super) fn next_endpoint(&self) -> u64 {
        self.endpoints.fetch_add(1, Ordering::Relaxed)
    }

    /// Whether a transport is in use.
    pub(super) fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire) > 0
    }

    pub(super) fn opened(&self) {
        self.open.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn retire(&self, machine: Machine) {
        self.retired().push(machine);
        self.open.fetch_sub(1, Ordering::AcqRel);
    }

    /// Moves retired machines along; whether all of them are closed.
    pub(super) fn progress_retired(&self) -> Result<bool, CommError> {
        let mut all_closed = true;
        for machine in self.retired().iter_mut() {
            if !machine.is_closed() {
                machine.progress(&mut Spares::default())?;
                machine.give_up_all()?;
                all_closed &= machine.is_closed();
            }
        }
        Ok(all_closed)
    }

    /// The retired machines, which are not looked after any more.
    pub(super) fn take_retired(&self) -> Vec<Machine> {
        std::mem::take(&mut *self.retired())
    }

    fn retired(&self) -> MutexGuard<'_, Vec<Machine>> {
        self.retired.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
