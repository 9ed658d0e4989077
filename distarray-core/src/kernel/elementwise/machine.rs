//! The machine: takes tiles through the steps of a plan.

use smallvec::{SmallVec, smallvec};

use super::few::Few;
use super::load::{load, store};
use super::operand::{Axes, Cursor, Layout, Operand, Source};
use super::output::Output;
use super::plan::{Action, Constant, Place, Plan, Sized, Step};
use super::prefetch::prefetch;
use super::stop::{PassError, Stop};
use crate::dispatch;
use crate::dtype::DType;
use crate::element::{Element, as_bytes_mut, slice_of, slice_of_mut};
use crate::error::ElementError;
use crate::kernel::TILE;
use crate::kernel::cast::cast;
use crate::kernel::operation::erased::Outcome;
use crate::kernel::reduce::Accumulator;
use crate::kernel::simd::stream_copy;

/// How many tiles pass between two calls of the progress function.
pub(super) const TILES_PER_PROGRESS: usize = 64;

/// How many pieces ahead of the one that is computed operands are fetched.
const PIECES_AHEAD: usize = 4;

/// Operands of fewer bytes than this are not fetched ahead.
const FETCHED_FROM_BYTES: usize = 1 << 19;

/// Operands no further apart in one memory share what is fetched: as much stays in the second-level cache.
const CLOSE_BYTES: usize = 1 << 18;

/// Which elements are handled: `count` from `start`, in the tile that begins at `tile`, of the row that begins at `row`.
#[derive(Debug, Clone, Copy)]
struct At {
    row: usize,
    tile: usize,
    start: usize,
    count: usize,
}

/// Where in a place the elements of a piece begin.
#[derive(Debug, Clone, Copy)]
enum Position {
    /// At its beginning.
    Beginning,
    /// As far from it as the piece is from the beginning of the tile.
    InTile,
    /// As far from it as the piece is from the beginning of the row.
    InRow,
}

/// A place, made ready.
#[derive(Debug, Clone, Copy)]
struct Spot {
    /// Whether it lies among the operands; else in `memory`.
    is_operand: bool,
    /// Its number there.
    index: usize,
    position: Position,
    item_bytes: usize,
    /// Whether it is one element.
    is_single: bool,
}

impl Spot {
    /// First byte and number of bytes, in a place where the row begins at byte `row`.
    #[inline]
    fn range(self, row: usize, at: At) -> (usize, usize) {
        let first = match self.position {
            Position::Beginning => 0,
            Position::InTile => at.start - at.tile,
            Position::InRow => at.start,
        };
        let count = if self.is_single { 1 } else { at.count };
        (row + first * self.item_bytes, count * self.item_bytes)
    }
}

/// A step, made ready.
#[derive(Debug)]
struct Work {
    action: Action,
    inputs: SmallVec<[Spot; 4]>,
    target: Spot,
}

/// A pass under way.
pub(super) struct Machine<'a, 'b> {
    layouts: &'a [Layout],
    output_layouts: &'a [Layout],
    inputs: &'a [Operand<'a>],
    /// The bytes of each operand.
    operands: Few<&'a [u8]>,
    /// Where the current row of each operand begins, in bytes.
    operand_rows: Few<usize>,
    /// The registers, then the outputs.
    memory: Few<&'b mut [u8]>,
    /// Where the current row of each of them begins, in bytes.
    memory_rows: Few<usize>,
    /// The dtype of each output.
    output_dtypes: Few<DType>,
    steps: Vec<Work>,
    prologue: Vec<Work>,
    reductions: Few<Spot>,
    /// How many elements reductions are fed at a time.
    tile: usize,
    /// How many elements are taken through all steps at a time.
    piece: usize,
}

