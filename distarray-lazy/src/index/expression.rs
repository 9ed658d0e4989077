//! Index: an index expression as a value, and the macro that writes one.

use crate::dist_array::DistArray;
use distarray_core::DType;
use distarray_maps::{ArrangedAxis, AxisRange, AxisSlice};
use distarray_spmd::Error;
use ndarray::ArrayD;
use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

/// One entry of an index expression.
#[derive(Clone, Debug)]
pub enum IndexTerm {
    /// One index, which drops its axis; negative ones count from the end.
    At(i64),
    /// `start:stop:step` as in Python: what is missing means everything, what lies outside is cut off.
    Slice {
        /// The first index.
        start: Option<i64>,
        /// The index before which to stop.
        stop: Option<i64>,
        /// The distance of indices; 1 if it is missing.
        step: Option<i64>,
    },
    /// As many whole axes as are not named.
    Ellipsis,
    /// A new axis of one index.
    NewAxis,
    /// An array of integers, which index one axis, or a mask of bools, which stands for as many axes as it has.
    Array(DistArray),
    /// Integers of the program.
    List(ArrayD<i64>),
    /// A mask of the program.
    Mask(ArrayD<bool>),
}

/// Arrays are the same if the handles are.
impl PartialEq for IndexTerm {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::At(left), Self::At(right)) => left == right,
            (
                Self::Slice { start, stop, step },
                Self::Slice { start: other_start, stop: other_stop, step: other_step },
            ) => (start, stop, step) == (other_start, other_stop, other_step),
            (Self::Ellipsis, Self::Ellipsis) | (Self::NewAxis, Self::NewAxis) => true,
            (Self::Array(left), Self::Array(right)) => left.is_same_handle(right),
            (Self::List(left), Self::List(right)) => left == right,
            (Self::Mask(left), Self::Mask(right)) => left == right,
            _ => false,
        }
    }
}

/// `...` in an index expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ellipsis;

/// `new_axis` in an index expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewAxis;

/// An index expression: what stands in NumPy's square brackets. Written by [`ix!`](crate::ix).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Index {
    terms: Vec<IndexTerm>,
}

impl Index {
    /// These entries, from left to right.
    #[must_use]
    pub fn new(terms: Vec<IndexTerm>) -> Self {
        Self { terms }
    }

    /// The entries.
    #[must_use]
    pub fn terms(&self) -> &[IndexTerm] {
        &self.terms
    }

    /// Whether arrays, lists or masks are among the entries.
    #[must_use]
    pub fn is_advanced(&self) -> bool {
        self.terms
            .iter()
            .any(|term| matches!(term, IndexTerm::Array(_) | IndexTerm::List(_) | IndexTerm::Mask(_)))
    }

    /// Whether it names one element of an array of so many dimensions by an integer for each axis.
    pub(crate) fn is_of_integers(&self, ndim: usize) -> bool {
        let is_integer = |term: &IndexTerm| match term {
            IndexTerm::At(_) => true,
            IndexTerm::Array(array) => {
                array.ndim() == 0 && array.dtype().is_ok_and(|dtype| dtype.is_integer())
            }
            _ => false,
        };
        self.terms.len() == ndim && self.terms.iter().all(is_integer)
    }

    /// What it takes of each axis of an array of `shape`, and what the axes of the result are, if no array is among the
    /// entries.
    ///
    /// # Errors
    /// As [`Index::resolve_all`].
    pub(crate) fn resolve(&self, shape: &[usize]) -> Result<(Vec<AxisSlice>, Vec<ArrangedAxis>), Error> {
        let Resolved { slices, entries } = self.resolve_all(shape)?;
        let mut axes = Vec::with_capacity(entries.len());
        for entry in entries {
            match entry {
                Entry::Kept(_) => axes.push(ArrangedAxis::Of(axes_kept(&axes))),
                Entry::New => axes.push(ArrangedAxis::New(1)),
                Entry::At(_) | Entry::Ellipsis => {}
                Entry::Arrays { .. } => {
                    return Err(Error::Value {
                        what: "index",
                        value: String::from("with arrays"),
                        reason: "integers, slices, new axes and an ellipsis are needed here",
                    });
                }
            }
        }
        Ok((slices, axes))
    }

