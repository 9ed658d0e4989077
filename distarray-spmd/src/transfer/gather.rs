//! Gathering an array to one rank or to all, and scattering it from one.

use crate::{Error, LocalArray, Worker};
use distarray_core::{Block, Element};
use distarray_maps::Distribution;
use ndarray::{ArrayD, ArrayViewD};

impl<T: Element> LocalArray<T> {
    /// The whole array, on every rank. **Collective.**
    ///
    /// # Errors
    /// Memory refused on any rank; what the transport reports.
    pub fn all_gather(&self) -> Result<ArrayD<T>, Error> {
        let everywhere = Distribution::replicated(self.shape(), self.worker().size())?;
        Ok(self.redistribute(&everywhere)?.local()?.to_owned())
    }

    /// The whole array on rank `root`, `None` on the others. **Collective.**
    ///
    /// # Errors
    /// [`Error::Ranks`] for a root that is not there; memory refused on any rank; what the transport
    /// reports.
    pub fn gather(&self, root: usize) -> Result<Option<ArrayD<T>>, Error> {
        let there = Distribution::on_rank(self.shape(), root)?;
        let gathered = self.redistribute(&there)?;
        if self.worker().rank() == root { Ok(Some(gathered.local()?.to_owned())) } else { Ok(None) }
    }

    /// Spreads the elements that rank `root` has as `distribution` says. **Collective.**
    ///
    /// `elements` is looked at on `root` alone.
    ///
    /// # Errors
    /// [`Error::Shape`] on every rank if the root's elements are missing or of another shape;
    /// [`Error::Ranks`]; memory refused on any rank.
    pub fn scatter(
        root: usize,
        elements: Option<ArrayViewD<'_, T>>,
        distribution: &Distribution,
        worker: &Worker,
    ) -> Result<LocalArray<T>, Error> {
        crate::worker::check_ranks(distribution, worker.size())?;
        let there = Distribution::on_rank(distribution.shape(), root)?;
        crate::worker::check_ranks(&there, worker.size())?;
        let block = if worker.rank() == root {
            match elements {
                Some(elements) if elements.shape() == distribution.shape() => {
                    Block::from_ndarray(elements, worker.pool()).map_err(Error::from)
                }
                other => Err(Error::Shape {
                    found: other.map_or_else(Vec::new, |elements| elements.shape().to_vec()),
                    expected: distribution.shape().to_vec(),
                }),
            }
        } else {
            Block::uninit(T::DTYPE, &there.local_shape(worker.rank()), worker.pool()).map_err(Error::from)
        };
        let block = worker.agree("scatter", block)?;
        LocalArray::from_block(&there, block, worker)?.redistribute(distribution)
    }
}
