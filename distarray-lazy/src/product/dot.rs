//! NumPy's other products of two arrays: `dot`, `inner`, `vdot`, `outer`, `tensordot`, `kron`.

use super::contract::{Labelled, contract};
use crate::dist_array::DistArray;
use crate::elementwise::apply;
use distarray_core::kernel::product::Sums;
use distarray_core::ufunc::Ufunc;
use distarray_spmd::compute::reduce::normalize_axes;
use distarray_spmd::{Error, ProductError};
use std::panic::Location;

impl DistArray {
    /// NumPy's `dot`: over the last axis of this array and the last but one of `other` (its only one, if it has one); with a
    /// 0-d array on either side the elementwise product.
    #[track_caller]
    #[must_use]
    pub fn dot(&self, other: &DistArray) -> DistArray {
        let place = Location::caller();
        let outcome = other.check().and_then(|other| self.along_one(other, other.ndim().saturating_sub(2)));
        DistArray::from_outcome(self.context(), "dot", place, outcome)
    }

    /// NumPy's `inner`: over the last axes of both; with a 0-d array on either side the elementwise product.
    #[track_caller]
    #[must_use]
    pub fn inner(&self, other: &DistArray) -> DistArray {
        let place = Location::caller();
        let outcome = other.check().and_then(|other| self.along_one(other, other.ndim().saturating_sub(1)));
        DistArray::from_outcome(self.context(), "inner", place, outcome)
    }

    /// The sum over all elements, in C order, of the conjugates of this array's times those of `other`, which has as many.
    #[track_caller]
    #[must_use]
    pub fn vdot(&self, other: &DistArray) -> DistArray {
        let place = Location::caller();
        let outcome = self.check().and(other.check()).and_then(|_| {
            let (expected, found) = (self.size(), other.size());
            if expected != found {
                return Err(ProductError::Sizes { found, expected }.into());
            }
            let own = self.conjugated()?;
            let (first, second) = if self.shape() == other.shape() {
                (own, other.clone())
            } else {
                (own.ravel(), other.ravel())
            };
            let labels: Vec<usize> = (0..first.ndim()).collect();
            let (first, second) = (Labelled::new(&first, labels.clone()), Labelled::new(&second, labels));
            contract(self.context(), &first, &second, &[], Sums::Fast)
        });
        DistArray::from_outcome(self.context(), "vdot", place, outcome)
    }

    /// Every element of this array, in C order, times every one of `other`: a matrix, which lies along the operand that is
    /// spread more.
    #[track_caller]
    #[must_use]
    pub fn outer(&self, other: &DistArray) -> DistArray {
        let place = Location::caller();
        let outcome = self.check().and(other.check()).and_then(|_| {
            let (first, second) =
                (Labelled::new(&self.ravel(), vec![0]), Labelled::new(&other.ravel(), vec![1]));
            contract(self.context(), &first, &second, &[0, 1], Sums::Fast)
        });
        DistArray::from_outcome(self.context(), "outer", place, outcome)
    }

    /// The sum of products over pairs of axes: axis `axes.0[k]` of this array with axis `axes.1[k]` of `other`. Negative ones
    /// count from the last. The result has the other axes of this array and then those of `other`.
    #[track_caller]
    #[must_use]
    pub fn tensordot(&self, other: &DistArray, axes: (&[isize], &[isize])) -> DistArray {
        let place = Location::caller();
        let outcome = self.check().and(other.check()).and_then(|_| self.over_pairs(other, axes));
        DistArray::from_outcome(self.context(), "tensordot", place, outcome)
    }

