//! Plan: a program made ready for operands that lie in a certain way: steps over places in cache.

use smallvec::SmallVec;

use super::fuse::{Facts, fuse};
use super::operand::Layout;
use super::program::{Instruction, Program, Register};
use crate::dtype::DType;
use crate::error::ElementError;
use crate::kernel::cast::cast;
use crate::kernel::operation::chain;
use crate::kernel::operation::erased::Kernel;
use crate::scalar::Scalar;

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
    /// Copies to the target.
    Copy,
    /// Copies to the target past the caches.
    Stream,
    /// Feeds an accumulator.
    Reduce(usize),
}

/// One step of the work on a tile.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) action: Action,
    pub(super) inputs: SmallVec<[Sized; 3]>,
    /// Where the result goes; nowhere for reductions.
    pub(super) target: Option<Sized>,
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
    pub(super) constants: Vec<Constant>,
    /// Steps that are done once, on registers that hold the same value everywhere.
    pub(super) prologue: Vec<Step>,
    /// Steps that are done for each tile.
    pub(super) steps: Vec<Step>,
    pub(super) register_count: usize,
    /// The widest element of a register, in bytes.
    pub(super) register_item_bytes: usize,
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
}

/// Makes the plan of `program` for operands that lie as `layouts` say.
pub(super) fn plan(program: &Program, layouts: &[Layout], modes: &[OutputMode]) -> Result<Plan, ElementError> {
    let facts = facts(program, layouts);
    let (fused, absorbed) = fuse(program, &facts);
    let mut planner = Planner {
        program,
        uses: facts.uses.clone(),
        places: vec![None; program.instructions().len()],
        free: Vec::new(),
        plan: Plan { register_item_bytes: 1, ..Plan::default() },
    };
    for (index, instruction) in program.instructions().iter().enumerate() {
        if facts.uses[index] == 0 || absorbed[index] {
            continue;
        }
        let direct = program.outputs().iter().position(|output| output.index() == index);
        let direct = direct.filter(|&output| modes[output] == OutputMode::Direct && !facts.uniform[index]);
        let dtype = program.dtypes()[index];
        let (action, arguments): (Action, SmallVec<[(Register, bool); 3]>) = match instruction {
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
                    Layout::Contiguous { .. } => {
                        planner.places[index] = Some(Place::Operand(slot));
                        continue;
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
                if let Some(chain) = fused[index]
                    && let Some(kernel) = chain::kernel(dtype, chain.first, chain.second)
                {
                    let arguments = [(chain.a, false), (chain.b, chain.first.1), (chain.c, chain.second.1)];
                    (Action::Compute(kernel), SmallVec::from_slice(&arguments))
                } else {
                    let computing = program.dtypes()[arguments[arguments.len() - 1].index()];
                    let kernel = ufunc.kernel(computing).ok_or_else(|| ElementError::UnsupportedDTypes {
                        ufunc: ufunc.name().to_owned(),
                        dtypes: vec![computing],
                    })?;
                    (Action::Compute(kernel), arguments.iter().map(|&argument| (argument, false)).collect())
                }
            }
        };
        planner.emit(index, action, &arguments, direct, facts.uniform[index]);
    }
    Ok(planner.finish(modes))
}

/// Uses of each value, and which values are the same everywhere.
fn facts(program: &Program, layouts: &[Layout]) -> Facts {
    let count = program.instructions().len();
    let mut uses = vec![0; count];
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
    let mut uniform: Vec<bool> = Vec::with_capacity(count);
    for instruction in program.instructions() {
        uniform.push(match instruction {
            Instruction::Input { slot, .. } => matches!(layouts[*slot as usize], Layout::Uniform { .. }),
            Instruction::Constant(_) => true,
            Instruction::Cast { from, .. } => uniform[from.index()],
            Instruction::Apply { arguments, .. } => arguments.iter().all(|argument| uniform[argument.index()]),
        });
    }
    Facts { uses, uniform }
}