impl<'a, 'b> Machine<'a, 'b> {
    pub(super) fn new(
        plan: &Plan,
        (layouts, output_layouts): (&'a [Layout], &'a [Layout]),
        inputs: &'a [Operand<'a>],
        registers: Few<&'b mut [u8]>,
        outputs: &'b mut [Output<'_>],
        (tile, piece): (usize, usize),
    ) -> Machine<'a, 'b> {
        let operand = |operand: &Operand<'a>| -> &'a [u8] {
            match operand.source {
                Source::Bytes(bytes) => bytes,
                Source::Output(_) => &[],
            }
        };
        let operands = inputs.iter().map(operand).collect();
        let ready = |step: &Step| Work {
            action: step.action,
            inputs: step.inputs.iter().map(|&place| spot(plan, place)).collect(),
            target: spot(plan, step.target),
        };
        let output_dtypes = outputs.iter().map(|output| output.dtype).collect();
        let outputs = outputs.iter_mut().map(|output| &mut *output.bytes);
        let memory: Few<&mut [u8]> = registers.into_iter().chain(outputs).collect();
        Machine {
            layouts,
            output_layouts,
            inputs,
            operands,
            operand_rows: smallvec![0; inputs.len()],
            memory_rows: smallvec![0; memory.len()],
            memory,
            output_dtypes,
            steps: plan.steps.iter().map(ready).collect(),
            prologue: plan.prologue.iter().map(ready).collect(),
            reductions: plan.reductions.iter().map(|&place| spot(plan, place)).collect(),
            tile,
            piece,
        }
    }

    /// Fills the registers that stay the same.
    pub(super) fn fill(&mut self, plan: &Plan) -> Result<(), ElementError> {
        // They hold whole tiles either all or none (see the plan).
        let count = |number: usize| if plan.registers[number].whole_tile { self.tile } else { self.piece };
        for constant in &plan.constants {
            let (register, dtype, value) = match *constant {
                Constant::Scalar(register, scalar) => (register, scalar.dtype(), scalar.to_bytes()),
                Constant::Operand(register, slot, element, dtype) => {
                    let item_bytes = dtype.size_bytes();
                    let range = element * item_bytes..(element + 1) * item_bytes;
                    // Of an empty shape nothing is read.
                    let value = self.operands[slot].get(range).unwrap_or(&[0; 16][..item_bytes]);
                    (register, dtype, value.to_vec())
                }
            };
            let target = &mut self.memory[register][..count(register) * dtype.size_bytes()];
            dispatch!(dtype, Stored(T) => {
                let mut element = [T::ZERO];
                as_bytes_mut(&mut element).copy_from_slice(&value);
                slice_of_mut::<T>(target)?.fill(element[0]);
            });
        }
        let prologue = std::mem::take(&mut self.prologue);
        for work in &prologue {
            let at = At { row: 0, tile: 0, start: 0, count: count_of(plan, work, self.tile, self.piece) };
            self.step(work, at).map_err(|error| *error)?;
        }
        Ok(())
    }

    /// Takes all elements through the steps, row by row: `row_count` of `row_length` elements, one if there are
    /// accumulators.
    pub(super) fn run(
        &mut self,
        row_length: usize,
        row_count: usize,
        accumulators: &mut [Accumulator],
        progress: &mut dyn FnMut() -> Result<(), Stop>,
    ) -> Result<(), PassError> {
        let steps = std::mem::take(&mut self.steps);
        let cursor = |layout: &Layout| Cursor::new(layout, row_length, row_count);
        let mut operand_cursors: Few<Cursor> = self.layouts.iter().map(cursor).collect();
        let mut output_cursors: Few<Cursor> = self.output_layouts.iter().map(cursor).collect();
        self.begin_row(&operand_cursors, &output_cursors);
        let ahead = self.ahead(steps.len());
        let size = row_length * row_count;
        let mut since_progress = 0;
        for row in (0..row_count).map(|row| row * row_length) {
            if row > 0 {
                operand_cursors.iter_mut().chain(&mut output_cursors).for_each(Cursor::advance);
                self.begin_row(&operand_cursors, &output_cursors);
            }
            let mut tile = 0;
            while tile < row_length {
                let tile_end = row_length.min(tile + self.tile);
                let mut start = tile;
                while start < tile_end && !steps.is_empty() {
                    let at = At { row, tile, start, count: self.piece.min(tile_end - start) };
                    start += at.count;
                    for (number, work) in steps.iter().enumerate() {
                        for stream in &ahead {
                            stream.fetch(self.operand_rows[stream.slot], start, number);
                        }
                        self.step(work, at).map_err(|error| *error)?;
                    }
                }
                let at = At { row, tile, start: tile, count: tile_end - tile };
                for (accumulator, &source) in accumulators.iter_mut().zip(&self.reductions) {
                    accumulator.add_tile(self.bytes(source, at), tile)?;
                }
                since_progress += tile_end - tile;
                tile = tile_end;
                if since_progress >= TILES_PER_PROGRESS * TILE {
                    since_progress = 0;
                    progress().map_err(|Stop| PassError::Stopped { done: row + tile, size })?;
                }
            }
        }
        Ok(())
    }

    /// Notes where operands and outputs have the current row.
    fn begin_row(&mut self, operands: &[Cursor], outputs: &[Cursor]) {
        for ((place, cursor), operand) in self.operand_rows.iter_mut().zip(operands).zip(self.inputs) {
            *place = cursor.place() * operand.dtype.size_bytes();
        }
        let first = self.memory.len() - outputs.len();
        let places = self.memory_rows[first..].iter_mut().zip(outputs);
        for ((place, cursor), dtype) in places.zip(&self.output_dtypes) {
            *place = cursor.place() * dtype.size_bytes();
        }
    }

    /// The operands that are read in place, to be fetched piece by piece in as many shares as there are steps; none if
    /// they lie in the second-level cache anyway. Of operands close to each other in one memory the one that is furthest
    /// ahead: the others find there what it fetched.
    fn ahead(&self, step_count: usize) -> SmallVec<[Ahead<'a>; 8]> {
        if self.operands.iter().map(|bytes| bytes.len()).sum::<usize>() <= FETCHED_FROM_BYTES {
            return SmallVec::new();
        }
        let is_in_place =
            |slot: usize| matches!(self.layouts[slot], Layout::Contiguous { .. } | Layout::Rows { .. });
        let follows = |slot: usize, other: usize| {
            let (own, theirs) = (self.operand_rows[slot], self.operand_rows[other]);
            let is_behind = own < theirs || own == theirs && slot < other;
            is_in_place(other)
                && self.operands[slot].as_ptr() == self.operands[other].as_ptr()
                && is_behind
                && theirs - own <= CLOSE_BYTES
        };
        let count = self.inputs.len();
        let is_fetched = |slot: &usize| is_in_place(*slot) && !(0..count).any(|other| follows(*slot, other));
        let ahead = (0..count).filter(is_fetched).map(|slot| {
            let item_bytes = self.inputs[slot].dtype.size_bytes();
            let piece_bytes = self.piece * item_bytes;
            let share_bytes = piece_bytes.div_ceil(step_count.max(1)).next_multiple_of(64);
            Ahead { slot, bytes: self.operands[slot], item_bytes, piece_bytes, share_bytes }
        });
        ahead.collect()
    }

    #[inline]
    fn bytes(&self, spot: Spot, at: At) -> &[u8] {
        let (bytes, row): (&[u8], usize) = if spot.is_operand {
            (self.operands[spot.index], self.operand_rows[spot.index])
        } else {
            (self.memory[spot.index], self.memory_rows[spot.index])
        };
        let (first, length) = spot.range(row, at);
        &bytes[first..first + length]
    }

    #[inline]
    fn step(&mut self, work: &Work, at: At) -> Outcome {
        // The target is taken out of the list for the time of the kernel; no input lies in it.
        let memory = std::mem::take(&mut self.memory[work.target.index]);
        let (first, length) = match work.action {
            Action::Store(_) => (0, memory.len()),
            _ => work.target.range(self.memory_rows[work.target.index], at),
        };
        let target = &mut memory[first..first + length];
        let done = match (work.action, work.inputs.as_slice()) {
            (Action::Compute(kernel), &[a]) => kernel(&[self.bytes(a, at)], target),
            (Action::Compute(kernel), &[a, b]) => kernel(&[self.bytes(a, at), self.bytes(b, at)], target),
            (Action::Compute(kernel), &[a, b, c]) => {
                kernel(&[self.bytes(a, at), self.bytes(b, at), self.bytes(c, at)], target)
            }
            (Action::Compute(kernel), &[a, b, c, d]) => {
                let inputs = [self.bytes(a, at), self.bytes(b, at), self.bytes(c, at), self.bytes(d, at)];
                kernel(&inputs, target)
            }
            (Action::Cast(from, to), &[a]) => cast(from, self.bytes(a, at), to, target).map_err(Box::new),
            (Action::Copy, &[a]) => {
                target.copy_from_slice(self.bytes(a, at));
                Ok(())
            }
            (Action::Stream, &[a]) => {
                stream_copy(target, self.bytes(a, at));
                Ok(())
            }
            (Action::Load(slot), _) => {
                let (dtype, layout) = (self.inputs[slot].dtype, &self.layouts[slot]);
                load_piece(dtype, self.operands[slot], layout, at, target)
            }
            (Action::LoadOutput(number), _) => {
                let memory = &self.memory[self.memory.len() - self.output_layouts.len() + number];
                load_piece(self.output_dtypes[number], memory, &self.output_layouts[number], at, target)
            }
            (Action::Store(number), &[a]) => {
                let (dtype, layout) = (self.output_dtypes[number], &self.output_layouts[number]);
                store_piece(dtype, self.bytes(a, at), layout, at, target)
            }
            _ => Ok(()),
        };
        self.memory[work.target.index] = memory;
        done
    }
}

