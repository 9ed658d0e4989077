//! Making arrays: filled, counted, or computed from indices. Every rank makes its own part; no message.

pub use crate::worker::check_ranks;

use crate::{AnyLocalArray, ArrayMeta, Error, Inferred, Input, LocalArray, Operation, Worker, exactly};
use distarray_core::kernel::generate::{Progression, by_index, progression};
use distarray_core::{Block, CopyRun, DType, Element, Scalar};
use distarray_maps::{AxisMap, Distribution};
use serde::{Deserialize, Serialize};

/// Where the elements of `rank` stand in the whole array: for each axis the runs from global indices
/// to local ones; `None` if the rank holds nothing. **Pure.**
#[must_use]
pub fn placement(distribution: &Distribution, rank: usize) -> Option<Vec<Vec<CopyRun>>> {
    let coords = distribution.grid().coords(rank)?;
    // Strides lie within what the array has, which an isize can count.
    let stride = |stride: usize| isize::try_from(stride).unwrap_or(isize::MAX);
    let runs_of = |axis: &AxisMap, part: usize| {
        let runs = axis.runs(part);
        let runs = runs.runs().iter().map(|run| CopyRun {
            length: run.length,
            repeats: run.repeats,
            source: run.global,
            source_stride: stride(run.global_stride),
            target: run.local,
            target_stride: stride(run.local_stride),
        });
        runs.collect()
    };
    Some(distribution.axes().iter().zip(coords).map(|(axis, part)| runs_of(axis, part)).collect())
}

/// An array whose elements are a progression over their flat indices (C order): `arange`, `linspace`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ramp {
    distribution: Distribution,
    kind: RampKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum RampKind {
    Steps { start: Scalar, step: Scalar },
    Points { start: f64, stop: f64 },
}

impl Ramp {
    /// `start + index * step`, in the dtype of `start`. **Pure.**
    ///
    /// # Errors
    /// [`Error::DType`] if the two are of different dtypes, or bools.
    pub fn arange(distribution: Distribution, start: Scalar, step: Scalar) -> Result<Self, Error> {
        let (expected, found) = (start.dtype(), step.dtype());
        if found != expected || found == DType::Bool {
            return Err(Error::DType { found: found.name(), expected: expected.name() });
        }
        Ok(Self { distribution, kind: RampKind::Steps { start, step } })
    }

    /// float64 numbers at equal distances from `start` to `stop`, both included. **Pure.**
    ///
    /// # Errors
    /// None at present.
    pub fn linspace(distribution: Distribution, start: f64, stop: f64) -> Result<Self, Error> {
        Ok(Self { distribution, kind: RampKind::Points { start, stop } })
    }

    fn dtype(&self) -> DType {
        match self.kind {
            RampKind::Steps { start, .. } => start.dtype(),
            RampKind::Points { .. } => DType::Float64,
        }
    }
}

impl Operation for Ramp {
    const NAME: &'static str = "ramp";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [] = exactly::<0, _>(Self::NAME, inputs.to_vec())?;
        Ok(vec![Inferred::Known(ArrayMeta { dtype: self.dtype(), distribution: self.distribution.clone() })])
    }

    fn communicates(&self, _: &[&ArrayMeta]) -> bool {
        false
    }

    fn execute(&self, worker: &Worker, _: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let rank = worker.rank();
        let mut block = Block::uninit(self.dtype(), &self.distribution.local_shape(rank), worker.pool())?;
        if let Some(axes) = placement(&self.distribution, rank) {
            let kind = match self.kind {
                RampKind::Steps { start, step } => Progression::Steps { start, step },
                RampKind::Points { start, stop } => {
                    Progression::Points { start, stop, count: self.distribution.size() }
                }
            };
            progression(&mut block, &kind, self.distribution.shape(), &axes)?;
        }
        Ok(vec![AnyLocalArray::new(self.distribution.clone(), block, rank)?])
    }
}

impl<T: Element> LocalArray<T> {
    /// `value` everywhere. **Local.**
    ///
    /// # Errors
    /// [`Error::Ranks`], memory refused.
    pub fn full(distribution: &Distribution, value: T, worker: &Worker) -> Result<Self, Error> {
        let shape = distribution.local_shape(worker.rank());
        Self::from_block(distribution, Block::full(&value.into(), &shape, worker.pool())?, worker)
    }

    /// Zeros (or `false`). **Local.**
    ///
    /// # Errors
    /// [`Error::Ranks`], memory refused.
    pub fn zeros(distribution: &Distribution, worker: &Worker) -> Result<Self, Error> {
        let shape = distribution.local_shape(worker.rank());
        Self::from_block(distribution, Block::zeros(T::DTYPE, &shape, worker.pool())?, worker)
    }

    /// Ones (or `true`). **Local.**
    ///
    /// # Errors
    /// [`Error::Ranks`], memory refused.
    pub fn ones(distribution: &Distribution, worker: &Worker) -> Result<Self, Error> {
        Self::full(distribution, T::ONE, worker)
    }

    /// `start + index * step` for the flat index (C order) of every element. **Local.**
    ///
    /// # Errors
    /// [`Error::DType`] for bools, [`Error::Ranks`], memory refused.
    pub fn arange(distribution: &Distribution, start: T, step: T, worker: &Worker) -> Result<Self, Error> {
        Self::made_by(&Ramp::arange(distribution.clone(), start.into(), step.into())?, worker)
    }

    /// `function` of every element's global index. **Local.**
    ///
    /// # Errors
    /// [`Error::Ranks`], memory refused.
    pub fn from_function(
        distribution: &Distribution,
        worker: &Worker,
        function: impl FnMut(&[usize]) -> T,
    ) -> Result<Self, Error> {
        let mut block = Block::uninit(T::DTYPE, &distribution.local_shape(worker.rank()), worker.pool())?;
        if let Some(axes) = placement(distribution, worker.rank()) {
            by_index(&mut block, &axes, function)?;
        }
        Self::from_block(distribution, block, worker)
    }

    fn made_by(ramp: &Ramp, worker: &Worker) -> Result<Self, Error> {
        check_ranks(&ramp.distribution, worker.size())?;
        let [array] = exactly::<1, _>(Ramp::NAME, ramp.execute(worker, Vec::new())?)?;
        Self::from_any(array, worker)
    }
}

impl LocalArray<f64> {
    /// Numbers at equal distances from `start` to `stop`, both included, over the flat index. **Local.**
    ///
    /// # Errors
    /// [`Error::Ranks`], memory refused.
    pub fn linspace(
        distribution: &Distribution,
        start: f64,
        stop: f64,
        worker: &Worker,
    ) -> Result<Self, Error> {
        Self::made_by(&Ramp::linspace(distribution.clone(), start, stop)?, worker)
    }
}
