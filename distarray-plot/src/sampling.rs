//! How much of an array a picture needs.

/// Steps along the rows and the columns with which at most `most` of each are left: `a[::rows, ::columns]` is enough
/// for a picture of that size, and the rest of a large array need not be fetched.
///
/// ```
/// use distarray_plot::sample_steps;
/// assert_eq!(sample_steps([3000, 700], 1000), [3, 1]);
/// ```
pub fn sample_steps(shape: [usize; 2], most: usize) -> [usize; 2] {
    shape.map(|length| length.div_ceil(most.max(1)).max(1))
}
