//! Products of matrices and vectors, and of stacks of them.

use super::contract::{Labelled, contract};
use crate::dist_array::DistArray;
use distarray_core::kernel::product::Sums;
use distarray_spmd::{Error, ProductError};
use std::panic::Location;

/// What NumPy's generalised ufuncs say of their operands.
#[derive(Clone, Copy)]
struct Signature {
    function: &'static str,
    text: &'static str,
    /// How many axes each operand has to have.
    needed: [usize; 2],
    /// At how many its last axes that take part are.
    core: [usize; 2],
    /// Which of the core dimensions of the second operand is summed over.
    inner: usize,
}

const MATMUL: Signature =
    Signature { function: "matmul", text: "(n?,k),(k,m?)->(n?,m?)", needed: [1, 1], core: [2, 2], inner: 0 };
const MATVEC: Signature =
    Signature { function: "matvec", text: "(m,n),(n)->(m)", needed: [2, 1], core: [2, 1], inner: 0 };
const VECMAT: Signature =
    Signature { function: "vecmat", text: "(n),(n,m)->(m)", needed: [1, 2], core: [1, 2], inner: 0 };
const VECDOT: Signature =
    Signature { function: "vecdot", text: "(n),(n)->()", needed: [1, 1], core: [1, 1], inner: 0 };

/// Labels of core axes; others count from here.
const ROW: usize = 0;
const COLUMN: usize = 1;
const INNER: usize = 2;
const STACK: usize = 3;

impl DistArray {
    /// The matrix product, NumPy's `@`: the last axis of this array and the last but one of `other` are summed over, the
    /// axes before them are those of stacks and are broadcast. An array of one dimension is one row, or one column, and the
    /// result has no axis for it.
    ///
    /// The dtype is that in which both meet; bools are or of ands, integers wrap.
    ///
    /// # Where the result lies
    /// Where least has to be computed and moved: see [`Product`](distarray_spmd::compute::product::Product). Rows that are
    /// distributed stay so while the other operand comes in panels; tall thin matrices are multiplied where they lie, and
    /// only the small results are added up. [`Context::explain`](crate::Context::explain) says what a product costs.
    ///
    /// # Example
    /// ```
    /// use distarray_comm::threads;
    /// use distarray_lazy::Context;
    ///
    /// let products = threads::run(2, |comm| {
    ///     let context = Context::spmd(&comm)?;
    ///     let a = context.arange(6).reshape(&[2, 3]);
    ///     a.matmul(&a.transpose(())).fetch::<i64>()
    /// })?;
    /// assert_eq!(products[0], ndarray::arr2(&[[5, 14], [14, 50]]).into_dyn());
    /// # Ok::<(), distarray_spmd::Error>(())
    /// ```
    #[track_caller]
    #[must_use]
    pub fn matmul(&self, other: &DistArray) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(self.context(), "matmul", place, self.by_signature(other, MATMUL, Sums::Fast))
    }

    /// As [`DistArray::matmul`], with the same bits on any number of ranks and for any distributions of the operands: the
    /// products of each element are summed in the order of the inner axis.
    ///
    /// # Cost
    /// Several times that of `matmul` for large float matrices; operands that share a distributed inner axis are brought
    /// together in panels where `matmul` would add up the ranks' sums.
    #[track_caller]
    #[must_use]
    pub fn matmul_in_order(&self, other: &DistArray) -> DistArray {
        let place = Location::caller();
        let outcome = self.by_signature(other, MATMUL, Sums::InOrder);
        DistArray::from_outcome(self.context(), "matmul", place, outcome)
    }

    /// Matrices times vectors: the last axis of both is summed over, the axes before are those of stacks.
    #[track_caller]
    #[must_use]
    pub fn matvec(&self, other: &DistArray) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(self.context(), "matvec", place, self.by_signature(other, MATVEC, Sums::Fast))
    }

    /// Vectors, conjugated, times matrices: the last axis of this array and the last but one of `other` are summed over.
    #[track_caller]
    #[must_use]
    pub fn vecmat(&self, other: &DistArray) -> DistArray {
        let place = Location::caller();
        let outcome = self.conjugated().and_then(|own| own.by_signature(other, VECMAT, Sums::Fast));
        DistArray::from_outcome(self.context(), "vecmat", place, outcome)
    }

    /// Vectors, conjugated, times vectors: the last axis of both is summed over.
    #[track_caller]
    #[must_use]
    pub fn vecdot(&self, other: &DistArray) -> DistArray {
        let place = Location::caller();
        let outcome = self.conjugated().and_then(|own| own.by_signature(other, VECDOT, Sums::Fast));
        DistArray::from_outcome(self.context(), "vecdot", place, outcome)
    }

    /// The complex conjugate; the array itself if it is real.
    pub(super) fn conjugated(&self) -> Result<DistArray, Error> {
        Ok(if self.dtype()?.is_complex() { self.conjugate() } else { self.clone() })
    }

    fn by_signature(&self, other: &DistArray, signature: Signature, sums: Sums) -> Result<DistArray, Error> {
        let Signature { function, text, needed, core, inner } = signature;
        let shapes = [self.meta()?.shape(), other.meta()?.shape()];
        for (operand, shape) in shapes.iter().enumerate() {
            let (found, needed) = (shape.len(), needed[operand]);
            if found < needed {
                return Err(ProductError::TooFewDimensions {
                    function,
                    operand,
                    found,
                    signature: text,
                    needed,
                }
                .into());
            }
        }
        let core_of = |operand: usize| core[operand].min(shapes[operand].len());
        let first: &[usize] = if core_of(0) == 2 { &[ROW, INNER] } else { &[INNER] };
        let second: &[usize] = if core_of(1) == 2 { &[INNER, COLUMN] } else { &[INNER] };
        let stack = |operand: usize, core: &[usize]| {
            let count = shapes[operand].len() - core.len();
            // The last axis of stacks is the same in both.
            let labels: Vec<usize> =
                (0..count).rev().map(|place| STACK + place).chain(core.iter().copied()).collect();
            labels
        };
        let left = Labelled::new(self, stack(0, first));
        let right = Labelled::new(other, stack(1, second));
        let (expected, found) = (left.length(INNER).unwrap_or(0), right.length(INNER).unwrap_or(0));
        if expected != found {
            let error =
                ProductError::CoreDimension { function, dimension: inner, signature: text, found, expected };
            return Err(error.into());
        }
        let deeper =
            if shapes[0].len() - first.len() >= shapes[1].len() - second.len() { &left } else { &right };
        let mut result: Vec<usize> = deeper.labels.iter().copied().filter(|label| *label >= STACK).collect();
        result.extend(first.iter().chain(second).filter(|label| **label != INNER));
        contract(self.context(), &left, &right, &result, sums)
    }
}
