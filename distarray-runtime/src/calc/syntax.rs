//! The tree of a program: statements, expressions, and the place in the text each came from.

use super::range::SourceRange;

/// A program: statements to be run one after the other. The value of a last bare expression is what
/// the program prints.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// The statements in the order of the text; at least one.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// Its place in the text.
    pub range: SourceRange,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `target = value`, or `first = second = value`: assigned from left to right.
    Assign {
        /// What is assigned to; at least one.
        targets: Vec<Target>,
        /// The value.
        value: Expression,
    },
    /// `target += value` and its kin. The target is a name or a subscript.
    Update {
        /// What is changed.
        target: Target,
        /// The operator in front of `=`.
        operator: BinaryOperator,
        /// The operand on the right.
        value: Expression,
    },
    /// A bare expression.
    Expression(Expression),
}

/// What stands to the left of `=`.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// `name = ..`.
    Name(Identifier),
    /// `name[indices] = ..`: changes elements of the array that `object` names.
    Subscript {
        /// The array that is changed.
        object: Identifier,
        /// Which elements; see [`ExpressionKind::Subscript`].
        indices: Vec<Index>,
        /// The place of the whole target.
        range: SourceRange,
    },
    /// `first, second = ..`: unpacks a result of several values.
    Tuple {
        /// The parts, in order.
        parts: Vec<Target>,
        /// The place of the whole target.
        range: SourceRange,
    },
}

/// A name and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// The name.
    pub name: String,
    /// Its place.
    pub range: SourceRange,
}

/// An expression and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Its place in the text.
    pub range: SourceRange,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpressionKind {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// A whole number, never negative (`-1` is a [`Unary`](Self::Unary)).
    Integer(i128),
    /// A number with a point or an exponent.
    Float(f64),
    /// `2j`: the imaginary part. `1 + 2j` is a [`Binary`](Self::Binary).
    Imaginary(f64),
    /// A text, such as a dtype's name.
    String(String),
    /// `...` outside of a subscript.
    Ellipsis,
    /// A name: a variable of the program, or else a function, a constant or a dtype.
    Name(String),
    /// `np.sin`, `np.linalg.norm`: what follows `np.`, looked up among functions, constants and
    /// dtypes only, never among the program's variables.
    Library(String),
    /// `-a`, `+a`, `~a`, `not a`.
    Unary {
        /// The operator.
        operator: UnaryOperator,
        /// What it is applied to.
        operand: Box<Expression>,
    },
    /// `a + b` and its kin.
    Binary {
        /// The left operand.
        left: Box<Expression>,
        /// The operator.
        operator: BinaryOperator,
        /// The right operand.
        right: Box<Expression>,
    },
    /// `a < b`, or a chain `a < b <= c`, which means `a < b and b <= c` with `b` computed once.
    Comparison {
        /// The operands: one more than operators.
        operands: Vec<Expression>,
        /// The operators between them; more than one in a chain.
        operators: Vec<ComparisonOperator>,
    },
    /// `a and b and c`: needs single truth values, see [`CalcError::ambiguous_truth`].
    ///
    /// [`CalcError::ambiguous_truth`]: super::CalcError::ambiguous_truth
    Logical {
        /// The operator, the same between all operands.
        operator: LogicalOperator,
        /// Two operands or more.
        operands: Vec<Expression>,
    },
    /// `function(a, b, axis=0)`. A method call is a call of an [`Attribute`](Self::Attribute).
    Call {
        /// What is called.
        function: Box<Expression>,
        /// Arguments by position.
        arguments: Vec<Expression>,
        /// Arguments by name; no name occurs twice.
        keywords: Vec<Keyword>,
    },
    /// `object.name`.
    Attribute {
        /// The value whose attribute is meant.
        object: Box<Expression>,
        /// The attribute.
        name: Identifier,
    },
    /// `object[indices]`.
    Subscript {
        /// The value that is indexed.
        object: Box<Expression>,
        /// One entry per index: `a[1, ::2]` has two, `a[(1, 2)]` has two as well (as in Python),
        /// `a[()]` has none.
        indices: Vec<Index>,
    },
    /// `(a, b)`.
    Tuple(Vec<Expression>),
    /// `[a, b]`.
    List(Vec<Expression>),
}

