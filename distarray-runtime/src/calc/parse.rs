//! The only file that knows the parser we use: turns its tree into our own.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};

use super::error::CalcError;
use super::literal::{integer, lower_first};
use super::range::SourceRange;
use super::syntax::{
    BinaryOperator, ComparisonOperator, Expression, ExpressionKind, Identifier, Index, Keyword,
    LogicalOperator, Program, Slice, Statement, StatementKind, Target, UnaryOperator,
};

/// How deep expressions may be nested; a sum of `n` terms is `n` deep.
pub const MAXIMUM_DEPTH: usize = 500;

/// Makes a program whose first line is indented a legal block.
const BLOCK_HEADER: &str = "if 1:\n";

/// The names that stand for the library itself, as in `np.sin`.
const LIBRARY_NAMES: [&str; 2] = ["np", "numpy"];

/// The parts of the library whose functions have names with a point, as in `np.linalg.norm`.
const LIBRARY_PARTS: [&str; 3] = ["fft", "linalg", "random"];

/// Parses `source` and reads the parser's tree; the caller sees to the size of text and stack.
pub(super) fn read(source: &str) -> Result<Program, CalcError> {
    Reader { source, shift: 0, depth: 0 }.program()
}

/// Walks over the parser's tree and writes down ours.
struct Reader<'source> {
    source: &'source str,
    /// How many bytes were put in front of `source` before it was parsed.
    shift: usize,
    depth: usize,
}

