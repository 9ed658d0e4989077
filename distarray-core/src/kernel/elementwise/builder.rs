//! ProgramBuilder: writes programs, resolving dtypes and inserting casts on the way.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::program::{Instruction, Program, ReductionOutput, Register, dtype_of, lookup};
use crate::dtype::{DType, Kind};
use crate::error::ElementError;
use crate::kernel::reduce::Reduction;
use crate::scalar::{Scalar, Weak};
use crate::ufunc::{Argument, Domain, Resolution, Ufunc, harmless_side, literal_bound};

/// An argument of an instruction to be written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BuilderArgument {
    /// A value of the program.
    Register(Register),
    /// A literal.
    Weak(Weak),
}

impl From<Register> for BuilderArgument {
    fn from(register: Register) -> BuilderArgument {
        BuilderArgument::Register(register)
    }
}

impl<T: Into<Weak>> From<T> for BuilderArgument {
    fn from(literal: T) -> BuilderArgument {
        BuilderArgument::Weak(literal.into())
    }
}

/// A program under construction.
///
/// ```
/// use distarray_core::DType;
/// use distarray_core::kernel::elementwise::ProgramBuilder;
/// use distarray_core::ufunc::Ufunc;
///
/// let mut builder = ProgramBuilder::new();
/// let x = builder.input(0, DType::Int32);
/// let half = builder.apply(Ufunc::Divide, &[x.into(), 2.into()])?;
/// builder.output(half)?;
/// let program = builder.finish()?;
/// assert_eq!(program.dtype(half), Ok(DType::Float64));
/// # Ok::<(), distarray_core::ElementError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ProgramBuilder {
    instructions: Vec<Instruction>,
    /// Where each of them stands.
    written: BTreeMap<Key, Register>,
    dtypes: Vec<DType>,
    outputs: Vec<Register>,
    reductions: Vec<ReductionOutput>,
}

impl ProgramBuilder {
    /// An empty program.
    #[must_use]
    pub fn new() -> ProgramBuilder {
        ProgramBuilder::default()
    }

    /// The elements of operand `slot`, which has `dtype`. Slots are numbered from 0 without gaps.
    pub fn input(&mut self, slot: u32, dtype: DType) -> Register {
        self.write(Instruction::Input { slot, dtype }, dtype)
    }

    /// The same value everywhere.
    pub fn constant(&mut self, value: Scalar) -> Register {
        self.write(Instruction::Constant(value), value.dtype())
    }

    /// `from` converted to `dtype`, as `astype`; itself if it has that dtype.
    ///
    /// # Errors
    /// [`ElementError::RegisterOutOfRange`].
    pub fn cast(&mut self, from: Register, dtype: DType) -> Result<Register, ElementError> {
        if self.dtype(from)? == dtype {
            return Ok(from);
        }
        Ok(self.write(Instruction::Cast { from, dtype }, dtype))
    }

    /// The dtype of a value.
    ///
    /// # Errors
    /// [`ElementError::RegisterOutOfRange`].
    pub fn dtype(&self, register: Register) -> Result<DType, ElementError> {
        lookup(&self.dtypes, register)
    }

    /// The ufunc of arguments of any dtypes: NumPy's conversions are inserted.
    ///
    /// # Errors
    /// As [`Ufunc::resolve`]; [`ElementError::RegisterOutOfRange`].
    pub fn apply(&mut self, ufunc: Ufunc, arguments: &[BuilderArgument]) -> Result<Register, ElementError> {
        let mut asked: SmallVec<[Argument; 3]> = SmallVec::new();
        for argument in arguments {
            asked.push(match argument {
                BuilderArgument::Register(register) => Argument::Strong(self.dtype(*register)?),
                BuilderArgument::Weak(literal) => Argument::Weak(*literal),
            });
        }
        let resolution = ufunc.resolve(&asked)?;
        if ufunc.domain() == Domain::Comparison {
            if let Some(answer) = answer_beyond_range(ufunc, arguments, &resolution) {
                return Ok(self.constant(Scalar::Bool(answer)));
            }
            if resolution.computing[0] != resolution.computing[1] {
                return self.compare_mixed_signs(ufunc, arguments, &resolution);
            }
        }
        if ufunc == Ufunc::Clip {
            return self.clip(arguments, resolution.computing[0]);
        }
        let mut computed: SmallVec<[Register; 3]> = SmallVec::new();
        for (argument, &dtype) in arguments.iter().zip(&resolution.computing) {
            computed.push(self.convert(argument, dtype)?);
        }
        let dtype = resolution.computing[ufunc.domain().deciding()];
        if ufunc.kernel(dtype).is_some() {
            return Ok(self.write(Instruction::Apply { ufunc, arguments: computed }, resolution.result));
        }
        self.without_kernel(ufunc, computed[0], resolution.result)
    }

