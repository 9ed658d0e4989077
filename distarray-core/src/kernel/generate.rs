//! Generating elements from their global indices.

use crate::block::Block;
use crate::dispatch;
use crate::dtype::DType;
use crate::element::Element;
use crate::element::convert::Convert;
use crate::error::ElementError;
use crate::kernel::copy::CopyRun;
use crate::scalar::Scalar;

/// What an element is made of, given its flat index in the whole array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progression {
    /// `start + index * ((start + step) - start)`, as NumPy's `arange` computes it.
    Steps {
        /// The value at index 0.
        start: Scalar,
        /// What is added from one index to the next; of the same dtype.
        step: Scalar,
    },
    /// `index * step + start` in float64, and `stop` at the last index, as NumPy's `linspace`.
    Points {
        /// The value at index 0.
        start: f64,
        /// The value at index `count - 1`.
        stop: f64,
        /// The number of elements of the whole array.
        count: usize,
    },
}

/// Calls `visit` for every stretch of consecutive elements of a block whose places `axes` gives: in
/// each [`CopyRun`] `source` is a global index and `target` a local one. The arguments are the global
/// index of the first element, its flat place in the block, and the length of the stretch.
pub fn each_stretch(
    axes: &[Vec<CopyRun>],
    local_shape: &[usize],
    mut visit: impl FnMut(&[usize], usize, usize),
) {
    let ndim = axes.len();
    if local_shape.contains(&0) || axes.iter().any(Vec::is_empty) {
        return;
    }
    let mut strides = vec![1; ndim];
    for axis in (0..ndim.saturating_sub(1)).rev() {
        strides[axis] = strides[axis + 1] * local_shape[axis + 1];
    }
    let mut global = vec![0; ndim];
    if ndim == 0 {
        visit(&global, 0, 1);
        return;
    }
    visit_axis(axes, &strides, 0, 0, &mut global, &mut visit);
}

fn visit_axis(
    axes: &[Vec<CopyRun>],
    strides: &[usize],
    axis: usize,
    flat: usize,
    global: &mut [usize],
    visit: &mut impl FnMut(&[usize], usize, usize),
) {
    for run in &axes[axis] {
        for repeat in 0..run.repeats {
            let source = run.source.wrapping_add_signed(run.source_stride * repeat.cast_signed());
            let target = run.target.wrapping_add_signed(run.target_stride * repeat.cast_signed());
            if axis + 1 == axes.len() {
                global[axis] = source;
                visit(global, flat + target, run.length);
                continue;
            }
            for index in 0..run.length {
                global[axis] = source + index;
                visit_axis(axes, strides, axis + 1, flat + (target + index) * strides[axis], global, visit);
            }
        }
    }
}

/// Fills a block with a progression over the flat (C order) indices of the whole array of
/// `global_shape`; `axes` are the places as in [`each_stretch`].
///
/// # Errors
/// [`ElementError::DTypeMismatch`] if the block has not the dtype of the progression.
pub fn progression(
    block: &mut Block,
    progression: &Progression,
    global_shape: &[usize],
    axes: &[Vec<CopyRun>],
) -> Result<(), ElementError> {
    let shape = block.shape().to_vec();
    let flat_index = |global: &[usize]| {
        global.iter().zip(global_shape).fold(0, |flat, (index, length)| flat * length + index)
    };
    match *progression {
        Progression::Steps { start, step } => {
            let mut fill = Fill { block, axes, shape: &shape, flat_index: &flat_index };
            match (start, step) {
                (Scalar::Float32(start), Scalar::Float32(step)) => {
                    let delta = (start + step) - start;
                    #[expect(clippy::cast_precision_loss, reason = "as NumPy: indices as floats")]
                    fill.with(|index| start + index as f32 * delta)
                }
                (Scalar::Float64(start), Scalar::Float64(step)) => {
                    let delta = (start + step) - start;
                    #[expect(clippy::cast_precision_loss, reason = "as NumPy: indices as floats")]
                    fill.with(|index| start + index as f64 * delta)
                }
                (Scalar::Complex64(start), Scalar::Complex64(step)) => {
                    let delta = (start + step) - start;
                    #[expect(clippy::cast_precision_loss, reason = "as NumPy: indices as floats")]
                    fill.with(|index| start + delta * index as f32)
                }
                (Scalar::Complex128(start), Scalar::Complex128(step)) => {
                    let delta = (start + step) - start;
                    #[expect(clippy::cast_precision_loss, reason = "as NumPy: indices as floats")]
                    fill.with(|index| start + delta * index as f64)
                }
                (start, step) => {
                    // Integers wrap: 64 bits, cut to the dtype's width, are right for all of them.
                    let dtype = start.dtype();
                    let as_integer = |scalar: Scalar| scalar.cast(DType::Int64).value::<i64>();
                    let (start, step) = (as_integer(start)?, as_integer(step)?);
                    dispatch!(dtype, Real(T) => fill.with(|index| {
                        let value: T = start.wrapping_add(step.wrapping_mul(index as i64)).convert();
                        value
                    }))?
                }
            }
        }
        Progression::Points { start, stop, count } => {
            #[expect(clippy::cast_precision_loss, reason = "as NumPy: the number of points as a float")]
            let step = (stop - start) / (count.max(2) - 1) as f64;
            let elements = block.as_mut_slice::<f64>()?;
            each_stretch(axes, &shape, |global, local, length| {
                let first = flat_index(global);
                for (offset, element) in elements[local..local + length].iter_mut().enumerate() {
                    let index = first + offset;
                    #[expect(clippy::cast_precision_loss, reason = "as NumPy: indices as floats")]
                    let value = index as f64 * step + start;
                    *element = if index + 1 == count && count > 1 { stop } else { value };
                }
            });
            Ok(())
        }
    }
}

