//! The local parts of arrays: their shapes, and in SPMD contexts their elements, out and in.

use crate::context::Context;
use crate::dist_array::DistArray;
use crate::graph::Kind;
use distarray_core::Element;
use distarray_spmd::{AnyLocalArray, Error, LocalArray, Worker};
use std::panic::Location;

impl DistArray {
    /// For every rank the shape of its block; zeros for a rank that holds nothing. **Pure.**
    ///
    /// # Errors
    /// The error that this handle carries.
    pub fn local_shapes(&self) -> Result<Vec<Vec<usize>>, Error> {
        let distribution = self.distribution()?;
        Ok((0..self.context().rank_count()).map(|rank| distribution.local_shape(rank)).collect())
    }

    /// Makes the value, and gives this rank's share of it, to act on with `worker`: one of the ranks that the context runs
    /// on. The elements are shared until one of the two is changed. SPMD contexts only; **Collective**.
    ///
    /// # Errors
    /// As [`DistArray::compute`]; [`Error::DType`] if the elements are no `T`; [`Error::NoLocalPart`] for a client.
    ///
    /// # Example
    /// ```
    /// use distarray_comm::threads;
    /// use distarray_lazy::Context;
    /// use distarray_spmd::Worker;
    ///
    /// let sums = threads::run(2, |comm| {
    ///     let context = Context::spmd(&comm)?;
    ///     let mut own = context.arange(6).to_local::<i64>(&Worker::new(&comm))?;
    ///     own.local_mut()?.fill(1 + comm.rank() as i64);
    ///     context.from_local(&own).sum(()).item()
    /// })?;
    /// assert_eq!(sums[1], distarray_core::Scalar::Int64(9));
    /// # Ok::<(), distarray_spmd::Error>(())
    /// ```
    pub fn to_local<T: Element>(&self, worker: &Worker) -> Result<LocalArray<T>, Error> {
        self.compute()?;
        LocalArray::from_any(self.context().backend().local_part(self.id()?)?, worker)
    }
}

impl Context {
    /// The array whose shares the ranks have; the elements are shared until somebody changes them. SPMD contexts only; all
    /// ranks call.
    #[track_caller]
    #[must_use]
    pub fn from_local<T: Element>(&self, array: &LocalArray<T>) -> DistArray {
        let place = Location::caller();
        let outcome = self.check_ranks(array.distribution()).and_then(|()| {
            if !self.backend().has_peers() {
                return Err(Error::NoLocalPart);
            }
            let (any, worker) = (array.as_any(), array.worker());
            let block = any.to_block(worker.pool())?;
            let share = AnyLocalArray::new(any.distribution().clone(), block, worker.rank())?;
            let handle = self.add(Kind::Given, Vec::new(), any.meta())?;
            self.backend().keep_local_part(handle.id()?, share)?;
            Ok(handle)
        });
        DistArray::from_outcome(self, "from_local", place, outcome)
    }
}
