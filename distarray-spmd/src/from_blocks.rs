//! Arrays made of blocks that ranks have already, checked for consistency.

use crate::transfer::ask::{from_bytes, to_bytes};
use crate::{AnyLocalArray, Error, LocalArray, Worker};
use distarray_core::{Block, DType, Element};
use distarray_maps::{AxisMap, Distribution, Grid};
use ndarray::ArrayViewD;
use std::fmt::Debug;

/// What a rank says of its block.
type Said = (DType, Vec<usize>, usize, usize);

impl AnyLocalArray {
    /// The blocks of all ranks one after the other along `axis`, in the order of the ranks. **Collective.**
    ///
    /// Blocks may differ in length along the axis, which is then cut unevenly, and in nothing else. No element moves.
    ///
    /// # Errors
    /// The same on all ranks: [`Error::BlocksDiffer`] for blocks that differ in dtype, dimensions or another length;
    /// [`Error::Axis`].
    ///
    /// # Cost
    /// One gathering of some 50 bytes per rank.
    pub fn from_blocks(block: Block, axis: usize, worker: &Worker) -> Result<AnyLocalArray, Error> {
        let said = consult(&block, axis, block.shape().get(axis).copied().unwrap_or(0), worker)?;
        let mut bounds = vec![0];
        for (_, shape, ..) in &said {
            bounds.push(bounds[bounds.len() - 1] + shape[axis]);
        }
        let distribution = along(axis, block.shape(), AxisMap::block_with_bounds(&bounds)?)?;
        AnyLocalArray::new(distribution, block, worker.rank())
    }

    /// The blocks of all ranks, each of which says which global indices along `axis` it has, in the order of its block.
    /// **Collective.**
    ///
    /// Where the ranks' indices are consecutive and follow each other the axis is cut into blocks; otherwise it is
    /// unstructured. No element moves.
    ///
    /// # Errors
    /// As [`AnyLocalArray::from_blocks`]; the same on all ranks: [`Error::BlockIndices`]; [`Error::Map`] naming an index that
    /// two ranks have, that none has, or that lies beyond the end.
    ///
    /// # Cost
    /// One gathering of 8 bytes per index; all ranks keep all lists that are not consecutive.
    pub fn from_indexed_blocks(
        block: Block,
        axis: usize,
        indices: &[usize],
        worker: &Worker,
    ) -> Result<AnyLocalArray, Error> {
        let said = consult(&block, axis, indices.len(), worker)?;
        for (rank, (_, shape, _, given)) in said.iter().enumerate() {
            if *given != shape[axis] {
                return Err(Error::BlockIndices { rank, given: *given, length: shape[axis], axis });
            }
        }
        let numbers: Vec<u64> = indices.iter().map(|index| *index as u64).collect();
        let bytes = worker.agree("from_indexed_blocks", to_bytes(&numbers))?;
        let gathered = worker.comm().all_gather(&bytes)?;
        let lists = gathered.iter().map(|bytes| {
            let list = from_bytes(bytes)?;
            Ok(list.into_iter().map(|index| usize::try_from(index).unwrap_or(usize::MAX)).collect())
        });
        let lists = worker.agree("from_indexed_blocks", lists.collect::<Result<Vec<Vec<usize>>, Error>>())?;
        let map = match consecutive(&lists) {
            Some(bounds) => AxisMap::block_with_bounds(&bounds)?,
            None => AxisMap::unstructured(lists)?,
        };
        let distribution = along(axis, block.shape(), map)?;
        AnyLocalArray::new(distribution, block, worker.rank())
    }

    /// The blocks of all ranks as an array that lies as all ranks say it does. **Collective.**
    ///
    /// # Errors
    /// The same on all ranks: [`Error::BlocksDiffer`] for different distributions or dtypes; [`Error::Ranks`]; a block of
    /// another shape than its rank's local one, agreed upon.
    pub fn from_distributed_blocks(
        distribution: &Distribution,
        block: Block,
        worker: &Worker,
    ) -> Result<AnyLocalArray, Error> {
        let said = worker.comm().all_gather_values(&(block.dtype(), distribution.shape().to_vec()))?;
        all_same("dtype and global shape", &said)?;
        let digests = worker.comm().all_gather_values(&distribution.digest())?;
        all_same("distribution", &digests)?;
        crate::worker::check_ranks(distribution, worker.size())?;
        let array = AnyLocalArray::new(distribution.clone(), block, worker.rank());
        worker.agree("from_distributed_blocks", array)
    }
}

