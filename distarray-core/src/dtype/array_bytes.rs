//! How many bytes an array has.

use crate::dtype::DType;
use crate::error::ElementError;

impl DType {
    /// The bytes of an array of `shape`.
    ///
    /// # Errors
    /// [`ElementError::TooLarge`] if they exceed `isize::MAX`.
    pub fn array_bytes(self, shape: &[usize]) -> Result<usize, ElementError> {
        let too_large = || ElementError::TooLarge { shape: shape.to_vec(), dtype: self };
        if shape.contains(&0) {
            return Ok(0);
        }
        shape
            .iter()
            .try_fold(self.size_bytes(), |bytes, &length| bytes.checked_mul(length))
            .filter(|&bytes| isize::try_from(bytes).is_ok())
            .ok_or_else(too_large)
    }
}
