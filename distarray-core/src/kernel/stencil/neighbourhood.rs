//! Neighbourhoods: what a function of the user's sees of the elements around one place.

use std::cell::Cell;

use super::patch::{Patch, Reach};
use crate::element::Element;
use crate::error::ElementError;
use crate::kernel::copy::c_strides;

/// The most axes that a function over neighbourhoods can have.
pub const MAXIMUM_NDIM: usize = 8;

/// The elements around one place of an array, for a function that makes a result of them.
#[derive(Debug, Clone, Copy)]
pub struct Neighbourhood<'a, T> {
    source: &'a [T],
    place: usize,
    ndim: usize,
    strides: [isize; MAXIMUM_NDIM],
    before: [isize; MAXIMUM_NDIM],
    after: [isize; MAXIMUM_NDIM],
    has_strayed: &'a Cell<bool>,
}

impl<T: Element> Neighbourhood<'_, T> {
    /// The element at the place itself.
    #[inline(always)]
    #[must_use]
    pub fn centre(&self) -> T {
        self.source.get(self.place).copied().unwrap_or(T::ZERO)
    }

    /// The element at an offset from the place, one number per axis.
    ///
    /// An offset beyond the margins that were asked for, or with another number of axes, makes the whole stencil fail
    /// with an error; the value is zero then.
    #[inline(always)]
    #[must_use]
    pub fn at<const NDIM: usize>(&self, offset: [isize; NDIM]) -> T {
        let mut place = self.place;
        let mut is_inside = NDIM == self.ndim;
        for (axis, &along) in offset.iter().enumerate().take(MAXIMUM_NDIM) {
            is_inside &= -self.before[axis] <= along && along <= self.after[axis];
            place = place.wrapping_add_signed(along.wrapping_mul(self.strides[axis]));
        }
        match self.source.get(place) {
            Some(element) if is_inside => *element,
            _ => self.stray(),
        }
    }

    #[cold]
    fn stray(&self) -> T {
        self.has_strayed.set(true);
        T::ZERO
    }
}

/// Computes the results of a patch by a function of the elements around each place. False if the function looked
/// beyond `reach`: then the results mean nothing.
///
/// # Errors
/// Before the function is called: [`ElementError::RunOutOfRange`], [`ElementError::AxisCount`],
/// [`ElementError::SizeMismatch`].
pub fn apply<T: Element>(
    patch: &Patch<'_>,
    reach: &[Reach],
    source: &[T],
    target: &mut [T],
    function: impl Fn(&Neighbourhood<'_, T>) -> T,
) -> Result<bool, ElementError> {
    patch.check(reach, source.len(), target.len())?;
    let ndim = reach.len();
    if ndim > MAXIMUM_NDIM {
        return Err(ElementError::AxisCount { expected: MAXIMUM_NDIM, found: ndim });
    }
    let has_strayed = Cell::new(false);
    let mut around: Neighbourhood<'_, T> = Neighbourhood {
        source,
        place: 0,
        ndim,
        strides: [0; MAXIMUM_NDIM],
        before: [0; MAXIMUM_NDIM],
        after: [0; MAXIMUM_NDIM],
        has_strayed: &has_strayed,
    };
    let strides = c_strides(patch.source_shape);
    for (axis, reach) in reach.iter().enumerate() {
        around.strides[axis] = strides[axis];
        around.before[axis] = reach.before.cast_signed();
        around.after[axis] = reach.after.cast_signed();
    }
    patch.each_row(reach, size_of::<T>(), |from, to, length| {
        for (index, result) in target[to..to + length].iter_mut().enumerate() {
            let mut here = around;
            here.place = from + index;
            *result = function(&here);
        }
    });
    Ok(!has_strayed.get())
}