impl Reader<'_> {
    fn program(mut self) -> Result<Program, CalcError> {
        let indented = self.source.lines().find(|line| {
            let text = line.trim_start();
            !text.is_empty() && !text.starts_with('#')
        });
        let Some(first_line) = indented else {
            return Err(CalcError::new(SourceRange::new(0, 0), "the program is empty"));
        };
        let parsed = if first_line.starts_with([' ', '\t', '\u{c}']) {
            self.shift = BLOCK_HEADER.len();
            let block = format!("{BLOCK_HEADER}{}", self.source);
            parse_unchecked(&block, ParseOptions::from(Mode::Module))
        } else {
            parse_unchecked(self.source, ParseOptions::from(Mode::Module))
        };
        if let Some(error) = parsed.errors().first() {
            return Err(self
                .error(error.location, format!("syntax error: {}", lower_first(&error.error.to_string()))));
        }
        let ast::Mod::Module(module) = parsed.syntax() else {
            return Err(CalcError::new(SourceRange::new(0, 0), "the parser read no module"));
        };
        let statements = match module.body.as_slice() {
            [Stmt::If(block)] if self.shift > 0 => block.body.as_slice(),
            [_, outside, ..] if self.shift > 0 => {
                return Err(self
                    .error(outside.range(), "syntax error: this line is indented less than the first one"));
            }
            statements => statements,
        };
        let statements =
            statements.iter().map(|statement| self.statement(statement)).collect::<Result<Vec<_>, _>>()?;
        if statements.is_empty() {
            return Err(CalcError::new(SourceRange::new(0, 0), "the program is empty"));
        }
        Ok(Program { statements })
    }

    fn statement(&mut self, statement: &Stmt) -> Result<Statement, CalcError> {
        let range = self.range(statement.range());
        let kind = match statement {
            Stmt::Expr(node) => StatementKind::Expression(self.expression(&node.value)?),
            Stmt::Assign(node) => StatementKind::Assign {
                targets: node.targets.iter().map(|target| self.target(target)).collect::<Result<_, _>>()?,
                value: self.expression(&node.value)?,
            },
            Stmt::AugAssign(node) => {
                let target = self.target(&node.target)?;
                StatementKind::Update {
                    target,
                    operator: binary_operator(node.op),
                    value: self.expression(&node.value)?,
                }
            }
            other => return Err(self.error(first_word(other), refused_statement(other))),
        };
        Ok(Statement { kind, range })
    }

    fn target(&mut self, target: &Expr) -> Result<Target, CalcError> {
        let range = self.range(target.range());
        match target {
            Expr::Name(node) => {
                let name = node.id.as_str();
                if LIBRARY_NAMES.contains(&name) || name == "newaxis" {
                    return Err(CalcError::new(
                        range,
                        format!("`{name}` has a fixed meaning and cannot be assigned"),
                    ));
                }
                Ok(Target::Name(Identifier { name: name.to_owned(), range }))
            }
            Expr::Subscript(node) => match node.value.as_ref() {
                Expr::Name(object) => Ok(Target::Subscript {
                    object: Identifier { name: object.id.to_string(), range: self.range(object.range) },
                    indices: self.indices(&node.slice)?,
                    range,
                }),
                _ => Err(CalcError::new(
                    range,
                    "only elements of a named array can be assigned, with one subscript: `a[0, 1] = ..`, not `a[0][1] = ..`",
                )),
            },
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                Ok(Target::Tuple {
                    parts: elts
                        .iter()
                        .map(|part| self.deeper(part.range(), |reader| reader.target(part)))
                        .collect::<Result<_, _>>()?,
                    range,
                })
            }
            Expr::Attribute(node) => {
                Err(CalcError::new(range, format!("attribute `{}` cannot be assigned", node.attr)))
            }
            other => {
                Err(self
                    .error(other.range(), refused_expression(other).unwrap_or("this cannot be assigned to")))
            }
        }
    }

    fn expression(&mut self, expression: &Expr) -> Result<Expression, CalcError> {
        self.deeper(expression.range(), |reader| {
            Ok(Expression { kind: reader.kind(expression)?, range: reader.range(expression.range()) })
        })
    }

    fn boxed(&mut self, expression: &Expr) -> Result<Box<Expression>, CalcError> {
        self.expression(expression).map(Box::new)
    }

    fn expressions(&mut self, expressions: &[Expr]) -> Result<Vec<Expression>, CalcError> {
        expressions.iter().map(|expression| self.expression(expression)).collect()
    }

    fn kind(&mut self, expression: &Expr) -> Result<ExpressionKind, CalcError> {
        Ok(match expression {
            Expr::NoneLiteral(_) => ExpressionKind::None,
            Expr::BooleanLiteral(node) => ExpressionKind::Bool(node.value),
            Expr::EllipsisLiteral(_) => ExpressionKind::Ellipsis,
            Expr::NumberLiteral(node) => match node.value {
                ast::Number::Int(_) => ExpressionKind::Integer(integer(self.source, self.range(node.range))?),
                ast::Number::Float(value) => ExpressionKind::Float(value),
                ast::Number::Complex { imag, .. } => ExpressionKind::Imaginary(imag),
            },
            Expr::StringLiteral(node) => ExpressionKind::String(node.value.to_str().to_owned()),
            Expr::Name(node) if LIBRARY_NAMES.contains(&node.id.as_str()) => {
                return Err(self.error(
                    node.range,
                    format!("`{0}` has no value by itself: write {0}.sin(x) or sin(x)", node.id),
                ));
            }
            Expr::Name(node) => ExpressionKind::Name(node.id.to_string()),
            Expr::UnaryOp(node) => ExpressionKind::Unary {
                operator: unary_operator(node.op),
                operand: self.boxed(&node.operand)?,
            },
            Expr::BinOp(node) => ExpressionKind::Binary {
                left: self.boxed(&node.left)?,
                operator: binary_operator(node.op),
                right: self.boxed(&node.right)?,
            },
            Expr::BoolOp(node) => ExpressionKind::Logical {
                operator: match node.op {
                    ast::BoolOp::And => LogicalOperator::And,
                    ast::BoolOp::Or => LogicalOperator::Or,
                },
                operands: self.expressions(&node.values)?,
            },
            Expr::Compare(node) => self.comparison(node)?,
            Expr::Call(node) => self.call(node)?,
            Expr::Attribute(node) => match library_name(node) {
                Some(name) => ExpressionKind::Library(name),
                None => ExpressionKind::Attribute {
                    object: self.boxed(&node.value)?,
                    name: self.identifier(&node.attr),
                },
            },
            Expr::Subscript(node) => ExpressionKind::Subscript {
                object: self.boxed(&node.value)?,
                indices: self.indices(&node.slice)?,
            },
            Expr::Tuple(node) => ExpressionKind::Tuple(self.expressions(&node.elts)?),
            Expr::List(node) => ExpressionKind::List(self.expressions(&node.elts)?),
            other => {
                let reason = refused_expression(other).unwrap_or("this has no place here");
                return Err(self.error(other.range(), reason));
            }
        })
    }

    fn comparison(&mut self, node: &ast::ExprCompare) -> Result<ExpressionKind, CalcError> {
        let mut operands = vec![self.expression(&node.left)?];
        operands.extend(self.expressions(&node.comparators)?);
        let operators = node.ops.iter().map(|&operator| comparison_operator(operator));
        let operators =
            operators.collect::<Result<_, _>>().map_err(|reason| self.error(node.range, reason))?;
        Ok(ExpressionKind::Comparison { operands, operators })
    }

    fn call(&mut self, node: &ast::ExprCall) -> Result<ExpressionKind, CalcError> {
        let function = self.boxed(&node.func)?;
        let arguments = self.expressions(&node.arguments.args)?;
        let mut keywords: Vec<Keyword> = Vec::with_capacity(node.arguments.keywords.len());
        for keyword in &node.arguments.keywords {
            let Some(name) = &keyword.arg else {
                return Err(self.error(keyword.range, "`**` arguments are not part of calc"));
            };
            let name = self.identifier(name);
            if keywords.iter().any(|earlier| earlier.name.name == name.name) {
                return Err(CalcError::new(name.range, format!("argument `{}` is given twice", name.name)));
            }
            keywords.push(Keyword { name, value: self.expression(&keyword.value)? });
        }
        Ok(ExpressionKind::Call { function, arguments, keywords })
    }

    fn indices(&mut self, subscript: &Expr) -> Result<Vec<Index>, CalcError> {
        match subscript {
            Expr::Tuple(node) => node.elts.iter().map(|index| self.index(index)).collect(),
            single => Ok(vec![self.index(single)?]),
        }
    }

    fn index(&mut self, index: &Expr) -> Result<Index, CalcError> {
        let range = self.range(index.range());
        let is_new_axis = match index {
            Expr::NoneLiteral(_) => true,
            Expr::Name(node) => node.id.as_str() == "newaxis",
            Expr::Attribute(node) => library_name(node).as_deref() == Some("newaxis"),
            _ => false,
        };
        Ok(match index {
            _ if is_new_axis => Index::NewAxis(range),
            Expr::EllipsisLiteral(_) => Index::Ellipsis(range),
            Expr::Slice(node) => {
                let mut bound = |bound: &Option<Box<Expr>>| {
                    bound.as_deref().map(|bound| self.expression(bound)).transpose()
                };
                Index::Slice(Slice {
                    start: bound(&node.lower)?,
                    stop: bound(&node.upper)?,
                    step: bound(&node.step)?,
                    range,
                })
            }
            other => Index::Expression(self.expression(other)?),
        })
    }

    fn identifier(&self, identifier: &ast::Identifier) -> Identifier {
        Identifier { name: identifier.id.to_string(), range: self.range(identifier.range) }
    }

    /// Runs `read` one level further down, if that is not too deep.
    fn deeper<T>(
        &mut self,
        range: TextRange,
        read: impl FnOnce(&mut Self) -> Result<T, CalcError>,
    ) -> Result<T, CalcError> {
        if self.depth == MAXIMUM_DEPTH {
            return Err(self.error(
                range,
                format!(
                    "the expression is nested more than {MAXIMUM_DEPTH} deep here: give parts of it names"
                ),
            ));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn range(&self, range: TextRange) -> SourceRange {
        let limit = self.source.len();
        let place = |offset: usize| offset.saturating_sub(self.shift).min(limit);
        SourceRange::new(place(range.start().to_usize()), place(range.end().to_usize()))
    }

    fn error(&self, range: TextRange, message: impl Into<String>) -> CalcError {
        CalcError::new(self.range(range), message)
    }
}

/// What follows `np.`, if `node` is an attribute of the library or of one of its parts.
fn library_name(node: &ast::ExprAttribute) -> Option<String> {
    let is_library = |expression: &Expr| matches!(expression, Expr::Name(name) if LIBRARY_NAMES.contains(&name.id.as_str()));
    match node.value.as_ref() {
        library if is_library(library) && !LIBRARY_PARTS.contains(&node.attr.as_str()) => {
            Some(node.attr.to_string())
        }
        Expr::Attribute(part) if is_library(&part.value) && LIBRARY_PARTS.contains(&part.attr.as_str()) => {
            Some(format!("{}.{}", part.attr, node.attr))
        }
        _ => None,
    }
}

fn unary_operator(operator: ast::UnaryOp) -> UnaryOperator {
    match operator {
        ast::UnaryOp::Invert => UnaryOperator::Invert,
        ast::UnaryOp::Not => UnaryOperator::Not,
        ast::UnaryOp::UAdd => UnaryOperator::Positive,
        ast::UnaryOp::USub => UnaryOperator::Negative,
    }
}

fn binary_operator(operator: ast::Operator) -> BinaryOperator {
    match operator {
        ast::Operator::Add => BinaryOperator::Add,
        ast::Operator::Sub => BinaryOperator::Subtract,
        ast::Operator::Mult => BinaryOperator::Multiply,
        ast::Operator::MatMult => BinaryOperator::MatrixMultiply,
        ast::Operator::Div => BinaryOperator::Divide,
        ast::Operator::FloorDiv => BinaryOperator::FloorDivide,
        ast::Operator::Mod => BinaryOperator::Remainder,
        ast::Operator::Pow => BinaryOperator::Power,
        ast::Operator::LShift => BinaryOperator::ShiftLeft,
        ast::Operator::RShift => BinaryOperator::ShiftRight,
        ast::Operator::BitAnd => BinaryOperator::And,
        ast::Operator::BitOr => BinaryOperator::Or,
        ast::Operator::BitXor => BinaryOperator::Xor,
    }
}

fn comparison_operator(operator: ast::CmpOp) -> Result<ComparisonOperator, &'static str> {
    match operator {
        ast::CmpOp::Eq => Ok(ComparisonOperator::Equal),
        ast::CmpOp::NotEq => Ok(ComparisonOperator::NotEqual),
        ast::CmpOp::Lt => Ok(ComparisonOperator::Less),
        ast::CmpOp::LtE => Ok(ComparisonOperator::LessEqual),
        ast::CmpOp::Gt => Ok(ComparisonOperator::Greater),
        ast::CmpOp::GtE => Ok(ComparisonOperator::GreaterEqual),
        ast::CmpOp::Is | ast::CmpOp::IsNot => Err("`is` is not part of calc: compare with `==` or `!=`"),
        ast::CmpOp::In | ast::CmpOp::NotIn => Err("`in` is not part of calc: compare with `==` and any()"),
    }
}

