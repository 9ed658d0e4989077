//! Arrays and scalars as NumPy prints them.
//!
//! Large arrays are summarised: only their edges are shown, so only those need to be fetched.
//! [`PrintOptions::needed_indices`] says which they are; [`format_array`] takes them and writes what
//! `print(array)` writes in NumPy 2.
//!
//! ```
//! use distarray_runtime::print::{PrintOptions, format_array};
//! let options = PrintOptions::default();
//! assert_eq!(format_array(&[2, 2], &[1.0, 2.5, -3.0, 4.0], &options)?, "[[ 1.   2.5]\n [-3.   4. ]]");
//! # Ok::<(), distarray_runtime::print::PrintError>(())
//! ```
//!
//! # Source
//! NumPy 2.4, `numpy/_core/arrayprint.py`; agreement is tested on a table made with NumPy.

mod array;
mod digits;
mod float;
mod options;
mod printable;

pub use array::{PrintError, format_array};
pub use options::PrintOptions;
pub use printable::Printable;
