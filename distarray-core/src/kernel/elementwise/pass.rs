//! The pass: runs a program over flat tiles of the iteration shape.

use super::few::Few;
use super::machine::{Machine, TILES_PER_PROGRESS};
use super::operand::{Layout, Operand, Source};
use super::output::Output;
use super::plan::{OutputMode, Place, Plan, RegisterShape, Sized, plan};
use super::program::Program;
use super::stop::{PassError, Stop};
use crate::Complex;
use crate::dtype::DType;
use crate::element::as_bytes_mut;
use crate::error::ElementError;
use crate::kernel::TILE;
use crate::kernel::reduce::Accumulator;
use crate::kernel::simd::stream_fence;

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

/// Runs `program` over `shape`, as [`run_with`] under [`StorePolicy::Auto`].
///
/// # Errors
/// As [`run_with`].
pub fn run(
    program: &Program,
    shape: &[usize],
    inputs: &[Operand<'_>],
    outputs: &mut [Output<'_>],
    accumulators: &mut [Accumulator],
    progress: &mut dyn FnMut() -> Result<(), Stop>,
) -> Result<(), PassError> {
    run_with(StorePolicy::Auto, program, shape, inputs, outputs, accumulators, progress)
}

/// Runs `program` over `shape`: one operand per slot, one output of that shape per output, one accumulator
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
    outputs: &mut [Output<'_>],
    accumulators: &mut [Accumulator],
    progress: &mut dyn FnMut() -> Result<(), Stop>,
) -> Result<(), PassError> {
    check_count("operands", program.slots().len(), inputs.len())?;
    check_count("outputs", program.outputs().len(), outputs.len())?;
    check_count("accumulators", program.reductions().len(), accumulators.len())?;
    let mut layouts = Few::with_capacity(inputs.len());
    for (slot, (operand, &dtype)) in inputs.iter().zip(program.slots()).enumerate() {
        check_dtype(dtype, operand.dtype)?;
        layouts.push(operand.layout(slot, shape)?);
    }
    for (accumulator, output) in accumulators.iter().zip(program.reductions()) {
        check_dtype(program.dtype(output.register)?, accumulator.dtype())?;
    }
    let mut output_layouts = Few::with_capacity(outputs.len());
    for (slot, (output, &register)) in outputs.iter().zip(program.outputs()).enumerate() {
        check_dtype(program.dtype(register)?, output.dtype)?;
        output_layouts.push(output.layout(slot, shape)?);
    }
    for operand in inputs {
        if let Source::Output(index) = operand.source {
            let output = outputs.get(index).ok_or(ElementError::OperandCount {
                what: String::from("outputs"),
                expected: index + 1,
                found: outputs.len(),
            })?;
            check_dtype(operand.dtype, output.dtype)?;
        }
    }
    let size = crate::kernel::copy::size_of(shape);
    let row = if accumulators.is_empty() { row_length(layouts.iter().chain(&output_layouts)) } else { None };
    let row = row.unwrap_or(size);
    let in_rows = |layouts: Few<Layout>| layouts.into_iter().map(|layout| layout.in_rows(row)).collect();
    let (layouts, output_layouts): (Few<Layout>, Few<Layout>) = (in_rows(layouts), in_rows(output_layouts));
    let stored_bytes: usize = outputs.iter().map(Output::stored_bytes).sum();
    let stream = match policy {
        StorePolicy::Auto => stored_bytes > STREAM_BYTES,
        StorePolicy::Cached => false,
        StorePolicy::Streaming => true,
    };
    let mode = |output: usize| {
        if matches!(output_layouts[output], Layout::Strided { .. }) {
            OutputMode::Scatter
        } else if layouts.contains(&Layout::Output(output)) {
            OutputMode::InPlace
        } else if stream {
            OutputMode::Stream
        } else {
            OutputMode::Direct
        }
    };
    let modes: Few<OutputMode> = (0..outputs.len()).map(mode).collect();
    let plan = plan(program, &layouts, &modes)?;
    let (tile, piece) = geometry(&plan, row);
    let capacity = |register: &RegisterShape| {
        let count = if register.whole_tile { tile } else { piece };
        (count * register.item_bytes).next_multiple_of(64) + REGISTER_SKEW_BYTES
    };
    let arena_bytes = 64 + plan.registers.iter().map(capacity).sum::<usize>();
    let mut arena = vec![Complex::new(0.0_f64, 0.0); arena_bytes / size_of::<Complex<f64>>()];
    let arena = as_bytes_mut(&mut arena);
    let aligned = arena.as_ptr().align_offset(64);
    let mut rest = &mut arena[aligned..];
    let mut registers = Few::with_capacity(plan.registers.len());
    for register in &plan.registers {
        let (first, others) = rest.split_at_mut(capacity(register));
        registers.push(first);
        rest = others;
    }
    let all_layouts = (&layouts[..], &output_layouts[..]);
    let mut machine = Machine::new(&plan, all_layouts, inputs, registers, outputs, (tile, piece));
    machine.fill(&plan)?;
    machine.run(row, size.checked_div(row).unwrap_or(0), accumulators, progress)?;
    if modes.contains(&OutputMode::Stream) {
        stream_fence();
    }
    Ok(())
}

/// Rows of fewer elements are loaded and stored piece by piece, several to a piece.
const ROW_FROM: usize = 128;

/// How many elements lie one after the other in all operands and outputs that have rows of some length.
fn row_length<'a>(layouts: impl Iterator<Item = &'a Layout>) -> Option<usize> {
    layouts.filter_map(Layout::row).filter(|row| *row >= ROW_FROM).min()
}

/// Registers lie this much further apart than their size, so that equal positions fall into different sets
/// of the cache.
const REGISTER_SKEW_BYTES: usize = 192;

/// What a register of one piece should have at most: several of them, and the pieces of the operands, fit into
/// the first-level cache together.
const PIECE_BYTES: usize = 4096;

/// How many elements reductions are fed at a time, and how many are taken through all steps at a time.
fn geometry(plan: &Plan, size: usize) -> (usize, usize) {
    let from_memory = |source: &Sized| !matches!(source.0, Place::Register(_) | Place::Single(_));
    if plan.steps.is_empty() && plan.reductions.iter().all(from_memory) {
        let tiles = TILES_PER_PROGRESS * TILE;
        return (tiles, tiles);
    }
    let inputs = plan.steps.iter().flat_map(|step| step.inputs.iter().chain(Some(&step.target)));
    let widest = inputs.map(|(_, item_bytes)| *item_bytes).max().unwrap_or(1);
    let tile = TILE.min(size.next_multiple_of(64));
    (tile, (PIECE_BYTES / widest).min(tile))
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