/// Loads the elements of a piece from where a strided layout has them in `bytes`.
fn load_piece(dtype: DType, bytes: &[u8], layout: &Layout, at: At, target: &mut [u8]) -> Outcome {
    let Some((axes, offset)) = strides(layout) else { return Ok(()) };
    let whole = bytes.len() / dtype.size_bytes() * dtype.size_bytes();
    dispatch!(dtype, Stored(T) => {
        load::<T>(slice_of(&bytes[..whole])?, axes, offset, at.row + at.start, slice_of_mut(target)?);
    });
    Ok(())
}

/// Stores the elements of a piece where a strided layout has them in `target`.
fn store_piece(dtype: DType, piece: &[u8], layout: &Layout, at: At, target: &mut [u8]) -> Outcome {
    let Some((axes, offset)) = strides(layout) else { return Ok(()) };
    let whole = target.len() / dtype.size_bytes() * dtype.size_bytes();
    dispatch!(dtype, Stored(T) => {
        store::<T>(slice_of(piece)?, axes, offset, at.row + at.start, slice_of_mut(&mut target[..whole])?);
    });
    Ok(())
}

fn strides(layout: &Layout) -> Option<(&Axes, usize)> {
    match layout {
        Layout::Strided { axes, offset } => Some((axes, *offset)),
        _ => None,
    }
}

