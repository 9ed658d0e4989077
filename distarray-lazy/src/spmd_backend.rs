//! SpmdBackend: no client. Every rank runs the same program, makes the same plan and executes it.
//!
//! The backend's handle may be on any thread (an array that holds it may be dropped anywhere), but a
//! communicator stays on its thread. So the ranks' means lie in a slot of the thread that made the
//! context; from another thread the slot is not found, and that is [`Error::WrongThread`].

use crate::answer::Answer;
use crate::backend::{Backend, Command, RankStatistics, Reply};
use crate::context::Context;
use crate::executor::{Known, Stopped, Unobserved, abandon, guarded, run};
use crate::plan::Plan;
use crate::store::{ArrayId, Store};
use crate::transfer::part_of;
use distarray_comm::{Comm, LateRank, SameMemory, cost, wire};
use distarray_core::{Block, DType, Pool};
use distarray_spmd::{AnyLocalArray, Cost, Error, Failure, Worker};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// After this long a rank that others wait for is named.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tags of the agreement on requests, on a communicator of its own.
const ASK: u32 = 1;
const VERDICT: u32 = 2;

thread_local! {
    static SLOTS: RefCell<BTreeMap<u64, Slot>> = const { RefCell::new(BTreeMap::new()) };
}

/// What one SPMD context keeps on its thread.
struct Slot {
    /// Its communicator has requests of its own, which the program's are not disturbed by: two for each
    /// plan, the work and the settlement.
    worker: Worker,
    /// For agreeing on requests. What goes over it is not billed to plans.
    control: Comm,
    store: Store,
    /// What the program has asked for so far.
    request: u64,
    /// Plans run so far.
    plans: u64,
    /// Why nothing can be asked any more.
    broken: Option<Error>,
}

/// The backend of [`Context::spmd`].
#[derive(Debug)]
struct SpmdBackend {
    slot: u64,
    rank_count: usize,
    memory_limit_bytes: Option<u64>,
    reach: SameMemory,
}

impl Context {
    /// A context without a client: every rank of `comm` runs the same program with it. **Collective.**
    ///
    /// It is used on the thread that made it. When the ranks' programs diverge, every rank gets
    /// [`Error::Diverged`]; when one is late, it is waited for, and named on standard error after 10 s.
    ///
    /// # Errors
    /// What the transport reports.
    pub fn spmd(comm: &Comm) -> Result<Context, Error> {
        Self::spmd_with_limit(comm, None)
    }

    /// As [`Context::spmd`], with a limit to the bytes that this rank's arrays and temporaries take.
    /// **Collective**; the limit must be the same on every rank.
    ///
    /// # Errors
    /// What the transport reports.
    pub fn spmd_with_limit(comm: &Comm, memory_limit_bytes: Option<u64>) -> Result<Context, Error> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let data = comm.duplicate_endpoint()?.into_comm();
        let control = comm.duplicate_endpoint()?.into_comm();
        let rank = comm.rank();
        control.report_late_ranks(PATIENCE, move |late| name_late_rank(rank, late));
        let slot = NUMBER.fetch_add(1, Ordering::Relaxed);
        let worker = Worker::with_pool(&data, &Pool::new(memory_limit_bytes));
        let backend = SpmdBackend { slot, rank_count: comm.size(), memory_limit_bytes, reach: reach(comm)? };
        let means = Slot { worker, control, store: Store::default(), request: 0, plans: 0, broken: None };
        SLOTS.with_borrow_mut(|slots| slots.insert(slot, means));
        Ok(Context::new(Box::new(backend)))
    }
}

impl SpmdBackend {
    fn with_slot<R>(&self, work: impl FnOnce(&mut Slot) -> Result<R, Error>) -> Result<R, Error> {
        // The slot is taken out while it works: a program that asks for something from within an
        // operation finds no slot rather than a borrowed one.
        let mut slot = SLOTS.with_borrow_mut(|slots| slots.remove(&self.slot)).ok_or(Error::WrongThread)?;
        let outcome = match slot.broken.clone() {
            Some(error) => Err(error),
            None => work(&mut slot),
        };
        SLOTS.with_borrow_mut(|slots| slots.insert(self.slot, slot));
        outcome
    }

    fn is_broken_by(&self, error: &Error) -> bool {
        SLOTS.with_borrow(|slots| {
            slots.get(&self.slot).is_some_and(|slot| slot.broken.as_ref() == Some(error))
        })
    }
}

impl Backend for SpmdBackend {
    fn rank_count(&self) -> usize {
        self.rank_count
    }

    fn takes_functions(&self) -> bool {
        true
    }

    fn memory_limit_bytes(&self) -> Option<u64> {
        self.memory_limit_bytes
    }

    fn submit(&self, command: Command) -> Answer<Result<Reply, Error>> {
        Answer::ready(self.with_slot(|slot| slot.obey(command)))
    }

    fn plan_cost(&self, rank: usize) -> Cost {
        let _ = rank;
        Cost::of(cost::agree(self.rank_count))
    }