/// Why an expression that Python has is not one of ours; nothing for those that are.
fn refused_expression(expression: &Expr) -> Option<&'static str> {
    Some(match expression {
        Expr::If(_) => "`a if c else b` is not part of calc: use where(c, a, b)",
        Expr::Lambda(_) => "`lambda` is not part of calc",
        Expr::Named(_) => "`:=` is not part of calc: assign with `=` in a statement of its own",
        Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
            "comprehensions (`for` inside an expression) are not part of calc: write it with whole arrays"
        }
        Expr::Dict(_) => "dictionaries are not part of calc",
        Expr::Set(_) => "sets are not part of calc",
        Expr::FString(_) | Expr::TString(_) => "formatted strings are not part of calc",
        Expr::BytesLiteral(_) => "byte strings are not part of calc",
        Expr::Starred(_) => "`*` in front of a value is not part of calc: write the values one by one",
        Expr::Await(_) => "`await` is not part of calc",
        Expr::Yield(_) | Expr::YieldFrom(_) => "`yield` is not part of calc",
        Expr::Slice(_) => "a slice can stand between the brackets of a subscript only",
        Expr::IpyEscapeCommand(_) => "commands of the shell are not part of calc",
        _ => return None,
    })
}

/// Why a statement that Python has is not one of ours.
fn refused_statement(statement: &Stmt) -> &'static str {
    match statement {
        Stmt::Import(_) | Stmt::ImportFrom(_) => {
            "`import` is not part of calc: functions are there without it, as sin(x) or np.sin(x)"
        }
        Stmt::FunctionDef(_) => "`def` is not part of calc",
        Stmt::ClassDef(_) => "`class` is not part of calc",
        Stmt::Return(_) => "`return` is not part of calc: the value of the last expression is printed",
        Stmt::Delete(_) => "`del` is not part of calc: a name's memory is freed after its last use",
        Stmt::For(_) | Stmt::While(_) => "loops are not part of calc: write it with whole arrays",
        Stmt::If(_) => "`if` is not part of calc: use where(condition, a, b)",
        Stmt::With(_) => "`with` is not part of calc",
        Stmt::Match(_) => "`match` is not part of calc",
        Stmt::Raise(_) => "`raise` is not part of calc",
        Stmt::Try(_) => "`try` is not part of calc",
        Stmt::Assert(_) => "`assert` is not part of calc",
        Stmt::Global(_) | Stmt::Nonlocal(_) => "`global` and `nonlocal` are not part of calc",
        Stmt::Pass(_) => "`pass` is not part of calc",
        Stmt::Break(_) | Stmt::Continue(_) => "loops are not part of calc",
        Stmt::AnnAssign(_) => "annotations are not part of calc: write `name = value`",
        Stmt::TypeAlias(_) => "`type` is not part of calc",
        _ => "this statement is not part of calc",
    }
}

/// The place to point at in a statement of possibly many lines: its first few characters.
fn first_word(statement: &Stmt) -> TextRange {
    let range = statement.range();
    let end = range.end().min(range.start() + ruff_text_size::TextSize::new(6));
    TextRange::new(range.start(), end)
}