struct Planner<'a> {
    program: &'a Program,
    /// Uses that are still to come.
    uses: Vec<usize>,
    places: Vec<Option<Place>>,
    free: Vec<usize>,
    plan: Plan,
}

impl Planner<'_> {
    /// A register that is never given back.
    fn new_register(&mut self, dtype: DType) -> usize {
        self.plan.register_item_bytes = self.plan.register_item_bytes.max(dtype.size_bytes());
        self.plan.register_count += 1;
        self.plan.register_count - 1
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
            None if uniform => Place::Register(self.new_register(dtype)),
            None => {
                let register = match self.free.pop() {
                    Some(register) => {
                        self.plan.register_item_bytes = self.plan.register_item_bytes.max(dtype.size_bytes());
                        register
                    }
                    None => self.new_register(dtype),
                };
                Place::Register(register)
            }
        };
        let step = Step { action, inputs, target: Some((place, dtype.size_bytes())) };
        if uniform { self.plan.prologue.push(step) } else { self.plan.steps.push(step) }
        self.places[index] = Some(place);
        for &(register, _) in arguments {
            // Registers of values that are the same everywhere outlive the tiles.
            let constant = self.is_constant(register);
            self.used(register, constant);
        }
    }

    fn is_constant(&self, register: Register) -> bool {
        let Some(Place::Register(number)) = self.places[register.index()] else {
            return false;
        };
        let holds = |constant: &Constant| match constant {
            Constant::Scalar(held, _) | Constant::Operand(held, ..) => *held == number,
        };
        let in_prologue =
            |step: &Step| matches!(step.target, Some((Place::Register(held), _)) if held == number);
        self.plan.constants.iter().any(holds) || self.plan.prologue.iter().any(in_prologue)
    }

    /// Adds the reductions, and the stores that no kernel does.
    fn finish(mut self, modes: &[OutputMode]) -> Plan {
        for (number, reduction) in self.program.reductions().iter().enumerate() {
            let inputs = SmallVec::from_slice(&[self.sized(reduction.register, false)]);
            self.plan.steps.push(Step { action: Action::Reduce(number), inputs, target: None });
        }
        // What an output takes from another one that is written in place is saved first.
        let mut sources = Vec::new();
        for (number, register) in self.program.outputs().iter().enumerate() {
            let mut source = self.sized(*register, false);
            if let Place::Output(other) = source.0
                && other != number
                && modes[other] == OutputMode::InPlace
            {
                let saved = self.new_register(self.program.dtypes()[register.index()]);
                let target = (Place::Register(saved), source.1);
                let inputs = SmallVec::from_slice(&[source]);
                self.plan.steps.push(Step { action: Action::Copy, inputs, target: Some(target) });
                source = target;
            }
            sources.push(source);
        }
        // Outputs that are read in place are written last.
        for in_place in [false, true] {
            for (number, &source) in sources.iter().enumerate() {
                if (modes[number] == OutputMode::InPlace) != in_place || source.0 == Place::Output(number) {
                    continue;
                }
                let action = if modes[number] == OutputMode::Stream { Action::Stream } else { Action::Copy };
                let target = Some((Place::Output(number), source.1));
                self.plan.steps.push(Step { action, inputs: SmallVec::from_slice(&[source]), target });
            }
        }
        self.plan
    }
}

/// Runs the action of a step that only computes, on slices that are already found.
pub(super) fn execute(action: Action, inputs: &[&[u8]], target: &mut [u8]) -> Result<(), ElementError> {
    match action {
        Action::Compute(kernel) => kernel(inputs, target),
        Action::Cast(from, to) => cast(from, inputs[0], to, target),
        Action::Copy => {
            target.copy_from_slice(inputs[0]);
            Ok(())
        }
        Action::Stream => {
            crate::kernel::simd::stream_copy(target, inputs[0]);
            Ok(())
        }
        // The pass does these itself.
        Action::Load(_) | Action::Reduce(_) => Ok(()),
    }
}
