//! Writes a tree as text again, with as few brackets as its meaning allows. For messages and tests.

use std::fmt::{self, Display, Formatter};

use super::syntax::{
    BinaryOperator, Expression, ExpressionKind, Index, LogicalOperator, Program, Statement, StatementKind,
    Target, UnaryOperator,
};

/// How tightly an expression's outermost operator binds; atoms bind tightest.
///
/// # Source
/// The Python Language Reference, section 6.17 (operator precedence).
fn tightness(kind: &ExpressionKind) -> u8 {
    match kind {
        ExpressionKind::Logical { operator: LogicalOperator::Or, .. } => 1,
        ExpressionKind::Logical { operator: LogicalOperator::And, .. } => 2,
        ExpressionKind::Unary { operator: UnaryOperator::Not, .. } => 3,
        ExpressionKind::Comparison { .. } => 4,
        ExpressionKind::Binary { operator, .. } => binary_tightness(*operator),
        ExpressionKind::Unary { .. } => 11,
        _ => 13,
    }
}

fn binary_tightness(operator: BinaryOperator) -> u8 {
    match operator {
        BinaryOperator::Or => 5,
        BinaryOperator::Xor => 6,
        BinaryOperator::And => 7,
        BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight => 8,
        BinaryOperator::Add | BinaryOperator::Subtract => 9,
        BinaryOperator::Multiply
        | BinaryOperator::MatrixMultiply
        | BinaryOperator::Divide
        | BinaryOperator::FloorDivide
        | BinaryOperator::Remainder => 10,
        BinaryOperator::Power => 12,
    }
}

/// An expression that needs brackets unless it binds at least as tightly as this.
struct AtLeast<'a>(u8, &'a Expression);

impl Display for AtLeast<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if tightness(&self.1.kind) < self.0 {
            write!(formatter, "({})", self.1)
        } else {
            self.1.fmt(formatter)
        }
    }
}

fn comma_separated(formatter: &mut Formatter<'_>, items: &[impl Display]) -> fmt::Result {
    for (position, item) in items.iter().enumerate() {
        let separator = if position > 0 { ", " } else { "" };
        write!(formatter, "{separator}{item}")?;
    }
    Ok(())
}

fn bracketed(formatter: &mut Formatter<'_>, indices: &[Index]) -> fmt::Result {
    formatter.write_str("[")?;
    if indices.is_empty() {
        formatter.write_str("()")?;
    }
    comma_separated(formatter, indices)?;
    // One index that is a tuple would be read as several.
    if let [Index::Expression(Expression { kind: ExpressionKind::Tuple(_), .. })] = indices {
        formatter.write_str(",")?;
    }
    formatter.write_str("]")
}

impl Display for Program {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        for (position, statement) in self.statements.iter().enumerate() {
            let separator = if position > 0 { "\n" } else { "" };
            write!(formatter, "{separator}{statement}")?;
        }
        Ok(())
    }
}

impl Display for Statement {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            StatementKind::Assign { targets, value } => {
                for target in targets {
                    write!(formatter, "{target} = ")?;
                }
                value.fmt(formatter)
            }
            StatementKind::Update { target, operator, value } => {
                write!(formatter, "{target} {}= {value}", operator.symbol())
            }
            StatementKind::Expression(value) => value.fmt(formatter),
        }
    }
}

impl Display for Target {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => formatter.write_str(&name.name),
            Self::Subscript { object, indices, .. } => {
                formatter.write_str(&object.name)?;
                bracketed(formatter, indices)
            }
            Self::Tuple { parts, .. } => {
                formatter.write_str("(")?;
                comma_separated(formatter, parts)?;
                formatter.write_str(if parts.len() == 1 { ",)" } else { ")" })
            }
        }
    }
}

impl Display for Index {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slice(slice) => {
                let bound =
                    |bound: &Option<Expression>| bound.as_ref().map_or_else(String::new, ToString::to_string);
                write!(formatter, "{}:{}", bound(&slice.start), bound(&slice.stop))?;
                slice.step.as_ref().map_or(Ok(()), |step| write!(formatter, ":{step}"))
            }
            Self::Ellipsis(_) => formatter.write_str("..."),
            Self::NewAxis(_) => formatter.write_str("newaxis"),
            Self::Expression(expression) => expression.fmt(formatter),
        }
    }
}

