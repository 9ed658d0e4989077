//! The loops over contiguous elements: once per operation, element type and CPU variant.

use super::{Binary, Unary};
use crate::element::Plain;

crate::multiversion! {
    /// `output = F(input)`, as far as both reach.
    pub(super) fn unary<T: Plain, F: Unary<T>>(input: &[T], output: &mut [F::Output]) {
        for (x, out) in input.iter().zip(output.iter_mut()) {
            *out = F::apply(*x);
        }
    }

    /// `output = F(left, right)`, as far as all three reach.
    pub(super) fn binary<T: Plain, F: Binary<T>>(left: &[T], right: &[T], output: &mut [F::Output]) {
        for ((x, y), out) in left.iter().zip(right).zip(output.iter_mut()) {
            *out = F::apply(*x, *y);
        }
    }

    /// `output = F(left, right)` with the same right side for all elements.
    pub(super) fn binary_single_right<T: Plain, F: Binary<T>>(left: &[T], right: T, output: &mut [F::Output]) {
        for (x, out) in left.iter().zip(output.iter_mut()) {
            *out = F::apply(*x, right);
        }
    }

    /// `output = F(left, right)` with the same left side for all elements.
    pub(super) fn binary_single_left<T: Plain, F: Binary<T>>(left: T, right: &[T], output: &mut [F::Output]) {
        for (y, out) in right.iter().zip(output.iter_mut()) {
            *out = F::apply(left, *y);
        }
    }

    /// `output = condition ? yes : no`, as far as all four reach; any byte but 0 is true.
    pub(super) fn select<T: Plain>(condition: &[u8], yes: &[T], no: &[T], output: &mut [T]) {
        let branches = yes.iter().zip(no);
        for ((condition, (yes, no)), out) in condition.iter().zip(branches).zip(output.iter_mut()) {
            *out = if *condition != 0 { *yes } else { *no };
        }
    }
}
