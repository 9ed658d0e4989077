//! Cumulative sums, products and extremes along an axis.

use crate::transfer::version::Version;
use crate::{AnyLocalArray, ArrayMeta, Cost, Error, Inferred, Input, Operation, Worker, exactly};
use distarray_comm::{SameMemory, cost};
use distarray_core::kernel::scan::Scan;
use distarray_core::{Block, DType, Pool};
use distarray_maps::{AxisMap, Distribution};
use serde::{Deserialize, Serialize};

/// Of each element and those before it along an axis the sum, the product, the smallest or the largest.
///
/// Input: an array of the result's dtype, whose parts along the axis are blocks, each rank's after those of the ranks before
/// it. The result takes its place if nobody else needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cumulate {
    /// What is made of the elements.
    pub scan: Scan,
    /// Along which axis.
    pub axis: usize,
}

/// How an array must lie to be scanned along `axis`: `None` if it lies so. **Pure.**
///
/// # Errors
/// None for a valid distribution.
pub fn in_blocks_along(distribution: &Distribution, axis: usize) -> Result<Option<Distribution>, Error> {
    let map = distribution.axis(axis);
    let even = AxisMap::block(map.length(), map.parts())?;
    let in_blocks = if matches!(map, AxisMap::Block(_) | AxisMap::Replicated(_)) || map.same_placement(&even)
    {
        None
    } else {
        let mut maps = distribution.axes().to_vec();
        maps[axis] = even;
        Some(Distribution::new(distribution.shape(), maps, distribution.grid().clone())?)
    };
    let grid = distribution.grid();
    if ranks_along(distribution, axis, grid.rank(&vec![0; distribution.ndim()])).is_sorted() {
        return Ok(in_blocks);
    }
    Ok(Some(Distribution::block_rows(distribution.shape(), grid.rank_count())?))
}

/// The ranks whose parts differ from those of `rank` along `axis` alone, in the order of the parts.
fn ranks_along(distribution: &Distribution, axis: usize, rank: usize) -> Vec<usize> {
    let grid = distribution.grid();
    let Some((coords, copy)) = grid.locate(rank) else { return Vec::new() };
    let mut coords = coords.to_vec();
    let at = |part: usize| {
        coords[axis] = part;
        grid.copies_of(&coords).nth(copy)
    };
    (0..grid.parts(axis)).filter_map(at).collect()
}

/// What stands before totals in a message: whether there are any.
const HEADER_BYTES: usize = 1;

impl Cumulate {
    /// The length of totals: the axis has one index.
    fn total_count(&self, shape: &[usize]) -> usize {
        shape.iter().enumerate().filter(|(axis, _)| *axis != self.axis).map(|(_, length)| length).product()
    }

    fn target(&self, array: &ArrayMeta) -> Result<ArrayMeta, Error> {
        let ndim = array.shape().len();
        if self.axis >= ndim {
            return Err(Error::Axis { axis: self.axis.cast_signed(), ndim });
        }
        if in_blocks_along(&array.distribution, self.axis)?.is_some() {
            return Err(Error::Value {
                what: "distribution",
                value: array.distribution.text(),
                reason: "along the axis of a cumulative operation it must be in blocks, in the order of ranks",
            });
        }
        let expected = self.scan.result_dtype(array.dtype);
        if array.dtype != expected {
            return Err(Error::DType { found: array.dtype.name(), expected: expected.name() });
        }
        Ok(array.clone())
    }
}

impl Operation for Cumulate {
    const NAME: &'static str = "cumulate";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [array] = exactly::<1, _>(Self::NAME, inputs.to_vec())?;
        Ok(vec![Inferred::Known(self.target(array)?)])
    }

    fn communicates(&self, inputs: &[&ArrayMeta]) -> bool {
        inputs.first().is_none_or(|array| array.distribution.axis(self.axis).parts() > 1)
    }

    fn cost(&self, inputs: &[&ArrayMeta], rank: usize, ranks: usize, _: SameMemory) -> Cost {
        let Some(array) = inputs.first().filter(|_| self.communicates(inputs)) else {
            return Cost::default();
        };
        let cost = Cost::of(cost::agree(ranks));
        let group = ranks_along(&array.distribution, self.axis, rank);
        let Some(position) = group.iter().position(|member| *member == rank) else { return cost };
        let dtype = array.dtype;
        let count = self.total_count(&array.distribution.local_shape(rank));
        let bytes = HEADER_BYTES + count * dtype.size_bytes();
        let mut scan = Cost::of(cost::exclusive_scan(group.len(), position, bytes as u64));
        scan.temporary_bytes = 2 * Pool::charged_bytes(count * dtype.size_bytes()) as u64;
        cost.then(scan)
    }

    fn updates(&self) -> bool {
        true
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [array] = exactly::<1, _>(Self::NAME, inputs)?;
        let (distribution, dtype) = (array.array().distribution().clone(), array.array().dtype());
        if distribution.axis(self.axis).parts() == 1 {
            let mut version = Version::of(array, worker)?;
            self.scan.run(version.block()?, self.axis)?;
            return Ok(vec![version.finish()]);
        }
        let count = self.total_count(array.array().view().shape());
        let room = || Block::uninit(dtype, &[count], worker.pool());
        let prepared = Version::of(array, worker).and_then(|version| Ok((version, room()?, room()?)));
        let (mut version, mut left, mut right) = worker.agree(Self::NAME, prepared)?;
        if !distribution.holds(worker.rank()) {
            return Ok(vec![version.finish()]);
        }
        self.scan.run(version.block()?, self.axis)?;
        let mut message = vec![0; HEADER_BYTES + count * dtype.size_bytes()];
        let (header, totals) = message.split_at_mut(HEADER_BYTES);
        header[0] = u8::from(self.scan.totals(version.block()?, self.axis, totals)?);
        let group = ranks_along(&distribution, self.axis, worker.rank());
        let mut refused = None;
        let mut merge = |before: &mut [u8], totals: &[u8]| {
            let joined = self.join(dtype, (&mut left, &mut right), before, totals);
            refused = refused.take().or(joined.err());
        };
        let before = worker.comm().among(&group)?.exclusive_scan(&message, &mut merge)?;
        if let Some(error) = refused {
            return Err(error);
        }
        if let Some(before) = before.filter(|before| before[0] == 1) {
            left.as_bytes_mut()?.copy_from_slice(&before[HEADER_BYTES..]);
            self.scan.begin_with(left.as_bytes(), version.block()?, self.axis)?;
        }
        Ok(vec![version.finish()])
    }
}

impl Cumulate {
    /// Joins totals to those before them, which come as messages do: with a header, at any address.
    fn join(
        &self,
        dtype: DType,
        (left, right): (&mut Block, &mut Block),
        before: &mut [u8],
        totals: &[u8],
    ) -> Result<(), Error> {
        match (before[0], totals[0]) {
            (_, 0) => return Ok(()),
            (0, _) => before.copy_from_slice(totals),
            _ => {
                left.as_bytes_mut()?.copy_from_slice(&before[HEADER_BYTES..]);
                right.as_bytes_mut()?.copy_from_slice(&totals[HEADER_BYTES..]);
                self.scan.join(dtype, left.as_bytes_mut()?, right.as_bytes())?;
                before[HEADER_BYTES..].copy_from_slice(left.as_bytes());
            }
        }
        Ok(())
    }
}
