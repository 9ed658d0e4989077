//! Pad: what stands around a padded array.

use distarray_core::Scalar;

/// What stands around a padded array.
#[derive(Clone, Debug, PartialEq)]
pub enum Pad {
    /// For each axis the values before and after it, cast to the array's dtype; one pair counts for all axes. In corners
    /// the last axis decides.
    Constant(Vec<(Scalar, Scalar)>),
    /// The nearest element.
    Edge,
    /// The elements mirrored at the outermost ones, which are not repeated.
    Reflect,
    /// The elements mirrored at the border, so that the outermost ones are repeated.
    Symmetric,
    /// The elements from the other end.
    Wrap,
}