    /// Stores a value; returns the number of the output.
    ///
    /// # Errors
    /// [`ElementError::RegisterOutOfRange`].
    pub fn output(&mut self, register: Register) -> Result<usize, ElementError> {
        self.dtype(register)?;
        self.outputs.push(register);
        Ok(self.outputs.len() - 1)
    }

    /// Reduces a value over the axes marked in `reduced`; returns the number of the accumulator.
    ///
    /// # Errors
    /// [`ElementError::RegisterOutOfRange`].
    pub fn reduce(
        &mut self,
        register: Register,
        reduction: Reduction,
        reduced: &[bool],
    ) -> Result<usize, ElementError> {
        self.dtype(register)?;
        self.reductions.push(ReductionOutput { register, reduction, reduced: reduced.to_vec() });
        Ok(self.reductions.len() - 1)
    }

    /// The program. Instructions that nothing depends on are left out of a pass by themselves.
    ///
    /// # Errors
    /// As [`Program::new`]: slots with gaps, or with two dtypes.
    pub fn finish(self) -> Result<Program, ElementError> {
        Program::new(self.instructions, self.outputs, self.reductions)
    }

    /// Writes an instruction, or finds that it is written already.
    fn write(&mut self, instruction: Instruction, dtype: DType) -> Register {
        debug_assert_eq!(dtype_of(&instruction, &self.dtypes), Ok(dtype), "{instruction:?}");
        #[expect(
            clippy::cast_possible_truncation,
            reason = "four thousand million instructions fill no memory"
        )]
        let next = Register(self.instructions.len() as u32);
        let register = *self.written.entry(Key::of(&instruction)).or_insert(next);
        if register == next {
            self.instructions.push(instruction);
            self.dtypes.push(dtype);
        }
        register
    }

    /// The argument in `dtype`. Integer literals that do not fit wrap: who does not want that has checked.
    fn convert(&mut self, argument: &BuilderArgument, dtype: DType) -> Result<Register, ElementError> {
        match argument {
            BuilderArgument::Register(register) => self.cast(*register, dtype),
            BuilderArgument::Weak(Weak::Int(value)) if literal_bound(&Weak::Int(*value), dtype).is_some() => {
                #[expect(clippy::cast_possible_truncation, reason = "wrapping is what is asked for")]
                let wrapped = Scalar::Int64(*value as i64);
                Ok(self.constant(wrapped.cast(dtype)))
            }
            BuilderArgument::Weak(literal) => Ok(self.constant(literal.to_scalar(dtype)?)),
        }
    }

    /// What a ufunc is that needs no kernel for its dtype.
    fn without_kernel(
        &mut self,
        ufunc: Ufunc,
        argument: Register,
        result: DType,
    ) -> Result<Register, ElementError> {
        match ufunc {
            Ufunc::IsNan | Ufunc::IsInf | Ufunc::IsPosInf | Ufunc::IsNegInf | Ufunc::IsComplex => {
                Ok(self.constant(Scalar::Bool(false)))
            }
            Ufunc::IsFinite | Ufunc::IsReal => Ok(self.constant(Scalar::Bool(true))),
            Ufunc::Imag => Ok(self.constant(Scalar::zero(result))),
            // Rounding integers, the absolute value of what has no sign, and the like.
            _ => self.cast(argument, result),
        }
    }

    /// `minimum(maximum(x, low), high)`, without bounds that lie beyond the range of `dtype`.
    fn clip(&mut self, arguments: &[BuilderArgument], dtype: DType) -> Result<Register, ElementError> {
        let mut value = self.convert(&arguments[0], dtype)?;
        for (position, ufunc) in [(1, Ufunc::Maximum), (2, Ufunc::Minimum)] {
            let bound = &arguments[position];
            if let BuilderArgument::Weak(literal) = bound
                && literal_bound(literal, dtype) == Some(harmless_side(position))
            {
                continue;
            }
            let bound = self.convert(bound, dtype)?;
            let instruction = Instruction::Apply { ufunc, arguments: SmallVec::from_slice(&[value, bound]) };
            value = self.write(instruction, dtype);
        }
        Ok(value)
    }

    /// A comparison of `uint64` with `int64`, exactly: a negative number is below all others.
    fn compare_mixed_signs(
        &mut self,
        ufunc: Ufunc,
        arguments: &[BuilderArgument],
        resolution: &Resolution,
    ) -> Result<Register, ElementError> {
        let left = self.convert(&arguments[0], resolution.computing[0])?;
        let right = self.convert(&arguments[1], resolution.computing[1])?;
        let left_is_signed = resolution.computing[0].kind() == Kind::Signed;
        let signed = if left_is_signed { left } else { right };
        let zero = self.constant(Scalar::Int64(0));
        let negative = self.apply(Ufunc::Less, &[signed.into(), zero.into()])?;
        // Right for numbers that are not negative.
        let (left, right) = (self.cast(left, DType::UInt64)?, self.cast(right, DType::UInt64)?);
        let unsigned = self.apply(ufunc, &[left.into(), right.into()])?;
        let otherwise = match ufunc {
            Ufunc::Equal => false,
            Ufunc::NotEqual => true,
            Ufunc::Less | Ufunc::LessEqual => left_is_signed,
            _ => !left_is_signed,
        };
        let otherwise = self.constant(Scalar::Bool(otherwise));
        self.apply(Ufunc::Where, &[negative.into(), otherwise.into(), unsigned.into()])
    }
}

