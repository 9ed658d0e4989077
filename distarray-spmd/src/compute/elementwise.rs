//! Elementwise expressions over arrays, evaluated in one pass.

use crate::compute::pass::{Pass, PassReduction, reduced_mask, slot};
use crate::compute::reduce::normalize_axes;
use crate::transfer::redistribute::redistribute;
use crate::{AnyLocalArray, Error, Input, LocalArray, Worker, exactly};
use distarray_core::kernel::elementwise::{BuilderArgument, ProgramBuilder, Register};
use distarray_core::ufunc::Ufunc;
use distarray_core::{DType, Element, Reduction, Scalar, Weak};
use distarray_maps::Distribution;

/// What is to be computed element by element; nothing runs before [`Expression::evaluate`].
///
/// Arrays broadcast and promote as in NumPy. All arrays of an expression are of one communicator.
#[derive(Clone, Debug)]
pub enum Expression {
    /// An array.
    Array(AnyLocalArray),
    /// A number of the program: only its kind counts (NEP 50).
    Weak(Weak),
    /// A number with a dtype of its own.
    Strong(Scalar),
    /// A ufunc of expressions.
    Apply(Ufunc, Vec<Expression>),
    /// An expression in another dtype.
    Cast(Box<Expression>, DType),
}

impl<T: Element> From<&LocalArray<T>> for Expression {
    fn from(array: &LocalArray<T>) -> Self {
        Expression::Array(array.as_any().clone())
    }
}

impl From<f64> for Expression {
    fn from(value: f64) -> Self {
        Expression::Weak(Weak::Float(value))
    }
}

impl From<i64> for Expression {
    fn from(value: i64) -> Self {
        Expression::Weak(Weak::Int(i128::from(value)))
    }
}

macro_rules! operators {
    ($($trait:ident, $method:ident, $ufunc:ident);* $(;)?) => {$(
        impl<E: Into<Expression>> std::ops::$trait<E> for Expression {
            type Output = Expression;
            fn $method(self, other: E) -> Expression {
                self.with(Ufunc::$ufunc, other)
            }
        }
    )*};
}

operators! {
    Add, add, Add; Sub, sub, Subtract; Mul, mul, Multiply; Div, div, Divide; Rem, rem, Remainder;
    BitAnd, bitand, BitwiseAnd; BitOr, bitor, BitwiseOr; BitXor, bitxor, BitwiseXor;
}

impl Expression {
    /// A ufunc of this expression alone. **Pure.**
    #[must_use]
    pub fn map(self, ufunc: Ufunc) -> Expression {
        Expression::Apply(ufunc, vec![self])
    }

    /// A ufunc of this expression and another. **Pure.**
    #[must_use]
    pub fn with(self, ufunc: Ufunc, other: impl Into<Expression>) -> Expression {
        Expression::Apply(ufunc, vec![self, other.into()])
    }

    /// This expression in another dtype. **Pure.**
    #[must_use]
    pub fn cast(self, dtype: DType) -> Expression {
        Expression::Cast(Box::new(self), dtype)
    }

    /// Computes it, in one pass over the result's layout. **Collective** if an array lies elsewhere than
    /// the result and has to move first; otherwise local.
    ///
    /// # Errors
    /// [`Error::Map`] for shapes that do not broadcast; [`Error::Element`] for dtypes the ufunc is not
    /// defined for; [`Error::DType`] if the result is no `T`; memory refused.
    pub fn evaluate<T: Element>(&self, worker: &Worker) -> Result<LocalArray<T>, Error> {
        let result = self.run(worker, None)?;
        LocalArray::from_any(result, worker)
    }

    /// Computes a reduction of it in the same pass, without storing the elements. **Collective.**
    ///
    /// # Errors
    /// As [`Expression::evaluate`] and [`LocalArray::reduce`].
    pub fn reduce<T: Element>(
        &self,
        reduction: Reduction,
        axes: Option<&[isize]>,
        keepdims: bool,
        worker: &Worker,
    ) -> Result<LocalArray<T>, Error> {
        let result = self.run(worker, Some((reduction, axes, keepdims)))?;
        LocalArray::from_any(result, worker)
    }

