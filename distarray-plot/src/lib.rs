//! Pictures of arrays and of how they are distributed.
