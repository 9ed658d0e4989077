//! The fused elementwise pass over flat tiles.
//!
//! A [`Program`] is written by a [`ProgramBuilder`]: instructions in single-assignment form, as data. [`run`]
//! makes a plan of it for the way its operands lie and takes each tile of the iteration shape through the
//! plan's steps while it is in the cache nearest to the processor:
//!
//! - contiguous operands are read where they are by the kernel that uses them; strided and broadcast ones
//!   are loaded into a register of one tile; what is the same everywhere is computed once;
//! - pairs of additions, subtractions and multiplications of floats become one loop, each operation rounded
//!   by itself;
//! - the last kernel writes its output where it belongs, or, where the outputs are larger than the caches,
//!   past them; every step asks for its share of the next tile's inputs;
//! - reductions are fed tile by tile.
//!
//! A kernel is called once per step and tile; nothing is decided per element.

mod builder;
mod few;
mod fuse;
mod load;
mod machine;
mod operand;
mod output;
mod pass;
mod plan;
pub(in crate::kernel) mod prefetch;
mod program;
mod stop;

pub use builder::{BuilderArgument, ProgramBuilder};
pub use operand::Operand;
pub use output::Output;
pub use pass::{StorePolicy, run, run_with};
pub use program::{Instruction, Program, ReductionOutput, Register};
pub use stop::{PassError, Stop};