    /// What it takes of each axis of an array of `shape`, and what each entry stands for. The axes that arrays index are
    /// taken whole.
    ///
    /// # Errors
    /// [`Error::Index`], [`Error::TooManyIndices`], [`Error::IndexDType`], [`Error::MaskShape`]; [`Error::Value`] for a
    /// second ellipsis; a step of 0; the error of an index array.
    pub(crate) fn resolve_all(&self, shape: &[usize]) -> Result<Resolved, Error> {
        let mut given = 0;
        for term in &self.terms {
            given += term.axis_count()?;
        }
        let ndim = shape.len();
        let rest = ndim.checked_sub(given).ok_or(Error::TooManyIndices { ndim, given })?;
        if self.terms.iter().filter(|term| **term == IndexTerm::Ellipsis).count() > 1 {
            return Err(Error::Value {
                what: "index",
                value: String::from("with two ellipses"),
                reason: "it can only have a single ellipsis (...)",
            });
        }
        let (mut slices, mut entries) = (Vec::with_capacity(ndim), Vec::new());
        for (position, term) in self.terms.iter().enumerate() {
            let axis = slices.len();
            let count = term.axis_count()?;
            match term {
                IndexTerm::NewAxis => entries.push(Entry::New),
                IndexTerm::Ellipsis => {
                    entries.push(Entry::Ellipsis);
                    whole(shape, rest, &mut slices, &mut entries);
                }
                IndexTerm::At(index) => {
                    slices.push(AxisSlice::Index(place(*index, axis, shape[axis])?));
                    entries.push(Entry::At(axis));
                }
                IndexTerm::Slice { start, stop, step } => {
                    slices.push(AxisSlice::Range(range(*start, *stop, *step, axis, shape[axis])?));
                    entries.push(Entry::Kept(axis));
                }
                IndexTerm::Array(_) | IndexTerm::List(_) | IndexTerm::Mask(_) => {
                    term.check(axis, &shape[axis..axis + count])?;
                    slices.extend(shape[axis..axis + count].iter().map(|length| AxisSlice::full(*length)));
                    entries.push(Entry::Arrays { axis, count, term: position });
                }
            }
        }
        whole(shape, ndim - slices.len(), &mut slices, &mut entries);
        Ok(Resolved { slices, entries })
    }
}

/// What an index is for a shape.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    /// Of each axis; those that arrays index are whole.
    pub(crate) slices: Vec<AxisSlice>,
    /// What the entries stand for; axes that are not named stand for themselves.
    pub(crate) entries: Vec<Entry>,
}

/// What one entry stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// An axis that stays, by its number in the array.
    Kept(usize),
    /// A new axis.
    New,
    /// An ellipsis, before the axes that it stands for. It stands between others even if there are none.
    Ellipsis,
    /// One index of an axis.
    At(usize),
    /// Arrays index `count` axes from `axis` on: entry `term` of the index.
    Arrays { axis: usize, count: usize, term: usize },
}

/// The next `count` axes, taken whole.
fn whole(shape: &[usize], count: usize, slices: &mut Vec<AxisSlice>, entries: &mut Vec<Entry>) {
    for _ in 0..count {
        let axis = slices.len();
        slices.push(AxisSlice::full(shape[axis]));
        entries.push(Entry::Kept(axis));
    }
}

fn axes_kept(axes: &[ArrangedAxis]) -> usize {
    axes.iter().filter(|axis| matches!(axis, ArrangedAxis::Of(_))).count()
}

impl IndexTerm {
    /// For how many axes it stands.
    fn axis_count(&self) -> Result<usize, Error> {
        Ok(match self {
            IndexTerm::At(_) | IndexTerm::Slice { .. } | IndexTerm::List(_) => 1,
            IndexTerm::Ellipsis | IndexTerm::NewAxis => 0,
            IndexTerm::Array(array) if array.dtype()? == DType::Bool => array.ndim(),
            IndexTerm::Array(_) => 1,
            IndexTerm::Mask(mask) => mask.ndim(),
        })
    }

    /// Whether an array can index the axes from `axis` on, whose lengths these are.
    fn check(&self, axis: usize, lengths: &[usize]) -> Result<(), Error> {
        let mask_shape = match self {
            IndexTerm::Array(array) => {
                let dtype = array.dtype()?;
                if dtype != DType::Bool && !dtype.is_integer() {
                    return Err(Error::IndexDType { found: dtype.name() });
                }
                if dtype == DType::Bool { array.shape() } else { lengths }
            }
            IndexTerm::Mask(mask) => mask.shape(),
            IndexTerm::List(list) => {
                let length = lengths[0];
                let bound = i64::try_from(length).unwrap_or(i64::MAX);
                let is_within = |low: i64, index: &i64| low <= *index && *index < bound;
                let all_within = match list.as_slice_memory_order() {
                    // Without an early exit: this is a reduction that vectorises.
                    Some(indices) => indices.iter().fold(true, |all, index| all & is_within(-bound, index)),
                    None => list.iter().all(|index| is_within(-bound, index)),
                };
                if !all_within {
                    list.iter().try_for_each(|index| place(*index, axis, length).map(|_| ()))?;
                }
                lengths
            }
            _ => lengths,
        };
        match (0..).zip(lengths.iter().zip(mask_shape)).find(|(_, (length, found))| length != found) {
            None => Ok(()),
            Some((place, (length, found))) => {
                Err(Error::MaskShape { axis: axis + place, length: *length, found: *found })
            }
        }
    }
}