    fn run(
        &self,
        worker: &Worker,
        reduction: Option<(Reduction, Option<&[isize]>, bool)>,
    ) -> Result<AnyLocalArray, Error> {
        let mut arrays = Vec::new();
        self.collect(&mut arrays);
        let distributions: Vec<&Distribution> = arrays.iter().map(|array| array.distribution()).collect();
        let layout = if distributions.is_empty() {
            Distribution::replicated(&[], worker.size())?
        } else {
            Distribution::broadcast_result(&distributions)?
        };
        let mut emitter = Emitter { builder: ProgramBuilder::new(), arrays: Vec::new(), names: Vec::new() };
        let register = emitter.emit_register(self)?;
        let mut reductions = Vec::new();
        match reduction {
            None => {
                emitter.builder.output(register)?;
            }
            Some((reduction, axes, keepdims)) => {
                let axes = match axes {
                    None => (0..layout.ndim()).collect(),
                    Some(axes) => normalize_axes(axes, layout.ndim())?,
                };
                emitter.builder.reduce(register, reduction, &reduced_mask(&axes, layout.ndim()))?;
                reductions.push(PassReduction { reduction, axes, keepdims });
            }
        }
        let pass = Pass::new(emitter.builder.finish()?, layout.clone(), reductions, &emitter.names)?;
        let mut inputs = Vec::with_capacity(emitter.arrays.len());
        for array in emitter.arrays {
            let wanted = layout.for_operand(array.shape())?;
            inputs.push(if array.distribution().covers(&wanted) {
                Input::Borrowed(array)
            } else {
                Input::Owned(redistribute(array, &wanted, worker)?)
            });
        }
        let [result] = exactly::<1, _>("evaluate", pass.execute(worker, inputs)?)?;
        Ok(result)
    }

    fn collect<'a>(&'a self, arrays: &mut Vec<&'a AnyLocalArray>) {
        match self {
            Expression::Array(array) => arrays.push(array),
            Expression::Weak(_) | Expression::Strong(_) => {}
            Expression::Apply(_, arguments) => arguments.iter().for_each(|argument| argument.collect(arrays)),
            Expression::Cast(inner, _) => inner.collect(arrays),
        }
    }
}

struct Emitter<'a> {
    builder: ProgramBuilder,
    arrays: Vec<&'a AnyLocalArray>,
    names: Vec<&'static str>,
}

impl<'a> Emitter<'a> {
    fn emit(&mut self, expression: &'a Expression) -> Result<BuilderArgument, Error> {
        Ok(match expression {
            Expression::Array(array) => {
                self.arrays.push(array);
                self.builder.input(slot(self.arrays.len() - 1)?, array.dtype()).into()
            }
            Expression::Weak(weak) => BuilderArgument::Weak(*weak),
            Expression::Strong(scalar) => self.builder.constant(*scalar).into(),
            Expression::Cast(inner, dtype) => {
                let register = self.emit_register(inner)?;
                self.builder.cast(register, *dtype)?.into()
            }
            Expression::Apply(ufunc, arguments) => {
                let arguments =
                    arguments.iter().map(|argument| self.emit(argument)).collect::<Result<Vec<_>, _>>()?;
                self.names.push(ufunc.name());
                self.builder.apply(*ufunc, &arguments)?.into()
            }
        })
    }

    /// As [`Emitter::emit`]; a literal by itself has the default dtype of its kind.
    fn emit_register(&mut self, expression: &'a Expression) -> Result<Register, Error> {
        Ok(match self.emit(expression)? {
            BuilderArgument::Register(register) => register,
            BuilderArgument::Weak(weak) => self.builder.constant(weak.to_scalar(weak.default_dtype()?)?),
        })
    }
}
