//! Arranging: slices, transposes and new axes, for which nothing moves.

use crate::{AnyLocalArray, ArrayMeta, Error, Inferred, Input, Operation, Worker, exactly};
use distarray_core::kernel::copy::{Region, Side};
use distarray_core::{Block, CopyRun, View};
use distarray_maps::{ArrangedAxis, AxisSlice, Distribution, SliceRun, SliceRuns};
use serde::{Deserialize, Serialize};

/// Takes a slice, and puts its axes in another order with new ones among them. Every element stays on its rank.
///
/// The result is a view of the array's memory where every rank finds its elements at equal distances: always but for
/// slices with steps of block-cyclic axes, and slices of unstructured ones, which every rank copies for itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrange {
    /// What is taken of each axis of the array; axes that are not named are taken whole.
    slices: Vec<AxisSlice>,
    /// The axes of the result: those that the slices leave, each once, and new ones.
    axes: Vec<ArrangedAxis>,
}

impl Arrange {
    /// A slice whose axes are in the order of `axes`. **Pure.**
    #[must_use]
    pub fn new(slices: Vec<AxisSlice>, axes: Vec<ArrangedAxis>) -> Self {
        Self { slices, axes }
    }

    /// A slice with its axes as they were. **Pure.**
    #[must_use]
    pub fn slice(slices: Vec<AxisSlice>, ndim: usize) -> Self {
        let dropped = slices.iter().filter(|slice| !slice.keeps_axis()).count();
        let axes = (0..ndim.saturating_sub(dropped)).map(ArrangedAxis::Of).collect();
        Self { slices, axes }
    }

    /// All elements with the axes in another order. **Pure.**
    #[must_use]
    pub fn permutation(axes: &[usize]) -> Self {
        Self { slices: Vec::new(), axes: axes.iter().copied().map(ArrangedAxis::Of).collect() }
    }

    /// How the result lies if nothing moves. **Pure.**
    ///
    /// # Errors
    /// As [`Distribution::slice`] and [`Distribution::arranged`].
    pub fn target(&self, source: &Distribution) -> Result<Distribution, Error> {
        Ok(source.slice(&self.slices)?.arranged(&self.axes)?)
    }

    /// Whether it takes all elements as they are. **Pure.**
    #[must_use]
    pub fn is_whole(&self, source: &Distribution) -> bool {
        let all =
            |(slice, length): (&AxisSlice, &usize)| slice.keeps_axis() && slice.as_range().is_whole(*length);
        self.slices.iter().zip(source.shape()).all(all)
            && self.axes.len() == source.ndim()
            && self.keeps_order()
    }

    /// Whether every rank finds its elements at equal distances.
    pub(crate) fn is_view(&self, source: &Distribution) -> bool {
        source.axes().iter().zip(&self.slices).all(|(map, slice)| map.slices_evenly(&slice.as_range()))
    }
}

impl Operation for Arrange {
    const NAME: &'static str = "arrange";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [array] = exactly::<1, _>(Self::NAME, inputs.to_vec())?;
        let distribution = self.target(&array.distribution)?;
        Ok(vec![Inferred::Known(ArrayMeta { dtype: array.dtype, distribution })])
    }

    fn communicates(&self, _: &[&ArrayMeta]) -> bool {
        false
    }

    fn shares(&self, inputs: &[&ArrayMeta]) -> Option<usize> {
        inputs.first().filter(|array| self.is_view(&array.distribution)).map(|_| 0)
    }

    fn makes_views(&self, inputs: &[&ArrayMeta]) -> bool {
        !self.keeps_order() || self.shares(inputs).is_some()
    }

    fn takes_views(&self) -> bool {
        true
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [array] = exactly::<1, _>(Self::NAME, inputs)?;
        Ok(vec![self.arrange(array.array(), worker)?])
    }
}

impl Arrange {
    /// This rank's share of the result. **Local.**
    ///
    /// # Errors
    /// As [`Distribution::slice`] and [`Distribution::arranged`]; memory refused where the elements are copied.
    pub fn arrange(&self, array: &AnyLocalArray, worker: &Worker) -> Result<AnyLocalArray, Error> {
        let (source, rank) = (array.distribution(), worker.rank());
        let target = self.target(source)?;
        let Some(runs) = source.slice_runs(&self.slices, rank)? else {
            let nothing = Block::uninit(array.dtype(), &target.local_shape(rank), worker.pool())?;
            return AnyLocalArray::new(target, nothing, rank);
        };
        let view = match self.evenly(array.view(), source, &runs)? {
            Some(view) => view,
            None => copied(array.view(), &runs, worker)?,
        };
        AnyLocalArray::new(target, self.in_order(view)?, rank)
    }

    /// A slice, of which an axis that is dropped still has one index, as the result has its axes.
    pub(super) fn in_order(&self, mut view: View) -> Result<View, Error> {
        for axis in (0..view.shape().len()).rev() {
            if self.drops(axis) {
                view = view.at(axis, 0)?;
            }
        }
        if self.keeps_order() {
            return Ok(view);
        }
        view = view.permuted(&self.kept())?;
        for (place, axis) in self.axes.iter().enumerate() {
            if let ArrangedAxis::New(length) = *axis {
                view = view.with_axis(place, length)?;
            }
        }
        Ok(view)
    }