/// A position that may count from the end.
pub(crate) fn place(index: i64, axis: usize, length: usize) -> Result<usize, Error> {
    let counted = if index < 0 { i128::from(index) + length as i128 } else { i128::from(index) };
    let found = usize::try_from(counted).ok().filter(|place| *place < length);
    found.ok_or(Error::Index { index: i128::from(index), axis, length })
}

fn range(
    start: Option<i64>,
    stop: Option<i64>,
    step: Option<i64>,
    axis: usize,
    length: usize,
) -> Result<AxisRange, Error> {
    // Lengths are below 2^63, so that what does not fit an isize lies outside all the same.
    let narrow =
        |value: i64| isize::try_from(value).unwrap_or(if value < 0 { isize::MIN } else { isize::MAX });
    let range = AxisRange::python(start.map(narrow), stop.map(narrow), step.map(narrow), length);
    range.map_err(|error| Error::Map(error.at_axis(axis)))
}

impl From<&DistArray> for IndexTerm {
    fn from(array: &DistArray) -> Self {
        IndexTerm::Array(array.clone())
    }
}

impl From<DistArray> for IndexTerm {
    fn from(array: DistArray) -> Self {
        IndexTerm::Array(array)
    }
}

macro_rules! from_lists {
    ($($element:ty => $kind:ident),*) => {$(
        impl From<Vec<$element>> for IndexTerm {
            fn from(list: Vec<$element>) -> Self {
                IndexTerm::$kind(ndarray::Array1::from_vec(list).into_dyn())
            }
        }

        impl From<&[$element]> for IndexTerm {
            fn from(list: &[$element]) -> Self {
                Self::from(list.to_vec())
            }
        }

        impl<const N: usize> From<[$element; N]> for IndexTerm {
            fn from(list: [$element; N]) -> Self {
                Self::from(list.to_vec())
            }
        }

        impl From<ArrayD<$element>> for IndexTerm {
            fn from(list: ArrayD<$element>) -> Self {
                IndexTerm::$kind(list)
            }
        }
    )*};
}

from_lists!(i64 => List, bool => Mask);

/// A mask without axes: it gives an axis of one index or none.
impl From<bool> for IndexTerm {
    fn from(is_true: bool) -> Self {
        IndexTerm::Mask(ndarray::arr0(is_true).into_dyn())
    }
}

impl From<NewAxis> for IndexTerm {
    fn from(_: NewAxis) -> Self {
        IndexTerm::NewAxis
    }
}

impl From<Ellipsis> for IndexTerm {
    fn from(_: Ellipsis) -> Self {
        IndexTerm::Ellipsis
    }
}

impl From<RangeFull> for IndexTerm {
    fn from(_: RangeFull) -> Self {
        IndexTerm::Slice { start: None, stop: None, step: None }
    }
}

/// The next index, where a range has its end among its elements. Before the first stands nothing.
fn after(end: i64) -> Option<i64> {
    (end != -1).then(|| end.saturating_add(1))
}

macro_rules! from_integers {
    ($($integer:ty),*) => {$(
        impl From<$integer> for IndexTerm {
            fn from(index: $integer) -> Self {
                IndexTerm::At(wide(index))
            }
        }

        impl From<Range<$integer>> for IndexTerm {
            fn from(range: Range<$integer>) -> Self {
                IndexTerm::Slice { start: Some(wide(range.start)), stop: Some(wide(range.end)), step: None }
            }
        }

        impl From<RangeFrom<$integer>> for IndexTerm {
            fn from(range: RangeFrom<$integer>) -> Self {
                IndexTerm::Slice { start: Some(wide(range.start)), stop: None, step: None }
            }
        }

        impl From<RangeTo<$integer>> for IndexTerm {
            fn from(range: RangeTo<$integer>) -> Self {
                IndexTerm::Slice { start: None, stop: Some(wide(range.end)), step: None }
            }
        }

        impl From<RangeInclusive<$integer>> for IndexTerm {
            fn from(range: RangeInclusive<$integer>) -> Self {
                let (start, end) = range.into_inner();
                IndexTerm::Slice { start: Some(wide(start)), stop: after(wide(end)), step: None }
            }
        }

        impl From<RangeToInclusive<$integer>> for IndexTerm {
            fn from(range: RangeToInclusive<$integer>) -> Self {
                IndexTerm::Slice { start: None, stop: after(wide(range.end)), step: None }
            }
        }
    )*};
}

