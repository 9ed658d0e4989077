//! Filling a block with random vectors: the draw of every one in the list.

use super::super::stream::Stream;
use super::super::target::Target;
use super::VectorVariate;
use super::counts::{Multinomial, MultivariateHypergeometric, Shares};
use super::dirichlet::Dirichlet;
use super::normal::MultivariateNormal;
use super::samples::Samples;
use super::unit::{Ball, Circle, Disc, Sphere};
use crate::block::Block;
use crate::element::{Plain, as_bytes_mut};
use crate::error::ElementError;
use crate::kernel::copy::CopyRun;

/// Fills a block with the components of `variate`, the last axis of `global_shape` being theirs; `axes` are the places
/// as in [`each_stretch`](crate::kernel::generate::each_stretch). The block may hold any components of any vectors.
///
/// # Errors
/// [`ElementError::DTypeMismatch`] or [`ElementError::NotInFamily`] for a dtype that the variate does not have: floats
/// are `float32` or `float64`, counts `int64`. [`ElementError::ShapeMismatch`] if the last axis has not one index for
/// each component.
///
/// # Cost
/// Whole vectors are made, also where a block holds a part of their components.
pub fn fill_vectors(
    block: &mut Block,
    variate: &VectorVariate,
    stream: &Stream,
    global_shape: &[usize],
    axes: &[Vec<CopyRun>],
) -> Result<(), ElementError> {
    let (dtype, shape) = (block.dtype(), block.shape().to_vec());
    let bytes = block.as_bytes_mut()?;
    Target { dtype, bytes, stream, global_shape, axes, shape: &shape }.fill_vectors(variate)
}

/// Fills a slice with whole vectors of `variate` from vector `first` on.
///
/// # Errors
/// As [`fill_vectors`]; [`ElementError::ShapeMismatch`] if the slice holds no whole number of vectors.
pub fn fill_vectors_slice<T: Plain>(
    elements: &mut [T],
    variate: &VectorVariate,
    stream: &Stream,
    first: usize,
) -> Result<(), ElementError> {
    let length = variate.length();
    let count = elements.len().checked_div(length).unwrap_or(0);
    if count * length != elements.len() {
        return Err(ElementError::ShapeMismatch {
            expected: vec![count, length],
            found: vec![elements.len()],
        });
    }
    let axes = [vec![CopyRun::piece(count, first, 0)], vec![CopyRun::whole(length)]];
    let bytes = as_bytes_mut(elements);
    let (global_shape, shape) = (&[usize::MAX, length], &[count, length]);
    Target { dtype: T::DTYPE, bytes, stream, global_shape, axes: &axes, shape }.fill_vectors(variate)
}

impl Target<'_> {
    /// Fills it with vectors.
    fn fill_vectors(mut self, variate: &VectorVariate) -> Result<(), ElementError> {
        let (length, global_shape) = (variate.length(), self.global_shape);
        let target = &mut self;
        if global_shape.last() != Some(&length) {
            let found = global_shape.last().copied().into_iter().collect();
            return Err(ElementError::ShapeMismatch { expected: vec![length], found });
        }
        match variate {
            VectorVariate::MultivariateNormal { mean, factor } => {
                target.floats(&Samples(MultivariateNormal { mean, factor }))
            }
            VectorVariate::Dirichlet { alpha } => target.floats(&Samples(Dirichlet::new(alpha))),
            VectorVariate::Multinomial { trials, probabilities } => {
                target.as_they_are(&Samples(Shares(Multinomial::new(*trials, probabilities))))
            }
            VectorVariate::MultivariateHypergeometric { colors, sample } => {
                target.as_they_are(&Samples(Shares(MultivariateHypergeometric::new(colors, *sample))))
            }
            VectorVariate::UnitCircle => target.floats(&Samples(Circle)),
            VectorVariate::UnitDisc => target.floats(&Samples(Disc)),
            VectorVariate::UnitSphere => target.floats(&Samples(Sphere)),
            VectorVariate::UnitBall => target.floats(&Samples(Ball)),
        }
    }
}
