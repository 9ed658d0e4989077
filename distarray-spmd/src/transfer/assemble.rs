//! Assembling: one array made of several, each in its place.

use super::arrange::Arrange;
use super::place::{Placing, check_part, placing_cost};
use crate::{AnyLocalArray, ArrayMeta, Cost, Error, Inferred, Input, Operation, Worker};
use distarray_comm::SameMemory;
use distarray_core::Block;
use distarray_maps::Distribution;
use serde::{Deserialize, Serialize};

/// An array of which every input is a part: concatenation, rolling, padding.
///
/// Inputs: one array per part, all of one dtype, each of the shape of its region and distributed in any way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assemble {
    /// How the result lies.
    pub target: Distribution,
    /// Where the parts go: regions that have no element in common and leave none out.
    pub parts: Vec<Arrange>,
}

impl Operation for Assemble {
    const NAME: &'static str = "assemble";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let Some(first) = inputs.first().filter(|_| inputs.len() == self.parts.len()) else {
            return Err(Error::InputCount {
                operation: Self::NAME.to_owned(),
                found: inputs.len(),
                expected: self.parts.len().max(1),
            });
        };
        let result = ArrayMeta { dtype: first.dtype, distribution: self.target.clone() };
        for (part, input) in self.parts.iter().zip(inputs) {
            check_part(part, &result, input)?;
        }
        let (found, expected) =
            (inputs.iter().map(|input| input.distribution.size()).sum(), self.target.size());
        if found != expected {
            return Err(Error::Shape { found: vec![found], expected: vec![expected] });
        }
        Ok(vec![Inferred::Known(result)])
    }

    fn cost(&self, inputs: &[&ArrayMeta], rank: usize, ranks: usize, reach: SameMemory) -> Cost {
        let mut cost = Cost::of(distarray_comm::cost::agree(ranks));
        for (part, input) in self.parts.iter().zip(inputs) {
            let placing = placing_cost(input, part, &self.target, rank, reach);
            // All temporaries are there before the first part moves.
            let temporary_bytes = cost.temporary_bytes + placing.temporary_bytes;
            cost = Cost { temporary_bytes, ..cost.then(placing) };
        }
        cost
    }

    fn takes_views(&self) -> bool {
        true
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let rank = worker.rank();
        let dtype = inputs.first().ok_or(Error::Closed)?.array().dtype();
        let block = Block::uninit(dtype, &self.target.local_shape(rank), worker.pool());
        let prepared = block.map_err(Error::from).and_then(|block| {
            let arrays = inputs.iter().map(Input::array);
            let placings: Result<Vec<_>, Error> = arrays
                .zip(&self.parts)
                .map(|(array, part)| Placing::new(array, part, &self.target, &block, worker))
                .collect();
            let placings = placings?;
            Ok((block, placings))
        });
        let (mut block, placings) = worker.agree(Self::NAME, prepared)?;
        for placing in placings {
            placing.run(&mut block)?;
        }
        Ok(vec![AnyLocalArray::new(self.target.clone(), block, rank)?])
    }
}
