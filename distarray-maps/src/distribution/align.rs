//! Broadcasting: where operands must lie so that combining them needs no message, and where the result then lies.

use smallvec::SmallVec;

use crate::axis::AxisMap;
use crate::distribution::{Distribution, Shape};
use crate::error::MapError;

impl Distribution {
    /// How an operand of `operand_shape` must lie so that combining it with an array of this distribution, by NumPy's
    /// broadcasting, needs no message: shared axes are cut alike; where the operand has one index or no axis, the ranks
    /// along that axis hold copies.
    ///
    /// # Errors
    /// A shape that does not broadcast to this one.
    ///
    /// # Example
    /// ```
    /// use distarray_maps::Distribution;
    /// let matrix = Distribution::from_spec(&[8, 6], &"b,b".parse()?, 4)?;
    /// let row = matrix.for_operand(&[6])?;
    /// assert!(matrix.reduce(&[0], false)?.same_placement(&row));
    /// # Ok::<(), distarray_maps::MapError>(())
    /// ```
    pub fn for_operand(&self, operand_shape: &[usize]) -> Result<Distribution, MapError> {
        let mismatch =
            || MapError::NotBroadcastable { left: self.shape().to_vec(), right: operand_shape.to_vec() };
        let missing = self.ndim().checked_sub(operand_shape.len()).ok_or_else(mismatch)?;
        let shared = |(place, &length): (usize, &usize)| {
            (length == self.shape()[missing + place]).then_some(missing + place)
        };
        let sources: SmallVec<[Option<usize>; 4]> = operand_shape.iter().enumerate().map(shared).collect();
        if operand_shape.iter().zip(&sources).any(|(&length, source)| source.is_none() && length != 1) {
            return Err(mismatch());
        }
        let maps = sources
            .iter()
            .map(|source| source.map_or_else(|| AxisMap::replicated(1), |axis| self.axis(axis).clone()));
        let grid = self.grid().rearranged(sources.iter().copied());
        Self::assemble(operand_shape.into(), maps.collect(), grid)
    }

    /// How the result of combining the operands lies, by NumPy's broadcasting.
    ///
    /// Among the operands with the shape of the result, the first that is spread over several parts gives its
    /// distribution. If none is, the operand with the most parts along axes it shares with the result (the first of
    /// equals) gives those axes, and the others are not distributed; if no operand is spread at all, the first of
    /// the result's shape gives its distribution.
    ///
    /// # Errors
    /// No operands; shapes that do not broadcast; a result of more than 2^63 elements.
    pub fn broadcast_result(operands: &[&Distribution]) -> Result<Distribution, MapError> {
        let shape = broadcast_shape(operands)?;
        let most = operands.iter().map(|operand| operand.spread_along(&shape)).max().unwrap_or(1);
        let mut full = operands.iter().filter(|operand| operand.shape() == shape.as_slice());
        let spread = full.clone().find(|operand| operand.spread_along(&shape) > 1);
        if let Some(chosen) = spread.or_else(|| full.next().filter(|_| most == 1)) {
            return Ok((*chosen).clone());
        }
        let best = operands.iter().find(|operand| operand.spread_along(&shape) == most);
        let best = best.ok_or(MapError::NoOperands { operands: 0 })?;
        let missing = shape.len() - best.ndim();
        let shared = |axis: usize| axis.checked_sub(missing).filter(|&own| best.shape()[own] == shape[axis]);
        let sources: SmallVec<[Option<usize>; 4]> = (0..shape.len()).map(shared).collect();
        let map = |(source, &length): (&Option<usize>, &usize)| match source {
            Some(axis) => best.axis(*axis).clone(),
            None => AxisMap::replicated(length),
        };
        let maps = sources.iter().zip(&shape).map(map).collect();
        let grid = best.grid().rearranged(sources.iter().copied());
        Self::assemble(shape, maps, grid)
    }

    /// Over how many parts the axes lie that a result of this shape would share.
    fn spread_along(&self, shape: &[usize]) -> usize {
        let missing = shape.len() - self.ndim();
        let shared = (0..self.ndim())
            .filter(|&axis| self.shape()[axis] == shape[missing + axis] && self.shape()[axis] > 1);
        shared.map(|axis| self.grid().parts(axis)).product()
    }
}

/// The shape that NumPy gives the result.
fn broadcast_shape(operands: &[&Distribution]) -> Result<Shape, MapError> {
    let (first, rest) = operands.split_first().ok_or(MapError::NoOperands { operands: 0 })?;
    let mut shape: Shape = first.shape().into();
    for operand in rest {
        let other = operand.shape();
        let mismatch = || MapError::NotBroadcastable { left: shape.to_vec(), right: other.to_vec() };
        let ndim = shape.len().max(other.len());
        let length =
            |shape: &[usize], axis: usize| (axis + shape.len()).checked_sub(ndim).map_or(1, |own| shape[own]);
        let joined = (0..ndim).map(|axis| match (length(&shape, axis), length(other, axis)) {
            (left, right) if left == right => Ok(left),
            (1, other) | (other, 1) => Ok(other),
            _ => Err(mismatch()),
        });
        let joined = joined.collect::<Result<Shape, MapError>>()?;
        shape = joined;
    }
    Ok(shape)
}
