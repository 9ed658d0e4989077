//! Where the elements of a product are computed, and what has to be brought there.

use crate::{ArrayMeta, Error};
use distarray_core::DType;
use distarray_core::kernel::product::{INNER_TILE, Sums};
use distarray_maps::{ArrangedAxis, AxisMap, AxisSlice, Distribution, Grid, MapError};
use std::ops::Range;

use super::description::Product;

/// How many multiplications take as long as bringing a byte.
const MULTIPLICATIONS_PER_BYTE: u128 = 10;

/// How a product is computed: which rank multiplies what.
///
/// The multiplications have a space of their own, whose axes are those of the result and then those that are summed over. It
/// is cut and dealt out like an array, and says where either operand has to lie, and where the result does.
#[derive(Debug)]
pub(super) struct Plan {
    /// The space of multiplications.
    pub(super) space: Distribution,
    /// How the result lies.
    pub(super) result: Distribution,
    /// The axes of the space that are summed over.
    pub(super) inner: Range<usize>,
    /// The left and the right operand.
    pub(super) factors: [Factor; 2],
    /// The axis of the space along which operands are brought, and how many indices at a time.
    pub(super) panel: Option<(usize, usize)>,
}

/// What becomes of an operand.
#[derive(Debug)]
pub(super) struct Factor {
    /// For each axis of the space the axis of the operand.
    pub(super) places: Vec<Option<usize>>,
    /// How it has to lie.
    pub(super) wanted: Distribution,
    /// Whether it has to be brought there.
    pub(super) moves: bool,
}

/// A product, and what can be asked of it whatever its layout.
struct Question<'a> {
    metas: [&'a ArrayMeta; 2],
    lengths: Vec<usize>,
    places: [Vec<Option<usize>>; 2],
    result_ndim: usize,
    sums: Sums,
    panel_bytes: usize,
}

impl Plan {
    /// The plan of least estimated time: see [`Product`].
    pub(super) fn new(product: &Product, metas: [&ArrayMeta; 2]) -> Result<Plan, Error> {
        let question = Question::new(product, metas)?;
        let mut best: Option<(u128, Plan)> = None;
        for space in question.spaces() {
            let Ok(plan) = question.plan(space) else { continue };
            let time = question.time(&plan);
            if best.as_ref().is_none_or(|(least, _)| time < *least) {
                best = Some((time, plan));
            }
        }
        match best {
            Some((_, plan)) => Ok(plan),
            // The reason why not even the first can be.
            None => question.plan(question.staying(0)?),
        }
    }

    /// Whether the ranks add up sums of theirs.
    pub(super) fn merges(&self) -> bool {
        self.inner.clone().any(|axis| self.space.axis(axis).parts() > 1)
    }

    /// Whether any operand is brought somewhere.
    pub(super) fn moves(&self) -> bool {
        self.factors.iter().any(|factor| factor.moves)
    }

    /// The stretches of the panel's axis, one after the other; a single whole one if there is no panel.
    pub(super) fn panels(&self) -> impl Iterator<Item = Option<Stretch>> + use<> {
        let (axis, width, length) = match self.panel {
            Some((axis, width)) => (Some(axis), width, self.space.axis(axis).length()),
            None => (None, 1, 1),
        };
        let starts = (0..length.max(1)).step_by(width.max(1));
        starts.map(move |start| axis.map(|axis| Stretch { axis, start, count: width.min(length - start) }))
    }

    /// How many indices of each axis of the space this rank multiplies, in a panel.
    pub(super) fn local_lengths(&self, panel: Option<Stretch>, rank: usize) -> Vec<usize> {
        let mut lengths = self.space.local_shape(rank);
        if let Some(Stretch { axis, count, .. }) = panel
            && self.space.holds(rank)
        {
            lengths[axis] = count;
        }
        lengths.to_vec()
    }
}

/// Some neighbouring indices of an axis of the space, which is not distributed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub(super) axis: usize,
    pub(super) start: usize,
    pub(super) count: usize,
}

impl Factor {
    /// The slices of an operand, or of where it has to lie, that belong to a panel.
    pub(super) fn slices(&self, panel: Option<Stretch>) -> Vec<AxisSlice> {
        let mut slices: Vec<AxisSlice> = self.wanted.shape().iter().copied().map(AxisSlice::full).collect();
        if let Some(Stretch { axis, start, count }) = panel
            && let Some(place) = self.places[axis]
        {
            slices[place] = AxisSlice::range(start, start + count);
        }
        slices
    }
}

