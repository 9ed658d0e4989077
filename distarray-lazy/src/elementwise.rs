//! Elementwise operations on handles: one door for operators, methods and `calc`.

use crate::context::Context;
use crate::dist_array::DistArray;
use crate::graph::{Argument as NodeArgument, Kind};
use distarray_core::ufunc::{Argument, Ufunc};
use distarray_core::{DType, Scalar, Weak};
use distarray_maps::Distribution;
use distarray_spmd::{ArrayMeta, Error};
use num_complex::Complex;
use std::panic::Location;

/// What an elementwise operation may be given: an array, or a number.
#[derive(Clone, Debug)]
pub enum Operand {
    /// An array.
    Array(DistArray),
    /// A number of the program: only its kind counts (NEP 50).
    Weak(Weak),
    /// A number with a dtype of its own.
    Strong(Scalar),
}

impl Operand {
    fn argument_type(&self) -> Result<Argument, Error> {
        Ok(match self {
            Operand::Array(array) => Argument::Strong(array.dtype()?),
            Operand::Weak(weak) => Argument::Weak(*weak),
            Operand::Strong(scalar) => Argument::Strong(scalar.dtype()),
        })
    }

    fn array(&self) -> Option<&DistArray> {
        match self {
            Operand::Array(array) => Some(array),
            _ => None,
        }
    }
}

impl From<DistArray> for Operand {
    fn from(array: DistArray) -> Self {
        Operand::Array(array)
    }
}

impl From<&DistArray> for Operand {
    fn from(array: &DistArray) -> Self {
        Operand::Array(array.clone())
    }
}

impl From<Scalar> for Operand {
    fn from(scalar: Scalar) -> Self {
        Operand::Strong(scalar)
    }
}

impl From<Weak> for Operand {
    fn from(weak: Weak) -> Self {
        Operand::Weak(weak)
    }
}

macro_rules! weak_operands {
    ($($type:ty => $kind:ident as $as:ty),* $(,)?) => {$(
        impl From<$type> for Operand {
            fn from(value: $type) -> Self {
                Operand::Weak(Weak::$kind(<$as>::from(value)))
            }
        }
    )*};
}

weak_operands! {
    bool => Bool as bool,
    i8 => Int as i128, i16 => Int as i128, i32 => Int as i128, i64 => Int as i128,
    u8 => Int as i128, u16 => Int as i128, u32 => Int as i128, u64 => Int as i128,
    f32 => Float as f64, f64 => Float as f64,
    Complex<f64> => Complex as Complex<f64>,
}

/// `ufunc` of the operands, at least one of which is an array, by NumPy's rules of broadcasting and
/// promotion. A wrong combination gives a failed handle.
#[track_caller]
#[must_use]
pub fn apply(context: &Context, ufunc: Ufunc, operands: &[Operand]) -> DistArray {
    let place = Location::caller();
    DistArray::from_outcome(context, ufunc.name(), place, try_apply(context, ufunc, operands))
}

/// As [`apply`] where the context is that of the first array among the operands.
#[track_caller]
#[must_use]
pub(crate) fn apply_to(array: &DistArray, ufunc: Ufunc, operands: &[Operand]) -> DistArray {
    let place = Location::caller();
    let context = array.context();
    DistArray::from_outcome(context, ufunc.name(), place, try_apply(context, ufunc, operands))
}

fn try_apply(context: &Context, ufunc: Ufunc, operands: &[Operand]) -> Result<DistArray, Error> {
    let mut types = Vec::with_capacity(operands.len());
    let mut distributions: Vec<&Distribution> = Vec::with_capacity(operands.len());
    for operand in operands {
        if let Some(array) = operand.array() {
            array.check_context(context)?.check()?;
            distributions.push(array.distribution()?);
        }
        types.push(operand.argument_type()?);
    }
    let dtype = ufunc.resolve(&types)?.result;
    let distribution = if distributions.is_empty() {
        Distribution::replicated(&[], context.rank_count())?
    } else {
        Distribution::broadcast_result(&distributions)?
    };
    let mut inputs = Vec::with_capacity(operands.len());
    let mut arguments = Vec::with_capacity(operands.len());
    for operand in operands {
        arguments.push(match operand {
            Operand::Array(array) => {
                inputs.push(array.id()?);
                NodeArgument::Input(inputs.len() - 1)
            }
            Operand::Weak(weak) => NodeArgument::Weak(*weak),
            Operand::Strong(scalar) => NodeArgument::Strong(*scalar),
        });
    }
    context.add(Kind::Apply { ufunc, arguments }, inputs, ArrayMeta { dtype, distribution })
}

impl DistArray {
    /// The values in another dtype, by NumPy's casting on x86-64 (fractions cut off, out-of-range
    /// integers wrap). The same handle if the dtype is the same.
    #[track_caller]
    #[must_use]
    pub fn astype(&self, dtype: DType) -> DistArray {
        let place = Location::caller();
        let outcome = self.meta().and_then(|meta| {
            if meta.dtype == dtype {
                return Ok(self.clone());
            }
            let meta = ArrayMeta { dtype, distribution: meta.distribution.clone() };
            self.context().add(Kind::Cast, vec![self.id()?], meta)
        });
        DistArray::from_outcome(self.context(), "astype", place, outcome)
    }
}
