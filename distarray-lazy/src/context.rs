//! Context: where arrays are made, and what turns operations written down into commands.

use crate::answer::Answer;
use crate::backend::{Backend, Command, RankStatistics, Reply};
use crate::explain::Explanation;
use crate::graph::{Graph, Kind};
use crate::lower::{Lowered, lower};
use crate::store::ArrayId;
use distarray_maps::Digest;
use distarray_spmd::{ArrayMeta, DynOperation, Error};
use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

/// Pending operations at which a flush happens by itself. What they would take plays no part: a flush amid an
/// expression stores what is held at that moment, which a later one computes on the way.
const PENDING_LIMIT: usize = 4096;

/// Where arrays are made and operations are written down. Cheap to clone; may be used by many threads
/// (an SPMD context only by the one that made it).
///
/// Dropping the last clone, and the last array, closes it.
#[derive(Clone, Debug)]
pub struct Context {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    number: u64,
    backend: Box<dyn Backend>,
    state: Mutex<ContextState>,
    /// Handles dropped since the last flush. A lock of its own: dropping must never wait for a flush.
    dropped: Mutex<Vec<ArrayId>>,
}

#[derive(Debug, Default)]
struct ContextState {
    graph: Graph,
    /// Plans that have been submitted and not been heard of.
    in_flight: VecDeque<InFlight>,
    /// Errors of such plans that no waiting call has returned yet.
    unreported: Vec<Error>,
    closed: bool,
}

/// A command that makes arrays, and which.
#[derive(Debug)]
struct InFlight {
    answer: Answer<Result<Reply, Error>>,
    made: BTreeSet<ArrayId>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic under the lock can only come from a bug in this crate; the state is still usable.
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Context {
    /// A context on top of `backend`. **Local.**
    #[must_use]
    pub fn new(backend: Box<dyn Backend>) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        Self {
            inner: Arc::new(Inner {
                number: NUMBER.fetch_add(1, Ordering::Relaxed),
                backend,
                state: Mutex::default(),
                dropped: Mutex::default(),
            }),
        }
    }

    /// A number that no other context of this process has. **Pure.**
    #[must_use]
    pub fn number(&self) -> u64 {
        self.inner.number
    }

    /// How many ranks there are. **Pure.**
    #[must_use]
    pub fn rank_count(&self) -> usize {
        self.inner.backend.rank_count()
    }

    /// What runs the commands. **Pure.**
    #[must_use]
    pub fn backend(&self) -> &dyn Backend {
        &*self.inner.backend
    }

    /// Writes a node down; gives its number.
    pub(crate) fn write(&self, kind: Kind, inputs: Vec<ArrayId>, meta: ArrayMeta) -> Result<ArrayId, Error> {
        let id = lock(&self.inner.state).graph.add(kind, inputs, Some(meta))?;
        self.flush_if_full()?;
        Ok(id)
    }

    /// Writes a call down with its outputs; gives the outputs' numbers.
    pub(crate) fn write_call(
        &self,
        operation: Arc<dyn DynOperation>,
        inputs: Vec<ArrayId>,
        outputs: &[ArrayMeta],
    ) -> Result<Vec<ArrayId>, Error> {
        let mut ids = Vec::with_capacity(outputs.len());
        {
            let mut state = lock(&self.inner.state);
            let call = state.graph.add(Kind::Call(operation), inputs, None)?;
            if outputs.is_empty() {
                state.graph.mark_effect(call);
            }
            for (index, meta) in outputs.iter().enumerate() {
                ids.push(state.graph.add(Kind::Output { index }, vec![call], Some(meta.clone()))?);
            }
        }
        self.flush_if_full()?;
        Ok(ids)
    }

    /// Has the ranks make an array of the given bytes, one block's per rank; gives its number.
    pub(crate) fn write_parts(&self, meta: ArrayMeta, parts: Vec<Vec<u8>>) -> Result<ArrayId, Error> {
        let id = self.write(Kind::Given, Vec::new(), meta.clone())?;
        let answer = self.inner.backend.submit(Command::Put { id, meta, parts: Arc::new(parts) });
        lock(&self.inner.state).in_flight.push_back(InFlight { answer, made: BTreeSet::from([id]) });
        Ok(id)
    }

    /// A handle was dropped: only noted.
    pub(crate) fn note_drop(&self, id: ArrayId) {
        lock(&self.inner.dropped).push(id);
    }

    fn flush_if_full(&self) -> Result<(), Error> {
        let mut state = lock(&self.inner.state);
        if state.graph.pending().len() >= PENDING_LIMIT {
            self.flush_locked(&mut state, b"full")?;
        }
        Ok(())
    }

    /// Sends everything that is held and pending to the ranks; does not wait.
    ///
    /// # Errors
    /// [`Error::Closed`], [`Error::Diverged`], and plans that cannot be built.
    pub fn flush(&self) -> Result<(), Error> {
        self.flush_locked(&mut lock(&self.inner.state), b"flush")
    }

    fn flush_locked(&self, state: &mut ContextState, why: &[u8]) -> Result<(), Error> {
        if state.closed {
            return Err(Error::Closed);
        }
        let also = self.agree(state, why)?;
        let Lowered { plan, stored, frees, released } = lower(&mut state.graph, &also)?;
        state.graph.settle(&stored);
        for id in released {
            state.graph.remove(id);
        }
        if plan.steps.is_empty() && frees.is_empty() {
            return Ok(());
        }
        let answer = self.inner.backend.submit(Command::Run { frees, plan: Arc::new(plan) });
        state.in_flight.push_back(InFlight { answer, made: stored });
        Self::hear(state);
        Ok(())
    }