    /// The Kronecker product: blocks of `other`, each times an element of this array. If the numbers of dimensions differ,
    /// the smaller gets axes of one index in front.
    #[track_caller]
    #[must_use]
    pub fn kron(&self, other: &DistArray) -> DistArray {
        let place = Location::caller();
        let outcome = self.check().and(other.check()).and_then(|_| {
            let ndim = self.ndim().max(other.ndim());
            // Axes of one and of the other take turns.
            let spread = |array: &DistArray, place: usize| {
                let missing = ndim - array.ndim();
                let labels: Vec<usize> = (missing..ndim).map(|axis| 2 * axis + place).collect();
                Labelled::new(array, labels)
            };
            let (first, second) = (spread(self, 0), spread(other, 1));
            let all: Vec<usize> = (0..2 * ndim).collect();
            let factors = [first.in_order_of(&all)?, second.in_order_of(&all)?];
            let products = apply(self.context(), Ufunc::Multiply, &factors.map(Into::into));
            let shape: Vec<isize> =
                products.check()?.shape().chunks(2).map(|pair| (pair[0] * pair[1]).cast_signed()).collect();
            Ok(products.reshape(&shape).check()?.clone())
        });
        DistArray::from_outcome(self.context(), "kron", place, outcome)
    }

    /// Over the last axis of this array and `axis` of the other.
    fn along_one(&self, other: &DistArray, axis: usize) -> Result<DistArray, Error> {
        let (first, second) = (self.meta()?.shape(), other.shape());
        let Some(last) = first.len().checked_sub(1).filter(|_| !second.is_empty()) else {
            return Ok(apply(self.context(), Ufunc::Multiply, &[self.into(), other.into()]).check()?.clone());
        };
        if first[last] != second[axis] {
            let (first, mut second) = (first.to_vec(), second.to_vec());
            let mut axes = (last, axis);
            if axis > 0 && axis + 1 == second.len() {
                // NumPy tells of the second operand of `inner` turned round.
                second.swap(axis - 1, axis);
                axes.1 -= 1;
            }
            return Err(ProductError::NotAligned { first, second, axes }.into());
        }
        self.over_pairs(other, (&[last.cast_signed()], &[axis.cast_signed()]))
    }

    fn over_pairs(&self, other: &DistArray, axes: (&[isize], &[isize])) -> Result<DistArray, Error> {
        let places = |array: &DistArray, axes: &[isize]| {
            normalize_axes(axes, array.ndim())?;
            let ndim = array.ndim().cast_signed();
            Ok::<_, Error>(
                axes.iter().map(|axis| axis.rem_euclid(ndim.max(1)).cast_unsigned()).collect::<Vec<_>>(),
            )
        };
        let (first, second) = (places(self, axes.0)?, places(other, axes.1)?);
        let lengths = |array: &DistArray, axes: &[usize]| {
            axes.iter().map(|axis| array.shape()[*axis]).collect::<Vec<_>>()
        };
        let (own, others) = (lengths(self, &first), lengths(other, &second));
        if own != others {
            return Err(ProductError::SumMismatch { first: own, second: others }.into());
        }
        let left: Vec<usize> = (0..self.ndim()).collect();
        let right: Vec<usize> = (0..other.ndim())
            .map(|axis| match second.iter().position(|summed| *summed == axis) {
                Some(pair) => first[pair],
                None => self.ndim() + axis,
            })
            .collect();
        let kept = |labels: &[usize]| {
            labels.iter().copied().filter(|label| !first.contains(label)).collect::<Vec<_>>()
        };
        let result = [kept(&left), kept(&right)].concat();
        let (left, right) = (Labelled::new(self, left), Labelled::new(other, right));
        contract(self.context(), &left, &right, &result, Sums::Fast)
    }

    /// The last `count` axes of this array with the first ones of `other`, as [`DistArray::tensordot`].
    #[track_caller]
    #[must_use]
    pub fn tensordot_last(&self, other: &DistArray, count: usize) -> DistArray {
        let count = count.cast_signed();
        let axes: (Vec<isize>, Vec<isize>) = ((-count..0).collect(), (0..count).collect());
        self.tensordot(other, (&axes.0, &axes.1))
    }
}