/// A block to be filled stretch by stretch.
struct Fill<'a, F> {
    block: &'a mut Block,
    axes: &'a [Vec<CopyRun>],
    shape: &'a [usize],
    flat_index: &'a F,
}

impl<F: Fn(&[usize]) -> usize> Fill<'_, F> {
    /// Fills it with `value` of every element's flat index in the whole array.
    fn with<T: Element>(&mut self, value: impl Fn(usize) -> T) -> Result<(), ElementError> {
        let elements = self.block.as_mut_slice::<T>()?;
        each_stretch(self.axes, self.shape, |global, local, length| {
            let first = (self.flat_index)(global);
            for (offset, element) in elements[local..local + length].iter_mut().enumerate() {
                *element = value(first + offset);
            }
        });
        Ok(())
    }
}

/// Fills a block with `function` of every element's global index; `axes` as in [`each_stretch`].
///
/// # Errors
/// [`ElementError::DTypeMismatch`] if the elements are no `T`.
pub fn by_index<T: Element>(
    block: &mut Block,
    axes: &[Vec<CopyRun>],
    mut function: impl FnMut(&[usize]) -> T,
) -> Result<(), ElementError> {
    change_by_index(block, axes, |index, element: &mut T| *element = function(index))
}

/// Calls `change` with every element's global index and the element; `axes` as in [`each_stretch`].
///
/// # Errors
/// As [`by_index`].
pub fn change_by_index<T: Element>(
    block: &mut Block,
    axes: &[Vec<CopyRun>],
    mut change: impl FnMut(&[usize], &mut T),
) -> Result<(), ElementError> {
    let shape = block.shape().to_vec();
    let elements = block.as_mut_slice::<T>()?;
    each_index(axes, &shape, |index, local| change(index, &mut elements[local]));
    Ok(())
}

/// Calls `visit` with every element's global index and the element; `axes` as in [`each_stretch`].
///
/// # Errors
/// As [`by_index`].
pub fn visit_by_index<T: Element>(
    block: &Block,
    axes: &[Vec<CopyRun>],
    mut visit: impl FnMut(&[usize], &T),
) -> Result<(), ElementError> {
    let elements = block.as_slice::<T>()?;
    each_index(axes, block.shape(), |index, local| visit(index, &elements[local]));
    Ok(())
}

/// Calls `visit` with the global index and the flat local place of every element.
fn each_index(axes: &[Vec<CopyRun>], shape: &[usize], mut visit: impl FnMut(&[usize], usize)) {
    let mut index = vec![0; shape.len()];
    each_stretch(axes, shape, |global, local, length| {
        index.copy_from_slice(global);
        for offset in 0..length {
            if let (Some(last), Some(first)) = (index.last_mut(), global.last()) {
                *last = first + offset;
            }
            visit(&index, local + offset);
        }
    });
}
