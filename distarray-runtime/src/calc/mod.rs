//! The language of `distarray calc`: NumPy's expression syntax, read into a small tree of our own.
//!
//! ```
//! let program = distarray_runtime::calc::parse("d = (z - mean(z)) / std(z); d[:2, ::-1]")?;
//! assert_eq!(program.statements.len(), 2);
//! assert_eq!(program.statements[1].to_string(), "d[:2, ::-1]");
//! # Ok::<(), distarray_runtime::calc::CalcError>(())
//! ```

mod error;
mod literal;
mod liveness;
mod parse;
mod range;
mod read;
mod show;
mod syntax;
#[cfg(test)]
mod tests;

pub use error::CalcError;
pub use parse::MAXIMUM_DEPTH;
pub use range::SourceRange;
pub use read::{MAXIMUM_LENGTH_BYTES, is_assignable_name, parse};
pub use syntax::{
    BinaryOperator, ComparisonOperator, Expression, ExpressionKind, Identifier, Index, Keyword,
    LogicalOperator, Program, Slice, Statement, StatementKind, Target, UnaryOperator,
};
