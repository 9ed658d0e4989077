//! NumPy-like arrays spread over ranks: the facade over the workspace's crates.
