//! Axes of a product: what they are to the operands, and which can be walked as one.

/// One axis of a product: its length, and from one index to the next in each of the three arrays, in elements.
///
/// What is summed over is an axis that the result has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProductAxis {
    /// How many indices it has.
    pub length: usize,
    /// Its stride in the left operand; nothing if that has not this axis.
    pub left: Option<isize>,
    /// Its stride in the right operand.
    pub right: Option<isize>,
    /// Its stride in the result.
    pub result: Option<isize>,
}

/// What an axis is to a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Of both operands and the result: products of their own, one beside the other.
    Batch,
    /// Of the left operand and the result.
    Row,
    /// Of the right operand and the result.
    Column,
    /// Summed over.
    Inner,
}

impl ProductAxis {
    pub(super) fn role(&self) -> Role {
        match (self.left, self.right, self.result) {
            (_, _, None) => Role::Inner,
            (Some(_), None, Some(_)) => Role::Row,
            (None, _, Some(_)) => Role::Column,
            (Some(_), Some(_), Some(_)) => Role::Batch,
        }
    }

    /// The strides in left operand, right operand and result; 0 where the axis is not there.
    pub(super) fn strides(&self) -> [isize; 3] {
        [self.left, self.right, self.result].map(|stride| stride.unwrap_or(0))
    }

    /// Both axes as one, `inner` the faster, if all three arrays allow it.
    fn joined(&self, inner: &ProductAxis) -> Option<ProductAxis> {
        let follows = self
            .strides()
            .iter()
            .zip(inner.strides())
            .all(|(outer, step)| *outer == step.wrapping_mul(inner.length.cast_signed()));
        follows.then_some(ProductAxis { length: self.length.saturating_mul(inner.length), ..*inner })
    }
}

/// The axes of one role, slowest first, neighbours joined where that is possible; none of length 1.
pub(super) fn joined(axes: &[ProductAxis], role: Role) -> Vec<ProductAxis> {
    let mut left: Vec<ProductAxis> =
        axes.iter().copied().filter(|axis| axis.role() == role && axis.length != 1).collect();
    left.sort_by_key(|axis| std::cmp::Reverse(axis.strides().map(isize::unsigned_abs).into_iter().max()));
    let mut all: Vec<ProductAxis> = Vec::with_capacity(left.len());
    for axis in left {
        match all.last_mut().and_then(|last| Some((last.joined(&axis)?, last))) {
            Some((joined, last)) => *last = joined,
            None => all.push(axis),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_block_are_one_axis() {
        let axis = |length, left, result| ProductAxis {
            length,
            left: Some(left),
            right: None,
            result: Some(result),
        };
        assert_eq!(joined(&[axis(3, 20, 8), axis(4, 5, 2), axis(1, 7, 7)], Role::Row), [axis(12, 5, 2)]);
        assert_eq!(joined(&[axis(3, 20, 9), axis(4, 5, 2)], Role::Row).len(), 2);
        assert!(joined(&[axis(3, 20, 9)], Role::Inner).is_empty());
    }
}
