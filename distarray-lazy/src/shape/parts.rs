//! Parts: arrays assembled of several, and how their axes lie.

use crate::context::Context;
use crate::dist_array::DistArray;
use distarray_maps::{AxisMap, Distribution};
use distarray_spmd::Error;
use distarray_spmd::transfer::arrange::Arrange;
use distarray_spmd::transfer::assemble::Assemble;

impl Context {
    /// An array made of `parts`, of which at least one has elements if `target` has.
    pub(super) fn assembled(
        &self,
        target: Distribution,
        mut parts: Vec<(Arrange, DistArray)>,
    ) -> Result<DistArray, Error> {
        if target.size() > 0 {
            parts.retain(|(_, array)| array.size() > 0);
        }
        if let [(_, only)] = &parts[..]
            && only.distribution()?.same_placement(&target)
        {
            return Ok(only.clone());
        }
        let (regions, arrays): (Vec<Arrange>, Vec<DistArray>) = parts.into_iter().unzip();
        let inputs: Vec<&DistArray> = arrays.iter().collect();
        self.result_of(Assemble { target, parts: regions }, &inputs)
    }
}

/// `distribution` with other maps of its axes, each of as many parts as before.
pub(super) fn with_axes(distribution: &Distribution, axes: Vec<AxisMap>) -> Result<Distribution, Error> {
    let shape: Vec<usize> = axes.iter().map(AxisMap::length).collect();
    Ok(Distribution::new(&shape, axes, distribution.grid().clone())?)
}

/// How an axis lies whose indices are those of `map` and others: whole if it was, in even blocks over its parts otherwise.
pub(super) fn longer_axis(map: &AxisMap, length: usize) -> Result<AxisMap, Error> {
    Ok(if map.parts() == 1 { AxisMap::replicated(length) } else { AxisMap::block(length, map.parts())? })
}
