//! `Random`: an operation that makes a random array, each rank its own part.

use distarray_comm::SameMemory;
use distarray_core::kernel::random::Stream;
use distarray_core::{Block, DType, Element};
use distarray_maps::Distribution;
use distarray_spmd::create::{check_ranks, placement};
use distarray_spmd::transfer::redistribute::redistribute;
use distarray_spmd::{
    AnyLocalArray, ArrayMeta, Cost, Error, FailureKind, Inferred, Input, LocalArray, Operation, Worker,
    exactly,
};
use serde::{Deserialize, Serialize};

use crate::detour;
use crate::error::RandomError;
use crate::generator::Generator;
use crate::kind::Kind;

/// Makes an array of random numbers.
///
/// Takes no arrays and gives one. Every rank makes what it holds, without a message; an element depends on the
/// stream and its global index alone, so that the array is the same for any distribution over any number of ranks.
/// Large arrays that are dealt out in small pieces are made in blocks and moved, if there is memory for both.
///
/// # Example
/// ```
/// use distarray_comm::threads;
/// use distarray_core::{DType, kernel::random::Variate};
/// use distarray_maps::Distribution;
/// use distarray_random::{Generator, Random};
/// use distarray_spmd::{Error, Worker};
///
/// let normal = Variate::Normal { mean: 0.0, deviation: 1.0 };
/// let alone = Generator::new(7).array::<f64>(&normal, &[5, 3])?;
/// let together = threads::run(3, |comm| {
///     let worker = Worker::new(&comm);
///     let rows = Distribution::block_rows(&[5, 3], worker.size())?;
///     let mut generator = Generator::new(7);
///     Random::new(&mut generator, normal, DType::Float64, rows)?.local_array::<f64>(&worker)?.all_gather()
/// }).expect("no rank fails");
/// assert_eq!(together, vec![alone; 3]);
/// # Ok::<(), distarray_random::RandomError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Random {
    kind: Kind,
    stream: Stream,
    dtype: DType,
    distribution: Distribution,
}

impl Random {
    /// An array of a [`Variate`](crate::Variate) or of a [`VectorVariate`](crate::VectorVariate) from the next stream of
    /// `generator`. **Pure.**
    ///
    /// Ranks of an SPMD program whose generators have the same state make one array together.
    ///
    /// # Errors
    /// Parameters, a dtype or, for vectors, a last axis that make no sense; they take no stream.
    pub fn new(
        generator: &mut Generator,
        kind: impl Into<Kind>,
        dtype: DType,
        distribution: Distribution,
    ) -> Result<Random, RandomError> {
        let kind = kind.into();
        kind.check(dtype, distribution.shape())?;
        Ok(Random { kind, stream: generator.draw()?, dtype, distribution })
    }

    /// This rank's share. **Collective** for large arrays that are dealt out in small pieces, otherwise local.
    ///
    /// # Errors
    /// [`Error::DType`] if the elements are no `T`, [`Error::Ranks`], memory refused.
    pub fn local_array<T: Element>(&self, worker: &Worker) -> Result<LocalArray<T>, Error> {
        let [array] = exactly::<1, _>(Self::NAME, self.execute(worker, Vec::new())?)?;
        LocalArray::from_any(array, worker)
    }
}

impl Operation for Random {
    const NAME: &'static str = "random";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [] = exactly::<0, _>(Self::NAME, inputs.to_vec())?;
        self.kind.check(self.dtype, self.distribution.shape())?;
        Ok(vec![Inferred::Known(ArrayMeta { dtype: self.dtype, distribution: self.distribution.clone() })])
    }

    fn communicates(&self, _: &[&ArrayMeta]) -> bool {
        self.detour().is_some()
    }

    fn cost(&self, _: &[&ArrayMeta], rank: usize, ranks: usize, reach: SameMemory) -> Cost {
        let made = self.detour().map(|blocks| ArrayMeta { dtype: self.dtype, distribution: blocks });
        made.map_or_else(Cost::default, |made| detour::cost(&made, &self.distribution, rank, ranks, reach))
    }

    fn execute(&self, worker: &Worker, _: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        check_ranks(&self.distribution, worker.size())?;
        if let Some(blocks) = self.detour() {
            match self.moved(&blocks, worker) {
                // All ranks know of it: each makes its own part where it belongs.
                Err(Error::Agreed(failure)) if matches!(failure.kind, FailureKind::OutOfMemory { .. }) => {}
                outcome => return Ok(vec![outcome?]),
            }
        }
        let block = filled(&self.kind, &self.stream, self.dtype, &self.distribution, worker)?;
        Ok(vec![AnyLocalArray::new(self.distribution.clone(), block, worker.rank())?])
    }
}

impl Random {
    /// Where it is made first, if not where it belongs.
    fn detour(&self) -> Option<Distribution> {
        detour::blocks(&self.kind, &self.distribution)
    }

    /// This rank's share of the array made in `blocks`. **Collective.**
    fn moved(&self, blocks: &Distribution, worker: &Worker) -> Result<AnyLocalArray, Error> {
        let made = filled(&self.kind, &self.stream, self.dtype, blocks, worker);
        let made = worker.agree(Self::NAME, made)?;
        let made = AnyLocalArray::new(blocks.clone(), made, worker.rank())?;
        redistribute(&made, &self.distribution, worker)
    }
}

/// This rank's block of an array of `kind`. **Local.**
pub(crate) fn filled(
    kind: &Kind,
    stream: &Stream,
    dtype: DType,
    distribution: &Distribution,
    worker: &Worker,
) -> Result<Block, Error> {
    let rank = worker.rank();
    let mut block = Block::uninit(dtype, &distribution.local_shape(rank), worker.pool())?;
    if let Some(axes) = placement(distribution, rank) {
        kind.fill(&mut block, stream, distribution.shape(), &axes)?;
    }
    Ok(block)
}
