//! Reductions across ranks: every rank reduces its part, the parts' states meet along the reduced axes.

use crate::compute::pass::{Pass, PassReduction, reduced_mask};
use crate::{ArrayMeta, Cost, Error, Input, LocalArray, Worker};
use distarray_comm::cost;
use distarray_core::kernel::elementwise::ProgramBuilder;
use distarray_core::kernel::reduce::merge_states;
use distarray_core::{Accumulator, DType, Element, Reduction};
use distarray_maps::Distribution;

/// Axes as numbers from 0, in increasing order; negative ones count from the last. **Pure.**
///
/// # Errors
/// [`Error::Axis`], [`Error::AxisTwice`].
pub fn normalize_axes(axes: &[isize], ndim: usize) -> Result<Vec<usize>, Error> {
    let mut normal = Vec::with_capacity(axes.len());
    for &axis in axes {
        let out = Error::Axis { axis, ndim };
        let from_front =
            if axis < 0 { ndim.checked_sub(axis.unsigned_abs()) } else { Some(axis.unsigned_abs()) };
        let found = from_front.filter(|axis| *axis < ndim).ok_or(out)?;
        if normal.contains(&found) {
            return Err(Error::AxisTwice { axis: found });
        }
        normal.push(found);
    }
    normal.sort_unstable();
    Ok(normal)
}

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

impl<T: Element> LocalArray<T> {
    /// `reduction` over `axes` (all of them: `None`), with elements of type `R`.
    ///
    /// The result lies on every rank that held a part it was made of. Float sums carry the rounding
    /// errors along (two numbers per sum), within a rank and across ranks, and merge in rank order: the
    /// same bits on every run with the same distribution. **Collective.**
    ///
    /// # Errors
    /// [`Error::Axis`], [`Error::AxisTwice`], [`Error::EmptyReduction`]; [`Error::DType`] if the result
    /// is no `R`; memory refused on any rank.
    ///
    /// # Cost
    /// One pass over the elements; up and down a binomial tree of the ranks along the reduced axes with
    /// one state per result element.
    ///
    /// # Source
    /// TwoSum: D. E. Knuth, The Art of Computer Programming 2, section 4.2.2. Merging of variances:
    /// T. F. Chan, G. H. Golub, R. J. LeVeque, The American Statistician 37 (1983) 242-247.
    pub fn reduce<R: Element>(
        &self,
        reduction: Reduction,
        axes: Option<&[isize]>,
        keepdims: bool,
    ) -> Result<LocalArray<R>, Error> {
        let ndim = self.shape().len();
        let axes = match axes {
            None => (0..ndim).collect(),
            Some(axes) => normalize_axes(axes, ndim)?,
        };
        let found = reduced_meta(&self.as_any().meta(), reduction, &axes, keepdims)?.dtype;
        if found != R::DTYPE {
            return Err(Error::DType { found: found.name(), expected: R::DTYPE.name() });
        }
        let mut builder = ProgramBuilder::new();
        let input = builder.input(0, T::DTYPE);
        builder.reduce(input, reduction, &reduced_mask(&axes, ndim))?;
        let reductions = vec![PassReduction { reduction, axes, keepdims }];
        let pass = Pass::new(
            builder.finish()?,
            self.distribution().clone(),
            reductions,
            vec![reduction.name().to_owned()],
        )?;
        let result = pass.execute(self.worker(), vec![Input::Borrowed(self.as_any())])?;
        let [result] = crate::exactly::<1, _>(reduction.name(), result)?;
        LocalArray::from_any(result, self.worker())
    }

    /// Sums over `axis`, leaving the other axes distributed as they were. **Collective.**
    ///
    /// # Errors
    /// As [`LocalArray::reduce`]; small integers sum in 64 bits and are asked for by `reduce`.
    pub fn sum_axis(&self, axis: isize) -> Result<LocalArray<T>, Error> {
        self.reduce(Reduction::Sum, Some(&[axis]), false)
    }
}
