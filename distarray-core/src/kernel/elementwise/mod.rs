//! The fused elementwise pass over flat tiles.
