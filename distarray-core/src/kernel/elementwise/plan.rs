//! Plan: a program made ready for operands that lie in a certain way: steps over places in cache.

use smallvec::{SmallVec, smallvec};

use super::few::Few;
use super::fuse::{Facts, fuse};
use super::operand::Layout;
use super::program::{Instruction, Program, Register};
use crate::dtype::DType;
use crate::error::ElementError;
use crate::kernel::operation::PowerOfHalf;
use crate::kernel::operation::erased::{Kernel, unary};
use crate::scalar::Scalar;
use crate::ufunc::Ufunc;

/// Where the elements of a value are found while a tile is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a tile register.
    Register(usize),
    /// One element: the first of a register that holds the same value everywhere.
    Single(usize),
    /// In the memory of an operand.
    Operand(usize),
    /// In the memory of an output.
    Output(usize),
}

/// A place with the number of bytes of one element.
pub(super) type Sized = (Place, usize);

/// What a step does with its inputs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Action {
    /// Runs a kernel.
    Compute(Kernel),
    /// Converts from one dtype to another.
    Cast(DType, DType),
    /// Loads a strided operand.
    Load(usize),
    /// Loads what a strided output holds.
    LoadOutput(usize),
    /// Copies to a strided output.
    Store(usize),
    /// Copies to the target.
    Copy,
    /// Copies to the target past the caches.
    Stream,
}

/// One step of the work on a piece of a tile.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) action: Action,
    pub(super) inputs: SmallVec<[Sized; 4]>,
    /// Where the result goes.
    pub(super) target: Sized,
}

/// What fills a register once, before the first tile.
#[derive(Debug, Clone, Copy)]
pub(super) enum Constant {
    /// A scalar of the program.
    Scalar(usize, Scalar),
    /// The one element of an operand: register, slot, element, dtype.
    Operand(usize, usize, usize, DType),
}

/// A program ready to run.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) constants: Few<Constant>,
    /// Steps that are done once, on registers that hold the same value everywhere.
    pub(super) prologue: Vec<Step>,
    /// Steps that are done for each piece of a tile.
    pub(super) steps: Vec<Step>,
    /// What each accumulator is fed from, once per tile.
    pub(super) reductions: Few<Sized>,
    pub(super) registers: Few<RegisterShape>,
}

/// What a register must hold.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RegisterShape {
    /// The widest element, in bytes.
    pub(super) item_bytes: usize,
    /// Whether it holds a whole tile, and not one piece of it.
    pub(super) whole_tile: bool,
}

/// How an output is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputMode {
    /// By the kernel that computes it.
    Direct,
    /// From a register at the end of a tile, because an operand is read from the same memory.
    InPlace,
    /// From a register past the caches.
    Stream,
    /// From a register to elements that do not lie one after the other.
    Scatter,
}

impl OutputMode {
    /// Whether what the output held before may still be read when the other outputs are written.
    fn is_last(self) -> bool {
        matches!(self, OutputMode::InPlace | OutputMode::Scatter)
    }
}

/// Makes the plan of `program` for operands that lie as `layouts` say.
pub(super) fn plan(
    program: &Program,
    layouts: &[Layout],
    modes: &[OutputMode],
) -> Result<Plan, ElementError> {
    let facts = facts(program, layouts);
    let (fused, absorbed) = fuse(program, &facts);
    let mut planner = Planner {
        program,
        uses: facts.uses.clone(),
        places: smallvec![None; program.instructions().len()],
        free: Few::new(),
        plan: Plan::default(),
    };
    for (index, instruction) in program.instructions().iter().enumerate() {
        if facts.uses[index] == 0 || absorbed[index] {
            continue;
        }
        let direct = program.outputs().iter().position(|output| output.index() == index);
        let direct = direct.filter(|&output| modes[output] == OutputMode::Direct && !facts.uniform[index]);
        let dtype = program.dtypes()[index];
        let (action, arguments): (Action, SmallVec<[(Register, bool); 4]>) = match instruction {
            Instruction::Constant(scalar) => {
                let register = planner.new_register(dtype);
                planner.plan.constants.push(Constant::Scalar(register, *scalar));
                planner.places[index] = Some(Place::Register(register));
                continue;
            }
            Instruction::Input { slot, .. } => {
                let slot = *slot as usize;
                match &layouts[slot] {
                    Layout::Uniform { offset } => {
                        let register = planner.new_register(dtype);
                        planner.plan.constants.push(Constant::Operand(register, slot, *offset, dtype));
                        planner.places[index] = Some(Place::Register(register));
                        continue;
                    }
                    Layout::Contiguous { .. } | Layout::Rows { .. } => {
                        planner.places[index] = Some(Place::Operand(slot));
                        continue;
                    }
                    Layout::Output(output) if modes[*output] == OutputMode::Scatter => {
                        (Action::LoadOutput(*output), SmallVec::new())
                    }
                    Layout::Output(output) => {
                        planner.places[index] = Some(Place::Output(*output));
                        continue;
                    }
                    Layout::Strided { .. } => (Action::Load(slot), SmallVec::new()),
                }
            }
            Instruction::Cast { from, dtype } => {
                let source = program.dtypes()[from.index()];
                (Action::Cast(source, *dtype), SmallVec::from_slice(&[(*from, false)]))
            }
            Instruction::Apply { ufunc, arguments } => {
                if let Some(fused) = &fused[index] {
                    (Action::Compute(fused.kernel), fused.inputs.clone())
                } else if let Some(kernel) = constant_power(program, *ufunc, arguments) {
                    (Action::Compute(kernel), SmallVec::from_slice(&[(arguments[0], false)]))
                } else {
                    let computing = program.dtypes()[arguments[ufunc.domain().deciding()].index()];
                    let kernel = ufunc.kernel(computing).ok_or_else(|| ElementError::UnsupportedDTypes {
                        ufunc: ufunc.name().to_owned(),
                        dtypes: vec![computing],
                    })?;
                    let may_be_single = ufunc.takes_single(computing) && !facts.uniform[index];
                    let single = |argument: Register| may_be_single && facts.uniform[argument.index()];
                    let arguments = arguments.iter().map(|&argument| (argument, single(argument)));
                    (Action::Compute(kernel), arguments.collect())
                }
            }
        };
        planner.emit(index, action, &arguments, direct, facts.uniform[index]);
    }
    Ok(planner.finish(modes))
}

