//! The pass: runs a program over flat tiles of the iteration shape.

use smallvec::SmallVec;

use super::load::load;
use super::operand::{Layout, Operand, Source};
use super::plan::{Action, Constant, OutputMode, Place, Plan, Step, execute, plan};
use super::prefetch::prefetch;
use super::program::Program;
use crate::block::Block;
use crate::dispatch;
use crate::dtype::DType;
use crate::element::{as_bytes_mut, slice_of, slice_of_mut};
use crate::error::ElementError;
use crate::kernel::TILE;
use crate::kernel::reduce::Accumulator;
use crate::kernel::simd::stream_fence;
use crate::Complex;

/// How the outputs of a pass are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StorePolicy {
    /// Past the caches if the outputs are larger than what the caches keep.
    #[default]
    Auto,
    /// Through the caches.
    Cached,
    /// Past the caches.
    Streaming,
}

/// Outputs of more bytes than this are stored past the caches.
const STREAM_BYTES: usize = 8 << 20;

/// How many tiles pass between two calls of the progress function.
const TILES_PER_PROGRESS: usize = 64;

/// The answer of a progress function that wants the pass to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop;

/// Why a pass did not come to its end. Outputs are then partly written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PassError {
    /// Something is wrong with program or operands, or a value cannot be computed.
    #[error(transparent)]
    Element(#[from] ElementError),
    /// The progress function asked for it.
    #[error("stopped after {done} of {size} elements")]
    Stopped {
        /// Elements computed.
        done: usize,
        /// Elements of the iteration shape.
        size: usize,
    },
}

