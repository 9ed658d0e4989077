//! Matrix: one product of two matrices that lie anywhere in three memories.

use crate::error::ElementError;

/// Where two matrices and their product lie. Every stride is from one index to the next, in elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Matrix {
    /// Rows of the left operand and of the result.
    pub(super) rows: usize,
    /// Columns of the right operand and of the result.
    pub(super) columns: usize,
    /// Columns of the left operand, rows of the right one.
    pub(super) inner: usize,
    /// Of the left operand: strides along rows and along the inner axis, and the place of its first element.
    pub(super) left: Place,
    /// Of the right operand: strides along the inner axis and along columns.
    pub(super) right: Place,
    /// Of the result: strides along rows and along columns.
    pub(super) result: Place,
}

/// Where the elements of a matrix lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) first: isize,
    pub(super) strides: [isize; 2],
}

impl Place {
    /// The place of one element.
    #[inline(always)]
    pub(super) fn of(&self, first: usize, second: usize) -> usize {
        let [slow, fast] = self.strides;
        (self.first + slow * first.cast_signed() + fast * second.cast_signed()).cast_unsigned()
    }

    /// The same with the two axes in each other's place.
    pub(super) fn turned(self) -> Place {
        let [first, second] = self.strides;
        Place { strides: [second, first], ..self }
    }

    /// Refuses a matrix that reaches beyond the `size` elements of its memory.
    pub(super) fn check(&self, lengths: [usize; 2], size: usize, what: &str) -> Result<(), ElementError> {
        if lengths.contains(&0) {
            return Ok(());
        }
        let (mut low, mut high) = (self.first as i128, self.first as i128);
        for (&length, &stride) in lengths.iter().zip(&self.strides) {
            let reach = (length as i128 - 1) * stride as i128;
            low += reach.min(0);
            high += reach.max(0);
        }
        match [low, high].into_iter().find(|index| !(0..size as i128).contains(index)) {
            None => Ok(()),
            Some(index) => {
                Err(ElementError::OperandOutOfRange { what: what.to_owned(), slot: 0, index, length: size })
            }
        }
    }
}

impl Matrix {
    /// Refuses a product that reaches beyond its memories of so many elements.
    pub(super) fn check(&self, left: usize, right: usize, result: usize) -> Result<(), ElementError> {
        self.left.check([self.rows, self.inner], left, "left operand")?;
        self.right.check([self.inner, self.columns], right, "right operand")?;
        self.result.check([self.rows, self.columns], result, "result")
    }

    /// The same product turned round: the transpose of the right operand times that of the left one.
    pub(super) fn turned(&self) -> Matrix {
        Matrix {
            rows: self.columns,
            columns: self.rows,
            inner: self.inner,
            left: self.right.turned(),
            right: self.left.turned(),
            result: self.result.turned(),
        }
    }
}