/// The kernel of a power with an exponent for which [`Power`](crate::kernel::math::Power) gives the exactly rounded
/// product, root or quotient anyway.
fn constant_power(program: &Program, ufunc: Ufunc, arguments: &[Register]) -> Option<Kernel> {
    if !matches!(ufunc, Ufunc::Power | Ufunc::FloatPower) {
        return None;
    }
    let Instruction::Constant(exponent) = &program.instructions()[arguments[1].index()] else {
        return None;
    };
    let dtype = exponent.dtype();
    let exponent = exponent.to_f64();
    match dtype {
        DType::Complex64 | DType::Complex128 => None,
        _ if exponent == 2.0 => Ufunc::Square.kernel(dtype),
        DType::Float32 if exponent == 0.5 => Some(unary::<f32, PowerOfHalf>),
        DType::Float64 if exponent == 0.5 => Some(unary::<f64, PowerOfHalf>),
        DType::Float32 | DType::Float64 if exponent == -1.0 => Ufunc::Reciprocal.kernel(dtype),
        _ => None,
    }
}

/// Uses of each value, and which values are the same everywhere.
fn facts(program: &Program, layouts: &[Layout]) -> Facts {
    let count = program.instructions().len();
    let mut uses: Few<usize> = smallvec![0; count];
    let results = program.outputs().iter().chain(program.reductions().iter().map(|output| &output.register));
    for register in results {
        uses[register.index()] += 1;
    }
    for index in (0..count).rev() {
        if uses[index] == 0 {
            continue;
        }
        match &program.instructions()[index] {
            Instruction::Input { .. } | Instruction::Constant(_) => {}
            Instruction::Cast { from, .. } => uses[from.index()] += 1,
            Instruction::Apply { arguments, .. } => {
                for argument in arguments {
                    uses[argument.index()] += 1;
                }
            }
        }
    }
    let mut uniform: Few<bool> = Few::with_capacity(count);
    for instruction in program.instructions() {
        uniform.push(match instruction {
            Instruction::Input { slot, .. } => matches!(layouts[*slot as usize], Layout::Uniform { .. }),
            Instruction::Constant(_) => true,
            Instruction::Cast { from, .. } => uniform[from.index()],
            Instruction::Apply { arguments, .. } => {
                arguments.iter().all(|argument| uniform[argument.index()])
            }
        });
    }
    Facts { uses, uniform }
}

struct Planner<'a> {
    program: &'a Program,
    /// Uses that are still to come.
    uses: Few<usize>,
    places: Few<Option<Place>>,
    free: Few<usize>,
    plan: Plan,
}

