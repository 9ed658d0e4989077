//! Scattering: rows of a block set, added to, or compared with others, in the order of a list.

use crate::dispatch;
use crate::dtype::DType;
use crate::element::{Plain, slice_of, slice_of_mut};
use crate::error::ElementError;
use crate::kernel::operation::{Add, Binary, Maximum, Minimum, Or};
use crate::kernel::select::Rows;
use crate::kernel::select::buckets::{RowNumber, RowNumbers};
use num_complex::Complex;
use serde::{Deserialize, Serialize};

/// What becomes of an element that a value comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scatter {
    /// The value takes its place.
    Set,
    /// The value is added; for `bool`, either is true.
    Add,
    /// The smaller of the two stays, or NaN.
    Minimum,
    /// The larger of the two stays, or NaN.
    Maximum,
}

/// Rows that values are for, in the order they come.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// How the numbers of the rows are written.
    pub numbers: RowNumbers,
    /// The numbers.
    pub rows: &'a [u8],
    /// A record for each of them, `outer` times a row; or one element that is for all.
    pub records: &'a [u8],
    /// Whether there is but one element.
    pub is_single: bool,
}

/// A block seen as `outer` times `count` rows, to be changed.
#[derive(Debug)]
pub struct RowsMut<'a> {
    /// dtype of the elements.
    pub dtype: DType,
    /// All of them.
    pub bytes: &'a mut [u8],
    /// How many rows it has along the indexed axes.
    pub count: usize,
    /// What a row is.
    pub rows: Rows,
}

/// Copies the listed rows of a block, record by record: `outer` times a row for each.
///
/// # Errors
/// [`ElementError::RangeOutOfRegion`] for a row that is not there; [`ElementError::SizeMismatch`].
pub fn gather_listed(
    block: &[u8],
    count: usize,
    rows: Rows,
    numbers: RowNumbers,
    list: &[u8],
    target: &mut [u8],
) -> Result<(), ElementError> {
    rows.expect(block, count)?;
    rows.expect(target, list.len() / numbers.bytes())?;
    match numbers {
        RowNumbers::Narrow => gather_from(block, count, rows, slice_of::<u32>(list)?, target),
        RowNumbers::Wide => gather_from(block, count, rows, slice_of::<u64>(list)?, target),
    }
}

fn gather_from<L: RowNumber>(
    block: &[u8],
    count: usize,
    rows: Rows,
    list: &[L],
    target: &mut [u8],
) -> Result<(), ElementError> {
    if rows.outer == 1 {
        match rows.row_bytes {
            1 => return gather_items::<u8, L>(block, list, target),
            2 => return gather_items::<u16, L>(block, list, target),
            4 => return gather_items::<u32, L>(block, list, target),
            8 => return gather_items::<u64, L>(block, list, target),
            16 => return gather_items::<Complex<f64>, L>(block, list, target),
            _ => {}
        }
    }
    let Rows { outer, row_bytes } = rows;
    let records = target.chunks_exact_mut((outer * row_bytes).max(1));
    for (row, record) in list.iter().zip(records) {
        let row = row.read();
        check(row, count)?;
        for repeat in 0..outer {
            let from = (repeat * count + row) * row_bytes;
            record[repeat * row_bytes..(repeat + 1) * row_bytes]
                .copy_from_slice(&block[from..from + row_bytes]);
        }
    }
    Ok(())
}

fn gather_items<T: Plain, L: RowNumber>(
    block: &[u8],
    list: &[L],
    target: &mut [u8],
) -> Result<(), ElementError> {
    let block = slice_of::<T>(block)?;
    for (row, target) in list.iter().zip(slice_of_mut::<T>(target)?) {
        *target = *block.get(row.read()).ok_or_else(|| outside(row.read(), block.len()))?;
    }
    Ok(())
}

fn check(row: usize, count: usize) -> Result<(), ElementError> {
    if row < count { Ok(()) } else { Err(outside(row, count)) }
}

#[cold]
fn outside(row: usize, count: usize) -> ElementError {
    ElementError::RangeOutOfRegion { first: row, end: row.saturating_add(1), count }
}

