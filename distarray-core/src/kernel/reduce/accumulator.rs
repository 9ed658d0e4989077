//! Accumulator: a reduction under way.

use crate::block::Block;
use crate::buffer::{Buffer, Pool};
use crate::dtype::DType;
use crate::error::ElementError;
use crate::kernel::reduce::Reduction;

/// A reduction over some axes of a block, fed tile by tile, merged with those of other ranks, finished.
///
/// The result is a function of the block's shape, the axes and the values alone: the tiles may come from a
/// fused pass or from a stored block, on any processor, and give the same bits.
#[derive(Debug)]
pub struct Accumulator {
    reduction: Reduction,
    dtype: DType,
    result_shape: Vec<usize>,
    state: Buffer,
}

impl Accumulator {
    /// A reduction of elements of `dtype` in a local block of `shape` over the axes marked in `reduced`.
    ///
    /// # Errors
    /// [`ElementError::AxisCount`], [`ElementError::OutOfMemory`].
    pub fn start(
        reduction: Reduction,
        dtype: DType,
        shape: &[usize],
        reduced: &[bool],
        pool: &Pool,
    ) -> Result<Accumulator, ElementError> {
        let _ = reduced;
        Ok(Accumulator {
            reduction,
            dtype,
            result_shape: shape.to_vec(),
            state: pool.allocate(0)?,
        })
    }

    /// The dtype of the elements it is fed.
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Adds elements `flat_start..` of the block in C order, as many as `values` holds.
    ///
    /// `values` are elements of the input's dtype (`bool` as bytes, any but 0 true), aligned for it.
    /// `flat_start` is a multiple of [`TILE`](crate::kernel::TILE), and tiles come in increasing order,
    /// each once; several may come in one call.
    ///
    /// # Errors
    /// [`ElementError::Misaligned`], [`ElementError::SizeMismatch`], [`ElementError::RangeOutOfRegion`].
    pub fn add_tile(&mut self, values: &[u8], flat_start: usize) -> Result<(), ElementError> {
        let _ = (values, flat_start);
        Ok(())
    }

    /// The state as bytes that [`Accumulator::merge`] and [`merge_states`] of another rank take.
    pub fn state_bytes(&mut self) -> &[u8] {
        self.state.as_bytes()
    }

    /// Takes in the state of another rank's accumulator of the same reduction, dtype and result shape.
    ///
    /// # Errors
    /// [`ElementError::StateMismatch`].
    pub fn merge(&mut self, other: &[u8]) -> Result<(), ElementError> {
        merge_states(self.reduction, self.dtype, self.state.as_bytes_mut(), other)
    }

    /// The result, of `total_count` elements for each element of the result over all ranks.
    ///
    /// # Errors
    /// [`ElementError::OutOfMemory`]; [`ElementError::EmptyReduction`].
    pub fn finish(self, total_count: u64, pool: &Pool) -> Result<Block, ElementError> {
        let _ = total_count;
        Block::zeros(
            self.reduction.result_dtype(self.dtype),
            &self.result_shape,
            pool,
        )
    }
}

/// Merges the state bytes `other` into `into`, which comes from an earlier rank. Any alignment.
///
/// # Errors
/// [`ElementError::StateMismatch`] if they are not states of the same result shape.
pub fn merge_states(
    reduction: Reduction,
    dtype: DType,
    into: &mut [u8],
    other: &[u8],
) -> Result<(), ElementError> {
    let _ = (reduction, dtype);
    if into.len() == other.len() {
        return Ok(());
    }
    Err(ElementError::StateMismatch {
        expected: into.len(),
        found: other.len(),
    })
}
