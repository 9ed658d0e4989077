//! Target: the memory of elements to be filled, of whatever dtype.

use super::layout::Layout;
use super::stream::Stream;
use super::tile::Draw;
use crate::dispatch;
use crate::dtype::DType;
use crate::element::convert::Convert;
use crate::element::{Element, as_bytes, slice_of_mut};
use crate::error::ElementError;
use crate::kernel::copy::CopyRun;
use crate::kernel::simd::{stream_copy, stream_fence};

/// From this many bytes on elements are written past the caches, in which they would not stay.
const STREAMED_BYTES: usize = 32 << 20;
/// Shorter pieces are not worth it.
const STREAMED_PIECE_BYTES: usize = 2048;

/// Elements to be filled.
pub(super) struct Target<'a> {
    pub(super) dtype: DType,
    pub(super) bytes: &'a mut [u8],
    pub(super) stream: &'a Stream,
    pub(super) global_shape: &'a [usize],
    pub(super) axes: &'a [Vec<CopyRun>],
    pub(super) shape: &'a [usize],
}

/// What makes the elements of a layout.
pub(super) trait Make {
    /// What they are computed as.
    type Value: Element;

    /// Makes every element, and has `store` put consecutive ones from a place of the block on.
    fn each(&self, layout: &Layout<'_>, store: impl FnMut(usize, &[Self::Value]));
}

impl<D: Draw> Make for D {
    type Value = <D as Draw>::Value;

    fn each(&self, layout: &Layout<'_>, store: impl FnMut(usize, &[Self::Value])) {
        layout.each(self, store);
    }
}

impl<'a> Target<'a> {
    /// Where the elements belong.
    fn layout(&self) -> Layout<'a> {
        Layout { stream: self.stream, global_shape: self.global_shape, axes: self.axes, shape: self.shape }
    }

    /// Fills a block of a float dtype.
    pub(super) fn floats<M: Make<Value = f64>>(&mut self, maker: &M) -> Result<(), ElementError> {
        if self.dtype == DType::Float64 {
            return self.as_they_are(maker);
        }
        dispatch!(self.dtype, Float(T) => self.converted::<T, M>(maker))?
    }

    /// Fills a block of an integer dtype.
    pub(super) fn integers<M: Make<Value = u64>>(&mut self, maker: &M) -> Result<(), ElementError> {
        let dtype = self.dtype;
        if !dtype.is_integer() {
            return Err(ElementError::NotInFamily { dtype, family: String::from("integer") });
        }
        dispatch!(dtype, Real(T) => self.converted::<T, M>(maker))?
    }

    /// Fills a block whose elements are of the type that they are computed as.
    pub(super) fn as_they_are<M: Make>(&mut self, maker: &M) -> Result<(), ElementError> {
        let streamed = self.bytes.len() >= STREAMED_BYTES;
        if self.dtype != M::Value::DTYPE {
            return Err(ElementError::DTypeMismatch { expected: M::Value::DTYPE, found: self.dtype });
        }
        let layout = self.layout();
        let bytes = &mut *self.bytes;
        maker.each(&layout, |place, values| {
            let source = as_bytes(values);
            let first = place * size_of::<M::Value>();
            let target = &mut bytes[first..first + source.len()];
            if streamed && source.len() >= STREAMED_PIECE_BYTES {
                stream_copy(target, source);
            } else {
                target.copy_from_slice(source);
            }
        });
        if streamed {
            stream_fence();
        }
        Ok(())
    }

    /// Fills a block of elements made of those that are computed.
    fn converted<T, M>(&mut self, maker: &M) -> Result<(), ElementError>
    where
        T: Element,
        M: Make,
        M::Value: Convert<T>,
    {
        let layout = self.layout();
        let elements = slice_of_mut::<T>(self.bytes)?;
        maker.each(&layout, |place, values| {
            for (element, value) in elements[place..].iter_mut().zip(values) {
                *element = value.convert();
            }
        });
        Ok(())
    }
}