impl Display for Expression {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExpressionKind::None => formatter.write_str("None"),
            ExpressionKind::Bool(true) => formatter.write_str("True"),
            ExpressionKind::Bool(false) => formatter.write_str("False"),
            ExpressionKind::Integer(value) => value.fmt(formatter),
            ExpressionKind::Float(value) => real_literal(formatter, *value),
            ExpressionKind::Imaginary(value) => {
                real_literal(formatter, *value)?;
                formatter.write_str("j")
            }
            ExpressionKind::String(text) => string_literal(formatter, text),
            ExpressionKind::Ellipsis => formatter.write_str("..."),
            ExpressionKind::Name(name) => formatter.write_str(name),
            ExpressionKind::Library(name) => write!(formatter, "np.{name}"),
            ExpressionKind::Unary { operator: UnaryOperator::Not, operand } => {
                write!(formatter, "not {}", AtLeast(3, operand))
            }
            ExpressionKind::Unary { operator, operand } => {
                write!(formatter, "{}{}", operator.symbol(), AtLeast(11, operand))
            }
            ExpressionKind::Binary { left, operator, right } => {
                let own = binary_tightness(*operator);
                // Power binds from the right, its exponent may have a sign, and its base may not.
                let (least_left, least_right) = if own == 12 { (13, 11) } else { (own, own + 1) };
                write!(
                    formatter,
                    "{} {} {}",
                    AtLeast(least_left, left),
                    operator.symbol(),
                    AtLeast(least_right, right)
                )
            }
            ExpressionKind::Comparison { operands, operators } => {
                for (position, operand) in operands.iter().enumerate() {
                    if position > 0 {
                        write!(formatter, " {} ", operators[position - 1].symbol())?;
                    }
                    AtLeast(5, operand).fmt(formatter)?;
                }
                Ok(())
            }
            ExpressionKind::Logical { operator, operands } => {
                let own = tightness(&self.kind);
                for (position, operand) in operands.iter().enumerate() {
                    if position > 0 {
                        write!(formatter, " {} ", operator.symbol())?;
                    }
                    AtLeast(own + 1, operand).fmt(formatter)?;
                }
                Ok(())
            }
            ExpressionKind::Call { function, arguments, keywords } => {
                write!(formatter, "{}(", AtLeast(13, function))?;
                comma_separated(formatter, arguments)?;
                for (position, keyword) in keywords.iter().enumerate() {
                    let separator = if position > 0 || !arguments.is_empty() { ", " } else { "" };
                    write!(formatter, "{separator}{}={}", keyword.name.name, keyword.value)?;
                }
                formatter.write_str(")")
            }
            ExpressionKind::Attribute { object, name } => {
                // `1.real` would be read as a number.
                match object.kind {
                    ExpressionKind::Integer(_) => write!(formatter, "({object}).{}", name.name),
                    _ => write!(formatter, "{}.{}", AtLeast(13, object), name.name),
                }
            }
            ExpressionKind::Subscript { object, indices } => {
                AtLeast(13, object).fmt(formatter)?;
                bracketed(formatter, indices)
            }
            ExpressionKind::Tuple(items) => {
                formatter.write_str("(")?;
                comma_separated(formatter, items)?;
                formatter.write_str(if items.len() == 1 { ",)" } else { ")" })
            }
            ExpressionKind::List(items) => {
                formatter.write_str("[")?;
                comma_separated(formatter, items)?;
                formatter.write_str("]")
            }
        }
    }
}

/// Shortest digits that give the same number back; beyond the largest number, one that overflows.
fn real_literal(formatter: &mut Formatter<'_>, value: f64) -> fmt::Result {
    if value.is_finite() { write!(formatter, "{value:?}") } else { formatter.write_str("1e999") }
}

fn string_literal(formatter: &mut Formatter<'_>, text: &str) -> fmt::Result {
    formatter.write_str("'")?;
    for character in text.chars() {
        match character {
            '\'' | '\\' => write!(formatter, "\\{character}")?,
            '\n' => formatter.write_str("\\n")?,
            other if other.is_control() => write!(formatter, "\\U{:08x}", u32::from(other))?,
            other => write!(formatter, "{other}")?,
        }
    }
    formatter.write_str("'")
}
