//! The end of a reduction across ranks: the states of the parts meet along the reduced axes.

use crate::{ArrayMeta, Cost, Error, Worker};
use distarray_comm::cost;
use distarray_core::kernel::reduce::merge_states;
use distarray_core::{Accumulator, DType, Reduction};
use distarray_maps::{AxisMap, Distribution};

/// dtype and distribution of a reduction's result. **Pure.**
///
/// The other axes stay distributed as they were; along the reduced axes every rank that held a part
/// holds a copy of the result.
///
/// # Errors
/// [`Error::EmptyReduction`] for a minimum or maximum over no elements; [`Error::Element`] for a dtype
/// that has no such reduction.
pub fn reduced_meta(
    meta: &ArrayMeta,
    reduction: Reduction,
    axes: &[usize],
    keepdims: bool,
) -> Result<ArrayMeta, Error> {
    let shape = meta.shape();
    let reduced: usize = axes.iter().map(|axis| shape[*axis]).product();
    let distribution = meta.distribution.reduce(axes, keepdims)?;
    if reduction.needs_elements() && reduced == 0 && distribution.size() > 0 {
        return Err(Error::EmptyReduction { reduction: reduction.name().to_owned(), shape: shape.to_vec() });
    }
    Ok(ArrayMeta { dtype: reduction.result_dtype(meta.dtype), distribution })
}

/// How an array must lie for places along `axes` to be told in C order on each rank: with blocks in place of unstructured
/// axes; `None` if it lies so. **Pure.**
///
/// # Errors
/// None for a valid distribution.
pub fn in_order_along(distribution: &Distribution, axes: &[usize]) -> Result<Option<Distribution>, Error> {
    let mut maps = distribution.axes().to_vec();
    for axis in axes.iter().filter(|axis| matches!(distribution.axes()[**axis], AxisMap::Unstructured(_))) {
        maps[*axis] = AxisMap::block(maps[*axis].length(), maps[*axis].parts())?;
    }
    let in_order = Distribution::new(distribution.shape(), maps, distribution.grid().clone())?;
    Ok((!in_order.same_placement(distribution)).then_some(in_order))
}

/// The ranks, `rank` among them, whose parts of `layout` differ along `axes` only, in increasing
/// order; `None` if `rank` holds nothing. **Pure.**
#[must_use]
pub fn reduction_group(layout: &Distribution, axes: &[usize], rank: usize) -> Option<Vec<usize>> {
    let grid = layout.grid();
    let (coords, copy) = grid.locate(rank)?;
    let mut group = vec![coords.to_vec()];
    for &axis in axes {
        let parts = layout.axes()[axis].parts();
        group = group
            .into_iter()
            .flat_map(|coords| {
                (0..parts).map(move |part| {
                    let mut coords = coords.clone();
                    coords[axis] = part;
                    coords
                })
            })
            .collect();
    }
    let mut ranks: Vec<usize> = group.iter().filter_map(|coords| grid.copies_of(coords).nth(copy)).collect();
    ranks.sort_unstable();
    Some(ranks)
}

/// What a rank of `group` spends on merging states of `bytes` bytes. **Pure.**
#[must_use]
pub fn merge_cost(group: &[usize], rank: usize, bytes: usize) -> Cost {
    let position = group.iter().position(|member| *member == rank).unwrap_or(0);
    Cost::of(cost::all_reduce(group.len(), position, bytes as u64))
}

/// States up to this many bytes travel together in one message.
const JOINED_BYTES: usize = 64 << 10;

/// How the states of these sizes travel: in which messages, each a range of them. **Pure.**
pub(crate) fn joined(sizes: &[usize]) -> Vec<std::ops::Range<usize>> {
    let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
    let mut bytes = 0;
    for (index, size) in sizes.iter().enumerate() {
        match ranges.last_mut() {
            Some(range) if bytes + size <= JOINED_BYTES => {
                range.end = index + 1;
                bytes += size;
            }
            _ => {
                ranges.push(index..index + 1);
                bytes = *size;
            }
        }
    }
    ranges
}

/// Merges the states of several accumulators over `group`, in rank order. **Collective** over the group.
///
/// # Errors
/// What the transport reports.
pub(crate) fn merge_groups(
    worker: &Worker,
    group: &[usize],
    members: &mut [(Reduction, &mut Accumulator)],
) -> Result<(), Error> {
    let sizes: Vec<usize> = members.iter_mut().map(|(_, member)| member.state_bytes().len()).collect();
    let kinds: Vec<(Reduction, DType)> =
        members.iter().map(|(reduction, member)| (*reduction, member.dtype())).collect();
    let group = worker.comm().among(group)?;
    for range in joined(&sizes) {
        let mut refused = None;
        let mut merge = |own: &mut [u8], other: &[u8]| {
            let mut start = 0;
            for index in range.clone() {
                let part = start..start + sizes[index];
                let (reduction, dtype) = kinds[index];
                let merged = merge_states(reduction, dtype, &mut own[part.clone()], &other[part]);
                refused = refused.take().or(merged.err());
                start += sizes[index];
            }
        };
        if let [(_, member)] = &mut members[range.clone()] {
            // A large state is merged where it lies.
            group.all_reduce(member.state_bytes_mut(), &mut merge)?;
        } else {
            let mut states: Vec<u8> = members[range.clone()]
                .iter_mut()
                .flat_map(|(_, member)| member.state_bytes().to_vec())
                .collect();
            group.all_reduce(&mut states, &mut merge)?;
            let mut start = 0;
            for index in range {
                members[index].1.state_bytes_mut().copy_from_slice(&states[start..start + sizes[index]]);
                start += sizes[index];
            }
        }
        if let Some(error) = refused {
            return Err(error.into());
        }
    }
    Ok(())
}
