//! The optimiser: which nodes must run, which become one pass, and what must move first.

pub(crate) mod fuse;
pub(crate) mod prune;
