//! Norms of vectors and matrices that are reductions.

use super::Axes;
use crate::dist_array::DistArray;
use distarray_core::Reduction;
use distarray_spmd::Error;
use std::panic::Location;

/// Which norm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Norm {
    /// The root of the sum of squared magnitudes, of all elements or along axes.
    Euclidean,
    /// Of a vector the `p`-th root of the sum of `p`-th powers of magnitudes: 1, 2, infinite (the largest magnitude), minus
    /// infinite (the smallest), 0 (how many are not zero). Of a matrix 1 and -1 are the largest and smallest sum of a
    /// column, infinities those of a row.
    Order(f64),
}

impl DistArray {
    /// The norm along one axis (of vectors), two axes (of matrices), or for `()` of all elements, as NumPy's
    /// `linalg.norm`; with `keepdims` the reduced axes stay with length 1.
    ///
    /// Matrix norms that need singular values (2, -2, nuclear) are refused.
    #[track_caller]
    #[must_use]
    pub fn norm(&self, norm: Norm, axes: impl Into<Axes>, keepdims: bool) -> DistArray {
        let place = Location::caller();
        let outcome = self.try_norm(norm, axes.into(), keepdims);
        DistArray::from_outcome(self.context(), "norm", place, outcome)
    }

    fn try_norm(&self, norm: Norm, axes: Axes, keepdims: bool) -> Result<DistArray, Error> {
        let ndim = self.meta()?.shape().len();
        let dtype = Reduction::Mean.result_dtype(self.dtype()?);
        let x = self.astype(dtype);
        let order = match norm {
            Norm::Euclidean => {
                return Ok(x.squared_magnitude().reduce(Reduction::Sum, axes, keepdims).sqrt());
            }
            Norm::Order(order) => order,
        };
        let numbers = match &axes {
            Axes::All if ndim > 2 => return Err(improper(format!("{ndim} dimensions"))),
            axes => axes.numbers(ndim)?,
        };
        // In the order in which they were named: rows first.
        let named: Vec<isize> = match axes {
            Axes::Some(named) => named,
            Axes::All => numbers.iter().map(|axis| axis.cast_signed()).collect(),
        };
        match named[..] {
            [axis] => x.vector_norm(order, axis, keepdims),
            [row, column] => x.matrix_norm(order, (row, column), keepdims),
            _ => Err(improper(format!("{} axes", named.len()))),
        }
    }

    fn vector_norm(&self, order: f64, axis: isize, keepdims: bool) -> Result<DistArray, Error> {
        let over = |array: &DistArray, reduction| array.reduce(reduction, axis, keepdims);
        let result = if order == f64::INFINITY {
            over(&self.abs(), Reduction::Max)
        } else if order == f64::NEG_INFINITY {
            over(&self.abs(), Reduction::Min)
        } else if order == 0.0 {
            let real = self.dtype()?.real_part();
            over(&self.not_equal(0).astype(real), Reduction::Sum)
        } else if order == 1.0 {
            over(&self.abs(), Reduction::Sum)
        } else if order == 2.0 {
            over(&self.squared_magnitude(), Reduction::Sum).sqrt()
        } else {
            over(&self.abs().power(order), Reduction::Sum).power(1.0 / order)
        };
        result.check()?;
        Ok(result)
    }

    fn matrix_norm(
        &self,
        order: f64,
        (row, column): (isize, isize),
        keepdims: bool,
    ) -> Result<DistArray, Error> {
        let (summed, chosen) = if order.abs() == 1.0 { (row, column) } else { (column, row) };
        if order.abs() != 1.0 && !order.is_infinite() {
            return Err(improper(format!("order {order} of a matrix")));
        }
        let reduction = if order > 0.0 { Reduction::Max } else { Reduction::Min };
        let sums = self.abs().reduce(Reduction::Sum, summed, true);
        let norm = sums.reduce(reduction, chosen, true);
        norm.check()?;
        Ok(if keepdims { norm } else { norm.squeeze([row, column]) })
    }

    /// `|x|^2`, of complex numbers without a root on the way.
    fn squared_magnitude(&self) -> DistArray {
        if self.dtype().is_ok_and(|dtype| dtype.is_complex()) {
            self.real().square() + self.imag().square()
        } else {
            self.square()
        }
    }
}

fn improper(value: String) -> Error {
    Error::Value {
        what: "norm",
        value,
        reason: "Improper number of dimensions to norm, or an order that needs singular values",
    }
}
