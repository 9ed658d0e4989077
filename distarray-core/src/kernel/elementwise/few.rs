//! Few: a list that is short in most programs.

use smallvec::SmallVec;

/// A list that takes no memory of its own while it is short: a pass over a small array takes little longer
/// than its preparation, most of which would be spent on such memory.
pub(super) type Few<T> = SmallVec<[T; 8]>;