    fn reach(&self) -> SameMemory {
        self.reach
    }

    fn has_peers(&self) -> bool {
        true
    }

    fn agree_on(&self, digest: u128, held: Vec<bool>) -> Result<Vec<bool>, Error> {
        self.with_slot(|slot| slot.agree_on(digest, held))
    }

    fn local_part(&self, id: ArrayId) -> Result<AnyLocalArray, Error> {
        self.with_slot(|slot| slot.store.get(id).cloned())
    }

    fn keep_local_part(&self, id: ArrayId, array: AnyLocalArray) -> Result<(), Error> {
        self.with_slot(|slot| {
            slot.store.insert(id, array);
            Ok(())
        })
    }

    fn close(&self) -> Result<(), Error> {
        if std::thread::panicking() {
            // The others learn of the panic from the transport.
            SLOTS.with_borrow_mut(|slots| slots.remove(&self.slot));
            return Ok(());
        }
        let outcome = self.with_slot(|slot| slot.agree_on(u128::MAX, Vec::new()).map(|_| ()));
        let outcome = match outcome {
            // What broke the context was returned when it happened.
            Err(error) if self.is_broken_by(&error) => Ok(()),
            other => other,
        };
        SLOTS.with_borrow_mut(|slots| slots.remove(&self.slot));
        match outcome {
            // Dropped on another thread: its own thread ends the slot with itself.
            Err(Error::WrongThread) => Ok(()),
            other => other,
        }
    }
}

impl Slot {
    fn obey(&mut self, command: Command) -> Result<Reply, Error> {
        let worker = self.worker.clone();
        match command {
            Command::Nothing => Ok(Reply::Done),
            Command::Run { frees, plan } => {
                for id in frees {
                    self.store.remove(id);
                }
                self.run(&plan).map(|()| Reply::Done)
            }
            Command::Fetch { id, selection } => {
                let part = guarded("fetch", &worker, || {
                    let array = self.store.get(id)?;
                    part_of(array, &selection, worker.rank())
                });
                let part = worker.agree("fetch", part.map_err(|(failure, _)| Error::Failure(failure)))?;
                Ok(Reply::Parts(worker.comm().all_gather(&part)?.iter().map(<[u8]>::to_vec).collect()))
            }
            Command::Put { id, meta, parts } => {
                let rank = worker.rank();
                let shape = meta.distribution.local_shape(rank);
                let made = block_of(&worker, meta.dtype, &shape, &parts[rank])
                    .and_then(|block| AnyLocalArray::new(meta.distribution.clone(), block, rank));
                match worker.agree("put", made) {
                    Ok(array) => self.store.insert(id, array),
                    Err(error) => {
                        self.store.insert_failure(id, Failure::of("put", rank, &error));
                        return Err(error);
                    }
                }
                Ok(Reply::Done)
            }
            Command::Statistics => {
                let own = statistics(&worker, &self.store);
                Ok(Reply::Statistics(self.control.all_gather_values(&own)?))
            }
        }
    }

    /// Runs a plan, and settles with the others how it ended: all get the same outcome, however and
    /// wherever it failed. See `src/README.md` of distarray-comm for why nobody is left waiting.
    fn run(&mut self, plan: &Plan) -> Result<(), Error> {
        let comm = self.worker.comm().clone();
        let rank = comm.rank();
        self.plans += 1;
        let (work, settlement) = (2 * self.plans, 2 * self.plans + 1);
        // Another rank may have come here first, and given up.
        let outcome = match comm.begin_request(0, work) {
            Ok(()) => run(plan, &mut self.store, &self.worker, &Unobserved),
            Err(error) => {
                let failure = Failure::of("plan", rank, &Error::Comm(error));
                Err(Stopped { index: 0, failure, known: Known::Elsewhere, is_begun: false })
            }
        };
        let is_news = outcome.as_ref().is_err_and(|stopped| stopped.known != Known::Everywhere);
        let told = if is_news && comm.aborted_by().is_none() { comm.abort_everywhere() } else { Ok(()) };
        let own = outcome.as_ref().err().map(|stopped| {
            // What happened elsewhere is told by those to whom it happened; this rank's account of it
            // counts only if there is no other.
            let is_witness = stopped.known == Known::Elsewhere;
            (if is_witness { comm.size() + rank } else { rank } as u64, &stopped.failure)
        });
        let settled = told.map_err(Error::from).and_then(|()| settle(&comm, settlement, own));
        let settled = settled.inspect_err(|error| self.broken = Some(error.clone()))?;
        match (settled, outcome) {
            (None, _) => Ok(()),
            (Some(failure), outcome) => {
                let index = outcome.map_or_else(|stopped| stopped.index, |()| plan.steps.len());
                let furthest =
                    furthest(&comm, index).inspect_err(|error| self.broken = Some(error.clone()))?;
                abandon(plan, &mut self.store, index, furthest, &failure);
                Err(Error::Agreed(failure))
            }
        }
    }

