//! Evaluation: runs a program of `calc` on a context.
//!
//! Every operation is checked as it is written down, so a mistake is reported at its place in the
//! program; values are computed when they are printed, saved, or needed to decide something.

mod arguments;
mod attribute;
mod composite;
mod create;
mod functions;
mod number;
mod products;
mod random;
mod reductions;
mod selecting;
mod shapes;
mod stencil;
mod subscript;
mod surroundings;
#[cfg(test)]
mod test_support;
mod value;
mod write;

pub use surroundings::Surroundings;
pub use value::{Sequence, SharedGenerator, Value};

use crate::calc::{
    BinaryOperator, CalcError, Expression, ExpressionKind, Identifier, Index, LogicalOperator, Program,
    SourceRange, StatementKind, Target, UnaryOperator,
};
use arguments::Arguments;
use distarray_core::ufunc::Ufunc;
use distarray_core::{DType, ElementError, Weak};
use distarray_lazy::apply;
use std::collections::BTreeMap;
use value::{at, checked};

/// The variables of a program.
pub type Variables = BTreeMap<String, Value>;

/// Runs `program`, changing `variables`; names in `kept` are wanted afterwards, others are let go after
/// their last use. Gives the value of a last bare expression.
///
/// # Errors
/// The first mistake, with its place in the program.
pub fn evaluate(
    program: &Program,
    surroundings: &Surroundings,
    variables: &mut Variables,
    kept: &[&str],
) -> Result<Option<Value>, CalcError> {
    let unneeded = program.unneeded_after(kept);
    let mut last = None;
    for (statement, unneeded) in program.statements.iter().zip(unneeded) {
        let mut evaluator = Evaluator { surroundings, variables };
        last = None;
        match &statement.kind {
            StatementKind::Expression(expression) => last = Some(evaluator.value(expression)?),
            StatementKind::Assign { targets, value } => {
                let given = evaluator.value(value)?;
                for target in targets {
                    evaluator.assign(target, (given.clone(), value.range))?;
                }
            }
            StatementKind::Update { target, operator, value } => {
                evaluator.update(target, *operator, value, statement.range)?;
            }
        }
        for name in unneeded {
            variables.remove(&name);
        }
    }
    Ok(last)
}

struct Evaluator<'a> {
    surroundings: &'a Surroundings,
    variables: &'a mut Variables,
}

