//! Buckets: what is meant for each part, put together in the order of the indices.

use crate::element::{Plain, slice_of, slice_of_mut};
use crate::error::ElementError;
use crate::kernel::select::{Indices, Rows};
use crate::room_for;

/// How the numbers of rows are written in a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowNumbers {
    /// In 4 bytes.
    Narrow,
    /// In 8 bytes.
    Wide,
}

impl RowNumbers {
    /// What numbers up to `count` need.
    #[must_use]
    pub fn up_to(count: usize) -> RowNumbers {
        if u32::try_from(count).is_ok() { RowNumbers::Narrow } else { RowNumbers::Wide }
    }

    /// Bytes of one number.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            RowNumbers::Narrow => 4,
            RowNumbers::Wide => 8,
        }
    }
}

/// The number of a row as it is written.
pub(super) trait RowNumber: Plain {
    fn write(row: u64) -> Self;
    fn read(self) -> usize;
}

impl RowNumber for u32 {
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "narrow numbers are for parts of fewer rows")]
    fn write(row: u64) -> u32 {
        row as u32
    }

    #[inline(always)]
    fn read(self) -> usize {
        self as usize
    }
}

impl RowNumber for u64 {
    #[inline(always)]
    fn write(row: u64) -> u64 {
        row
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "what is beyond is found when the row is looked for")]
    fn read(self) -> usize {
        self as usize
    }
}

/// How many places each part holds.
///
/// # Errors
/// [`ElementError::RunOutOfRange`] for an index that lies outside; memory refused.
pub fn count_by_part(indices: &Indices<'_>) -> Result<Vec<u64>, ElementError> {
    let parts = indices.part_count();
    let mut counts = room_for(parts)?;
    counts.resize(parts, 0_u64);
    indices.each_tile(|_, owners, _| {
        for owner in owners {
            counts[*owner as usize] += 1;
        }
        Ok(())
    })?;
    Ok(counts)
}

/// Where each bucket begins if they lie one after the other, and the end.
///
/// # Errors
/// Memory refused.
pub fn bucket_starts(counts: &[u64]) -> Result<Vec<usize>, ElementError> {
    let mut starts = room_for(counts.len() + 1)?;
    let mut start = 0;
    starts.push(start);
    for count in counts {
        start += *count as usize;
        starts.push(start);
    }
    Ok(starts)
}

/// Writes the rows that each part is meant for into its bucket, in the order of the indices.
///
/// `starts` are where the buckets begin, by [`bucket_starts`] of what [`count_by_part`] gave.
///
/// # Errors
/// As [`count_by_part`]; [`ElementError::SizeMismatch`] for a target of another size.
pub fn fill_rows(
    indices: &Indices<'_>,
    starts: &[usize],
    numbers: RowNumbers,
    target: &mut [u8],
) -> Result<(), ElementError> {
    let expected_bytes = indices.count() * numbers.bytes();
    if target.len() != expected_bytes {
        return Err(ElementError::SizeMismatch { expected_bytes, found_bytes: target.len() });
    }
    match numbers {
        RowNumbers::Narrow => fill(indices, starts, slice_of_mut::<u32>(target)?, |_, row| u32::write(row)),
        RowNumbers::Wide => fill(indices, starts, slice_of_mut::<u64>(target)?, |_, row| row),
    }
}

/// Writes what stands at each place, `outer` times a row of `row_bytes`, into the bucket of the part that holds it.
///
/// # Errors
/// As [`fill_rows`].
pub fn fill_records(
    indices: &Indices<'_>,
    starts: &[usize],
    rows: Rows,
    values: &[u8],
    target: &mut [u8],
) -> Result<(), ElementError> {
    let count = indices.count();
    rows.expect(values, count)?;
    rows.expect(target, count)?;
    if rows.outer == 1 {
        match rows.row_bytes {
            1 => return fill_items::<u8>(indices, starts, values, target),
            2 => return fill_items::<u16>(indices, starts, values, target),
            4 => return fill_items::<u32>(indices, starts, values, target),
            8 => return fill_items::<u64>(indices, starts, values, target),
            _ => {}
        }
    }
    let Rows { outer, row_bytes } = rows;
    let mut next = starts.to_vec();
    indices.each_tile(|first, owners, _| {
        for (place, owner) in (first..).zip(owners) {
            let bucket = &mut next[*owner as usize];
            for repeat in 0..outer {
                let (from, to) =
                    ((repeat * count + place) * row_bytes, (*bucket * outer + repeat) * row_bytes);
                target[to..to + row_bytes].copy_from_slice(&values[from..from + row_bytes]);
            }
            *bucket += 1;
        }
        Ok(())
    })
}

fn fill_items<T: Plain>(
    indices: &Indices<'_>,
    starts: &[usize],
    values: &[u8],
    target: &mut [u8],
) -> Result<(), ElementError> {
    let values = slice_of::<T>(values)?;
    fill(indices, starts, slice_of_mut::<T>(target)?, |place, _| values[place])
}

/// Writes one item for each place into the bucket of the part that holds it.
fn fill<T: Plain>(
    indices: &Indices<'_>,
    starts: &[usize],
    target: &mut [T],
    item: impl Fn(usize, u64) -> T,
) -> Result<(), ElementError> {
    let mut next = starts.to_vec();
    indices.each_tile(|first, owners, rows| {
        for ((place, owner), row) in (first..).zip(owners).zip(rows) {
            let bucket = &mut next[*owner as usize];
            target[*bucket] = item(place, *row);
            *bucket += 1;
        }
        Ok(())
    })
}
