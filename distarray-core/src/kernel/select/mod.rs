//! Selecting: rows of an array by index arrays.

mod buckets;
mod gather;
mod indices;
mod lookup;
mod mask;
mod rows;
mod scatter;

pub use buckets::{BucketsMut, Records, RowNumbers, bucket_starts, count_by_part, fill_buckets};
pub use gather::{Part, gather};
pub use indices::Indices;
pub use lookup::{AxisLookup, AxisTable};
pub use mask::{compress, count_true, positions};
pub use rows::Rows;
pub use scatter::{Listed, RowsMut, Scatter, gather_listed};
