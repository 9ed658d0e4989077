//! The diagonal of square matrices, of which every rank has whole rows.

use crate::{AnyLocalArray, ArrayMeta, Error, Inferred, Input, Operation, Worker, exactly};
use distarray_core::kernel::copy::{Region, Side};
use distarray_core::{Block, CopyRun, View};
use distarray_maps::{AxisMap, AxisSlice, Distribution, IndexRun};
use serde::{Deserialize, Serialize};

/// The elements whose last two indices are equal. Input: an array of at least two dimensions, the last two equally long,
/// the last one not distributed.
///
/// Every element stays on its rank. The result is a view where each rank has one block of rows, and a copy otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagonal;

impl Diagonal {
    fn target(source: &Distribution) -> Result<Distribution, Error> {
        let refused = |reason| Error::Value { what: "shape", value: format!("{:?}", source.shape()), reason };
        let &[.., rows, columns] = source.shape() else {
            return Err(refused("a diagonal needs two dimensions"));
        };
        if rows != columns || rows == 0 {
            return Err(refused("a diagonal is taken of square matrices that have elements"));
        }
        let last = source.axis(source.ndim() - 1);
        if last.parts() > 1 || !last.same_placement(&AxisMap::replicated(columns)) {
            return Err(refused("a diagonal is taken of whole rows"));
        }
        let mut slices: Vec<AxisSlice> = source.shape().iter().copied().map(AxisSlice::full).collect();
        slices[source.ndim() - 1] = AxisSlice::Index(0);
        Ok(source.slice(&slices)?)
    }

    /// Whether each rank's part of the diagonal lies at equal distances.
    fn is_view(source: &Distribution) -> bool {
        matches!(source.axis(source.ndim() - 2), AxisMap::Block(_) | AxisMap::Replicated(_))
    }
}

impl Operation for Diagonal {
    const NAME: &'static str = "diagonal";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [array] = exactly::<1, _>(Self::NAME, inputs.to_vec())?;
        let distribution = Self::target(&array.distribution)?;
        Ok(vec![Inferred::Known(ArrayMeta { dtype: array.dtype, distribution })])
    }

    fn communicates(&self, _: &[&ArrayMeta]) -> bool {
        false
    }

    fn shares(&self, inputs: &[&ArrayMeta]) -> Option<usize> {
        inputs.first().filter(|array| Self::is_view(&array.distribution)).map(|_| 0)
    }

    fn makes_views(&self, inputs: &[&ArrayMeta]) -> bool {
        self.shares(inputs).is_some()
    }

    fn takes_views(&self) -> bool {
        true
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [array] = exactly::<1, _>(Self::NAME, inputs)?;
        let (array, rank) = (array.array(), worker.rank());
        let source = array.distribution();
        let target = Self::target(source)?;
        let rows = source.ndim() - 2;
        let shape = target.local_shape(rank);
        let Some(coords) = source.grid().coords(rank).filter(|_| target.holds(rank)) else {
            let nothing = Block::uninit(array.dtype(), &shape, worker.pool())?;
            return Ok(vec![AnyLocalArray::new(target, nothing, rank)?]);
        };
        let runs = source.axis(rows).runs(coords[rows]);
        if Self::is_view(source) {
            let view = match runs.runs() {
                [] => array.view().slice(rows + 1, 0, 1, 0)?.diagonal()?,
                [run, ..] => piece(array.view(), rows, run.local, run.global, (1, 1), run.length)?,
            };
            return Ok(vec![AnyLocalArray::new(target, view, rank)?]);
        }
        let mut block = Block::uninit(array.dtype(), &shape, worker.pool())?;
        for run in runs.runs() {
            each_piece(run, |local, global, steps, count| {
                let view = piece(array.view(), rows, local, global, steps, count)?;
                copy_piece(&view, local, steps.0, &mut block)
            })?;
        }
        Ok(vec![AnyLocalArray::new(target, block, rank)?])
    }
}

/// Calls `visit` with the evenly spaced stretches of a run: the first local row, its global index, the distances of both,
/// and how many there are.
fn each_piece(
    run: &IndexRun,
    mut visit: impl FnMut(usize, usize, (usize, usize), usize) -> Result<(), Error>,
) -> Result<(), Error> {
    if run.length == 1 {
        return visit(run.local, run.global, (run.local_stride, run.global_stride), run.repeats);
    }
    (0..run.repeats).try_for_each(|repeat| {
        let (local, global) =
            (run.local + repeat * run.local_stride, run.global + repeat * run.global_stride);
        visit(local, global, (1, 1), run.length)
    })
}

/// The diagonal elements of `count` local rows whose global indices are evenly spaced.
fn piece(
    view: &View,
    rows: usize,
    local: usize,
    global: usize,
    steps: (usize, usize),
    count: usize,
) -> Result<View, Error> {
    let rows_of = view.slice(rows, local, steps.0.cast_signed(), count)?;
    Ok(rows_of.slice(rows + 1, global, steps.1.cast_signed(), count)?.diagonal()?)
}

/// Copies a stretch of the diagonal to the local indices from `first` on, `step` apart, of the last axis.
fn copy_piece(view: &View, first: usize, step: usize, block: &mut Block) -> Result<(), Error> {
    let shape = block.shape().to_vec();
    let last = view.shape().len() - 1;
    let axis = |(axis, &length): (usize, &usize)| {
        if axis < last {
            return CopyRun::whole(length);
        }
        let (source_stride, target_stride) = (1, step.cast_signed());
        CopyRun { length: 1, repeats: length, source: 0, source_stride, target: first, target_stride }
    };
    let runs: Vec<[CopyRun; 1]> = view.shape().iter().enumerate().map(|entry| [axis(entry)]).collect();
    let item_bytes = view.dtype().size_bytes();
    Region::of_sides(item_bytes, &view.side(), &Side::c_order(&shape), &runs)?
        .copy(view.storage(), block.as_bytes_mut()?)?;
    Ok(())
}
