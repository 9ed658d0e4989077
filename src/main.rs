//! The `distarray` program.

fn main() {}