impl RowsMut<'_> {
    /// Changes the listed rows by the values that come to them, one after the other.
    ///
    /// # Errors
    /// [`ElementError::SizeMismatch`], [`ElementError::Misaligned`] before anything is written;
    /// [`ElementError::RangeOutOfRegion`] for a row that is not there.
    pub fn scatter(&mut self, mode: Scatter, list: &Listed<'_>) -> Result<(), ElementError> {
        self.rows.expect(self.bytes, self.count)?;
        let item_bytes = self.dtype.size_bytes();
        let expected_bytes =
            if list.is_single { item_bytes } else { self.rows.bytes(list.rows.len() / list.numbers.bytes()) };
        if list.records.len() != expected_bytes {
            return Err(ElementError::SizeMismatch { expected_bytes, found_bytes: list.records.len() });
        }
        match (mode, self.dtype) {
            (Scatter::Set, _) => match item_bytes {
                1 => self.scatter_with::<u8, Replace>(list),
                2 => self.scatter_with::<u16, Replace>(list),
                4 => self.scatter_with::<u32, Replace>(list),
                8 => self.scatter_with::<u64, Replace>(list),
                _ => self.scatter_with::<Complex<f64>, Replace>(list),
            },
            (Scatter::Add | Scatter::Maximum, DType::Bool) => self.scatter_with::<u8, Or>(list),
            (Scatter::Minimum, DType::Bool) => self.scatter_with::<u8, crate::kernel::operation::And>(list),
            (Scatter::Add, dtype) => dispatch!(dtype, Number(T) => self.scatter_with::<T, Add>(list)?),
            (Scatter::Minimum, dtype) => {
                dispatch!(dtype, Number(T) => self.scatter_with::<T, Minimum>(list)?)
            }
            (Scatter::Maximum, dtype) => {
                dispatch!(dtype, Number(T) => self.scatter_with::<T, Maximum>(list)?)
            }
        }
    }

    fn scatter_with<T: Plain, F: Binary<T, Output = T>>(
        &mut self,
        list: &Listed<'_>,
    ) -> Result<(), ElementError> {
        let records = slice_of::<T>(list.records)?;
        match list.numbers {
            RowNumbers::Narrow => self.walk::<T, F, u32>(slice_of(list.rows)?, records, list.is_single),
            RowNumbers::Wide => self.walk::<T, F, u64>(slice_of(list.rows)?, records, list.is_single),
        }
    }

    fn walk<T: Plain, F: Binary<T, Output = T>, L: RowNumber>(
        &mut self,
        list: &[L],
        records: &[T],
        is_single: bool,
    ) -> Result<(), ElementError> {
        let (count, outer) = (self.count, self.rows.outer);
        let inner = self.rows.row_bytes / size_of::<T>();
        let target = slice_of_mut::<T>(self.bytes)?;
        let single = records.first().filter(|_| is_single).copied();
        if outer == 1 && inner == 1 {
            return match single {
                Some(value) => change::<T, F, L>(target, list, std::iter::repeat(value)),
                None => change::<T, F, L>(target, list, records.iter().copied()),
            };
        }
        for (number, row) in list.iter().enumerate() {
            let row = row.read();
            check(row, count)?;
            for repeat in 0..outer {
                let line = &mut target[(repeat * count + row) * inner..][..inner];
                if let Some(value) = single {
                    line.iter_mut().for_each(|element| *element = F::apply(*element, value));
                } else {
                    let values = &records[(number * outer + repeat) * inner..][..inner];
                    line.iter_mut()
                        .zip(values)
                        .for_each(|(element, value)| *element = F::apply(*element, *value));
                }
            }
        }
        Ok(())
    }
}

/// Changes single elements.
fn change<T: Plain, F: Binary<T, Output = T>, L: RowNumber>(
    target: &mut [T],
    list: &[L],
    values: impl Iterator<Item = T>,
) -> Result<(), ElementError> {
    let count = target.len();
    for (row, value) in list.iter().zip(values) {
        let element = target.get_mut(row.read()).ok_or_else(|| outside(row.read(), count))?;
        *element = F::apply(*element, value);
    }
    Ok(())
}

/// The later value stays.
enum Replace {}

impl<T: Plain> Binary<T> for Replace {
    type Output = T;
    #[inline(always)]
    fn apply(_: T, value: T) -> T {
        value
    }
}
