//! How much of an array is printed, and which elements that takes.

use std::ops::Range;

/// What NumPy calls print options, with its defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintOptions {
    /// Digits after the decimal point, at most.
    pub precision: usize,
    /// Arrays of more elements are summarised.
    pub threshold: usize,
    /// How many items a summary shows at each end of an axis.
    pub edge_items: usize,
    /// Lines are broken before they are longer, in characters.
    pub line_width: usize,
}

impl Default for PrintOptions {
    fn default() -> Self {
        Self { precision: 8, threshold: 1000, edge_items: 3, line_width: 75 }
    }
}

impl PrintOptions {
    /// Whether an array of this shape is summarised.
    pub fn summarises(&self, shape: &[usize]) -> bool {
        if shape.contains(&0) {
            return false;
        }
        let size = shape.iter().try_fold(1usize, |size, &length| size.checked_mul(length));
        size.is_none_or(|size| size > self.threshold)
    }

    /// Whether an axis of `length` of a summarised array is cut.
    pub(super) fn cuts(&self, length: usize) -> bool {
        length.saturating_sub(self.edge_items) > self.edge_items
    }

    /// The indices along each axis that are shown: one range for an axis that is shown whole, two
    /// (its beginning and its end) for one that is cut. The product of the axes' indices is what has
    /// to be fetched.
    ///
    /// ```
    /// use distarray_runtime::print::PrintOptions;
    /// let options = PrintOptions::default();
    /// assert_eq!(options.needed_indices(&[2, 1000]), [vec![0..2], vec![0..3, 997..1000]]);
    /// assert_eq!(options.needed_indices(&[2, 10]), [vec![0..2], vec![0..10]]);
    /// ```
    pub fn needed_indices(&self, shape: &[usize]) -> Vec<Vec<Range<usize>>> {
        let summarised = self.summarises(shape);
        let needed = |length: usize| {
            if summarised && self.cuts(length) {
                vec![0..self.edge_items, length - self.edge_items..length]
            } else {
                std::iter::once(0..length).collect()
            }
        };
        shape.iter().map(|&length| needed(length)).collect()
    }

    /// How many indices along each axis are shown: the shape of what has to be fetched.
    pub fn needed_shape(&self, shape: &[usize]) -> Vec<usize> {
        let needed = self.needed_indices(shape);
        needed.iter().map(|ranges| ranges.iter().map(ExactSizeIterator::len).sum()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_arrays_are_needed_whole() {
        let options = PrintOptions::default();
        assert_eq!(options.needed_shape(&[1000]), [1000]);
        assert_eq!(options.needed_shape(&[10, 100]), [10, 100]);
        assert_eq!(options.needed_shape(&[]), [0usize; 0]);
        assert_eq!(options.needed_shape(&[0, usize::MAX]), [0, usize::MAX]);
    }

    #[test]
    fn large_arrays_are_needed_at_their_edges() {
        let options = PrintOptions::default();
        assert_eq!(options.needed_indices(&[1001]), [vec![0..3, 998..1001]]);
        assert_eq!(options.needed_shape(&[6, 7, 100, 1]), [6, 6, 6, 1]);
        assert_eq!(options.needed_shape(&[usize::MAX, usize::MAX]), [6, 6]);
        assert!(PrintOptions { threshold: 5, ..options }.summarises(&[2, 3]));
    }
}
