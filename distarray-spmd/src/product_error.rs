//! ProductError: what can be wrong with a product of arrays, in NumPy's words.

use std::fmt::Write;

/// Operands of a product that do not fit together, or a description of one that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProductError {
    /// An operand lacks axes that the product needs.
    #[error(
        "{function}: Input operand {operand} does not have enough dimensions (has {found}, gufunc core with \
         signature {signature} requires {needed})"
    )]
    TooFewDimensions {
        /// The function.
        function: &'static str,
        /// Which operand.
        operand: usize,
        /// How many dimensions it has.
        found: usize,
        /// The function's signature.
        signature: &'static str,
        /// How many it has to have.
        needed: usize,
    },
    /// Two axes that are summed over together differ in length.
    #[error(
        "{function}: Input operand 1 has a mismatch in its core dimension {dimension}, with gufunc signature \
         {signature} (size {found} is different from {expected})"
    )]
    CoreDimension {
        /// The function.
        function: &'static str,
        /// Which of the core dimensions of the second operand.
        dimension: usize,
        /// The function's signature.
        signature: &'static str,
        /// Its length.
        found: usize,
        /// The length in the first operand.
        expected: usize,
    },
    /// The same for functions that are no ufuncs.
    #[error(
        "shapes {} and {} not aligned: {} (dim {}) != {} (dim {})",
        tuple(first), tuple(second), first[axes.0], axes.0, second[axes.1], axes.1
    )]
    NotAligned {
        /// Shape of the first operand.
        first: Vec<usize>,
        /// Shape of the second operand.
        second: Vec<usize>,
        /// The axes that differ.
        axes: (usize, usize),
    },
    /// `vdot` of arrays of unequal sizes.
    #[error("cannot reshape array of size {found} into shape ({expected},)")]
    Sizes {
        /// Size of the second operand.
        found: usize,
        /// Size of the first.
        expected: usize,
    },
    /// `tensordot` along axes that do not fit.
    #[error("shape-mismatch for sum")]
    SumMismatch {
        /// Lengths of the axes of the first operand.
        first: Vec<usize>,
        /// Those of the second.
        second: Vec<usize>,
    },
    /// Axes that are walked together differ in length.
    #[error("operands could not be broadcast together with shapes {}", tuples(shapes))]
    NotBroadcastable {
        /// Shapes of the operands.
        shapes: Vec<Vec<usize>>,
    },
    /// A character that is no letter.
    #[error("invalid subscript '{subscript}' in einstein sum subscripts string, subscripts must be letters")]
    Subscript {
        /// The character.
        subscript: char,
    },
    /// A full stop that stands alone.
    #[error(
        "einstein sum subscripts string contains a '.' that is not part of an ellipsis ('...') in {}",
        side(*operand)
    )]
    LoneDot {
        /// Which operand; nothing for the output.
        operand: Option<usize>,
    },
    /// More letters than the operand has axes.
    #[error("einstein sum subscripts string contains too many subscripts for operand {operand}")]
    TooManySubscripts {
        /// Which operand.
        operand: usize,
    },
    /// Fewer letters than the operand has axes, and no ellipsis.
    #[error(
        "operand has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to \
         broadcast the extra dimensions."
    )]
    TooFewSubscripts {
        /// Which operand.
        operand: usize,
    },
    /// An ellipsis that stands for axes that the output lacks.
    #[error(
        "output has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to \
         broadcast the extra dimensions."
    )]
    NoOutputEllipsis {
        /// How many axes the ellipses of the operands stand for.
        dimensions: usize,
    },
    /// Subscripts for another number of operands.
    #[error(
        "{} operands provided to einstein sum function than specified in the subscripts string",
        if found > specified { "more" } else { "fewer" }
    )]
    OperandCount {
        /// How many were given.
        found: usize,
        /// For how many there are subscripts.
        specified: usize,
    },
    /// A letter of the output that no operand has.
    #[error(
        "einstein sum subscripts string included output subscript '{subscript}' which never appeared in an input"
    )]
    UnknownOutput {
        /// The letter.
        subscript: char,
    },
    /// A letter that the output has more than once.
    #[error("einstein sum subscripts string includes output subscript '{subscript}' multiple times")]
    OutputTwice {
        /// The letter.
        subscript: char,
    },
    /// A letter that stands for two axes of one operand, of unequal lengths.
    #[error(
        "dimensions in operand {operand} for collapsing index '{subscript}' don't match ({first} != {second})"
    )]
    Collapsing {
        /// Which operand.
        operand: usize,
        /// The letter.
        subscript: char,
        /// Length of the first of the axes.
        first: usize,
        /// Length of a later one.
        second: usize,
    },
}

fn side(operand: Option<usize>) -> String {
    operand.map_or_else(|| "the output".to_owned(), |operand| format!("operand {operand}"))
}

/// A shape as Python writes it.
fn tuple(shape: &[usize]) -> String {
    let mut text = String::from("(");
    for (axis, length) in shape.iter().enumerate() {
        let separator = if axis > 0 { "," } else { "" };
        // Writing into a text does not fail.
        let _ = write!(text, "{separator}{length}");
    }
    text.push_str(if shape.len() == 1 { ",)" } else { ")" });
    text
}

fn tuples(shapes: &[Vec<usize>]) -> String {
    shapes.iter().map(|shape| tuple(shape)).collect::<Vec<_>>().join(" ")
}
