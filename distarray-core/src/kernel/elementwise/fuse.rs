//! Which instructions become one super-instruction.

use smallvec::{SmallVec, smallvec};

use super::few::Few;
use super::program::{Instruction, Program, Register};
use crate::dtype::DType;
use crate::kernel::operation::chain::{self, Link, Root};
use crate::kernel::operation::erased::Kernel;
use crate::ufunc::Ufunc;

/// Several instructions as one kernel.
#[derive(Debug, Clone)]
pub(super) struct Fused {
    pub(super) kernel: Kernel,
    /// Its inputs, each with whether one element of it is given.
    pub(super) inputs: SmallVec<[(Register, bool); 4]>,
    /// The instructions that are no longer there.
    absorbed: SmallVec<[Register; 2]>,
}

/// What the planner knows of the values of a program.
#[derive(Debug)]
pub(super) struct Facts {
    /// How often each value is used, results included; 0 for what nothing depends on.
    pub(super) uses: Few<usize>,
    /// Whether each value is the same everywhere.
    pub(super) uniform: Few<bool>,
}

/// For each instruction the kernel that does it and others; and for each whether another one has absorbed it.
pub(super) fn fuse(program: &Program, facts: &Facts) -> (Vec<Option<Fused>>, Few<bool>) {
    let count = program.instructions().len();
    let mut absorbed: Few<bool> = smallvec![false; count];
    let mut fused = vec![None; count];
    for index in (0..count).rev() {
        if absorbed[index] || facts.uses[index] == 0 || facts.uniform[index] {
            continue;
        }
        let fuser = Fuser { program, facts, absorbed: &absorbed };
        let found = fuser.with_root(index).or_else(|| fuser.scaled(index)).or_else(|| fuser.chain(index));
        if let Some(found) = found {
            for register in &found.absorbed {
                absorbed[register.index()] = true;
            }
            fused[index] = Some(found);
        }
    }
    (fused, absorbed)
}

struct Fuser<'a> {
    program: &'a Program,
    facts: &'a Facts,
    absorbed: &'a [bool],
}

impl Fuser<'_> {
    fn is_uniform(&self, register: Register) -> bool {
        self.facts.uniform[register.index()]
    }

    /// Whether a value is needed by one instruction only, which may then compute it by itself.
    fn is_free(&self, register: Register) -> bool {
        let index = register.index();
        self.facts.uses[index] == 1 && !self.facts.uniform[index] && !self.absorbed[index]
    }

    /// `value link sqrt(c)` and `value link sqrt(abs(c))`.
    fn with_root(&self, index: usize) -> Option<Fused> {
        let (ufunc, left, right) = self.linkable(index)?;
        for (root, value, reversed) in [(right, left, false), (left, right, true)] {
            if !self.is_free(root) || self.is_uniform(value) || root == value {
                continue;
            }
            let Some(under) = self.unary(root, Ufunc::Sqrt) else {
                continue;
            };
            let mut absorbed = smallvec![root];
            let (kind, operand) = match self.unary(under, Ufunc::Absolute) {
                Some(operand) if self.is_free(under) => {
                    absorbed.push(under);
                    (Root::RootOfAbsolute, operand)
                }
                _ => (Root::Root, under),
            };
            let kernel = chain::root_kernel(self.program.dtypes()[index], link(ufunc, reversed), kind)?;
            return Some(Fused { kernel, inputs: smallvec![(value, false), (operand, false)], absorbed });
        }
        None
    }

    /// `a * r + b * s` and `a * r - b * s`.
    fn scaled(&self, index: usize) -> Option<Fused> {
        let (ufunc, left, right) = self.linkable(index)?;
        if ufunc == Ufunc::Multiply || left == right {
            return None;
        }
        let ((a, r), (b, s)) = (self.scaled_value(left)?, self.scaled_value(right)?);
        let kernel = chain::scaled_kernel(self.program.dtypes()[index], ufunc == Ufunc::Subtract)?;
        let inputs = smallvec![(a, false), (r, true), (b, false), (s, true)];
        Some(Fused { kernel, inputs, absorbed: smallvec![left, right] })
    }

    /// The value and the factor of a product with what is the same everywhere.
    fn scaled_value(&self, register: Register) -> Option<(Register, Register)> {
        if !self.is_free(register) {
            return None;
        }
        match self.linkable(register.index())? {
            (Ufunc::Multiply, value, factor) if self.is_uniform(factor) => Some((value, factor)),
            (Ufunc::Multiply, factor, value) if self.is_uniform(factor) => Some((value, factor)),
            _ => None,
        }
    }

    /// `(a first b) second c`.
    fn chain(&self, index: usize) -> Option<Fused> {
        let (ufunc, left, right) = self.linkable(index)?;
        for (inner, operand, reversed) in [(left, right, false), (right, left, true)] {
            if !self.is_free(inner) || inner == operand {
                continue;
            }
            let Some((inner_ufunc, a, b)) = self.linkable(inner.index()) else {
                continue;
            };
            // The value goes through, the operand may be the same everywhere.
            let (a, b, inner_reversed) = if self.is_uniform(a) { (b, a, true) } else { (a, b, false) };
            let first = (link(inner_ufunc, inner_reversed), self.is_uniform(b));
            let second = (link(ufunc, reversed), self.is_uniform(operand));
            let kernel = chain::kernel(self.program.dtypes()[index], first, second)?;
            let inputs = smallvec![(a, false), (b, first.1), (operand, second.1)];
            return Some(Fused { kernel, inputs, absorbed: smallvec![inner] });
        }
        None
    }

    /// The instruction as a link of a chain, if it can be one.
    fn linkable(&self, index: usize) -> Option<(Ufunc, Register, Register)> {
        let is_float = matches!(self.program.dtypes()[index], DType::Float32 | DType::Float64);
        match &self.program.instructions()[index] {
            Instruction::Apply {
                ufunc: ufunc @ (Ufunc::Add | Ufunc::Subtract | Ufunc::Multiply),
                arguments,
            } if is_float => Some((*ufunc, arguments[0], arguments[1])),
            _ => None,
        }
    }

    /// The argument of an instruction that is `wanted` of a float.
    fn unary(&self, register: Register, wanted: Ufunc) -> Option<Register> {
        match &self.program.instructions()[register.index()] {
            Instruction::Apply { ufunc, arguments } if *ufunc == wanted => {
                let dtype = self.program.dtypes()[arguments[0].index()];
                matches!(dtype, DType::Float32 | DType::Float64).then_some(arguments[0])
            }
            _ => None,
        }
    }
}

/// The link that takes the value on the left of a ufunc, or on its right.
fn link(ufunc: Ufunc, reversed: bool) -> Link {
    match ufunc {
        Ufunc::Multiply => Link::Multiply,
        Ufunc::Subtract if reversed => Link::SubtractFrom,
        Ufunc::Subtract => Link::Subtract,
        _ => Link::Add,
    }
}
