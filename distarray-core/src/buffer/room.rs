//! Room for lists, asked for in a way that may be refused.

use crate::error::ElementError;

/// An empty vector with room for `count` elements.
///
/// # Errors
/// [`ElementError::OutOfMemory`].
pub fn room_for<T>(count: usize) -> Result<Vec<T>, ElementError> {
    let mut room = Vec::new();
    reserve(&mut room, count)?;
    Ok(room)
}

/// Makes room for `more` elements in a vector.
///
/// # Errors
/// [`ElementError::OutOfMemory`]; the vector is as before.
pub fn reserve<T>(vector: &mut Vec<T>, more: usize) -> Result<(), ElementError> {
    vector.try_reserve(more).map_err(|_| ElementError::OutOfMemory {
        requested_bytes: (vector.len() as u64 + more as u64).saturating_mul(size_of::<T>() as u64),
        held_bytes: 0,
        limit_bytes: None,
    })
}
