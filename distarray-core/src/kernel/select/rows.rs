//! Rows: what an array consists of when one of its axes is indexed.

use crate::error::ElementError;
use crate::kernel::copy::size_of;

/// A block seen as `outer` times some number of rows of `row_bytes`: the axis that is indexed stands between the axes
/// before it and those after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    /// Product of the lengths of the axes before the indexed one.
    pub outer: usize,
    /// Bytes of one element times the product of the lengths of the axes after it.
    pub row_bytes: usize,
}

impl Rows {
    /// The rows along `axis` of a block of this shape.
    #[must_use]
    pub fn along(axis: usize, shape: &[usize], item_bytes: usize) -> Rows {
        Rows::of(&shape[..axis.min(shape.len())], shape.get(axis + 1..).unwrap_or_default(), item_bytes)
    }

    /// The rows of a block with axes `before` and `after` those that are indexed.
    #[must_use]
    pub fn of(before: &[usize], after: &[usize], item_bytes: usize) -> Rows {
        let row_bytes = size_of(after).saturating_mul(item_bytes);
        // Rows of nothing need not be walked as often as the axes before them say.
        let outer = if row_bytes == 0 { size_of(before).min(1) } else { size_of(before) };
        Rows { outer, row_bytes }
    }

    /// Bytes of `count` indices along the axis.
    #[must_use]
    pub fn bytes(&self, count: usize) -> usize {
        size_of(&[self.outer, count, self.row_bytes])
    }

    /// Copies the rows at `indices` of a source with `length` indices to a target with as many as the list.
    ///
    /// # Errors
    /// [`ElementError::SizeMismatch`] for sides of other sizes; [`ElementError::RunOutOfRange`] for an index beyond
    /// `length`, with the rows before it copied.
    pub fn gather(
        &self,
        source: &[u8],
        length: usize,
        indices: &[u64],
        target: &mut [u8],
    ) -> Result<(), ElementError> {
        self.expect(source, length)?;
        self.expect(target, indices.len())?;
        self.each(length, indices, |row, listed| {
            target[listed..listed + self.row_bytes].copy_from_slice(&source[row..row + self.row_bytes]);
        })
    }

    /// Copies the rows of a source with as many as the list to `indices` of a target with `length` indices: what
    /// [`Rows::gather`] undoes. Where an index stands twice, the later row stays.
    ///
    /// # Errors
    /// As [`Rows::gather`].
    pub fn scatter(
        &self,
        source: &[u8],
        target: &mut [u8],
        length: usize,
        indices: &[u64],
    ) -> Result<(), ElementError> {
        self.expect(source, indices.len())?;
        self.expect(target, length)?;
        self.each(length, indices, |row, listed| {
            target[row..row + self.row_bytes].copy_from_slice(&source[listed..listed + self.row_bytes]);
        })
    }

    /// Calls `copy` with the first byte of every row of the side with `length` indices, and of the other.
    fn each(
        &self,
        length: usize,
        indices: &[u64],
        mut copy: impl FnMut(usize, usize),
    ) -> Result<(), ElementError> {
        let outer = if indices.is_empty() { 0 } else { self.outer };
        for outer in 0..outer {
            let (whole, listed) = (outer * length, outer * indices.len());
            for (place, &index) in indices.iter().enumerate() {
                let row = usize::try_from(index).ok().filter(|index| *index < length);
                let row =
                    row.ok_or(ElementError::RunOutOfRange { axis: 0, index: i128::from(index), length })?;
                copy((whole + row) * self.row_bytes, (listed + place) * self.row_bytes);
            }
        }
        Ok(())
    }

    pub(super) fn expect(&self, side: &[u8], count: usize) -> Result<(), ElementError> {
        let expected_bytes = self.bytes(count);
        if side.len() == expected_bytes {
            return Ok(());
        }
        Err(ElementError::SizeMismatch { expected_bytes, found_bytes: side.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_where_the_list_says_and_back() {
        // Shape [2, 3, 2] of bytes, indexed along its middle axis.
        let source: Vec<u8> = (0..12).collect();
        let rows = Rows::along(1, &[2, 3, 2], 1);
        let mut target = [0; 16];
        rows.gather(&source, 3, &[2, 0, 2, 1], &mut target).expect("indices within the axis");
        assert_eq!(target, [4, 5, 0, 1, 4, 5, 2, 3, 10, 11, 6, 7, 10, 11, 8, 9]);
        let mut back = [0; 12];
        rows.scatter(&target, &mut back, 3, &[2, 0, 2, 1]).expect("indices within the axis");
        assert_eq!(back[..], source);
    }

    #[test]
    fn an_index_beyond_the_axis_is_refused() {
        let rows = Rows::along(0, &[3], 1);
        let refused = rows.gather(&[1, 2, 3], 3, &[3], &mut [0]);
        assert_eq!(refused, Err(ElementError::RunOutOfRange { axis: 0, index: 3, length: 3 }));
        let refused = rows.gather(&[1, 2], 3, &[1], &mut [0]);
        assert_eq!(refused, Err(ElementError::SizeMismatch { expected_bytes: 3, found_bytes: 2 }));
    }
}
