//! Places: where the smallest or the largest element stands, the first of equal ones.

use crate::element::{Plain, as_bytes, as_bytes_mut, slice_of_mut};
use crate::error::ElementError;
use crate::kernel::reduce::fold::{Extreme, Fold, MaxBool, MaxOf, MinBool, MinOf};
use crate::kernel::reduce::geometry::{Inner, Parts};
use crate::kernel::reduce::lanes::{fold_part, rotated};
use crate::multiversion;

/// The position of what has not been met yet.
const NOWHERE: u64 = u64::MAX;

/// A fold that keeps one of the two values it joins.
pub(super) trait Choice: Fold<Lane = <Self as Fold>::State> {
    /// Whether the first of two is kept, as it is if they are equal.
    fn keeps(first: Self::State, second: Self::State) -> bool;
}

impl<T: Extreme> Choice for MinOf<T> {
    #[inline(always)]
    fn keeps(first: T, second: T) -> bool {
        first.stays_below(second)
    }
}

impl<T: Extreme> Choice for MaxOf<T> {
    #[inline(always)]
    fn keeps(first: T, second: T) -> bool {
        first.stays_above(second)
    }
}

impl Choice for MinBool {
    #[inline(always)]
    fn keeps(first: u8, second: u8) -> bool {
        first <= second
    }
}

impl Choice for MaxBool {
    #[inline(always)]
    fn keeps(first: u8, second: u8) -> bool {
        first >= second
    }
}

/// Evaluates an expression, a `Result`, with `$choice` standing for what a reduction to places chooses among a dtype.
macro_rules! with_choice {
    ($reduction:expr, $dtype:expr, $choice:ident => $body:expr) => {{
        use $crate::dtype::DType;
        use $crate::kernel::reduce::fold::{MaxBool, MaxOf, MinBool, MinOf};
        macro_rules! with {
            ($type:ty) => {{
                type $choice = $type;
                $body
            }};
        }
        match ($reduction, $dtype) {
            (Reduction::ArgMin, DType::Bool) => with!(MinBool),
            (Reduction::ArgMin, dtype) => {
                $crate::dispatch!(dtype, Number(T) => with!(MinOf<T>)).and_then(|result| result)
            }
            (_, DType::Bool) => with!(MaxBool),
            (_, dtype) => $crate::dispatch!(dtype, Number(T) => with!(MaxOf<T>)).and_then(|result| result),
        }
    }};
}

pub(super) use with_choice;

/// The states of outputs: where each has its element, and what that is.
pub(super) struct Places<'state, T> {
    positions: &'state mut [u64],
    values: &'state mut [T],
}

impl<'state, T: Plain> Places<'state, T> {
    /// From the beginning of these bytes on.
    pub(super) fn new(bytes: &'state mut [u8], outputs: usize) -> Result<Self, ElementError> {
        let (positions, values) = bytes.split_at_mut(outputs * size_of::<u64>());
        let values = &mut values[..outputs * size_of::<T>()];
        Ok(Places { positions: slice_of_mut(positions)?, values: slice_of_mut(values)? })
    }

    /// The state of no elements.
    pub(super) fn clear(&mut self) {
        self.positions.fill(NOWHERE);
        as_bytes_mut(self.values).fill(0);
    }

    /// What is met comes after all that was met before.
    #[inline(always)]
    fn meet<F: Choice<State = T>>(&mut self, output: usize, position: u64, value: T) {
        if self.positions[output] == NOWHERE || !F::keeps(self.values[output], value) {
            self.positions[output] = position;
            self.values[output] = value;
        }
    }

    /// Meets neighbouring elements, the first of them at `position`.
    #[inline(always)]
    fn meet_all<F: Choice<State = T>>(&mut self, output: usize, position: u64, items: &[F::Item]) {
        let best = fold_part::<F>(items, 1)[0];
        if items.is_empty() || self.positions[output] != NOWHERE && F::keeps(self.values[output], best) {
            return;
        }
        let value = |item: &F::Item| F::take(F::START, *item);
        let found = items.iter().position(|item| F::keeps(value(item), best)).unwrap_or(0);
        self.meet::<F>(output, position + found as u64, value(&items[found]));
    }
}

