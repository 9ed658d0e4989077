//! Backend: the one object in which client-engine mode and MPI-only mode differ.

use crate::answer::Answer;
use crate::plan::Plan;
use crate::store::ArrayId;
use distarray_comm::{MeterSnapshot, SameMemory};
use distarray_maps::Distribution;
use distarray_spmd::{AnyLocalArray, Cost, Error};
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
use std::sync::Arc;

/// Which elements of an array are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Selection {
    /// All of them.
    All,
    /// The product of these indices, one increasing list per axis. Meant for few.
    Product(Vec<Vec<usize>>),
}

/// What a context asks all ranks to do. Requests are numbered by the backend in the order they come.
#[derive(Clone, Debug)]
pub enum Command {
    /// Nothing; answered when every rank has come to it.
    Nothing,
    /// Runs the steps, having forgotten the listed arrays first.
    Run {
        /// Arrays nobody needs any more.
        frees: Vec<ArrayId>,
        /// The steps.
        plan: Arc<Plan>,
    },
    /// Brings elements of one array to the program.
    Fetch {
        /// The array.
        id: ArrayId,
        /// Which elements.
        selection: Selection,
    },
    /// Makes an array of elements that the program has: one block's bytes per rank.
    Put {
        /// Number of the array to make.
        id: ArrayId,
        /// dtype and distribution.
        meta: distarray_spmd::ArrayMeta,
        /// For every rank the bytes of its block, in C order.
        parts: Arc<Vec<Vec<u8>>>,
    },
    /// What the ranks have counted so far.
    Statistics,
}

/// What one rank has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RankStatistics {
    /// Messages and bytes between ranks.
    pub meter: MeterSnapshot,
    /// Bytes of the pool that are in use.
    pub held_bytes: u64,
    /// The most that was in use since the last [`Command::Statistics`].
    pub peak_bytes: u64,
    /// Arrays held.
    pub array_count: u64,
}

/// What comes back when all ranks have done a command.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Done.
    Done,
    /// For every rank the bytes of the selected elements that it owns, in C order.
    Parts(Vec<Vec<u8>>),
    /// For every rank what it counted.
    Statistics(Vec<RankStatistics>),
}

/// Runs commands on all ranks.
pub trait Backend: Debug + Send + Sync {
    /// How many ranks there are. **Pure.**
    fn rank_count(&self) -> usize;

    /// Whether functions of this program can be run on the ranks (they share its memory). **Pure.**
    fn takes_functions(&self) -> bool;

    /// Memory limit of each rank in bytes, if one was set. **Pure.**
    fn memory_limit_bytes(&self) -> Option<u64>;

    /// Puts a command in line; the answer comes when all ranks have done it.
    ///
    /// Commands run in the order they were submitted. Blocks while too many are in flight.
    fn submit(&self, command: Command) -> Answer<Result<Reply, Error>>;

    /// This rank's share of a stored array, where ranks run programs of their own. **Local.**
    ///
    /// # Errors
    /// [`Error::NoLocalPart`] for a client, which has none; a number that is not held.
    fn local_part(&self, id: ArrayId) -> Result<AnyLocalArray, Error> {
        let _ = id;
        Err(Error::NoLocalPart)
    }

    /// Keeps this rank's share of an array as `id`, where ranks run programs of their own. **Local.**
    ///
    /// # Errors
    /// [`Error::NoLocalPart`] for a client.
    fn keep_local_part(&self, id: ArrayId, array: AnyLocalArray) -> Result<(), Error> {
        let _ = (id, array);
        Err(Error::NoLocalPart)
    }

    /// Whether ranks run programs of their own, which have to agree on what they ask for. **Pure.**
    fn has_peers(&self) -> bool {
        false
    }

    /// Where every rank runs a program of its own: finds out whether all ask for the same, and which
    /// arrays any of them holds. `digest` stands for what was written down since the last request,
    /// `held` says of each array whether this rank's program has a handle to it. **Collective** there;
    /// a client has nobody to agree with.
    ///
    /// # Errors
    /// [`Error::Diverged`] on every rank.
    fn agree_on(&self, digest: u128, held: Vec<bool>) -> Result<Vec<bool>, Error> {
        let _ = digest;
        Ok(held)
    }

    /// How the ranks reach each other's memory (the worst pair); predictions of traffic depend on it. **Pure.**
    fn reach(&self) -> SameMemory;

    /// What `rank` spends on every plan beside its steps. **Pure.**
    fn plan_cost(&self, rank: usize) -> Cost {
        let _ = rank;
        Cost::default()
    }

    /// The step that some rank has been running longest, for people; `None` if none is known to run.
    fn running(&self) -> Option<String> {
        None
    }

    /// Refuses to block where blocking would never end (on the thread that has to bring the answer).
    ///
    /// # Errors
    /// [`Error::Value`] that says so.
    fn may_block(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Ends the engines. Later commands answer [`Error::Closed`].
    ///
    /// # Errors
    /// What could not be ended.
    fn close(&self) -> Result<(), Error>;
}

/// For each axis the local indices on `rank` of those of the given global indices that it owns, and
/// where they stand in the list. `None` if the rank is not the owner of any element. **Pure.**
#[must_use]
pub fn owned_product(
    distribution: &Distribution,
    indices: &[Vec<usize>],
    rank: usize,
) -> Option<Vec<Vec<(usize, usize)>>> {
    if !distribution.is_primary(rank) {
        return None;
    }
    let coords = distribution.grid().coords(rank)?;
    let axes = distribution.axes().iter().zip(indices).zip(coords).map(|((axis, indices), part)| {
        indices
            .iter()
            .enumerate()
            .filter_map(|(position, &global)| match axis.owner(global) {
                Some((owner, local)) if owner == part => Some((position, local)),
                _ => None,
            })
            .collect()
    });
    Some(axes.collect())
}