    /// Compares what the ranks ask for: all tell rank 0, rank 0 tells all.
    fn agree_on(&mut self, digest: u128, held: Vec<bool>) -> Result<Vec<bool>, Error> {
        self.request += 1;
        let outcome = if self.control.size() == 1 { Ok(held) } else { self.exchange_requests(digest, held) };
        if let Err(error) = &outcome {
            self.broken = Some(error.clone());
        }
        outcome
    }

    fn exchange_requests(&mut self, digest: u128, mut held: Vec<bool>) -> Result<Vec<bool>, Error> {
        let request = self.request;
        self.control.begin_request(0, request)?;
        if self.control.rank() != 0 {
            self.control.send(0, ASK, &wire::encode(&(digest, &held))?)?;
            let verdict = self.control.receive(0, VERDICT)?;
            let verdict: (Option<usize>, Vec<bool>) = wire::decode(&verdict)?;
            return match verdict {
                (None, held) => Ok(held),
                (Some(rank), _) => Err(Error::Diverged { request, rank }),
            };
        }
        let mut diverged = None;
        for rank in 1..self.control.size() {
            let asked = self.control.receive(rank, ASK)?;
            let (other_digest, other_held): (u128, Vec<bool>) = wire::decode(&asked)?;
            if other_digest != digest || other_held.len() != held.len() {
                diverged.get_or_insert(rank);
                continue;
            }
            for (own, other) in held.iter_mut().zip(other_held) {
                *own |= other;
            }
        }
        let verdict = wire::encode(&(diverged, &held))?;
        for rank in 1..self.control.size() {
            self.control.send(rank, VERDICT, &verdict)?;
        }
        match diverged {
            None => Ok(held),
            Some(rank) => Err(Error::Diverged { request, rank }),
        }
    }
}

/// A block of the given bytes, in the pool of `worker`. **Local.**
///
/// # Errors
/// Memory refused; [`Error::Element`] for a wrong number of bytes.
pub fn block_of(worker: &Worker, dtype: DType, shape: &[usize], bytes: &[u8]) -> Result<Block, Error> {
    let mut buffer = worker.pool().allocate(bytes.len())?;
    buffer.as_bytes_mut().copy_from_slice(bytes);
    Ok(Block::from_buffer(dtype, shape, buffer)?)
}

/// How this rank reaches the others' memory: the worst of them. **Local.**
///
/// # Errors
/// None for a communicator that works.
pub fn reach(comm: &Comm) -> Result<SameMemory, Error> {
    let mut worst = SameMemory::Process;
    for rank in (0..comm.size()).filter(|rank| *rank != comm.rank()) {
        worst = match (worst, comm.same_memory(rank)?) {
            (SameMemory::No, _) | (_, SameMemory::No) => SameMemory::No,
            (SameMemory::Node, _) | (_, SameMemory::Node) => SameMemory::Node,
            _ => SameMemory::Process,
        };
    }
    Ok(worst)
}

/// The failure with the lowest number among those that the ranks bring, each with its own. Under a request of
/// its own, so that what the work has left behind is dropped. **Collective.**
fn settle(comm: &Comm, settlement: u64, own: Option<(u64, &Failure)>) -> Result<Option<Failure>, Error> {
    comm.begin_request(0, settlement)?;
    let encoded =
        own.map(|(number, failure)| Ok::<_, Error>((number, wire::encode(failure)?))).transpose()?;
    let own = encoded.as_ref().map(|(number, failure)| (*number, failure.as_slice()));
    let agreed = comm.agree_on_lowest(own)?;
    Ok(agreed.map(|(_, failure)| wire::decode(&failure)).transpose()?)
}

/// The first step that has changed no array on any rank. **Collective.**
fn furthest(comm: &Comm, index: usize) -> Result<usize, Error> {
    // The lowest number is agreed upon: the fewest steps that are left.
    let left = (u32::MAX as usize).saturating_sub(index);
    let agreed = comm.agree_on_lowest(Some((left as u64, &[])))?;
    Ok(agreed
        .map_or(index, |(left, _)| (u32::MAX as usize).saturating_sub(usize::try_from(left).unwrap_or(0))))
}

/// Says on standard error whom this rank waits for.
fn name_late_rank(rank: usize, late: LateRank) {
    use std::io::Write;
    let LateRank { rank: late, waited, stamp } = late;
    // Standard error may be closed; the wait goes on all the same.
    let _ = writeln!(
        std::io::stderr(),
        "distarray: rank {rank} has been waiting {} s for rank {late} to come to request {}",
        waited.as_secs(),
        stamp.request
    );
}

/// What this rank has counted; lets the peak begin anew. **Local.**
pub fn statistics(worker: &Worker, store: &Store) -> RankStatistics {
    let pool = worker.pool().statistics();
    worker.pool().reset_peak();
    RankStatistics {
        meter: worker.comm().meter(),
        held_bytes: pool.held_bytes,
        peak_bytes: pool.peak_bytes,
        array_count: store.count() as u64,
    }
}
