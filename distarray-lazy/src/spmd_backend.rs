//! SpmdBackend: no client. Every rank runs the same program, makes the same plan and executes it.
//!
//! The backend's handle may be on any thread (an array that holds it may be dropped anywhere), but a
//! communicator stays on its thread. So the ranks' means lie in a slot of the thread that made the
//! context; from another thread the slot is not found, and that is [`Error::WrongThread`].

use crate::answer::Answer;
use crate::backend::{Backend, Command, RankStatistics, Reply};
use crate::context::Context;
use crate::executor::{Known, Unobserved, run};
use crate::store::Store;
use crate::transfer::part_of;
use distarray_comm::{Comm, MeterSnapshot, SameMemory, cost, wire};
use distarray_core::{Block, DType, Pool};
use distarray_spmd::{AnyLocalArray, Cost, Error, Failure, Worker};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

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
    worker: Worker,
    /// For agreeing on requests.
    control: Comm,
    /// What went over `control`: the ranks' meters count it, but plans are not billed for it.
    aside: MeterSnapshot,
    store: Store,
    request: u64,
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
        let data = comm.duplicate()?;
        let control = comm.duplicate()?;
        let slot = NUMBER.fetch_add(1, Ordering::Relaxed);
        let worker = Worker::with_pool(&data, &Pool::new(memory_limit_bytes));
        let backend = SpmdBackend { slot, rank_count: comm.size(), memory_limit_bytes, reach: reach(comm)? };
        let means = Slot {
            worker,
            control,
            aside: MeterSnapshot::default(),
            store: Store::default(),
            request: 0,
            broken: None,
        };
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
}

impl SpmdBackend {
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
                match run(&plan, &mut self.store, &worker, &Unobserved) {
                    Err(stopped) if stopped.known == Known::HereAmidStep => {
                        // The others wait for this rank within the step and cannot be told: nothing more
                        // can be agreed upon here, and they learn of it when this rank leaves.
                        let error = Error::Failure(stopped.failure);
                        self.broken = Some(error.clone());
                        Err(error)
                    }
                    outcome => {
                        let outcome = outcome.map_err(|stopped| Error::Failure(stopped.failure));
                        worker.agree("plan", outcome).map(|()| Reply::Done)
                    }
                }
            }
            Command::Fetch { id, selection } => {
                let part = self.store.get(id).and_then(|array| {
                    part_of(array.block(), array.distribution(), &selection, worker.rank())
                });
                let part = worker.agree("fetch", part)?;
                Ok(Reply::Parts(worker.comm().all_gather(&part)?.iter().map(<[u8]>::to_vec).collect()))
            }
            Command::Put { id, meta, parts } => {
                let rank = worker.rank();
                let shape = meta.distribution.local_shape(rank);
                let made = block_of(&worker, meta.dtype, &shape, &parts[rank])
                    .and_then(|block| AnyLocalArray::new(meta.distribution.clone(), block, rank));
                match made {
                    Ok(array) => self.store.insert(id, array),
                    Err(error) => {
                        let failure = Failure::of("put", rank, &error);
                        self.store.insert_failure(id, failure.clone());
                        return Err(Error::Failure(failure));
                    }
                }
                Ok(Reply::Done)
            }
            Command::Statistics => {
                let mut own = statistics(&worker, &self.store);
                own.meter = own.meter - self.aside;
                let all = self.aside(|slot| Ok(slot.control.all_gather_values(&own)?))?;
                Ok(Reply::Statistics(all))
            }
        }
    }

    /// Does something over `control` and notes what it cost.
    fn aside<R>(&mut self, work: impl FnOnce(&mut Self) -> Result<R, Error>) -> Result<R, Error> {
        let before = self.control.meter();
        let outcome = work(self);
        let spent = self.control.meter() - before;
        self.aside.messages_sent += spent.messages_sent;
        self.aside.bytes_sent += spent.bytes_sent;
        self.aside.messages_received += spent.messages_received;
        self.aside.bytes_received += spent.bytes_received;
        self.aside.copied_bytes += spent.copied_bytes;
        self.aside.waiting_seconds += spent.waiting_seconds;
        outcome
    }

    /// Compares what the ranks ask for: all tell rank 0, rank 0 tells all.
    fn agree_on(&mut self, digest: u128, held: Vec<bool>) -> Result<Vec<bool>, Error> {
        self.request += 1;
        let outcome = if self.control.size() == 1 {
            Ok(held)
        } else {
            self.aside(|slot| slot.exchange_requests(digest, held))
        };
        if let Err(error) = &outcome {
            self.broken = Some(error.clone());
        }
        outcome
    }

    fn exchange_requests(&mut self, digest: u128, mut held: Vec<bool>) -> Result<Vec<bool>, Error> {
        let request = self.request;
        if self.control.rank() != 0 {
            self.control.send(0, ASK, &wire::encode(&(digest, &held))?)?;
            let verdict = receive_patiently(&self.control, 0, VERDICT, request)?;
            let verdict: (Option<usize>, Vec<bool>) = wire::decode(&verdict)?;
            return match verdict {
                (None, held) => Ok(held),
                (Some(rank), _) => Err(Error::Diverged { request, rank }),
            };
        }
        let mut diverged = None;
        for rank in 1..self.control.size() {
            let asked = receive_patiently(&self.control, rank, ASK, request)?;
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

/// Waits for a message; says after [`PATIENCE`] whom for.
fn receive_patiently(comm: &Comm, from: usize, tag: u32, request: u64) -> Result<Vec<u8>, Error> {
    let start = Instant::now();
    let mut said = false;
    loop {
        if let Some(message) = comm.try_receive(from, tag)? {
            return Ok(message.as_bytes().to_vec());
        }
        let waited = start.elapsed();
        if waited >= PATIENCE && !said {
            use std::io::Write;
            said = true;
            // Standard error may be closed; the wait goes on all the same.
            let _ = writeln!(
                std::io::stderr(),
                "distarray: rank {} has been waiting {} s for rank {from} to come to request {request}",
                comm.rank(),
                PATIENCE.as_secs()
            );
        }
        comm.wait(Some(if said { PATIENCE } else { PATIENCE.saturating_sub(waited) }))?;
    }
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
