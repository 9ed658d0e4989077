//! Emit: the program of one pass, written node by node.

use super::lowering::Lowering;
use crate::graph::{Argument, Kind};
use crate::store::ArrayId;
use distarray_core::kernel::elementwise::{BuilderArgument, ProgramBuilder, Register};
use distarray_maps::Distribution;
use distarray_spmd::compute::pass::slot;
use distarray_spmd::{ArrayMeta, Error};
use std::collections::BTreeMap;

/// How much of an operand is read where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stays {
    Whole,
    /// What this rank has of what it needs.
    InPart,
}

/// Writes the program of one pass.
pub(super) struct Emitter<'a> {
    layout: &'a Distribution,
    /// Whether operands that lie elsewhere in part may stay there.
    patches: bool,
    pub(super) builder: ProgramBuilder,
    registers: BTreeMap<ArrayId, Register>,
    pub(super) inputs: Vec<ArrayId>,
    pub(super) input_metas: Vec<ArrayMeta>,
    /// Inputs that lie elsewhere in part.
    pub(super) patched: Vec<usize>,
    pub(super) names: Vec<&'static str>,
}

impl<'a> Emitter<'a> {
    /// A program over `layout` that has nothing yet.
    pub(super) fn new(layout: &'a Distribution, patches: bool) -> Self {
        Self {
            layout,
            patches,
            builder: ProgramBuilder::new(),
            registers: BTreeMap::new(),
            inputs: Vec::new(),
            input_metas: Vec::new(),
            patched: Vec::new(),
            names: Vec::new(),
        }
    }

    /// Reads `id` where `held` lies, an array that the pass is given for it.
    pub(super) fn read(&mut self, id: ArrayId, held: ArrayId, meta: ArrayMeta) -> Result<Register, Error> {
        let register = self.builder.input(slot(self.inputs.len())?, meta.dtype);
        self.inputs.push(held);
        self.input_metas.push(meta);
        self.registers.insert(id, register);
        Ok(register)
    }

    /// The register that holds `id`: computed already, or read from where it lies.
    pub(super) fn operand(&mut self, lowering: &mut Lowering<'_>, id: ArrayId) -> Result<Register, Error> {
        if let Some(register) = self.registers.get(&id) {
            return Ok(*register);
        }
        let meta = lowering.meta(id)?;
        match self.stays(lowering, id, &meta)? {
            Some(Stays::InPart) => {
                self.patched.push(self.inputs.len());
                self.read(id, id, meta)
            }
            Some(Stays::Whole) => self.read(id, id, meta),
            None => {
                let wanted = self.layout.for_operand(meta.shape())?;
                let (placed, meta) = lowering.placed(id, &wanted)?;
                self.read(id, placed, meta)
            }
        }
    }

    /// How much of an operand is read where it lies; `None` if it is moved first.
    pub(super) fn stays(
        &self,
        lowering: &Lowering<'_>,
        id: ArrayId,
        meta: &ArrayMeta,
    ) -> Result<Option<Stays>, Error> {
        let wanted = self.layout.for_operand(meta.shape())?;
        if meta.distribution.covers(&wanted) {
            return Ok(Some(Stays::Whole));
        }
        let in_part =
            self.patches && meta.distribution.meets_in_boxes(&wanted) && !lowering.has_moved(id, &wanted);
        Ok(in_part.then_some(Stays::InPart))
    }

    /// Computes the elementwise node `id` from its operands.
    pub(super) fn compute(&mut self, lowering: &mut Lowering<'_>, id: ArrayId) -> Result<(), Error> {
        let node = lowering.node(id)?.clone();
        let register = match &node.kind {
            Kind::Fill(value) => self.builder.constant(*value),
            Kind::Cast => {
                let input = self.operand(lowering, node.inputs[0])?;
                self.builder.cast(input, lowering.meta(id)?.dtype)?
            }
            Kind::Apply { ufunc, arguments } => {
                let mut operands = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    operands.push(match argument {
                        Argument::Input(position) => self.operand(lowering, node.inputs[*position])?.into(),
                        Argument::Weak(value) => BuilderArgument::Weak(*value),
                        Argument::Strong(value) => self.builder.constant(*value).into(),
                    });
                }
                self.names.push(ufunc.name());
                self.builder.apply(*ufunc, &operands)?
            }
            _ => self.operand(lowering, id)?,
        };
        self.registers.insert(id, register);
        Ok(())
    }
}