impl Evaluator<'_> {
    fn assign(&mut self, target: &Target, (value, place): (Value, SourceRange)) -> Result<(), CalcError> {
        match target {
            Target::Name(Identifier { name, .. }) => {
                self.variables.insert(name.clone(), value);
                Ok(())
            }
            Target::Subscript { object, indices, range } => {
                self.write(object, indices, None, (value, place), *range)
            }
            Target::Tuple { parts, range } => {
                let Value::Tuple(values) = value else {
                    return Err(CalcError::new(*range, format!("{} cannot be unpacked", value.kind())));
                };
                if values.len() != parts.len() {
                    return Err(CalcError::new(
                        *range,
                        format!("{} values for {} names", values.len(), parts.len()),
                    ));
                }
                parts.iter().zip(values).try_for_each(|(part, value)| self.assign(part, (value, place)))
            }
        }
    }

    fn update(
        &mut self,
        target: &Target,
        operator: BinaryOperator,
        value: &Expression,
        range: SourceRange,
    ) -> Result<(), CalcError> {
        match target {
            Target::Name(name) => {
                let left = self.name(&name.name, name.range)?;
                let right = self.value(value)?;
                let operands = [(left, name.range), (right, value.range)];
                let result = self.binary(operator, operands, range)?;
                self.assign(target, (result, value.range))
            }
            Target::Subscript { object, indices, .. } => {
                let given = (self.value(value)?, value.range);
                self.write(object, indices, Some(operator), given, range)
            }
            // The parser refuses it.
            Target::Tuple { range, .. } => Err(CalcError::new(*range, "a tuple cannot be updated")),
        }
    }

    fn name(&self, name: &str, range: SourceRange) -> Result<Value, CalcError> {
        if let Some(value) = self.variables.get(name) {
            return Ok(value.clone());
        }
        library(name).ok_or_else(|| unknown(name, range, format!("name `{name}` is not defined")))
    }

    fn value(&mut self, expression: &Expression) -> Result<Value, CalcError> {
        let range = expression.range;
        Ok(match &expression.kind {
            ExpressionKind::None => Value::None,
            ExpressionKind::Bool(value) => Value::Number(Weak::Bool(*value)),
            ExpressionKind::Integer(value) => Value::Number(Weak::Int(*value)),
            ExpressionKind::Float(value) => Value::Number(Weak::Float(*value)),
            ExpressionKind::Imaginary(value) => {
                Value::Number(Weak::Complex(num_complex::Complex::new(0.0, *value)))
            }
            ExpressionKind::String(text) => Value::Text(text.clone()),
            ExpressionKind::Ellipsis => Value::Ellipsis,
            ExpressionKind::Name(name) => self.name(name, range)?,
            ExpressionKind::Library(name) => match random_member(name) {
                Some(member) => random::member(member, range)?,
                None => {
                    library(name).ok_or_else(|| unknown(name, range, format!("np.{name} is not known")))?
                }
            },
            ExpressionKind::Unary { operator, operand } => {
                let value = self.value(operand)?;
                self.unary(*operator, value, operand.range, range)?
            }
            ExpressionKind::Binary { left, operator, right } => {
                let operands = [(self.value(left)?, left.range), (self.value(right)?, right.range)];
                self.binary(*operator, operands, range)?
            }
            ExpressionKind::Comparison { operands, operators } => {
                self.comparison(operands, operators, range)?
            }
            ExpressionKind::Logical { operator, operands } => self.logical(*operator, operands)?,
            ExpressionKind::Call { function, arguments, keywords } => {
                self.call(function, arguments, keywords, range)?
            }
            ExpressionKind::Attribute { object, name } => {
                let object = self.value(object)?;
                attribute::attribute(&object, &name.name, name.range)?
            }
            ExpressionKind::Subscript { object, indices } => self.subscript(object, indices, range)?,
            ExpressionKind::Tuple(values) => Value::Tuple(self.members(values)?.into()),
            ExpressionKind::List(values) => Value::Tuple(Sequence::list(self.members(values)?)),
        })
    }

    fn members(&mut self, values: &[Expression]) -> Result<Vec<Value>, CalcError> {
        values.iter().map(|value| self.value(value)).collect()
    }

    fn unary(
        &self,
        operator: UnaryOperator,
        value: Value,
        operand_range: SourceRange,
        range: SourceRange,
    ) -> Result<Value, CalcError> {
        if operator == UnaryOperator::Not {
            return Ok(Value::Number(Weak::Bool(!truth(&value, operand_range, "not")?)));
        }
        if let Value::Number(number) = value {
            let result = number::unary(operator, number).map_err(|message| CalcError::new(range, message))?;
            return Ok(Value::Number(result));
        }
        let ufunc = Ufunc::by_name(operator.function_name()).map_err(|error| at(range, &error.into()))?;
        checked(apply(&self.surroundings.context, ufunc, &[value.operand(operand_range)?]), range)
    }

    fn binary(
        &self,
        operator: BinaryOperator,
        operands: [(Value, SourceRange); 2],
        range: SourceRange,
    ) -> Result<Value, CalcError> {
        if let [(Value::Number(left), _), (Value::Number(right), _)] = &operands {
            let result =
                number::binary(operator, *left, *right).map_err(|message| CalcError::new(range, message))?;
            return Ok(Value::Number(result));
        }
        if operator == BinaryOperator::MatrixMultiply {
            return products::matmul(self.surroundings, operands, range);
        }
        self.apply(operator.ufunc(range)?, operands, range)
    }

    fn apply(
        &self,
        ufunc: Ufunc,
        operands: [(Value, SourceRange); 2],
        range: SourceRange,
    ) -> Result<Value, CalcError> {
        let is_array = operands.iter().any(|(value, _)| matches!(value, Value::Array(_)));
        let mut ready = Vec::with_capacity(2);
        for (value, place) in operands {
            // A list beside an array is an array, as in NumPy; two lists are Python's own affair.
            let value =
                if is_array { create::as_array_if_tuple(self.surroundings, value, place)? } else { value };
            ready.push(value.operand(place)?);
        }
        checked(apply(&self.surroundings.context, ufunc, &ready), range)
    }

    fn comparison(
        &mut self,
        operands: &[Expression],
        operators: &[crate::calc::ComparisonOperator],
        range: SourceRange,
    ) -> Result<Value, CalcError> {
        let mut left = (self.value(&operands[0])?, operands[0].range);
        let mut outcome = Value::Number(Weak::Bool(true));
        for (index, (operator, right)) in operators.iter().zip(&operands[1..]).enumerate() {
            if index > 0 && !truth(&outcome, range, "a chain of comparisons")? {
                return Ok(outcome);
            }
            let right = (self.value(right)?, right.range);
            outcome = match (&left.0, &right.0) {
                (Value::Number(first), Value::Number(second)) => Value::Number(Weak::Bool(
                    number::compare(*operator, *first, *second)
                        .map_err(|message| CalcError::new(range, message))?,
                )),
                (Value::DType(first), Value::DType(second)) => same(*operator, first == second, range)?,
                (Value::Text(first), Value::Text(second)) => same(*operator, first == second, range)?,
                _ => {
                    let ufunc =
                        Ufunc::by_name(operator.function_name()).map_err(|error| at(range, &error.into()))?;
                    self.apply(ufunc, [left.clone(), right.clone()], range)?
                }
            };
            left = right;
        }
        Ok(outcome)
    }

    /// `and`, `or`: the last operand that had to be looked at, as in Python.
    fn logical(&mut self, operator: LogicalOperator, operands: &[Expression]) -> Result<Value, CalcError> {
        let word = match operator {
            LogicalOperator::And => "and",
            LogicalOperator::Or => "or",
        };
        let mut value = Value::None;
        for (index, operand) in operands.iter().enumerate() {
            value = self.value(operand)?;
            if index + 1 == operands.len() {
                break;
            }
            if truth(&value, operand.range, word)? == (operator == LogicalOperator::Or) {
                break;
            }
        }
        Ok(value)
    }

    fn call(
        &mut self,
        function: &Expression,
        arguments: &[Expression],
        keywords: &[crate::calc::Keyword],
        range: SourceRange,
    ) -> Result<Value, CalcError> {
        let called = self.value(function)?;
        let mut positional = Vec::with_capacity(arguments.len() + 1);
        let mut generator = None;
        let name = match called {
            Value::Function(name) => name,
            Value::DType(dtype) => dtype.name().to_owned(),
            Value::Method(object, name) => {
                match *object {
                    Value::Generator(shared) => generator = Some(shared),
                    object => positional.push((object, function.range)),
                }
                name
            }
            other => {
                return Err(CalcError::new(function.range, format!("{} is not a function", other.kind())));
            }
        };
        for argument in arguments {
            positional.push((self.value(argument)?, argument.range));
        }
        let mut named = Vec::with_capacity(keywords.len());
        for keyword in keywords {
            let value = (self.value(&keyword.value)?, keyword.value.range);
            named.push((keyword.name.name.clone(), keyword.name.range, value));
        }
        let given = Arguments::new(&name, range, positional, named);
        let drawing = random_member(&name).or(generator.is_some().then_some(&*name));
        match drawing {
            Some(random::SHUFFLE) => {
                let variable = self.shuffled(arguments, keywords)?;
                let value = random::call(self.surroundings, generator, random::SHUFFLE, given)?;
                if let Some(variable) = variable {
                    self.variables.insert(variable, value);
                }
                Ok(Value::None)
            }
            Some(member) => random::call(self.surroundings, generator, member, given),
            None if selecting::changes_variable(&name) => {
                let variable = self.changed(function, arguments, &name)?;
                let value = selecting::call(self.surroundings, &name, given)?;
                self.variables.insert(variable, value);
                Ok(Value::None)
            }
            None => functions::call(self.surroundings, &name, function.range, given),
        }
    }

    /// The variable that `shuffle(x)` changes; nothing if there is no argument, which the call itself refuses.
    fn shuffled(
        &self,
        arguments: &[Expression],
        keywords: &[crate::calc::Keyword],
    ) -> Result<Option<String>, CalcError> {
        let by_name =
            || keywords.iter().find(|keyword| keyword.name.name == "x").map(|keyword| &keyword.value);
        let Some(argument) = arguments.first().or_else(by_name) else { return Ok(None) };
        match &argument.kind {
            ExpressionKind::Name(name) if self.variables.contains_key(name) => Ok(Some(name.clone())),
            _ => Err(CalcError::new(
                argument.range,
                "shuffle() changes a variable, and this is none: write x = rng.permutation(x)",
            )),
        }
    }

    /// The variable that `put(a, ..)` or `a.put(..)` changes.
    fn changed(
        &self,
        function: &Expression,
        arguments: &[Expression],
        name: &str,
    ) -> Result<String, CalcError> {
        let object = match &function.kind {
            ExpressionKind::Attribute { object, .. } if matches!(&object.kind, ExpressionKind::Name(name) if self.variables.contains_key(name)) => {
                Some(object.as_ref())
            }
            _ => arguments.first(),
        };
        match object.map(|object| &object.kind) {
            Some(ExpressionKind::Name(variable)) if self.variables.contains_key(variable) => {
                Ok(variable.clone())
            }
            _ => {
                let range = object.map_or(function.range, |object| object.range);
                Err(CalcError::new(range, format!("{name}() changes a variable, and this is none")))
            }
        }
    }

    fn subscript(
        &mut self,
        object: &Expression,
        indices: &[Index],
        range: SourceRange,
    ) -> Result<Value, CalcError> {
        let value = self.value(object)?;
        let entries = self.entries(indices)?;
        subscript::subscript(self.surroundings, &value, entries, range)
    }
}