multiversion! {
    /// Meets parts of folded inner axes.
    pub(super) fn places_in_parts<F: Choice>(
        items: &[F::Item], parts: Parts<'_>, inner: Inner, places: Places<'_, F::State>,
    ) {
        let (mut parts, mut places) = (parts, places);
        let Inner::Folded { length, kept } = inner else { return };
        while let Some(part) = parts.next_part() {
            let items = &items[part.begin..part.end];
            let first = (part.row * length + part.position / kept) as u64;
            if part.blocks > 1 {
                let size = items.len() / part.blocks;
                for (block, output) in items.chunks_exact(size).zip(part.output..) {
                    places.meet_all::<F>(output, first, block);
                }
                continue;
            }
            if kept == 1 {
                places.meet_all::<F>(part.output, first, items);
                continue;
            }
            let phase = part.position % kept;
            for (place, item) in items.iter().enumerate() {
                let position = first + ((phase + place) / kept) as u64;
                let output = part.output + rotated(place % kept, phase, kept);
                places.meet::<F>(output, position, F::take(F::START, *item));
            }
        }
    }

    /// Meets rows, each element for an output of its own. The first row of each output begins it.
    pub(super) fn places_in_rows<F: Choice>(
        items: &[F::Item], parts: Parts<'_>, places: Places<'_, F::State>,
    ) {
        let mut parts = parts;
        while let Some(part) = parts.next_part() {
            let items = &items[part.begin..part.end];
            let begin = part.output + part.position;
            let positions = &mut places.positions[begin..begin + items.len()];
            let values = &mut places.values[begin..begin + items.len()];
            let row = part.row as u64;
            for ((item, position), value) in items.iter().zip(positions).zip(values) {
                let met = F::take(F::START, *item);
                let keeps = (row > 0) & F::keeps(*value, met);
                *position = if keeps { *position } else { row };
                *value = if keeps { *value } else { met };
            }
        }
    }
}

/// Merges states that begin at any address; positions count the same elements on both sides.
pub(super) fn merge_places<F: Choice>(into: &mut [u8], other: &[u8]) {
    let outputs = into.len() / (size_of::<u64>() + size_of::<F::State>());
    let (my_positions, my_values) = into.split_at_mut(outputs * size_of::<u64>());
    let (positions, values) = other.split_at(outputs * size_of::<u64>());
    let pairs = my_positions.chunks_exact_mut(8).zip(positions.chunks_exact(8));
    let size = size_of::<F::State>();
    let values = my_values.chunks_exact_mut(size).zip(values.chunks_exact(size));
    for ((my_position, position), (my_value, value)) in pairs.zip(values) {
        let (mine, theirs) = (read::<u64>(my_position, 0), read::<u64>(position, 0));
        let (my_own, their_own) = (read::<F::State>(my_value, F::START_STATE), read(value, F::START_STATE));
        let keeps = F::keeps(my_own, their_own);
        let is_equal = keeps && F::keeps(their_own, my_own);
        let stays = match (mine, theirs) {
            (_, NOWHERE) => true,
            (NOWHERE, _) => false,
            _ if is_equal => mine < theirs,
            _ => keeps,
        };
        if !stays {
            my_position.copy_from_slice(position);
            my_value.copy_from_slice(value);
        }
    }
}

/// A number at any address.
fn read<T: Plain>(bytes: &[u8], start: T) -> T {
    let mut number = [start];
    as_bytes_mut(&mut number).copy_from_slice(bytes);
    number[0]
}

/// Replaces each position by what `global` says of it.
pub(super) fn move_places(state: &mut [u8], outputs: usize, mut global: impl FnMut(u64) -> u64) {
    for bytes in state[..outputs * size_of::<u64>()].chunks_exact_mut(8) {
        let position = read::<u64>(bytes, 0);
        if position != NOWHERE {
            bytes.copy_from_slice(as_bytes(&[global(position)]));
        }
    }
}