impl<'a> Question<'a> {
    fn new(product: &Product, metas: [&'a ArrayMeta; 2]) -> Result<Self, Error> {
        let [left, right] = metas;
        if left.dtype != right.dtype {
            return Err(Error::DType { found: right.dtype.name(), expected: left.dtype.name() });
        }
        let given = [&product.left, &product.right];
        for (labels, meta) in given.into_iter().zip(metas) {
            let is_twice = |place: usize| labels[place + 1..].contains(&labels[place]);
            if labels.len() != meta.shape().len() || (0..labels.len()).any(is_twice) {
                return Err(Error::AxisCount { given: labels.len(), ndim: meta.shape().len() });
            }
        }
        let mut all = product.result.clone();
        for label in given.into_iter().flatten() {
            if !all.contains(label) {
                all.push(*label);
            }
        }
        let places = given.map(|labels| {
            all.iter().map(|label| labels.iter().position(|own| own == label)).collect::<Vec<_>>()
        });
        let mut lengths = Vec::with_capacity(all.len());
        for (left_place, right_place) in places[0].iter().zip(&places[1]) {
            lengths.push(
                match (left_place.map(|axis| left.shape()[axis]), right_place.map(|axis| right.shape()[axis]))
                {
                    (Some(left_length), Some(right_length)) if left_length != right_length => {
                        return Err(Error::Shape {
                            found: right.shape().to_vec(),
                            expected: left.shape().to_vec(),
                        });
                    }
                    (Some(length), _) | (None, Some(length)) => length,
                    (None, None) => {
                        return Err(Error::AxisCount { given: product.result.len(), ndim: lengths.len() });
                    }
                },
            );
        }
        Ok(Question {
            metas,
            lengths,
            places,
            result_ndim: product.result.len(),
            sums: product.sums,
            panel_bytes: product.panel_bytes,
        })
    }

    /// The spaces that are compared, the preferred first.
    fn spaces(&self) -> Vec<Distribution> {
        let along = |operand: usize| {
            let has = |axis: &usize| {
                self.places[operand][*axis].is_some() && (operand == 0 || self.places[0][*axis].is_none())
            };
            let axis = (0..self.result_ndim).rev().filter(has).max_by_key(|axis| self.lengths[*axis])?;
            let spread = |meta: &&&ArrayMeta| meta.distribution.grid().primary_count();
            let base = self.metas.iter().rev().max_by_key(spread)?;
            (spread(&base) > 1).then(|| base.distribution.blocks_along(&self.lengths, axis).ok())?
        };
        let both = self.both().and_then(Result::ok);
        let mut spaces = vec![self.staying(0).ok(), self.staying(1).ok(), both, along(0), along(1)];
        if self.sums == Sums::InOrder {
            spaces.extend([self.whole_inside(0).ok(), self.whole_inside(1).ok()]);
        }
        spaces.into_iter().flatten().collect()
    }

    /// One operand stays where it is but for what is summed over: all ranks that have some of that get all of it.
    fn whole_inside(&self, operand: usize) -> Result<Distribution, Error> {
        let inner: Vec<usize> = (self.result_ndim..self.lengths.len()).collect();
        let axis = |axis| match inner.contains(&axis) {
            true => ArrangedAxis::New(self.lengths[axis]),
            false => ArrangedAxis::Of(axis),
        };
        let axes: Vec<ArrangedAxis> = (0..self.lengths.len()).map(axis).collect();
        Ok(self.staying(operand)?.reduce(&inner, false)?.arranged(&axes)?)
    }

    /// One operand stays where it is.
    fn staying(&self, operand: usize) -> Result<Distribution, Error> {
        let axis = |(place, &length): (&Option<usize>, &usize)| {
            place.map_or(ArrangedAxis::New(length), ArrangedAxis::Of)
        };
        let axes: Vec<ArrangedAxis> = self.places[operand].iter().zip(&self.lengths).map(axis).collect();
        Ok(self.metas[operand].distribution.arranged(&axes)?)
    }

    /// Rows as the left operand has them, columns as the right one has them, if both are spread and no two parts of the
    /// result meet on one rank.
    fn both(&self) -> Option<Result<Distribution, MapError>> {
        let [left, right] = self.metas.map(|meta| &meta.distribution);
        let first = |distribution: &Distribution| distribution.grid().rank(&vec![0; distribution.ndim()]);
        let mut spread = [1, 1];
        let (mut axes, mut dimensions) = (Vec::new(), Vec::new());
        for (axis, &length) in self.lengths.iter().enumerate() {
            let source = match (self.places[0][axis], self.places[1][axis]) {
                _ if axis >= self.result_ndim => None,
                (Some(place), _) => Some((0, left, place)),
                (None, place) => place.map(|place| (1, right, place)),
            };
            let Some((number, source, place)) = source else {
                axes.push(AxisMap::replicated(length));
                dimensions.push(distarray_maps::Dimension::SINGLE);
                continue;
            };
            axes.push(source.axis(place).clone());
            dimensions.push(source.grid().axes()[place]);
            spread[number] *= source.grid().parts(place);
        }
        if spread.contains(&1) || first(left) != first(right) {
            return None;
        }
        let last = left.grid().max_rank().max(right.grid().max_rank());
        let grid =
            Grid::strided(first(left), &dimensions, &[]).ok().filter(|grid| grid.max_rank() <= last)?;
        Some(Distribution::new(&self.lengths, axes, grid))
    }

    /// The plan for a space.
    fn plan(&self, space: Distribution) -> Result<Plan, Error> {
        // Axes in one part are taken in order, so that they can be cut.
        let in_order =
            |map: &AxisMap| if map.parts() == 1 { AxisMap::replicated(map.length()) } else { map.clone() };
        let space = Distribution::new(
            &self.lengths,
            space.axes().iter().map(in_order).collect(),
            space.grid().clone(),
        )?;
        let inner = self.result_ndim..self.lengths.len();
        if self.sums == Sums::InOrder
            && let Some(axis) = inner.clone().find(|axis| space.axis(*axis).parts() > 1)
        {
            return Err(Error::Axis { axis: axis.cast_signed(), ndim: self.lengths.len() });
        }
        let result = space.reduce(&inner.clone().collect::<Vec<_>>(), false)?;
        let factor = |operand: usize| -> Result<Factor, Error> {
            let places = self.places[operand].clone();
            let lacking: Vec<usize> = (0..places.len()).filter(|axis| places[*axis].is_none()).collect();
            let kept: Vec<usize> = places.iter().copied().flatten().collect();
            let mut order = vec![ArrangedAxis::Of(0); kept.len()];
            kept.iter().enumerate().for_each(|(from, to)| order[*to] = ArrangedAxis::Of(from));
            let wanted = space.reduce(&lacking, false)?.arranged(&order)?;
            let moves = !self.metas[operand].distribution.covers(&wanted);
            Ok(Factor { places, wanted, moves })
        };
        let factors = [factor(0)?, factor(1)?];
        let panel = self.panel(&space, &factors);
        Ok(Plan { space, result, inner, factors, panel })
    }

    /// Along which axis operands are brought: an undistributed one of all that are brought, one that is summed over if there
    /// is any, and the longest of those.
    fn panel(&self, space: &Distribution, factors: &[Factor; 2]) -> Option<(usize, usize)> {
        let moving = || factors.iter().filter(|factor| factor.moves);
        moving().next()?;
        let is_inner = |axis: usize| axis >= self.result_ndim;
        let can = |axis: &usize| {
            space.axis(*axis).parts() == 1 && moving().all(|factor| factor.places[*axis].is_some())
        };
        let axis = (0..space.ndim()).filter(can).max_by_key(|axis| (is_inner(*axis), self.lengths[*axis]))?;
        let length = self.lengths[axis];
        let bytes: usize =
            moving().map(|factor| self.local_bytes(&factor.wanted)).fold(0, usize::saturating_add);
        let width = self.panel_bytes / (bytes / length.max(1)).max(1);
        let step = if self.sums == Sums::InOrder || width >= INNER_TILE { INNER_TILE } else { 1 };
        Some((axis, (width / step * step).max(step).min(length.max(1))))
    }

    /// The bytes of the largest part.
    fn local_bytes(&self, distribution: &Distribution) -> usize {
        let largest = |axis: &AxisMap| (0..axis.parts()).map(|part| axis.count(part)).max().unwrap_or(0);
        let count = distribution.axes().iter().map(largest).fold(1, usize::saturating_mul);
        count.saturating_mul(self.dtype().size_bytes())
    }

    fn dtype(&self) -> DType {
        self.metas[0].dtype
    }

    /// The time that a plan may take on the rank with most to do, in units of bringing one byte.
    fn time(&self, plan: &Plan) -> u128 {
        let count = self.local_bytes(&plan.space) as u128 / self.dtype().size_bytes() as u128;
        let weight = if self.dtype().is_complex() { 4 } else { 1 };
        let moved = plan.factors.iter().filter(|factor| factor.moves);
        let moved: u128 = moved.map(|factor| self.local_bytes(&factor.wanted) as u128).sum();
        let parts: usize = plan.inner.clone().map(|axis| plan.space.axis(axis).parts()).product();
        let rounds = u128::from(usize::BITS - (parts - 1).leading_zeros());
        let result = self.local_bytes(&plan.result) as u128 * (1 + 2 * rounds);
        count * weight / MULTIPLICATIONS_PER_BYTE + moved + result
    }
}