/// The answer to a comparison with an integer literal outside the range of the other side's dtype.
fn answer_beyond_range(ufunc: Ufunc, arguments: &[BuilderArgument], resolution: &Resolution) -> Option<bool> {
    let side = |index: usize| match &arguments[index] {
        BuilderArgument::Weak(literal) => literal_bound(literal, resolution.computing[index]),
        BuilderArgument::Register(_) => None,
    };
    // How the left side compares with the right one.
    let order = match (side(0), side(1)) {
        (None, None) => return None,
        (Some(left), None) => left,
        (_, Some(right)) => right.reverse(),
    };
    Some(match ufunc {
        Ufunc::Equal => false,
        Ufunc::NotEqual => true,
        Ufunc::Less | Ufunc::LessEqual => order == Ordering::Less,
        _ => order == Ordering::Greater,
    })
}

/// An instruction by its bits: equal for instructions that give the same bits, and with an order, which numbers lack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Input(u32, DType),
    Constant(DType, [u8; 16]),
    Cast(Register, DType),
    Apply(Ufunc, SmallVec<[Register; 3]>),
}

impl Key {
    fn of(instruction: &Instruction) -> Key {
        match instruction {
            Instruction::Input { slot, dtype } => Key::Input(*slot, *dtype),
            Instruction::Constant(value) => {
                let mut bits = [0; 16];
                bits[..value.dtype().size_bytes()].copy_from_slice(&value.to_bytes());
                Key::Constant(value.dtype(), bits)
            }
            Instruction::Cast { from, dtype } => Key::Cast(*from, *dtype),
            Instruction::Apply { ufunc, arguments } => Key::Apply(*ufunc, arguments.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gives_the_same_bits_is_written_once() {
        let mut builder = ProgramBuilder::new();
        let nan = Scalar::Float64(f64::NAN);
        assert_eq!(builder.constant(nan), builder.constant(nan));
        assert_ne!(builder.constant(Scalar::Float64(0.0)), builder.constant(Scalar::Float64(-0.0)));
        assert_ne!(builder.constant(Scalar::Int64(0)), builder.constant(Scalar::UInt64(0)));
        let (x, y) = (builder.input(0, DType::Float64), builder.input(1, DType::Float64));
        assert_eq!(builder.input(0, DType::Float64), x);
        let mut write = |ufunc, left: Register, right: Register| {
            builder.apply(ufunc, &[left.into(), right.into()]).expect("they are of one dtype")
        };
        let sum = write(Ufunc::Add, x, y);
        assert_eq!(write(Ufunc::Add, x, y), sum);
        assert_ne!(write(Ufunc::Add, y, x), sum);
        assert_ne!(write(Ufunc::Subtract, x, y), sum);
        let narrow = builder.cast(sum, DType::Float32).expect("it is there");
        assert_eq!(builder.cast(sum, DType::Float32), Ok(narrow));
        assert_eq!(builder.instructions.len(), 11);
    }
}