from_integers!(i32, i64, isize, usize);

/// What lies beyond 64 bits lies outside of every axis.
fn wide<T: TryInto<i64>>(value: T) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}

impl IndexTerm {
    /// A slice with this step. An index stays what it is.
    #[must_use]
    pub fn by(self, step: i64) -> Self {
        match self {
            IndexTerm::Slice { start, stop, .. } => IndexTerm::Slice { start, stop, step: Some(step) },
            other => other,
        }
    }
}

impl<T: Into<IndexTerm>> From<T> for Index {
    fn from(term: T) -> Self {
        Self { terms: vec![term.into()] }
    }
}

/// Writes an [`Index`]: entries as in NumPy's square brackets, with Rust's ranges.
///
/// `a[1:5, :, None, -1]` is `ix![1..5, .., new_axis, -1]`, `a[..., ::-2]` is `ix![..., ..;-2]`: a step follows a
/// semicolon.
///
/// # Example
/// ```
/// use distarray_lazy::{IndexTerm, ix};
/// let index = ix![1..5;2, ..., new_axis, -1];
/// assert_eq!(index.terms()[0], IndexTerm::Slice { start: Some(1), stop: Some(5), step: Some(2) });
/// assert_eq!(index.terms()[1..], [IndexTerm::Ellipsis, IndexTerm::NewAxis, IndexTerm::At(-1)]);
/// ```
#[macro_export]
macro_rules! ix {
    (@terms [$($done:expr),*]) => { $crate::Index::new(vec![$($done),*]) };
    (@terms [$($done:expr),*] ... $(, $($rest:tt)*)?) => {
        $crate::ix!(@terms [$($done,)* $crate::IndexTerm::Ellipsis] $($($rest)*)?)
    };
    (@terms [$($done:expr),*] new_axis $(, $($rest:tt)*)?) => {
        $crate::ix!(@terms [$($done,)* $crate::IndexTerm::NewAxis] $($($rest)*)?)
    };
    (@terms [$($done:expr),*] $term:expr; $step:expr $(, $($rest:tt)*)?) => {
        $crate::ix!(@terms [$($done,)* $crate::ix!(@term $term).by($step)] $($($rest)*)?)
    };
    (@terms [$($done:expr),*] $term:expr $(, $($rest:tt)*)?) => {
        $crate::ix!(@terms [$($done,)* $crate::ix!(@term $term)] $($($rest)*)?)
    };
    // In Rust's eyes `1..-1` is empty.
    (@term $term:expr) => {{
        #[allow(clippy::reversed_empty_ranges)]
        let term = $crate::IndexTerm::from($term);
        term
    }};
    ($($terms:tt)*) => { $crate::ix!(@terms [] $($terms)*) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_resolved_as_numpy_does() {
        let (slices, axes) = ix![1..3, ..., new_axis, -1].resolve(&[4, 5, 6]).expect("a good index");
        assert_eq!(slices, [AxisSlice::range(1, 3), AxisSlice::full(5), AxisSlice::Index(5)]);
        assert_eq!(axes, [ArrangedAxis::Of(0), ArrangedAxis::Of(1), ArrangedAxis::New(1)]);
        let (slices, axes) = ix![..;-1].resolve(&[4, 2]).expect("a good index");
        assert_eq!(slices[0], AxisSlice::Range(AxisRange { start: 3, step: -1, count: 4 }));
        assert_eq!(axes, [ArrangedAxis::Of(0), ArrangedAxis::Of(1)]);
        let up_to_last = IndexTerm::from(std::ops::RangeInclusive::new(0, -1));
        assert_eq!(Index::from(up_to_last).resolve(&[4]).expect("a good index").0, [AxisSlice::full(4)]);
        assert_eq!(ix![].resolve(&[]).expect("a good index"), (vec![], vec![]));
    }

    #[test]
    fn what_numpy_refuses_is_refused_with_its_numbers() {
        let refused =
            |index: Index, shape: &[usize]| index.resolve(shape).expect_err("a bad index").to_string();
        assert_eq!(refused(ix![4], &[4]), "index 4 is out of bounds for axis 0 with size 4");
        assert_eq!(refused(ix![.., -7], &[4, 6]), "index -7 is out of bounds for axis 1 with size 6");
        assert_eq!(
            refused(ix![0, 0, 0], &[4, 6]),
            "too many indices for array: array is 2-dimensional, but 3 were indexed"
        );
        assert!(refused(ix![..., ...], &[4]).contains("single ellipsis"));
        assert!(refused(ix![.., ..;0], &[4, 6]).contains("axis 1"));
    }
}