/// Runs `program` over `shape`, as [`run_with`] under [`StorePolicy::Auto`].
///
/// # Errors
/// As [`run_with`].
pub fn run(
    program: &Program,
    shape: &[usize],
    inputs: &[Operand<'_>],
    outputs: &mut [&mut Block],
    accumulators: &mut [Accumulator],
    progress: &mut dyn FnMut() -> Result<(), Stop>,
) -> Result<(), PassError> {
    run_with(StorePolicy::Auto, program, shape, inputs, outputs, accumulators, progress)
}

/// Runs `program` over `shape`: one operand per slot, one block of that shape per output, one accumulator
/// (started on that shape) per reduction. `progress` is asked about every 64 tiles.
///
/// Every value depends on the inputs alone: operands in other places, other outputs beside it or another
/// policy change no bit of it (but for the bits of NaN).
///
/// # Errors
/// [`PassError::Stopped`]; [`ElementError::OperandCount`], [`ElementError::DTypeMismatch`],
/// [`ElementError::ShapeMismatch`], [`ElementError::OperandOutOfRange`], [`ElementError::Misaligned`] before anything
/// is written; [`ElementError::NegativeIntegerPower`] when such an exponent is met.
pub fn run_with(
    policy: StorePolicy,
    program: &Program,
    shape: &[usize],
    inputs: &[Operand<'_>],
    outputs: &mut [&mut Block],
    accumulators: &mut [Accumulator],
    progress: &mut dyn FnMut() -> Result<(), Stop>,
) -> Result<(), PassError> {
    check_count("operands", program.slots().len(), inputs.len())?;
    check_count("outputs", program.outputs().len(), outputs.len())?;
    check_count("accumulators", program.reductions().len(), accumulators.len())?;
    let mut layouts = Vec::with_capacity(inputs.len());
    for (slot, (operand, &dtype)) in inputs.iter().zip(program.slots()).enumerate() {
        check_dtype(dtype, operand.dtype)?;
        layouts.push(operand.layout(slot, shape)?);
    }
    for (accumulator, output) in accumulators.iter().zip(program.reductions()) {
        check_dtype(program.dtype(output.register)?, accumulator.dtype())?;
    }
    for (block, &register) in outputs.iter().zip(program.outputs()) {
        check_dtype(program.dtype(register)?, block.dtype())?;
        if block.shape() != shape {
            return Err(ElementError::ShapeMismatch { expected: shape.to_vec(), found: block.shape().to_vec() }.into());
        }
    }
    for operand in inputs {
        if let Source::Output(index) = operand.source {
            let block = outputs.get(index).ok_or(ElementError::OperandCount {
                what: String::from("outputs"),
                expected: index + 1,
                found: outputs.len(),
            })?;
            check_dtype(operand.dtype, block.dtype())?;
        }
    }
    let stored_bytes: usize = outputs.iter().map(|block| block.nbytes()).sum();
    let stream = match policy {
        StorePolicy::Auto => stored_bytes > STREAM_BYTES,
        StorePolicy::Cached => false,
        StorePolicy::Streaming => true,
    };
    let mode = |output| {
        if layouts.contains(&Layout::Output(output)) {
            OutputMode::InPlace
        } else if stream {
            OutputMode::Stream
        } else {
            OutputMode::Direct
        }
    };
    let modes: Vec<OutputMode> = (0..outputs.len()).map(mode).collect();
    let plan = plan(program, &layouts, &modes)?;
    let memory = outputs.iter_mut().map(|block| block.as_bytes_mut()).collect::<Result<_, _>>()?;
    let size: usize = shape.iter().product();
    let piece = piece(&plan).min(size.next_multiple_of(64));
    let stride_bytes = (piece * plan.register_item_bytes).next_multiple_of(64) + REGISTER_SKEW_BYTES;
    let mut arena = vec![Complex::new(0.0_f64, 0.0); (stride_bytes * plan.register_count + 64) / 16];
    let arena = as_bytes_mut(&mut arena);
    let aligned = arena.as_ptr().align_offset(64);
    let registers = arena[aligned..].chunks_mut(stride_bytes.max(1)).take(plan.register_count).collect();
    let mut pass = Pass { layouts: &layouts, inputs, registers, outputs: memory, accumulators };
    pass.fill(&plan, piece)?;
    pass.tiles(&plan, size, piece, progress)?;
    if modes.contains(&OutputMode::Stream) {
        stream_fence();
    }
    Ok(())
}

/// Registers lie this much further apart than their size, so that equal positions fall into different sets
/// of the cache.
const REGISTER_SKEW_BYTES: usize = 192;

/// How many elements are taken through all steps at a time.
fn piece(plan: &Plan) -> usize {
    let only_reduces = plan.steps.iter().all(|step| {
        matches!(step.action, Action::Reduce(_)) && matches!(step.inputs[0].0, Place::Operand(_) | Place::Output(_))
    });
    if only_reduces { TILES_PER_PROGRESS * TILE } else { TILE }
}

fn check_count(what: &str, expected: usize, found: usize) -> Result<(), ElementError> {
    if expected == found {
        return Ok(());
    }
    Err(ElementError::OperandCount { what: what.to_owned(), expected, found })
}

fn check_dtype(expected: DType, found: DType) -> Result<(), ElementError> {
    if expected == found { Ok(()) } else { Err(ElementError::DTypeMismatch { expected, found }) }
}

/// The contiguous operands, each from its first element, with its bytes per element.
fn streams<'a>(layouts: &[Layout], inputs: &[Operand<'a>]) -> SmallVec<[(&'a [u8], usize); 8]> {
    let contiguous = inputs.iter().zip(layouts).filter_map(|(operand, layout)| match (operand.source, layout) {
        (Source::Bytes(bytes), Layout::Contiguous { offset }) => {
            let item_bytes = operand.dtype.size_bytes();
            Some((&bytes[offset * item_bytes..], item_bytes))
        }
        _ => None,
    });
    contiguous.collect()
}

/// A pass under way.
struct Pass<'a, 'b> {
    layouts: &'a [Layout],
    inputs: &'a [Operand<'a>],
    registers: Vec<&'b mut [u8]>,
    outputs: Vec<&'b mut [u8]>,
    accumulators: &'a mut [Accumulator],
}

impl Pass<'_, '_> {
    /// Fills the registers that stay the same.
    fn fill(&mut self, plan: &Plan, piece: usize) -> Result<(), ElementError> {
        for constant in &plan.constants {
            let (register, value) = match *constant {
                Constant::Scalar(register, scalar) => (register, scalar.to_bytes()),
                Constant::Operand(register, slot, element, dtype) => {
                    let item_bytes = dtype.size_bytes();
                    let bytes = self.operand_bytes(slot);
                    let range = element * item_bytes..(element + 1) * item_bytes;
                    // Of an empty shape nothing is read.
                    (register, bytes.get(range).unwrap_or(&[0; 16][..item_bytes]).to_vec())
                }
            };
            for element in self.registers[register].chunks_exact_mut(value.len()).take(piece) {
                element.copy_from_slice(&value);
            }
        }
        for step in &plan.prologue {
            self.step(step, 0, piece)?;
        }
        Ok(())
    }

