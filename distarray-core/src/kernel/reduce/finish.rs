//! From a reduction's state to its result.

use crate::block::Block;
use crate::buffer::Pool;
use crate::dtype::DType;
use crate::element::{Element, as_bytes};
use crate::error::ElementError;
use crate::kernel::TILE;
use crate::kernel::cast::cast;
use crate::kernel::reduce::scheme::{HEADER_BYTES, Scheme, planes, with_fold};
use crate::kernel::reduce::sum::rounded;
use crate::kernel::reduce::{Accumulator, Reduction, bins};

impl Accumulator {
    /// The result, of `total_count` elements for each element of the result over all ranks.
    ///
    /// # Errors
    /// [`ElementError::EmptyReduction`] for the smallest or largest of no elements,
    /// [`ElementError::OutOfMemory`].
    pub fn finish(mut self, total_count: u64, pool: &Pool) -> Result<Block, ElementError> {
        if total_count == 0 && self.reduction.needs_elements() && self.geometry.outputs > 0 {
            let reduction = match self.reduction {
                Reduction::Min | Reduction::Max => format!("{}imum", self.reduction),
                other => other.to_string(),
            };
            return Err(ElementError::EmptyReduction { reduction });
        }
        let result_dtype = self.reduction.result_dtype(self.dtype);
        let mut result = Block::uninit(result_dtype, &self.result_shape, pool)?;
        let target = result.as_bytes_mut()?;
        match self.scheme {
            Scheme::Place => {
                let [positions] =
                    planes::<u64, 1>(&mut self.state.as_bytes_mut()[HEADER_BYTES..], self.geometry.outputs)?;
                target.copy_from_slice(as_bytes(positions));
            }
            Scheme::Fold => self.finish_fold(total_count, target)?,
            Scheme::Sum => {
                let outputs = self.geometry.outputs;
                let state = &mut self.state.as_bytes_mut()[HEADER_BYTES..];
                let [high, low] = planes::<f64, 2>(state, outputs)?;
                let sum = |output: usize| rounded(high[output], low[output]);
                finish_sum(self.reduction, self.dtype, total_count, target, sum)?;
            }
            Scheme::Bins => {
                let outputs = self.geometry.outputs;
                let planes =
                    bins::Planes::new(planes(&mut self.state.as_bytes_mut()[HEADER_BYTES..], outputs)?);
                finish_sum(self.reduction, self.dtype, total_count, target, |output| planes.value(output))?;
            }
            Scheme::Moments => self.finish_moments(total_count, target)?,
        }
        Ok(result)
    }

    fn finish_fold(mut self, total_count: u64, target: &mut [u8]) -> Result<(), ElementError> {
        let (reduction, outputs) = (self.reduction, self.geometry.outputs);
        let state = &mut self.state.as_bytes_mut()[HEADER_BYTES..];
        match reduction {
            Reduction::Any | Reduction::All => {
                let [counts] = planes::<i64, 1>(state, outputs)?;
                for (target, count) in target.iter_mut().zip(counts) {
                    let count = count.cast_unsigned();
                    let is_true = match reduction {
                        Reduction::Any => count > 0,
                        _ => count == total_count,
                    };
                    *target = u8::from(is_true);
                }
                Ok(())
            }
            _ => with_fold!(reduction, self.dtype, F => {
                let [states] = planes::<<F as Fold>::State, 1>(state, outputs)?;
                let result_dtype = reduction.result_dtype(self.dtype);
                cast(<F as Fold>::State::DTYPE, as_bytes(states), result_dtype, target)
            }),
        }
    }

    fn finish_moments(mut self, total_count: u64, target: &mut [u8]) -> Result<(), ElementError> {
        let (ddof, is_deviation) = match self.reduction {
            Reduction::Std { ddof } => (ddof, true),
            Reduction::Var { ddof } => (ddof, false),
            _ => (0, false),
        };
        let float = self.reduction.result_dtype(self.dtype).real_part();
        let divisor = total_count.saturating_sub(u64::from(ddof)) as f64;
        let components = self.scheme.components(self.dtype);
        let outputs = self.geometry.outputs;
        let state = &mut self.state.as_bytes_mut()[HEADER_BYTES..];
        let [mean, _, squares, squares_low] = planes::<f64, 4>(state, outputs)?;
        write_floats(float, target, |output| {
            let of_place = |place: usize| {
                // An infinity is infinitely far from any mean, and from itself not even that.
                let is_finite = mean[place].is_finite();
                if is_finite { rounded(squares[place], squares_low[place]) } else { f64::NAN }
            };
            let squares: f64 = (output * components..(output + 1) * components).map(of_place).sum();
            let variance = squares / divisor;
            if is_deviation { variance.sqrt() } else { variance }
        })
    }
}

/// Writes the sums of the outputs, or their means.
fn finish_sum(
    reduction: Reduction,
    dtype: DType,
    total_count: u64,
    target: &mut [u8],
    sum: impl Fn(usize) -> f64,
) -> Result<(), ElementError> {
    let float = reduction.result_dtype(dtype).real_part();
    let is_mean = matches!(reduction, Reduction::Mean | Reduction::ReproducibleMean);
    write_floats(float, target, |output| {
        if !is_mean {
            // The state of no elements is -0.0; their sum is 0.0.
            return if total_count == 0 { 0.0 } else { sum(output) };
        }
        // The count is a complex number as well, with a zero that carries NaN from part to part.
        let other = match (dtype.is_complex(), output % 2) {
            (false, _) => return sum(output) / total_count as f64,
            (true, 0) => sum(output + 1) * 0.0,
            (true, _) => sum(output - 1) * -0.0,
        };
        (sum(output) + other) / total_count as f64
    })
}

/// Writes `value(i)` for every float of the result (complex results are two floats each).
fn write_floats(float: DType, target: &mut [u8], value: impl Fn(usize) -> f64) -> Result<(), ElementError> {
    let mut values = [0.0; TILE];
    let chunk_bytes = TILE * float.size_bytes();
    for (chunk, target) in target.chunks_mut(chunk_bytes).enumerate() {
        let values = &mut values[..target.len() / float.size_bytes()];
        for (place, slot) in values.iter_mut().enumerate() {
            *slot = value(chunk * TILE + place);
        }
        cast(DType::Float64, as_bytes(values), float, target)?;
    }
    Ok(())
}
