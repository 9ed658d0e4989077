//! Which pairs of instructions become one super-instruction.

use super::program::{Instruction, Program, Register};
use crate::dtype::DType;
use crate::kernel::operation::chain::Link;
use crate::ufunc::Ufunc;

/// `(a first b) second c`; a link's flag says that its operand is the same everywhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fused {
    pub(super) a: Register,
    pub(super) b: Register,
    pub(super) c: Register,
    pub(super) first: (Link, bool),
    pub(super) second: (Link, bool),
}

/// What the planner knows of the values of a program.
#[derive(Debug)]
pub(super) struct Facts {
    /// How often each value is used, results included; 0 for what nothing depends on.
    pub(super) uses: Vec<usize>,
    /// Whether each value is the same everywhere.
    pub(super) uniform: Vec<bool>,
}

/// For each instruction the chain it ends; and for each whether another one has absorbed it.
pub(super) fn fuse(program: &Program, facts: &Facts) -> (Vec<Option<Fused>>, Vec<bool>) {
    let count = program.instructions().len();
    let mut fused = vec![None; count];
    let mut absorbed = vec![false; count];
    for index in (0..count).rev() {
        if absorbed[index] || facts.uses[index] == 0 || facts.uniform[index] {
            continue;
        }
        let Some((ufunc, left, right)) = linkable(program, index) else {
            continue;
        };
        for (inner, operand, reversed) in [(left, right, false), (right, left, true)] {
            let is_single_use = facts.uses[inner.index()] == 1 && !facts.uniform[inner.index()];
            if !is_single_use || absorbed[inner.index()] || inner == operand {
                continue;
            }
            let Some((inner_ufunc, a, b)) = linkable(program, inner.index()) else {
                continue;
            };
            let is_uniform = |register: Register| facts.uniform[register.index()];
            // The value goes through, the operand may be the same everywhere.
            let (a, b, inner_reversed) = if is_uniform(a) { (b, a, true) } else { (a, b, false) };
            fused[index] = Some(Fused {
                a,
                b,
                c: operand,
                first: (link(inner_ufunc, inner_reversed), is_uniform(b)),
                second: (link(ufunc, reversed), is_uniform(operand)),
            });
            absorbed[inner.index()] = true;
            break;
        }
    }
    (fused, absorbed)
}

/// The instruction as a link of a chain, if it can be one.
fn linkable(program: &Program, index: usize) -> Option<(Ufunc, Register, Register)> {
    let is_float = matches!(program.dtypes()[index], DType::Float32 | DType::Float64);
    match &program.instructions()[index] {
        Instruction::Apply { ufunc: ufunc @ (Ufunc::Add | Ufunc::Subtract | Ufunc::Multiply), arguments }
            if is_float =>
        {
            Some((*ufunc, arguments[0], arguments[1]))
        }
        _ => None,
    }
}

fn link(ufunc: Ufunc, reversed: bool) -> Link {
    match ufunc {
        Ufunc::Multiply => Link::Multiply,
        Ufunc::Subtract if reversed => Link::SubtractFrom,
        Ufunc::Subtract => Link::Subtract,
        _ => Link::Add,
    }
}