    fn tiles(
        &mut self,
        plan: &Plan,
        size: usize,
        piece: usize,
        progress: &mut dyn FnMut() -> Result<(), Stop>,
    ) -> Result<(), PassError> {
        let ahead = streams(self.layouts, self.inputs);
        let step_count = plan.steps.len();
        let mut since_progress = 0;
        let mut start = 0;
        while start < size {
            let count = piece.min(size - start);
            let next = start + count;
            for (number, step) in plan.steps.iter().enumerate() {
                // Each step asks for its share of the next tile.
                for &(bytes, item_bytes) in &ahead {
                    let from = next * item_bytes + count * item_bytes * number / step_count;
                    let to = next * item_bytes + count * item_bytes * (number + 1) / step_count;
                    prefetch(bytes, from, to);
                }
                self.step(step, start, count)?;
            }
            start = next;
            since_progress += count;
            if since_progress >= TILES_PER_PROGRESS * TILE {
                since_progress = 0;
                progress().map_err(|Stop| PassError::Stopped { done: start, size })?;
            }
        }
        Ok(())
    }

    fn operand_bytes(&self, slot: usize) -> &[u8] {
        match self.inputs[slot].source {
            Source::Bytes(bytes) => bytes,
            Source::Output(index) => self.outputs[index],
        }
    }

    /// The bytes of `count` elements from `start` at a place.
    fn bytes(&self, (place, item_bytes): (Place, usize), start: usize, count: usize) -> &[u8] {
        let length = count * item_bytes;
        match place {
            Place::Register(number) => &self.registers[number][..length],
            Place::Single(number) => &self.registers[number][..item_bytes],
            Place::Output(number) => &self.outputs[number][start * item_bytes..][..length],
            Place::Operand(slot) => {
                let offset = match self.layouts[slot] {
                    Layout::Contiguous { offset } => offset,
                    _ => 0,
                };
                &self.operand_bytes(slot)[(offset + start) * item_bytes..][..length]
            }
        }
    }

    fn step(&mut self, step: &Step, start: usize, count: usize) -> Result<(), ElementError> {
        let Some((place, item_bytes)) = step.target else {
            let Action::Reduce(number) = step.action else {
                return Ok(());
            };
            let accumulators = std::mem::take(&mut self.accumulators);
            let fed = accumulators[number].add_tile(self.bytes(step.inputs[0], start, count), start);
            self.accumulators = accumulators;
            return fed;
        };
        // The target is taken out of its list for the time of the kernel; no input lies in it.
        let length = count * item_bytes;
        let (list, number, first) = match place {
            Place::Register(number) | Place::Single(number) => (&mut self.registers, number, 0),
            Place::Output(number) => (&mut self.outputs, number, start * item_bytes),
            Place::Operand(_) => return Ok(()),
        };
        let memory = std::mem::take(&mut list[number]);
        let target = &mut memory[first..first + length];
        let done = match step.action {
            Action::Load(slot) => self.load(slot, start, target),
            _ => match *step.inputs {
                [a] => execute(step.action, &[self.bytes(a, start, count)], target),
                [a, b] => {
                    execute(step.action, &[self.bytes(a, start, count), self.bytes(b, start, count)], target)
                }
                [a, b, c] => execute(
                    step.action,
                    &[self.bytes(a, start, count), self.bytes(b, start, count), self.bytes(c, start, count)],
                    target,
                ),
                _ => Ok(()),
            },
        };
        match place {
            Place::Output(_) => self.outputs[number] = memory,
            _ => self.registers[number] = memory,
        }
        done
    }

    fn load(&self, slot: usize, start: usize, target: &mut [u8]) -> Result<(), ElementError> {
        let Layout::Strided { axes, offset } = &self.layouts[slot] else {
            return Ok(());
        };
        let bytes = self.operand_bytes(slot);
        let dtype = self.inputs[slot].dtype;
        let whole = bytes.len() / dtype.size_bytes() * dtype.size_bytes();
        dispatch!(dtype, Stored(T) => {
            load::<T>(slice_of(&bytes[..whole])?, axes, *offset, start, slice_of_mut(target)?);
        });
        Ok(())
    }
}