    /// What [`Arrange::in_order`] undoes, for a result of a slice of `ndim` axes: new axes are left out, dropped ones have
    /// one index.
    pub(super) fn out_of_order(&self, mut view: View, ndim: usize) -> Result<View, Error> {
        for (place, axis) in self.axes.iter().enumerate().rev() {
            if let ArrangedAxis::New(_) = axis {
                view = view.at(place, 0)?;
            }
        }
        let kept = self.kept();
        let mut back = vec![0; kept.len()];
        for (place, axis) in kept.into_iter().enumerate() {
            back[axis] = place;
        }
        view = view.permuted(&back)?;
        for axis in (0..ndim).filter(|axis| self.drops(*axis)) {
            view = view.with_axis(axis, 1)?;
        }
        Ok(view)
    }

    fn drops(&self, axis: usize) -> bool {
        self.slices.get(axis).is_some_and(|slice| !slice.keeps_axis())
    }

    /// The axes that the slices leave, in the order of the result.
    fn kept(&self) -> Vec<usize> {
        let of = |axis: &ArrangedAxis| match axis {
            ArrangedAxis::Of(axis) => Some(*axis),
            ArrangedAxis::New(_) => None,
        };
        self.axes.iter().filter_map(of).collect()
    }

    /// The slices, one for each of the first axes.
    pub(super) fn slices(&self) -> &[AxisSlice] {
        &self.slices
    }

    /// The axes of the result.
    pub(super) fn axes(&self) -> &[ArrangedAxis] {
        &self.axes
    }

    /// Whether the axes that are left stay in their order, with none among them.
    fn keeps_order(&self) -> bool {
        self.axes.iter().enumerate().all(|(place, axis)| *axis == ArrangedAxis::Of(place))
    }

    /// This rank's elements of the slice where they lie at equal distances, `None` where they do not; axes that an index
    /// drops are still there.
    pub(super) fn evenly(
        &self,
        view: &View,
        distribution: &Distribution,
        all: &[SliceRuns],
    ) -> Result<Option<View>, Error> {
        if !self.is_view(distribution) {
            return Ok(None);
        }
        let mut view = view.clone();
        for (axis, runs) in all.iter().enumerate() {
            let length = distribution.axis(axis).length();
            if self.slices.get(axis).is_none_or(|slice| slice.as_range().is_whole(length)) {
                continue;
            }
            let Some((start, step, count)) = even_stretch(runs) else { return Ok(None) };
            view = view.slice(axis, start, step, count)?;
        }
        Ok(Some(view))
    }
}

/// The first index in the base, the distance, and the number of the elements of all runs, if they stand at equal distances.
fn even_stretch(runs: &[SliceRun]) -> Option<(usize, isize, usize)> {
    let count = runs.iter().map(SliceRun::count).sum();
    let base_of = |place| {
        let mut first = runs.iter().flat_map(|run| run.elements().take(2));
        first.find(|(_, slice)| *slice == place).map(|(base, _)| base)
    };
    if count == 0 {
        return Some((0, 1, 0));
    }
    let start = base_of(0)?;
    let step = if count == 1 { 1 } else { base_of(1)?.wrapping_sub(start).cast_signed() };
    let is_even = |run: &SliceRun| {
        let along = |steps: usize| step.wrapping_mul(steps.cast_signed());
        run.base == start.wrapping_add_signed(along(run.slice))
            && (run.length == 1 || run.step == step)
            && (run.repeats == 1 || run.base_stride == along(run.slice_stride))
    };
    runs.iter().all(is_even).then_some((start, step, count))
}

/// A copy of the elements that the runs of each axis name.
fn copied(view: &View, runs: &[SliceRuns], worker: &Worker) -> Result<View, Error> {
    let shape: Vec<usize> = runs.iter().map(|runs| runs.iter().map(SliceRun::count).sum::<usize>()).collect();
    let axes: Vec<Vec<CopyRun>> = runs.iter().map(|runs| runs.iter().flat_map(pieces).collect()).collect();
    let item_bytes = view.dtype().size_bytes();
    let mut block = Block::uninit(view.dtype(), &shape, worker.pool())?;
    let region = Region::of_sides(item_bytes, &view.side(), &Side::c_order(&shape), &axes)?;
    region.copy(view.storage(), block.as_bytes_mut()?)?;
    Ok(block.into())
}

/// A run of a slice as runs whose pieces have indices that increase by one.
pub(super) fn pieces(run: &SliceRun) -> Vec<CopyRun> {
    let SliceRun { length, repeats, base, step, base_stride, slice, slice_stride } = *run;
    let slice_stride = slice_stride.cast_signed();
    if step == 1 || length == 1 {
        let (source, target) = (base, slice);
        return vec![CopyRun {
            length,
            repeats,
            source,
            source_stride: base_stride,
            target,
            target_stride: slice_stride,
        }];
    }
    let block = |block: usize| {
        let block = block.cast_signed();
        CopyRun {
            length: 1,
            repeats: length,
            source: base.wrapping_add_signed(base_stride.wrapping_mul(block)),
            source_stride: step,
            target: slice.wrapping_add_signed(slice_stride.wrapping_mul(block)),
            target_stride: 1,
        }
    };
    (0..repeats).map(block).collect()
}

/// Copies a view into memory of its own, in C order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contiguous;

impl Operation for Contiguous {
    const NAME: &'static str = "copy";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [array] = exactly::<1, _>(Self::NAME, inputs.to_vec())?;
        Ok(vec![Inferred::Known(array.clone())])
    }

    fn communicates(&self, _: &[&ArrayMeta]) -> bool {
        false
    }

    fn takes_views(&self) -> bool {
        true
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [array] = exactly::<1, _>(Self::NAME, inputs)?;
        let array = array.array();
        let mut block = Block::uninit(array.dtype(), array.view().shape(), worker.pool())?;
        array.view().copy_to(block.as_bytes_mut()?)?;
        Ok(vec![AnyLocalArray::new(array.distribution().clone(), block, worker.rank())?])
    }
}