impl Planner<'_> {
    /// A register that is never given back.
    fn new_register(&mut self, dtype: DType) -> usize {
        self.plan.registers.push(RegisterShape { item_bytes: dtype.size_bytes(), whole_tile: false });
        self.plan.registers.len() - 1
    }

    fn sized(&self, register: Register, single: bool) -> Sized {
        let item_bytes = self.program.dtypes()[register.index()].size_bytes();
        let place = match self.places[register.index()] {
            Some(Place::Register(number)) if single => Place::Single(number),
            Some(place) => place,
            // Every value is planned before its uses, and what is absorbed has none.
            None => unreachable!("value {register:?} is used before it is planned"),
        };
        (place, item_bytes)
    }

    /// Counts one use of a value less; its register is free after the last one.
    fn used(&mut self, register: Register, uniform: bool) {
        let uses = &mut self.uses[register.index()];
        *uses -= 1;
        if *uses == 0
            && !uniform
            && let Some(Place::Register(number)) = self.places[register.index()]
        {
            self.free.push(number);
        }
    }

    fn emit(
        &mut self,
        index: usize,
        action: Action,
        arguments: &[(Register, bool)],
        direct: Option<usize>,
        uniform: bool,
    ) {
        let dtype = self.program.dtypes()[index];
        let inputs = arguments.iter().map(|&(register, single)| self.sized(register, single)).collect();
        let place = match direct {
            Some(output) => Place::Output(output),
            None if uniform || self.is_reduced(index) => Place::Register(self.new_register(dtype)),
            None => {
                let register = match self.free.pop() {
                    Some(register) => {
                        let shape = &mut self.plan.registers[register];
                        shape.item_bytes = shape.item_bytes.max(dtype.size_bytes());
                        register
                    }
                    None => self.new_register(dtype),
                };
                Place::Register(register)
            }
        };
        let step = Step { action, inputs, target: (place, dtype.size_bytes()) };
        if uniform {
            self.plan.prologue.push(step)
        } else {
            self.plan.steps.push(step)
        }
        self.places[index] = Some(place);
        for &(register, _) in arguments {
            // Registers of values that are the same everywhere outlive the tiles.
            let constant = self.is_constant(register);
            self.used(register, constant);
        }
    }

    /// Whether an accumulator is fed with a value. Its register holds whole tiles and is no other value's: that
    /// could have elements of another width, hence its pieces elsewhere.
    fn is_reduced(&self, index: usize) -> bool {
        self.program.reductions().iter().any(|reduction| reduction.register.index() == index)
    }

    fn is_constant(&self, register: Register) -> bool {
        matches!(self.places[register.index()], Some(Place::Register(number)) if self.is_constant_register(number))
    }

    /// Whether a register holds the same value everywhere.
    fn is_constant_register(&self, number: usize) -> bool {
        let holds = |constant: &Constant| match constant {
            Constant::Scalar(held, _) | Constant::Operand(held, ..) => *held == number,
        };
        let in_prologue = |step: &Step| step.target.0 == Place::Register(number);
        self.plan.constants.iter().any(holds) || self.plan.prologue.iter().any(in_prologue)
    }

    /// Adds the reductions, and the stores that no kernel does.
    fn finish(mut self, modes: &[OutputMode]) -> Plan {
        let program = self.program;
        for reduction in program.reductions() {
            let source = self.saved(reduction.register, None, modes);
            if let Place::Register(number) = source.0 {
                self.plan.registers[number].whole_tile = true;
            }
            self.plan.reductions.push(source);
        }
        // Values that are the same everywhere are computed from each other: all hold whole tiles, or none.
        let constants: Few<usize> =
            (0..self.plan.registers.len()).filter(|&n| self.is_constant_register(n)).collect();
        if constants.iter().any(|&number| self.plan.registers[number].whole_tile) {
            for number in constants {
                self.plan.registers[number].whole_tile = true;
            }
        }
        let outputs = program.outputs().iter().enumerate();
        let sources: Few<Sized> =
            outputs.map(|(number, register)| self.saved(*register, Some(number), modes)).collect();
        // Outputs that are read in place are written last.
        for last in [false, true] {
            for (number, &source) in sources.iter().enumerate() {
                if modes[number].is_last() != last || source.0 == Place::Output(number) {
                    continue;
                }
                let action = match modes[number] {
                    OutputMode::Stream => Action::Stream,
                    OutputMode::Scatter => Action::Store(number),
                    OutputMode::Direct | OutputMode::InPlace => Action::Copy,
                };
                let target = (Place::Output(number), source.1);
                self.plan.steps.push(Step { action, inputs: SmallVec::from_slice(&[source]), target });
            }
        }
        self.plan
    }

    /// Where a result is found at the end of a piece: what lies in an output (other than `own`) that is written in
    /// place is copied first.
    fn saved(&mut self, register: Register, own: Option<usize>, modes: &[OutputMode]) -> Sized {
        let source = self.sized(register, false);
        match source.0 {
            Place::Output(other) if own != Some(other) && modes[other] == OutputMode::InPlace => {
                let copy = self.new_register(self.program.dtypes()[register.index()]);
                let target = (Place::Register(copy), source.1);
                let inputs = SmallVec::from_slice(&[source]);
                self.plan.steps.push(Step { action: Action::Copy, inputs, target });
                target
            }
            _ => source,
        }
    }
}
