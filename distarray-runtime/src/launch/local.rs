//! Engines as threads of this process.

use super::threads::{Crew, Started, hire, join, start_client};
use super::{LocalOptions, RankOptions, interrupt};
use crate::actor::inbox::Inbox;
use crate::actor::{Report, ToClient};
use crate::dispatch::Direct;
use crate::gateway::{ActorBackend, Door};
use crate::protocol::Outcome;
use distarray_comm::{SameMemory, threads};
use distarray_spmd::Error;
use std::sync::{Arc, Mutex};

/// Outcomes go straight to the client.
#[derive(Debug)]
struct ToClientInbox(Arc<Inbox<ToClient>>);

impl Report for ToClientInbox {
    fn report(&self, outcome: Outcome) {
        // A client that has ended does not want to know.
        let _ = self.0.push(ToClient::Merged(outcome.into()));
    }
}

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
    let (patience, memory_limit_bytes) = (options.patience, options.memory_limit_bytes);
    let crew = move |inbox: &Arc<Inbox<ToClient>>| {
        let mut hired = Vec::with_capacity(rank_count);
        for endpoint in threads::endpoints(rank_count) {
            match hire(endpoint, &options, Arc::new(ToClientInbox(Arc::clone(inbox)))) {
                Ok(engine) => hired.push(engine),
                Err(error) => {
                    join(hired, false);
                    return Err(error);
                }
            }
        }
        let engines = hired.iter().map(|hired| hired.engine.clone()).collect();
        Ok(Crew { hired, dispatch: Box::new(Direct::new(engines)) })
    };
    let Started { inbox, gate, arbiter, own_threads, thread, .. } = start_client(rank_count, patience, crew)?;
    let door = Arc::new(Door {
        inbox,
        gate,
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
