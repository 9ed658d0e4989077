//! Program: elementwise instructions in single-assignment form, as data.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::dtype::DType;
use crate::error::ElementError;
use crate::kernel::reduce::Reduction;
use crate::scalar::Scalar;
use crate::ufunc::{Domain, Ufunc};

/// The value of an instruction: its number in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Register(pub u32);

impl Register {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// One instruction; its arguments are values of earlier ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Instruction {
    /// The elements of an operand.
    Input {
        /// Which operand.
        slot: u32,
        /// Its dtype.
        dtype: DType,
    },
    /// The same value everywhere.
    Constant(Scalar),
    /// Conversion as NumPy's `astype`.
    Cast {
        /// What is converted.
        from: Register,
        /// To which dtype.
        dtype: DType,
    },
    /// A ufunc of arguments that have the dtype it computes in.
    Apply {
        /// The ufunc.
        ufunc: Ufunc,
        /// Its arguments.
        arguments: SmallVec<[Register; 3]>,
    },
}

/// A reduction at the end of a pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReductionOutput {
    /// What is reduced.
    pub register: Register,
    /// How.
    pub reduction: Reduction,
    /// For each axis of the iteration shape whether it is reduced.
    pub reduced: Vec<bool>,
}

/// A program that is known to make sense: made by a [`ProgramBuilder`](super::ProgramBuilder), or
/// deserialised and checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Description", into = "Description")]
pub struct Program {
    instructions: Vec<Instruction>,
    dtypes: Vec<DType>,
    slots: Vec<DType>,
    outputs: Vec<Register>,
    reductions: Vec<ReductionOutput>,
}

/// What of a program is written down.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Description {
    instructions: Vec<Instruction>,
    outputs: Vec<Register>,
    reductions: Vec<ReductionOutput>,
}

impl From<Program> for Description {
    fn from(program: Program) -> Description {
        Description {
            instructions: program.instructions,
            outputs: program.outputs,
            reductions: program.reductions,
        }
    }
}

impl TryFrom<Description> for Program {
    type Error = ElementError;

    fn try_from(description: Description) -> Result<Program, ElementError> {
        Program::new(description.instructions, description.outputs, description.reductions)
    }
}

impl Program {
    /// A program of these instructions, whose `outputs` are stored and whose `reductions` are fed.
    ///
    /// # Errors
    /// [`ElementError::RegisterOutOfRange`] for a value that is used before it is made,
    /// [`ElementError::Arity`], [`ElementError::UnsupportedDTypes`] for arguments that the ufunc does not compute
    /// in as they are, [`ElementError::DTypeMismatch`] for a slot with two dtypes,
    /// [`ElementError::OperandCount`] for slots that are not numbered from 0 without gaps.
    pub fn new(
        instructions: Vec<Instruction>,
        outputs: Vec<Register>,
        reductions: Vec<ReductionOutput>,
    ) -> Result<Program, ElementError> {
        let mut dtypes = Vec::with_capacity(instructions.len());
        let mut slots: Vec<Option<DType>> = Vec::new();
        for instruction in &instructions {
            if let Instruction::Input { slot, dtype } = instruction {
                note_slot(&mut slots, *slot as usize, *dtype, instructions.len())?;
            }
            dtypes.push(dtype_of(instruction, &dtypes)?);
        }
        let results = outputs.iter().chain(reductions.iter().map(|output| &output.register));
        for register in results {
            lookup(&dtypes, *register)?;
        }
        let count = slots.len();
        let slots: Vec<DType> = slots.into_iter().flatten().collect();
        if slots.len() != count {
            return Err(ElementError::OperandCount {
                what: String::from("used slots"),
                expected: count,
                found: slots.len(),
            });
        }
        Ok(Program { instructions, dtypes, slots, outputs, reductions })
    }

    /// The instructions.
    #[must_use]
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }

    /// The dtype of each input slot.
    #[must_use]
    pub fn slots(&self) -> &[DType] {
        &self.slots
    }

    /// The registers that are stored, one per output.
    #[must_use]
    pub fn outputs(&self) -> &[Register] {
        &self.outputs
    }

    /// The reductions, one per accumulator.
    #[must_use]
    pub fn reductions(&self) -> &[ReductionOutput] {
        &self.reductions
    }

    /// The dtype of a value of this program.
    ///
    /// # Errors
    /// [`ElementError::RegisterOutOfRange`].
    pub fn dtype(&self, register: Register) -> Result<DType, ElementError> {
        lookup(&self.dtypes, register)
    }

    pub(crate) fn dtypes(&self) -> &[DType] {
        &self.dtypes
    }
}

/// The dtype of a value among those so far.
pub(super) fn lookup(dtypes: &[DType], register: Register) -> Result<DType, ElementError> {
    dtypes
        .get(register.index())
        .copied()
        .ok_or(ElementError::RegisterOutOfRange { register: register.index(), count: dtypes.len() })
}

/// Notes that `slot` has `dtype`. More slots than instructions are no program.
fn note_slot(
    slots: &mut Vec<Option<DType>>,
    slot: usize,
    dtype: DType,
    limit: usize,
) -> Result<(), ElementError> {
    if slot >= limit {
        return Err(ElementError::OperandCount {
            what: String::from("slots"),
            expected: limit,
            found: slot.saturating_add(1),
        });
    }
    if slots.len() <= slot {
        slots.resize(slot + 1, None);
    }
    match slots[slot].replace(dtype) {
        Some(expected) if expected != dtype => Err(ElementError::DTypeMismatch { expected, found: dtype }),
        _ => Ok(()),
    }
}

/// The dtype of an instruction's value, `dtypes` being those of the earlier ones.
pub(super) fn dtype_of(instruction: &Instruction, dtypes: &[DType]) -> Result<DType, ElementError> {
    match instruction {
        Instruction::Input { dtype, .. } => Ok(*dtype),
        Instruction::Constant(scalar) => Ok(scalar.dtype()),
        Instruction::Cast { from, dtype } => lookup(dtypes, *from).map(|_| *dtype),
        Instruction::Apply { ufunc, arguments } => {
            if arguments.len() != ufunc.arity() {
                return Err(ElementError::Arity {
                    ufunc: ufunc.name().to_owned(),
                    expected: ufunc.arity(),
                    found: arguments.len(),
                });
            }
            let given: SmallVec<[DType; 3]> =
                arguments.iter().map(|&argument| lookup(dtypes, argument)).collect::<Result<_, _>>()?;
            let computing = given[ufunc.domain().deciding()];
            let alike = given.iter().enumerate().all(|(position, dtype)| match (ufunc.domain(), position) {
                (Domain::Choice, 0) => *dtype == DType::Bool,
                (Domain::Exponent, 1) => *dtype == DType::Int64,
                _ => *dtype == computing,
            });
            if !alike || ufunc.kernel(computing).is_none() {
                return Err(ElementError::UnsupportedDTypes {
                    ufunc: ufunc.name().to_owned(),
                    dtypes: given.to_vec(),
                });
            }
            Ok(ufunc.value().dtype(computing))
        }
    }
}