impl<T: Element> LocalArray<T> {
    /// As [`AnyLocalArray::from_blocks`], of elements that this rank has. **Collective.**
    ///
    /// # Errors
    /// As there; memory refused on any rank.
    ///
    /// # Example
    /// ```
    /// # use distarray_comm::threads;
    /// # use distarray_spmd::{LocalArray, Worker};
    /// let gathered = threads::run(3, |comm| {
    ///     let worker = Worker::new(&comm);
    ///     let own = vec![comm.rank() as i64; comm.rank()];
    ///     let own = ndarray::ArrayView1::from(&own).into_dyn();
    ///     LocalArray::from_local_blocks(own, 0, &worker)?.all_gather()
    /// })?;
    /// assert_eq!(gathered[0], ndarray::arr1(&[1, 2, 2]).into_dyn());
    /// # Ok::<(), distarray_spmd::Error>(())
    /// ```
    pub fn from_local_blocks(
        elements: ArrayViewD<'_, T>,
        axis: usize,
        worker: &Worker,
    ) -> Result<Self, Error> {
        let block = Block::from_ndarray(elements, worker.pool()).map_err(Error::from);
        let block = worker.agree("from_local_blocks", block)?;
        Self::from_any(AnyLocalArray::from_blocks(block, axis, worker)?, worker)
    }
}

/// What all ranks say of their blocks, which agree but for their lengths along `axis`.
fn consult(block: &Block, axis: usize, indices: usize, worker: &Worker) -> Result<Vec<Said>, Error> {
    let own: Said = (block.dtype(), block.shape().to_vec(), axis, indices);
    let said = worker.comm().all_gather_values(&own)?;
    let parts = |part: fn(&Said) -> (DType, usize, usize)| said.iter().map(part).collect::<Vec<_>>();
    all_same(
        "dtype, number of dimensions and axis",
        &parts(|(dtype, shape, axis, _)| (*dtype, shape.len(), *axis)),
    )?;
    let ndim = block.ndim();
    if axis >= ndim {
        return Err(Error::Axis { axis: axis.cast_signed(), ndim });
    }
    let others = |(_, shape, ..): &Said| {
        let mut shape = shape.clone();
        shape.remove(axis);
        shape
    };
    let lengths: Vec<Vec<usize>> = said.iter().map(others).collect();
    all_same("shape but for the distributed axis", &lengths)?;
    Ok(said)
}

fn all_same<V: PartialEq + Debug>(what: &'static str, values: &[V]) -> Result<(), Error> {
    let Some(first) = values.first() else { return Ok(()) };
    match values.iter().position(|value| value != first) {
        None => Ok(()),
        Some(rank) => Err(Error::BlocksDiffer {
            what,
            rank,
            found: format!("{:?}", values[rank]),
            first: format!("{first:?}"),
        }),
    }
}

/// The bounds of lists that are consecutive and follow each other.
fn consecutive(lists: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut bounds = vec![0];
    for list in lists {
        let start = bounds[bounds.len() - 1];
        if list.iter().zip(start..).any(|(index, expected)| *index != expected) {
            return None;
        }
        bounds.push(start + list.len());
    }
    Some(bounds)
}

/// An array of blocks of `shape` but for `axis`, which lies over all ranks as `map` says.
fn along(axis: usize, shape: &[usize], map: AxisMap) -> Result<Distribution, Error> {
    let mut parts = vec![1; shape.len()];
    parts[axis] = map.parts();
    let mut axes: Vec<AxisMap> = shape.iter().map(|length| AxisMap::replicated(*length)).collect();
    axes[axis] = map;
    let shape: Vec<usize> = axes.iter().map(AxisMap::length).collect();
    Ok(Distribution::new(&shape, axes, Grid::row_major(&parts)?)?)
}
