//! Einstein sums: products of any number of arrays, summed over the subscripts that the output has not.

use super::contract::{Labelled, contract};
use super::subscripts::{ELLIPSIS, Subscripts};
use crate::context::Context;
use crate::dist_array::DistArray;
use distarray_core::kernel::product::Sums;
use distarray_core::promote;
use distarray_spmd::{Error, ProductError};
use std::panic::Location;

impl Context {
    /// NumPy's `einsum`: `context.einsum("ij,jk->ik", &[&a, &b])`. Letters name axes; axes of one letter are walked together,
    /// and summed over if the output (what follows `->`; without it all letters that stand once) has not the letter. `...`
    /// stands for further axes, which are broadcast.
    ///
    /// Of several arrays those two are multiplied first whose product is smallest.
    #[track_caller]
    #[must_use]
    pub fn einsum(&self, subscripts: &str, operands: &[&DistArray]) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(self, "einsum", place, self.sum_of_products(subscripts, operands))
    }

    fn sum_of_products(&self, subscripts: &str, operands: &[&DistArray]) -> Result<DistArray, Error> {
        let mut ndims = Vec::with_capacity(operands.len());
        for operand in operands {
            ndims.push(operand.check_context(self)?.meta()?.shape().len());
        }
        let Subscripts { operands: labels, output } = Subscripts::parse(subscripts, &ndims)?;
        let mut dtype = None;
        for operand in operands {
            let own = operand.dtype()?;
            dtype = Some(dtype.map_or(own, |dtype| promote(dtype, own)));
        }
        let mut factors = Vec::with_capacity(operands.len());
        for (number, (operand, labels)) in operands.iter().zip(labels).enumerate() {
            let factor = diagonals(number, Labelled::new(operand, labels))?;
            let array = dtype.map_or(factor.array.clone(), |dtype| factor.array.astype(dtype));
            factors.push(Labelled { array, ..factor });
        }
        check_lengths(&factors, operands)?;
        while factors.len() > 1 {
            let (first, second, kept) = next_pair(&factors, &output);
            let (second, first) = (factors.remove(second), factors.remove(first));
            let array = contract(self, &first, &second, &kept, Sums::Fast)?;
            factors.insert(0, Labelled { array, labels: kept });
        }
        let last = factors.pop().ok_or(ProductError::OperandCount { found: 0, specified: 1 })?;
        last.summed_to(|label| output.contains(&label))?.in_order_of(&output)
    }
}

/// Axes of one letter as one: the diagonal.
fn diagonals(operand: usize, mut factor: Labelled) -> Result<Labelled, Error> {
    loop {
        let labels = &factor.labels;
        let twice = (0..labels.len()).find_map(|first| {
            Some((first, first + 1 + labels[first + 1..].iter().position(|own| *own == labels[first])?))
        });
        let Some((first, second)) = twice else { return Ok(factor) };
        let (label, shape) = (labels[first], factor.array.shape());
        if shape[first] != shape[second] {
            let subscript = u8::try_from(label).map_or('.', char::from);
            let (first, second) = (shape[first], shape[second]);
            return Err(ProductError::Collapsing { operand, subscript, first, second }.into());
        }
        let array = factor.array.diagonal(0, (first.cast_signed(), second.cast_signed()));
        let others = labels.iter().enumerate().filter(|(axis, _)| ![first, second].contains(axis));
        let labels = others.map(|(_, label)| *label).chain([label]).collect();
        factor = Labelled { array: array.check()?.clone(), labels };
    }
}

/// Axes of one letter are equally long, or have one index.
fn check_lengths(factors: &[Labelled], operands: &[&DistArray]) -> Result<(), Error> {
    for label in 0..ELLIPSIS + 64 {
        let mut lengths =
            factors.iter().filter_map(|factor| factor.length(label)).filter(|length| *length != 1);
        let first = lengths.next();
        if lengths.any(|length| Some(length) != first) {
            let shapes = operands.iter().map(|operand| operand.shape().to_vec()).collect();
            return Err(ProductError::NotBroadcastable { shapes }.into());
        }
    }
    Ok(())
}

/// Two factors, and what is needed of their product.
type Pair = (usize, usize, Vec<usize>);

/// The two factors whose product is smallest, and the labels that are needed of it.
fn next_pair(factors: &[Labelled], output: &[usize]) -> Pair {
    let is_last = factors.len() == 2;
    let mut best: Option<(usize, Pair)> = None;
    for first in 0..factors.len() {
        for second in first + 1..factors.len() {
            let pair = [&factors[first], &factors[second]];
            let is_needed = |label: &usize| {
                let mut others =
                    factors.iter().enumerate().filter(|(place, _)| ![first, second].contains(place));
                output.contains(label) || others.any(|(_, other)| other.length(*label).is_some())
            };
            let mut kept: Vec<usize> = if is_last { output.to_vec() } else { Vec::new() };
            for label in pair.iter().flat_map(|factor| &factor.labels).filter(|label| is_needed(label)) {
                if !kept.contains(label) {
                    kept.push(*label);
                }
            }
            let length =
                |label: &usize| pair.iter().filter_map(|factor| factor.length(*label)).max().unwrap_or(1);
            let size = kept.iter().map(length).fold(1, usize::saturating_mul);
            if best.as_ref().is_none_or(|(least, _)| size < *least) {
                best = Some((size, (first, second, kept)));
            }
        }
    }
    best.map_or((0, 1, Vec::new()), |(_, pair)| pair)
}