/// An argument given by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyword {
    /// The parameter's name.
    pub name: Identifier,
    /// The argument.
    pub value: Expression,
}

/// One entry between the brackets of a subscript.
#[derive(Clone, Debug, PartialEq)]
pub enum Index {
    /// `start:stop:step`.
    Slice(Slice),
    /// `...`: as many whole axes as are left.
    Ellipsis(SourceRange),
    /// `None` or `newaxis`: a new axis of length 1.
    NewAxis(SourceRange),
    /// Anything else: an integer, an array of integers, a mask.
    Expression(Expression),
}

/// `start:stop:step`, each of which may be left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// The first index.
    pub start: Option<Expression>,
    /// The index at which to stop.
    pub stop: Option<Expression>,
    /// The distance between indices.
    pub step: Option<Expression>,
    /// The place in the text.
    pub range: SourceRange,
}

/// An operator in front of its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOperator {
    /// `-a`
    Negative,
    /// `+a`
    Positive,
    /// `~a`
    Invert,
    /// `not a`: needs a single truth value.
    Not,
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `@`
    MatrixMultiply,
    /// `/`
    Divide,
    /// `//`
    FloorDivide,
    /// `%`
    Remainder,
    /// `**`
    Power,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `&`
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
}

/// An operator that compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ComparisonOperator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

/// `and` or `or`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogicalOperator {
    /// `and`
    And,
    /// `or`
    Or,
}

impl Target {
    /// The place of the target.
    pub fn range(&self) -> SourceRange {
        match self {
            Self::Name(name) => name.range,
            Self::Subscript { range, .. } | Self::Tuple { range, .. } => *range,
        }
    }
}

impl Index {
    /// The place of the index.
    pub fn range(&self) -> SourceRange {
        match self {
            Self::Slice(slice) => slice.range,
            Self::Ellipsis(range) | Self::NewAxis(range) => *range,
            Self::Expression(expression) => expression.range,
        }
    }
}

impl UnaryOperator {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Negative => "-",
            Self::Positive => "+",
            Self::Invert => "~",
            Self::Not => "not",
        }
    }

    /// The name of the NumPy function that does the same.
    pub fn function_name(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::Positive => "positive",
            Self::Invert => "invert",
            Self::Not => "logical_not",
        }
    }
}

impl BinaryOperator {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        self.names().0
    }

    /// The name of the NumPy function that does the same.
    pub fn function_name(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Add => ("+", "add"),
            Self::Subtract => ("-", "subtract"),
            Self::Multiply => ("*", "multiply"),
            Self::MatrixMultiply => ("@", "matmul"),
            Self::Divide => ("/", "divide"),
            Self::FloorDivide => ("//", "floor_divide"),
            Self::Remainder => ("%", "remainder"),
            Self::Power => ("**", "power"),
            Self::ShiftLeft => ("<<", "left_shift"),
            Self::ShiftRight => (">>", "right_shift"),
            Self::And => ("&", "bitwise_and"),
            Self::Or => ("|", "bitwise_or"),
            Self::Xor => ("^", "bitwise_xor"),
        }
    }
}

impl ComparisonOperator {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        self.names().0
    }

    /// The name of the NumPy function that does the same.
    pub fn function_name(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Equal => ("==", "equal"),
            Self::NotEqual => ("!=", "not_equal"),
            Self::Less => ("<", "less"),
            Self::LessEqual => ("<=", "less_equal"),
            Self::Greater => (">", "greater"),
            Self::GreaterEqual => (">=", "greater_equal"),
        }
    }
}

impl LogicalOperator {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
        }
    }
}
