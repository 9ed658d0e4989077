//! Writing to elements: `a[1:3] = 0`, `a[::2] += b`.

use super::value::{Sequence, Value, at};
use super::{Evaluator, create, subscript};
use crate::calc::{BinaryOperator, CalcError, Expression, ExpressionKind, Identifier, Index, SourceRange};
use distarray_core::ufunc::Ufunc;

impl Evaluator<'_> {
    /// `object[indices] = value`, or with an operator `object[indices] operator= value`: gives the variable a new value.
    /// Other variables keep theirs.
    ///
    /// # Errors
    /// A name that is no array, what is wrong with the index or the value; the array is as before.
    pub(super) fn write(
        &mut self,
        object: &Identifier,
        indices: &[Index],
        operator: Option<BinaryOperator>,
        (value, value_range): (Value, SourceRange),
        range: SourceRange,
    ) -> Result<(), CalcError> {
        let entries = self.entries(indices)?;
        let index = subscript::index(self.surroundings, entries)?;
        let mut array = match self.name(&object.name, object.range)? {
            Value::Array(array) => array,
            other => {
                let message = format!("{} has no elements to assign to", other.kind());
                return Err(CalcError::new(object.range, message));
            }
        };
        let value = create::as_array_if_tuple(self.surroundings, value, value_range)?.operand(value_range)?;
        let ufunc = operator.map(|operator| operator.ufunc(range)).transpose()?;
        // The variable lets go of the elements, so that they can be changed where they are.
        self.variables.remove(&object.name);
        let part = array.index_mut(index);
        let outcome = match ufunc {
            None => part.assign(value),
            Some(ufunc) => part.apply(ufunc, value),
        };
        self.variables.insert(object.name.clone(), Value::Array(array));
        outcome.map_err(|error| at(range, &error))
    }

    /// What stands between the brackets, its parts computed.
    pub(super) fn entries(&mut self, indices: &[Index]) -> Result<Vec<subscript::Entry>, CalcError> {
        let mut entries = Vec::with_capacity(indices.len());
        for index in indices {
            entries.push(match index {
                Index::Ellipsis(_) => subscript::Entry::Ellipsis,
                Index::NewAxis(_) => subscript::Entry::NewAxis,
                Index::Expression(Expression { kind: ExpressionKind::Tuple(members), range }) => {
                    // Written with its own parentheses among the entries it is one index array: `a[(0, 1),]`.
                    let members = Sequence::list(self.members(members)?);
                    subscript::Entry::Value((Value::Tuple(members), *range))
                }
                Index::Expression(index) => subscript::Entry::Value((self.value(index)?, index.range)),
                Index::Slice(slice) => {
                    let mut part = |part: &Option<Expression>| {
                        part.as_ref().map(|part| Ok((self.value(part)?, part.range))).transpose()
                    };
                    subscript::Entry::Slice([part(&slice.start)?, part(&slice.stop)?, part(&slice.step)?])
                }
            });
        }
        Ok(entries)
    }
}

impl BinaryOperator {
    /// The elementwise operation that the operator stands for.
    ///
    /// # Errors
    /// An operator that there is none for.
    pub(super) fn ufunc(self, range: SourceRange) -> Result<Ufunc, CalcError> {
        Ufunc::by_name(self.function_name())
            .map_err(|_| CalcError::new(range, format!("the operator `{}` is not available", self.symbol())))
    }
}
