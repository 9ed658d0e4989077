//! Patch: a box of results, and where their own places lie in the source and in the target.

use smallvec::SmallVec;

use crate::error::ElementError;
use crate::kernel::copy::{Strides, c_strides};

/// How far a neighbourhood reaches along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// Elements before the own place.
    pub before: usize,
    /// Elements after it.
    pub after: usize,
}

/// What a panel of the source should take at most, so that it is still in the cache when the next row needs it.
const PANEL_BYTES: usize = 384 << 10;

/// The least elements of a row, and rows of a plane, that a panel has.
const PANEL_ROW: usize = 1024;
const PANEL_ROWS: usize = 8;

type Shape = SmallVec<[usize; 4]>;

/// A box of results of a stencil. Source and target are in C order.
#[derive(Debug, Clone, Copy)]
pub struct Patch<'a> {
    /// The shape of the box.
    pub count: &'a [usize],
    /// The shape of the source.
    pub source_shape: &'a [usize],
    /// The place in the source of the first result's own element.
    pub source_first: &'a [usize],
    /// The shape of the target.
    pub target_shape: &'a [usize],
    /// The place of the first result in the target.
    pub target_first: &'a [usize],
}

impl Patch<'_> {
    /// Whether every neighbourhood lies in the source and every result in the target.
    pub(super) fn check(
        &self,
        reach: &[Reach],
        source_size: usize,
        target_size: usize,
    ) -> Result<(), ElementError> {
        let expected = self.count.len();
        let lists = [self.source_shape, self.source_first, self.target_shape, self.target_first];
        if let Some(found) =
            lists.iter().map(|list| list.len()).chain([reach.len()]).find(|found| *found != expected)
        {
            return Err(ElementError::AxisCount { expected, found });
        }
        for (shape, size) in [(self.source_shape, source_size), (self.target_shape, target_size)] {
            if shape.iter().product::<usize>() != size {
                let expected_bytes = shape.iter().product();
                return Err(ElementError::SizeMismatch { expected_bytes, found_bytes: size });
            }
        }
        if self.count.contains(&0) {
            return Ok(());
        }
        for (axis, reach) in reach.iter().enumerate() {
            let last =
                |first: usize, more: usize| first as i128 + self.count[axis] as i128 - 1 + more as i128;
            let source = self.source_shape[axis];
            let below = self.source_first[axis] as i128 - reach.before as i128;
            let above = last(self.source_first[axis], reach.after);
            if below < 0 || above >= source as i128 {
                let index = if below < 0 { below } else { above };
                return Err(ElementError::RunOutOfRange { axis, index, length: source });
            }
            let (index, length) = (last(self.target_first[axis], 0), self.target_shape[axis]);
            if index >= length as i128 {
                return Err(ElementError::RunOutOfRange { axis, index, length });
            }
        }
        Ok(())
    }

    /// Calls `row` for every row of the box: where its first own element lies in the source, where its first result lies in
    /// the target, and how many there are.
    ///
    /// The rows come panel by panel: cut along all axes but the first where the elements that neighbouring rows and
    /// planes share would not stay in the cache.
    pub(super) fn each_row(
        &self,
        reach: &[Reach],
        item_bytes: usize,
        mut row: impl FnMut(usize, usize, usize),
    ) {
        if self.count.contains(&0) {
            return;
        }
        let panel = self.panel(reach, item_bytes);
        let (source, target) = (c_strides(self.source_shape), c_strides(self.target_shape));
        let mut corner = Shape::from_elem(0, self.count.len());
        loop {
            let extent: Shape =
                (0..panel.len()).map(|axis| panel[axis].min(self.count[axis] - corner[axis])).collect();
            let places = (self.place(&corner, &source, false), self.place(&corner, &target, true));
            rows_of(&extent, places, (&source, &target), &mut row);
            if !advance(&mut corner, self.count, &panel) {
                return;
            }
        }
    }

    /// The flat place of an index of the box.
    fn place(&self, index: &[usize], strides: &[isize], is_target: bool) -> usize {
        let first = if is_target { self.target_first } else { self.source_first };
        let along = first.iter().zip(index).zip(strides);
        along.map(|((first, index), stride)| (first + index) * stride.cast_unsigned()).sum()
    }

    /// The shape of a panel.
    fn panel(&self, reach: &[Reach], item_bytes: usize) -> Shape {
        let mut panel: Shape = self.count.into();
        let Some(first) = reach.first().filter(|_| panel.len() > 1) else { return panel };
        let planes = first.before + first.after + 1;
        let last = panel.len() - 1;
        for axis in 1..panel.len() {
            let needed = planes * panel[1..].iter().product::<usize>() * item_bytes;
            if needed <= PANEL_BYTES || planes == 1 {
                break;
            }
            let least = if axis == last { PANEL_ROW } else { PANEL_ROWS };
            let fits = PANEL_BYTES / (needed / panel[axis]).max(1);
            // Panels of equal size, rather than a narrow one at the end.
            let panels = panel[axis].div_ceil(fits.max(least).min(panel[axis]));
            panel[axis] = panel[axis].div_ceil(panels);
        }
        panel
    }
}

/// The rows of one panel whose first elements lie at `places`.
fn rows_of(
    extent: &[usize],
    places: (usize, usize),
    strides: (&Strides, &Strides),
    row: &mut impl FnMut(usize, usize, usize),
) {
    let Some((&length, outer)) = extent.split_last() else {
        return row(places.0, places.1, 1);
    };
    let steps = |index: &[usize], strides: &Strides| {
        index.iter().zip(strides).map(|(index, stride)| index * stride.cast_unsigned()).sum::<usize>()
    };
    let mut index = Shape::from_elem(0, outer.len());
    loop {
        row(places.0 + steps(&index, strides.0), places.1 + steps(&index, strides.1), length);
        if !advance(&mut index, outer, &[]) {
            return;
        }
    }
}

/// The next index in C order, by steps of `step` (of 1 where it has none); false at the end.
fn advance(index: &mut [usize], shape: &[usize], step: &[usize]) -> bool {
    for axis in (0..index.len()).rev() {
        index[axis] += step.get(axis).copied().unwrap_or(1);
        if index[axis] < shape[axis] {
            return true;
        }
        index[axis] = 0;
    }
    false
}
