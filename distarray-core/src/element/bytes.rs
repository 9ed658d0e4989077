//! Slices of elements seen as bytes, and bytes seen as elements: one of the few files with `unsafe`.

use crate::element::{Element, Plain};
use crate::error::ElementError;

/// The elements that `bytes` are.
///
/// # Errors
/// [`ElementError::SizeMismatch`] if they are not a whole number of elements,
/// [`ElementError::Misaligned`] if they do not begin at an address for this type, and
/// [`ElementError::InvalidBool`] if one is no bool.
///
/// # Cost
/// Nothing, except for `bool`, where every byte is looked at.
pub fn slice_of<T: Element>(bytes: &[u8]) -> Result<&[T], ElementError> {
    if bytes.is_empty() {
        return Ok(&[]);
    }
    check::<T>(bytes)?;
    // SAFETY: `check` saw that address and length are right and that the bytes are values of `T`; they
    // stay borrowed, hence unchanged, for as long as the result lives.
    Ok(unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len() / size_of::<T>()) })
}

/// The elements that `bytes` are, to be changed.
///
/// # Errors
/// As [`slice_of`].
pub fn slice_of_mut<T: Element>(bytes: &mut [u8]) -> Result<&mut [T], ElementError> {
    if bytes.is_empty() {
        return Ok(&mut []);
    }
    check::<T>(bytes)?;
    let count = bytes.len() / size_of::<T>();
    // SAFETY: as in `slice_of`, and the borrow is unique. What is written are values of `T`, and every
    // value of `T` is a sequence of initialised bytes.
    Ok(unsafe { std::slice::from_raw_parts_mut(bytes.as_mut_ptr().cast(), count) })
}

/// The bytes of elements, as they lie in memory.
#[must_use]
pub fn as_bytes<T: Element>(elements: &[T]) -> &[u8] {
    // SAFETY: `Stored` promises that there is no padding; the length is that of the slice.
    unsafe { std::slice::from_raw_parts(elements.as_ptr().cast(), size_of_val(elements)) }
}

/// The bytes of elements, to be changed: not for `bool`, of which not every byte is a value.
#[must_use]
pub fn as_bytes_mut<T: Plain>(elements: &mut [T]) -> &mut [u8] {
    let length = size_of_val(elements);
    // SAFETY: as in `as_bytes`; `AnyBits` promises that whatever is written is a value.
    unsafe { std::slice::from_raw_parts_mut(elements.as_mut_ptr().cast(), length) }
}

/// Whether `bytes` are a slice of `T`: length, address, values.
fn check<T: Element>(bytes: &[u8]) -> Result<(), ElementError> {
    let rest = bytes.len() % size_of::<T>();
    if rest != 0 {
        return Err(ElementError::SizeMismatch {
            expected_bytes: bytes.len() - rest,
            found_bytes: bytes.len(),
        });
    }
    if !bytes.as_ptr().cast::<T>().is_aligned() {
        return Err(ElementError::Misaligned { dtype: T::DTYPE, alignment_bytes: align_of::<T>() });
    }
    T::validate(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_bools_are_checked() {
        assert_eq!(slice_of::<bool>(&[0, 1, 1]), Ok(&[false, true, true][..]));
        assert_eq!(slice_of::<bool>(&[0, 1, 7]), Err(ElementError::InvalidBool { index: 2, value: 7 }));
    }

    #[test]
    fn length_and_address_are_checked() {
        let values = [1.0_f64, 2.0];
        let bytes = as_bytes(&values);
        assert_eq!(slice_of::<f64>(bytes), Ok(&values[..]));
        assert!(matches!(
            slice_of::<f64>(&bytes[..12]),
            Err(ElementError::SizeMismatch { found_bytes: 12, .. })
        ));
        assert!(matches!(slice_of::<f64>(&bytes[4..12]), Err(ElementError::Misaligned { .. })));
    }
}
