//! The table of elementwise functions.
//!
//! To add one is to add a line to `table.rs`: method, name, other names, number of arguments, type rule, the loops of
//! each family of dtypes, and what it does. Everything else follows from the line: resolution of dtypes
//! ([`Ufunc::resolve`]), programs ([`kernel::elementwise`](crate::kernel::elementwise)), the methods of handles and
//! the names in `calc`, the agreement test, and the page `docs/ufuncs.md`.

mod resolve;
mod rule;
mod table;

pub use resolve::{Argument, Resolution};
pub(crate) use resolve::{harmless_side, literal_bound};
pub use rule::{Domain, Value};
pub use table::Ufunc;
