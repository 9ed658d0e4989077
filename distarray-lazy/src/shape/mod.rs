//! Shapes: reshaping, joining, cutting, repeating, padding, and arrays that are made of shapes.
//!
//! Everything is known from metadata. What can be a view is one; what must move goes by the operations `Reshape`,
//! `Redistribute` and `Assemble`, in which each element moves once.

mod diagonal;
mod fill;
mod grid;
mod join;
mod pad;
mod repeat;
mod reshape;
mod roll;
mod split;
mod triangle;

pub use pad::Pad;
pub use split::Sections;

use crate::context::Context;
use crate::dist_array::DistArray;
use distarray_maps::{AxisMap, Distribution};
use distarray_spmd::transfer::arrange::Arrange;
use distarray_spmd::transfer::assemble::Assemble;
use distarray_spmd::{DynOperation, Error, exactly};

impl Context {
    /// The one result of an operation.
    fn result_of<O: DynOperation + 'static>(
        &self,
        operation: O,
        inputs: &[&DistArray],
    ) -> Result<DistArray, Error> {
        let name = operation.name().to_owned();
        let [result] = exactly::<1, _>(&name, self.call(operation, inputs)?)?;
        Ok(result)
    }

    /// An array made of `parts`, of which at least one has elements if `target` has.
    fn assembled(
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
fn with_axes(distribution: &Distribution, axes: Vec<AxisMap>) -> Result<Distribution, Error> {
    let shape: Vec<usize> = axes.iter().map(AxisMap::length).collect();
    Ok(Distribution::new(&shape, axes, distribution.grid().clone())?)
}

/// How an axis lies whose indices are those of `map` and others: whole if it was, in even blocks over its parts otherwise.
fn longer_axis(map: &AxisMap, length: usize) -> Result<AxisMap, Error> {
    Ok(if map.parts() == 1 { AxisMap::replicated(length) } else { AxisMap::block(length, map.parts())? })
}
