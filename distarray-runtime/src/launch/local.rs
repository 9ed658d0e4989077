//! Engines as threads of this process.

use super::threads::{Started, start_client};
use super::{LocalOptions, RankOptions, interrupt};
use crate::actor::{EngineHandle, Report};
use crate::dispatch::Direct;
use crate::gateway::{ActorBackend, Desk, Door};
use distarray_comm::{Endpoint, SameMemory, threads};
use distarray_spmd::Error;
use std::sync::{Arc, Mutex};

/// Starts engines and their client; the backend ends them when it is closed or dropped.
///
/// # Errors
/// [`Error::Value`] for no engines, [`Error::Comm`] if a thread cannot be started.
pub fn start(options: LocalOptions) -> Result<ActorBackend, Error> {
    let rank_count = options.engines;
    if rank_count == 0 {
        return Err(Error::Value {
            what: "number of engines",
            value: "0".to_owned(),
            reason: "somebody has to hold the elements",
        });
    }
    let options = RankOptions::from(options);
    let memory_limit_bytes = options.memory_limit_bytes;
    let engines: Vec<(Endpoint, EngineHandle)> = threads::endpoints(rank_count)
        .into_iter()
        .map(|data| {
            let engine = EngineHandle::of(&data);
            (data, engine)
        })
        .collect();
    let direct = Direct::new(engines.iter().map(|(_, engine)| engine.clone()).collect());
    let desk = Arc::new(Desk::new(rank_count, Box::new(direct)));
    let report: Arc<dyn Report> = Arc::<Desk>::clone(&desk);
    let Started { arbiter, own_threads, thread, .. } =
        start_client(Arc::clone(&desk), engines, options, report)?;
    let door = Arc::new(Door {
        desk,
        rank_count,
        memory_limit_bytes,
        is_shared: true,
        reach: SameMemory::Process,
        arbiter,
        own_threads,
        thread: Mutex::new(Some(thread)),
    });
    interrupt::register(&door);
    Ok(ActorBackend::new(door))
}
