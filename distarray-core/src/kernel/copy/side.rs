//! Side: how the elements of one side of a region lie.

use smallvec::SmallVec;

use crate::error::ElementError;

/// From one index of an axis to the next, in elements, for every axis.
pub type Strides = SmallVec<[isize; 6]>;

/// The strides of C order.
#[must_use]
pub fn c_strides(shape: &[usize]) -> Strides {
    let mut strides = SmallVec::from_elem(0, shape.len());
    let mut step = 1_isize;
    for (stride, &length) in strides.iter_mut().zip(shape).rev() {
        *stride = step;
        // Beside an empty axis others may have lengths whose product counts nothing.
        step = step.wrapping_mul(length.cast_signed());
    }
    strides
}

/// The product of some lengths, at most that of all that can be counted; beside an empty axis the others count nothing.
#[must_use]
pub fn size_of(shape: &[usize]) -> usize {
    shape.iter().copied().fold(1, usize::saturating_mul)
}

/// A shape, and where its elements lie among `size` others.
#[derive(Debug, Clone)]
pub struct Side<'a> {
    /// The length of each axis.
    pub shape: &'a [usize],
    /// From one index of an axis to the next, in elements.
    pub strides: Strides,
    /// The place of the first element.
    pub offset: usize,
    /// How many elements the memory has.
    pub size: usize,
}

impl<'a> Side<'a> {
    /// All elements, in C order.
    #[must_use]
    pub fn c_order(shape: &'a [usize]) -> Side<'a> {
        let strides = c_strides(shape);
        Side { shape, strides, offset: 0, size: size_of(shape) }
    }

    /// Refuses a side that reaches beyond its memory.
    pub(super) fn check(&self, item_bytes: usize) -> Result<(), ElementError> {
        if self.strides.len() == self.shape.len() && self.is_inside() {
            return Ok(());
        }
        Err(ElementError::SizeMismatch {
            expected_bytes: size_of(self.shape).saturating_mul(item_bytes),
            found_bytes: self.size.saturating_mul(item_bytes),
        })
    }

    /// Whether every index lies in the memory. **Pure.**
    fn is_inside(&self) -> bool {
        if self.shape.contains(&0) {
            return true;
        }
        let (mut low, mut high) = (self.offset as i128, self.offset as i128);
        for (&length, &stride) in self.shape.iter().zip(&self.strides) {
            let reach = stride as i128 * (length as i128 - 1);
            low += reach.min(0);
            high += reach.max(0);
        }
        low >= 0 && high < self.size as i128
    }
}
