//! `Fix`: what makes the bytes of a file this machine's elements.

use distarray_core::DType;
use distarray_core::kernel::bytes::{make_bools, swap_bytes};

use crate::header::Header;

/// What must be done with bytes of a file before they are elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fix {
    Nothing,
    /// Turn round the bytes of each number of this many bytes.
    Swap(usize),
    /// Every byte but 0 means true.
    Truth,
}

impl Fix {
    /// What the elements of a file need.
    pub(crate) fn of(header: &Header) -> Self {
        if header.dtype == DType::Bool {
            Fix::Truth
        } else if header.is_swapped() {
            Fix::Swap(header.dtype.real_part().size_bytes())
        } else {
            Fix::Nothing
        }
    }

    /// Does it to whole elements.
    pub(crate) fn apply(self, bytes: &mut [u8]) {
        match self {
            Fix::Nothing => {}
            Fix::Swap(number_bytes) => swap_bytes(number_bytes, bytes),
            Fix::Truth => make_bools(bytes),
        }
    }
}
