//! Looking at a block: as a slice, as an `ndarray` view, element by element.

use ndarray::{ArrayD, ArrayViewD, ArrayViewMutD, IxDyn};

use crate::block::Block;
use crate::element::{Element, slice_of, slice_of_mut};
use crate::error::ElementError;
use crate::scalar::Scalar;

impl Block {
    /// The elements in C order.
    ///
    /// # Errors
    /// [`ElementError::DTypeMismatch`]; [`ElementError::InvalidBool`] if `T` is `bool` and somebody wrote
    /// bytes that are none.
    ///
    /// # Cost
    /// Nothing, except for `bool`, where every byte is looked at.
    pub fn as_slice<T: Element>(&self) -> Result<&[T], ElementError> {
        self.expect::<T>()?;
        slice_of(self.as_bytes())
    }

    /// The elements in C order, to be changed; copied first if the bytes are shared.
    ///
    /// # Errors
    /// As [`Block::as_slice`]; [`ElementError::OutOfMemory`] if there is no memory for the copy.
    pub fn as_mut_slice<T: Element>(&mut self) -> Result<&mut [T], ElementError> {
        self.expect::<T>()?;
        slice_of_mut(self.as_bytes_mut()?)
    }

    /// The elements as an `ndarray` view.
    ///
    /// # Errors
    /// As [`Block::as_slice`].
    pub fn view<T: Element>(&self) -> Result<ArrayViewD<'_, T>, ElementError> {
        let found = self.shape().to_vec();
        ArrayViewD::from_shape(IxDyn(self.shape()), self.as_slice()?).map_err(|_| too_large::<T>(found))
    }

    /// The elements as an `ndarray` view, to be changed.
    ///
    /// # Errors
    /// As [`Block::as_mut_slice`].
    pub fn view_mut<T: Element>(&mut self) -> Result<ArrayViewMutD<'_, T>, ElementError> {
        let shape = self.shape().to_vec();
        ArrayViewMutD::from_shape(IxDyn(&shape), self.as_mut_slice()?).map_err(|_| too_large::<T>(shape))
    }

    /// A copy of the elements as an `ndarray` array.
    ///
    /// # Errors
    /// As [`Block::as_slice`].
    pub fn to_ndarray<T: Element>(&self) -> Result<ArrayD<T>, ElementError> {
        Ok(self.view::<T>()?.to_owned())
    }

    /// One element, by its index along each axis.
    ///
    /// # Errors
    /// [`ElementError::IndexOutOfRange`]; [`ElementError::InvalidBool`].
    pub fn get(&self, index: &[usize]) -> Result<Scalar, ElementError> {
        let is_inside =
            index.len() == self.ndim() && index.iter().zip(self.shape()).all(|(&i, &length)| i < length);
        if !is_inside {
            return Err(ElementError::IndexOutOfRange {
                index: index.to_vec(),
                shape: self.shape().to_vec(),
            });
        }
        let flat = index.iter().zip(self.shape()).fold(0, |flat, (&i, &length)| flat * length + i);
        self.get_flat(flat)
    }

    /// One element, by its position in C order.
    ///
    /// # Errors
    /// As [`Block::get`].
    pub fn get_flat(&self, flat: usize) -> Result<Scalar, ElementError> {
        if flat >= self.size() {
            return Err(ElementError::IndexOutOfRange { index: vec![flat], shape: vec![self.size()] });
        }
        let item_bytes = self.dtype().size_bytes();
        let bytes = &self.as_bytes()[flat * item_bytes..(flat + 1) * item_bytes];
        Scalar::from_bytes(self.dtype(), bytes)
    }

    /// The only element of a block of size one.
    ///
    /// # Errors
    /// [`ElementError::ShapeMismatch`] if there are more or none.
    pub fn to_scalar(&self) -> Result<Scalar, ElementError> {
        if self.size() != 1 {
            return Err(ElementError::ShapeMismatch { expected: Vec::new(), found: self.shape().to_vec() });
        }
        self.get_flat(0)
    }

    fn expect<T: Element>(&self) -> Result<(), ElementError> {
        if self.dtype() == T::DTYPE {
            return Ok(());
        }
        Err(ElementError::DTypeMismatch { expected: T::DTYPE, found: self.dtype() })
    }
}

/// `ndarray` refuses shapes whose axes other than empty ones have too many elements together.
fn too_large<T: Element>(shape: Vec<usize>) -> ElementError {
    ElementError::TooLarge { shape, dtype: T::DTYPE }
}