/// What follows `random.` in the name of a function.
fn random_member(name: &str) -> Option<&str> {
    name.strip_prefix(random::MODULE)?.strip_prefix('.')
}

fn library(name: &str) -> Option<Value> {
    if name == random::MODULE {
        return Some(Value::Module(random::MODULE));
    }
    if name == reductions::MODULE {
        return Some(Value::Module(reductions::MODULE));
    }
    functions::constant(name)
        .or_else(|| functions::is_function(name).then(|| Value::Function(name.to_owned())))
}

/// The error of a name that stands for nothing; NumPy's other dtypes are told by what they are.
fn unknown(name: &str, range: SourceRange, message: String) -> CalcError {
    match DType::from_name(name) {
        Err(error @ ElementError::UnsupportedDescr { .. }) => at(range, &error.into()),
        _ => CalcError::new(range, message),
    }
}

fn same(
    operator: crate::calc::ComparisonOperator,
    equal: bool,
    range: SourceRange,
) -> Result<Value, CalcError> {
    match operator {
        crate::calc::ComparisonOperator::Equal => Ok(Value::Number(Weak::Bool(equal))),
        crate::calc::ComparisonOperator::NotEqual => Ok(Value::Number(Weak::Bool(!equal))),
        other => Err(CalcError::new(range, format!("`{}` is not defined here", other.symbol()))),
    }
}

/// Whether Python takes the value as true. An array of one element is looked at.
fn truth(value: &Value, range: SourceRange, word: &str) -> Result<bool, CalcError> {
    match value {
        Value::Number(number) => Ok(number::is_true(*number)),
        Value::None => Ok(false),
        Value::Text(text) => Ok(!text.is_empty()),
        Value::Tuple(values) => Ok(!values.is_empty()),
        Value::Array(array) if array.size() == 1 => {
            array.item().map(|scalar| scalar.is_truthy()).map_err(|error| at(range, &error))
        }
        Value::Array(_) => Err(CalcError::ambiguous_truth(range, word)),
        _ => Ok(true),
    }
}
