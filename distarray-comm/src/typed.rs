//! Messages of elements instead of bytes.

use distarray_core::element::{as_bytes, as_bytes_mut};
use distarray_core::{Element, Plain};

use crate::comm::Comm;
use crate::error::CommError;

impl Comm {
    /// [`send`](Self::send) of elements. Sender and receiver are machines of one byte order.
    ///
    /// # Errors
    /// As there.
    pub fn send_slice<T: Element>(&self, to: usize, tag: u32, elements: &[T]) -> Result<(), CommError> {
        self.send(to, tag, as_bytes(elements))
    }

    /// [`receive_into`](Self::receive_into) of as many elements as `target` has.
    ///
    /// # Errors
    /// As there.
    pub fn receive_slice<T: Plain>(&self, from: usize, tag: u32, target: &mut [T]) -> Result<(), CommError> {
        self.receive_into(from, tag, as_bytes_mut(target))
    }

    /// [`broadcast_into`](Self::broadcast_into) of elements, to all ranks. **Collective.**
    ///
    /// # Errors
    /// As there.
    pub fn broadcast_slice<T: Plain>(&self, root: usize, elements: &mut [T]) -> Result<(), CommError> {
        self.broadcast_into(root, as_bytes_mut(elements))
    }
}
