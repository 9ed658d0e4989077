//! Gathering: rows of the parts of an array, in the order of index arrays.

use crate::element::{Plain, slice_of, slice_of_mut};
use crate::error::ElementError;
use crate::kernel::select::{Indices, Rows};
use num_complex::Complex;

/// What one part of the indexed axes is read from.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    /// Its block, in C order: `outer` times `count` rows.
    Block {
        /// All of it.
        bytes: &'a [u8],
        /// How many rows it has along the indexed axes.
        count: usize,
    },
    /// The rows that are asked of it, in the order of the indices; each is `outer` times `row_bytes`.
    Answers(&'a [u8]),
}

impl<'a> Part<'a> {
    fn bytes(&self) -> &'a [u8] {
        match self {
            Part::Block { bytes, .. } | Part::Answers(bytes) => bytes,
        }
    }
}

/// Reads for every place of the indices its row from the part that holds it. The target is `outer` times as many rows as
/// there are places. Gives how many places lie elsewhere than in part `own`.
///
/// # Errors
/// [`ElementError::RunOutOfRange`] for an index that lies outside; [`ElementError::SizeMismatch`] for a target of another
/// size; [`ElementError::RangeOutOfRegion`] for a part that lacks a row.
pub fn gather(
    indices: &Indices<'_>,
    parts: &[Part<'_>],
    rows: Rows,
    own: Option<usize>,
    target: &mut [u8],
) -> Result<usize, ElementError> {
    rows.expect(target, indices.count())?;
    let mut count = Elsewhere { own: own.and_then(|part| u32::try_from(part).ok()), count: 0 };
    match rows {
        Rows { outer: 1, row_bytes: 1 } => gather_items::<u8>(indices, parts, &mut count, target),
        Rows { outer: 1, row_bytes: 2 } => gather_items::<u16>(indices, parts, &mut count, target),
        Rows { outer: 1, row_bytes: 4 } => gather_items::<u32>(indices, parts, &mut count, target),
        Rows { outer: 1, row_bytes: 8 } => gather_items::<u64>(indices, parts, &mut count, target),
        Rows { outer: 1, row_bytes: 16 } => gather_items::<Complex<f64>>(indices, parts, &mut count, target),
        _ => gather_rows(indices, parts, rows, &mut count, target),
    }?;
    Ok(count.count)
}

/// Counts the places that lie elsewhere.
struct Elsewhere {
    own: Option<u32>,
    count: usize,
}

impl Elsewhere {
    fn add(&mut self, owners: &[u32]) {
        self.count += owners.iter().filter(|owner| Some(**owner) != self.own).count();
    }
}

/// A part whose rows are single items.
struct Items<'a, T> {
    items: &'a [T],
    /// All ones where the place in the list counts, all zeros where the row does.
    in_turn: usize,
    next: usize,
}

fn gather_items<T: Plain>(
    indices: &Indices<'_>,
    parts: &[Part<'_>],
    elsewhere: &mut Elsewhere,
    target: &mut [u8],
) -> Result<(), ElementError> {
    let target = slice_of_mut::<T>(target)?;
    let mut items = Vec::with_capacity(parts.len());
    for part in parts {
        let in_turn = if matches!(part, Part::Answers(_)) { usize::MAX } else { 0 };
        items.push(Items { items: slice_of::<T>(part.bytes())?, in_turn, next: 0 });
    }
    let any_in_turn = items.iter().any(|part| part.in_turn != 0);
    indices.each_tile(|first, owners, places| {
        elsewhere.add(owners);
        let target = &mut target[first..first + places.len()];
        let is_complete = if any_in_turn {
            in_turn(&mut items, owners, places, target)
        } else {
            at_once(&items, owners, places, target)
        };
        if is_complete { Ok(()) } else { Err(lacking(parts, owners, places)) }
    })
}

/// Whether every part has what is asked of it.
#[expect(clippy::cast_possible_truncation, reason = "what is beyond is not found")]
fn at_once<T: Plain>(parts: &[Items<'_, T>], owners: &[u32], places: &[u64], target: &mut [T]) -> bool {
    let mut is_complete = true;
    for ((owner, place), target) in owners.iter().zip(places).zip(target) {
        let found = parts.get(*owner as usize).and_then(|part| part.items.get(*place as usize));
        is_complete &= found.is_some();
        *target = found.copied().unwrap_or(T::ZERO);
    }
    is_complete
}

/// As [`at_once`], where some parts give what they are asked for in turn.
#[expect(clippy::cast_possible_truncation, reason = "what is beyond is not found")]
fn in_turn<T: Plain>(parts: &mut [Items<'_, T>], owners: &[u32], places: &[u64], target: &mut [T]) -> bool {
    let mut is_complete = true;
    for ((owner, place), target) in owners.iter().zip(places).zip(target) {
        let Some(part) = parts.get_mut(*owner as usize) else { return false };
        let place = (part.next & part.in_turn) | (*place as usize & !part.in_turn);
        part.next += 1;
        let found = part.items.get(place);
        is_complete &= found.is_some();
        *target = found.copied().unwrap_or(T::ZERO);
    }
    is_complete
}

#[cold]
#[expect(clippy::cast_possible_truncation, reason = "for an error")]
fn lacking(parts: &[Part<'_>], owners: &[u32], places: &[u64]) -> ElementError {
    let first = places.iter().copied().max().unwrap_or(0) as usize;
    let least =
        owners.iter().filter_map(|owner| parts.get(*owner as usize)).map(|part| part.bytes().len()).min();
    ElementError::RangeOutOfRegion { first, end: first + 1, count: least.unwrap_or(0) }
}

#[expect(clippy::cast_possible_truncation, reason = "what is beyond is not found")]
fn gather_rows(
    indices: &Indices<'_>,
    parts: &[Part<'_>],
    rows: Rows,
    elsewhere: &mut Elsewhere,
    target: &mut [u8],
) -> Result<(), ElementError> {
    let Rows { outer, row_bytes } = rows;
    let count = indices.count();
    let mut next = vec![0_usize; parts.len()];
    indices.each_tile(|first, owners, places| {
        elsewhere.add(owners);
        for (number, (owner, place)) in owners.iter().zip(places).enumerate() {
            let (owner, place) = (*owner as usize, *place as usize);
            let part = parts.get(owner).ok_or_else(|| lacking(parts, &[], &[place as u64]))?;
            let bytes = part.bytes();
            for repeat in 0..outer {
                let row = match *part {
                    Part::Block { count, .. } => repeat * count + place,
                    Part::Answers(_) => next[owner] * outer + repeat,
                };
                let source = bytes.get(row * row_bytes..(row + 1) * row_bytes);
                let source = source.ok_or_else(|| lacking(parts, &owners[..=number], &places[..=number]))?;
                let to = (repeat * count + first + number) * row_bytes;
                target[to..to + row_bytes].copy_from_slice(source);
            }
            next[owner] += 1;
        }
        Ok(())
    })
}