    /// Notes the drops, and agrees with the other ranks' programs where there are any. Gives the
    /// nodes that others hold.
    fn agree(&self, state: &mut ContextState, why: &[u8]) -> Result<BTreeSet<ArrayId>, Error> {
        for id in std::mem::take(&mut *lock(&self.inner.dropped)) {
            state.graph.drop_handle(id);
        }
        if !self.inner.backend.has_peers() {
            return Ok(BTreeSet::new());
        }
        let mut digest = Digest::default();
        digest.bytes(&state.graph.digest().to_le_bytes());
        digest.bytes(why);
        let ids: Vec<ArrayId> = state.graph.ids().collect();
        let held = ids.iter().map(|id| state.graph.node(*id).is_some_and(|node| node.handles > 0)).collect();
        let held = self.inner.backend.agree_on(digest.finish(), held)?;
        Ok(ids.into_iter().zip(held).filter_map(|(id, held)| held.then_some(id)).collect())
    }

    /// Takes note of answers that have come; they come in the order of the commands.
    fn hear(state: &mut ContextState) {
        while let Some(first) = state.in_flight.front() {
            let error = match first.answer.poll_now() {
                None => break,
                Some(Some(Ok(_))) => None,
                Some(Some(Err(error))) => Some(error),
                Some(None) => Some(Error::Closed),
            };
            let made = state.in_flight.pop_front().map(|first| first.made).unwrap_or_default();
            if let Some(error) = error {
                // Who asks for the same again shall have it tried again.
                made.iter().for_each(|id| state.graph.unshare(*id));
                state.unreported.push(error);
            }
        }
    }

    /// Flushes and puts `command` in line behind it.
    pub(crate) fn submit(&self, command: Command) -> Result<Answer<Result<Reply, Error>>, Error> {
        let mut state = lock(&self.inner.state);
        let why = if self.inner.backend.has_peers() { format!("{command:?}") } else { String::new() };
        self.flush_locked(&mut state, why.as_bytes())?;
        Ok(self.inner.backend.submit(command))
    }

    /// Flushes, runs `command` and waits for its answer. An error that it returns is told.
    pub(crate) fn request(&self, command: Command) -> Result<Reply, Error> {
        self.inner.backend.may_block()?;
        let outcome = self.submit(command)?.wait().unwrap_or(Err(Error::Closed));
        if let Err(error) = &outcome {
            let mut state = lock(&self.inner.state);
            Self::hear(&mut state);
            if let Some(position) = state.unreported.iter().position(|other| other == error) {
                state.unreported.remove(position);
            }
        }
        outcome
    }

    /// Waits until the ranks have done everything that was asked so far; returns the first error that
    /// no other call has returned.
    ///
    /// # Errors
    /// Any rank's failure in what was pending.
    pub fn synchronise(&self) -> Result<(), Error> {
        self.request_of_all(Command::Nothing)
    }

    /// Runs `command` and waits for it and everything before; returns its error, or the first one that no
    /// other call has returned.
    pub(crate) fn request_of_all(&self, command: Command) -> Result<(), Error> {
        self.request(command)?;
        let mut state = lock(&self.inner.state);
        Self::hear(&mut state);
        if state.unreported.is_empty() { Ok(()) } else { Err(state.unreported.remove(0)) }
    }

    /// An empty command to all ranks and back: what one round trip costs.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn ping(&self) -> Result<(), Error> {
        self.inner.backend.may_block()?;
        let answer = self.inner.backend.submit(Command::Nothing);
        answer.wait().unwrap_or(Err(Error::Closed)).map(|_| ())
    }

    /// What every rank has counted since it started; lets the peaks begin anew. Pending operations stay
    /// pending. In an SPMD context **collective**.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn statistics(&self) -> Result<Vec<RankStatistics>, Error> {
        self.inner.backend.may_block()?;
        let answer = self.inner.backend.submit(Command::Statistics);
        match answer.wait().unwrap_or(Err(Error::Closed))? {
            Reply::Statistics(statistics) => Ok(statistics),
            _ => Err(Error::Closed),
        }
    }

    /// The step that some engine has been running longest, for showing that something happens; `None` if
    /// none is known to run. Neither waits nor flushes. **Local.**
    #[must_use]
    pub fn running(&self) -> Option<String> {
        self.inner.backend.running()
    }

    /// What the next flush would do, step by step, without doing it. In an SPMD context **collective**:
    /// what any rank's program holds is kept.
    ///
    /// # Errors
    /// Plans that cannot be built; [`Error::Diverged`].
    pub fn explain(&self) -> Result<Explanation, Error> {
        let mut state = lock(&self.inner.state);
        let also = self.agree(&mut state, b"explain")?;
        let mut graph = state.graph.clone();
        let lowered = lower(&mut graph, &also)?;
        Ok(Explanation::of(&lowered.plan, &state.graph, &lowered.frees, &lowered.stored, self.backend()))
    }

    /// Waits for everything pending, then ends the engines. Arrays that are left answer [`Error::Closed`].
    ///
    /// # Errors
    /// The first error that no call has returned.
    pub fn close(self) -> Result<(), Error> {
        let outcome = self.synchronise();
        lock(&self.inner.state).closed = true;
        self.inner.backend.close()?;
        outcome
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let closed = self.state.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner).closed;
        if !closed {
            // Nobody is left to be told; the engines end all the same.
            let _ = self.backend.close();
        }
    }
}