/// An operand that is fetched while the piece before is computed.
struct Ahead<'a> {
    slot: usize,
    bytes: &'a [u8],
    item_bytes: usize,
    piece_bytes: usize,
    share_bytes: usize,
}

impl Ahead<'_> {
    /// Fetches share `number` of a piece some way behind the element `start`, at which the next one begins, of the row
    /// that begins at byte `row`.
    #[inline]
    fn fetch(&self, row: usize, start: usize, number: usize) {
        let piece = row + start * self.item_bytes + (PIECES_AHEAD - 1) * self.piece_bytes;
        let first = number * self.share_bytes;
        let end = (first + self.share_bytes).min(self.piece_bytes);
        prefetch(self.bytes, piece + first, piece + end);
    }
}

/// A place of the plan where the machine finds it.
fn spot(plan: &Plan, (place, item_bytes): Sized) -> Spot {
    let register_position = |number: usize| {
        if plan.registers[number].whole_tile { Position::InTile } else { Position::Beginning }
    };
    let spot = Spot { is_operand: false, index: 0, position: Position::InRow, item_bytes, is_single: false };
    match place {
        Place::Register(number) => Spot { index: number, position: register_position(number), ..spot },
        Place::Single(number) => {
            Spot { index: number, position: Position::Beginning, is_single: true, ..spot }
        }
        Place::Output(number) => Spot { index: plan.registers.len() + number, ..spot },
        Place::Operand(slot) => Spot { is_operand: true, index: slot, ..spot },
    }
}

/// How many elements a step of the prologue computes: what its register holds.
fn count_of(plan: &Plan, work: &Work, tile: usize, piece: usize) -> usize {
    if plan.registers[work.target.index].whole_tile { tile } else { piece }
}
