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
#[expect(clippy::cast_possible_truncation, reason = "there are not more than elements in memory")]
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

/// Memory for buckets.
#[derive(Debug)]
pub struct BucketsMut<'a> {
    /// Where the buckets begin, by [`bucket_starts`] of what [`count_by_part`] gave.
    pub starts: &'a [usize],
    /// How the numbers of rows are written.
    pub numbers: RowNumbers,
    /// For the numbers of the rows.
    pub rows: &'a mut [u8],
    /// For what stands at each place.
    pub records: &'a mut [u8],
}

/// What stands at the places: `outer` times a row for each.
#[derive(Debug, Clone, Copy)]
pub struct Records<'a> {
    /// What a row is.
    pub rows: Rows,
    /// All of them.
    pub values: &'a [u8],
}

/// Writes the number of the row of each place into the bucket of the part that holds it, in the order of the indices; and
/// what stands there, `outer` times a row, if anything does.
///
/// # Errors
/// As [`count_by_part`]; [`ElementError::SizeMismatch`] for memory of another size.
pub fn fill_buckets(
    indices: &Indices<'_>,
    buckets: BucketsMut<'_>,
    records: Option<Records<'_>>,
) -> Result<(), ElementError> {
    let count = indices.count();
    let expected_bytes = count * buckets.numbers.bytes();
    if buckets.rows.len() != expected_bytes {
        return Err(ElementError::SizeMismatch { expected_bytes, found_bytes: buckets.rows.len() });
    }
    if let Some(records) = &records {
        records.rows.expect(records.values, count)?;
        records.rows.expect(buckets.records, count)?;
    }
    match buckets.numbers {
        RowNumbers::Narrow => fill::<u32>(indices, buckets, records),
        RowNumbers::Wide => fill::<u64>(indices, buckets, records),
    }
}

fn fill<L: RowNumber>(
    indices: &Indices<'_>,
    buckets: BucketsMut<'_>,
    records: Option<Records<'_>>,
) -> Result<(), ElementError> {
    let BucketsMut { starts, rows: list, records: target, .. } = buckets;
    let list = slice_of_mut::<L>(list)?;
    let Some(Records { rows, values }) = records else {
        return each_place(indices, starts, |bucket, _, row| list[bucket] = L::write(row));
    };
    match rows {
        Rows { outer: 1, row_bytes: 1 } => fill_items::<L, u8>(indices, starts, list, values, target),
        Rows { outer: 1, row_bytes: 2 } => fill_items::<L, u16>(indices, starts, list, values, target),
        Rows { outer: 1, row_bytes: 4 } => fill_items::<L, u32>(indices, starts, list, values, target),
        Rows { outer: 1, row_bytes: 8 } => fill_items::<L, u64>(indices, starts, list, values, target),
        Rows { outer, row_bytes } => {
            let count = indices.count();
            each_place(indices, starts, |bucket, place, row| {
                list[bucket] = L::write(row);
                for repeat in 0..outer {
                    let from = (repeat * count + place) * row_bytes;
                    let to = (bucket * outer + repeat) * row_bytes;
                    target[to..to + row_bytes].copy_from_slice(&values[from..from + row_bytes]);
                }
            })
        }
    }
}

fn fill_items<L: RowNumber, T: Plain>(
    indices: &Indices<'_>,
    starts: &[usize],
    list: &mut [L],
    values: &[u8],
    target: &mut [u8],
) -> Result<(), ElementError> {
    let (values, target) = (slice_of::<T>(values)?, slice_of_mut::<T>(target)?);
    each_place(indices, starts, |bucket, place, row| {
        list[bucket] = L::write(row);
        target[bucket] = values[place];
    })
}

/// Calls `write` with the place in the buckets, the place among the indices, and the row, of each.
fn each_place(
    indices: &Indices<'_>,
    starts: &[usize],
    mut write: impl FnMut(usize, usize, u64),
) -> Result<(), ElementError> {
    let mut next = starts.to_vec();
    indices.each_tile(|first, owners, rows| {
        for ((place, owner), row) in (first..).zip(owners).zip(rows) {
            let bucket = &mut next[*owner as usize];
            write(*bucket, place, *row);
            *bucket += 1;
        }
        Ok(())
    })
}
