//! Masks: what stands where a mask is true, counted, put together, or numbered.

use crate::element::{Plain, slice_of, slice_of_mut};
use crate::error::ElementError;
use crate::kernel::TILE;
use num_complex::Complex;

crate::multiversion! {
    /// How many bytes of a mask are true: any but 0.
    pub fn count_true(mask: &[u8]) -> usize {
        let mut count = 0;
        for bytes in mask.chunks(TILE) {
            // Sums of so few fit 16 bits.
            let mut lanes = [0_u16; 32];
            let (whole, rest) = bytes.as_chunks::<32>();
            for bytes in whole {
                for (lane, byte) in lanes.iter_mut().zip(bytes) {
                    *lane += u16::from(*byte != 0);
                }
            }
            count += lanes.iter().map(|lane| usize::from(*lane)).sum::<usize>();
            count += rest.iter().filter(|byte| **byte != 0).count();
        }
        count
    }
}

/// Puts together the rows of a block where the mask is true; each row is `row_bytes`.
///
/// # Errors
/// [`ElementError::SizeMismatch`] if the block has not one row for each byte of the mask, or the target not one for each
/// that is true.
pub fn compress(mask: &[u8], block: &[u8], row_bytes: usize, target: &mut [u8]) -> Result<(), ElementError> {
    expect(mask.len() * row_bytes, block)?;
    match row_bytes {
        1 => compress_items::<u8>(mask, block, target),
        2 => compress_items::<u16>(mask, block, target),
        4 => compress_items::<u32>(mask, block, target),
        8 => compress_items::<u64>(mask, block, target),
        16 => compress_items::<Complex<f64>>(mask, block, target),
        _ => {
            expect(count_true(mask) * row_bytes, target)?;
            let mut targets = target.chunks_exact_mut(row_bytes.max(1));
            let rows = mask.iter().zip(block.chunks_exact(row_bytes.max(1)));
            for ((_, row), target) in rows.filter(|(byte, _)| **byte != 0).zip(&mut targets) {
                target.copy_from_slice(row);
            }
            Ok(())
        }
    }
}

fn compress_items<T: Plain>(mask: &[u8], block: &[u8], target: &mut [u8]) -> Result<(), ElementError> {
    let found_bytes = target.len();
    let target = slice_of_mut::<T>(target)?;
    let mut kept = [T::ZERO; TILE];
    let mut done = 0;
    for (mask, items) in mask.chunks(TILE).zip(slice_of::<T>(block)?.chunks(TILE)) {
        let count = compress_tile(mask, items, &mut kept);
        let mismatch =
            ElementError::SizeMismatch { expected_bytes: (done + count) * size_of::<T>(), found_bytes };
        target.get_mut(done..done + count).ok_or(mismatch)?.copy_from_slice(&kept[..count]);
        done += count;
    }
    expect(done * size_of::<T>(), crate::element::as_bytes(target))
}

/// At most a tile; gives how many there are. Every item is written, and the next one over it if it does not count.
fn compress_tile<T: Copy>(mask: &[u8], items: &[T], kept: &mut [T; TILE]) -> usize {
    let mut count = 0;
    for (byte, item) in mask.iter().zip(items) {
        kept[count % TILE] = *item;
        count += usize::from(*byte != 0);
    }
    count
}

/// Where the mask is true: positions in C order, as `int64`. The mask is some rows of a larger one of `shape`, the first
/// of which is row `first_row`. With `is_flat` the position among all elements; otherwise one index for each axis.
///
/// # Errors
/// [`ElementError::SizeMismatch`] for a target that has not as many places.
pub fn positions(
    mask: &[u8],
    first: usize,
    shape: &[usize],
    is_flat: bool,
    target: &mut [u8],
) -> Result<(), ElementError> {
    let found_bytes = target.len();
    let target = slice_of_mut::<i64>(target)?;
    let width = if is_flat { 1 } else { shape.len() };
    let places: Vec<usize> = (0..TILE).collect();
    let mut kept = [0_usize; TILE];
    let mut done = 0;
    for (tile, mask) in mask.chunks(TILE).enumerate() {
        let count = compress_tile(mask, &places, &mut kept);
        let mismatch = ElementError::SizeMismatch { expected_bytes: (done + count) * width * 8, found_bytes };
        let target = target.get_mut(done * width..(done + count) * width).ok_or(mismatch)?;
        let base = first + tile * TILE;
        if is_flat {
            for (target, place) in target.iter_mut().zip(&kept) {
                *target = (base + place).cast_signed() as i64;
            }
        } else {
            for (index, place) in target.chunks_exact_mut(width.max(1)).zip(&kept) {
                let mut rest = base + place;
                for (index, length) in index.iter_mut().zip(shape).rev() {
                    *index = (rest % length).cast_signed() as i64;
                    rest /= length;
                }
            }
        }
        done += count;
    }
    expect(done * width * 8, crate::element::as_bytes(target))
}

fn expect(expected_bytes: usize, side: &[u8]) -> Result<(), ElementError> {
    if side.len() == expected_bytes {
        return Ok(());
    }
    Err(ElementError::SizeMismatch { expected_bytes, found_bytes: side.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::as_bytes;

    fn mask(size: usize) -> Vec<u8> {
        (0..size).map(|place| u8::from(place * place % 7 < 3) * 5).collect()
    }

    #[test]
    fn what_is_kept_is_what_a_filter_keeps() {
        for size in [0, 1, 31, 33, TILE - 1, TILE, TILE + 1, 3 * TILE + 17] {
            let mask = mask(size);
            let kept: Vec<i64> =
                (0_i64..).zip(&mask).filter(|(_, byte)| **byte != 0).map(|(place, _)| place).collect();
            assert_eq!(count_true(&mask), kept.len());
            let block: Vec<i64> = (0..).take(size).collect();
            let mut target = vec![0_i64; kept.len()];
            compress(&mask, as_bytes(&block), 8, crate::element::as_bytes_mut(&mut target))
                .expect("the sizes fit");
            assert_eq!(target, kept);
            let rows: Vec<i64> = block.iter().flat_map(|place| [*place, -*place, 1]).collect();
            let mut target = vec![0_i64; 3 * kept.len()];
            compress(&mask, as_bytes(&rows), 24, crate::element::as_bytes_mut(&mut target))
                .expect("the sizes fit");
            assert_eq!(target, kept.iter().flat_map(|place| [*place, -*place, 1]).collect::<Vec<_>>());
            let mut less = vec![0_u8; (kept.len() + 1) * 8];
            assert!(compress(&mask, as_bytes(&block), 8, &mut less).is_err());
        }
    }

    #[test]
    fn positions_are_flat_or_by_axis() {
        let mask = [0, 1, 1, 0, 0, 1];
        let mut flat = [0_i64; 3];
        positions(&mask, 6, &[4, 3], true, crate::element::as_bytes_mut(&mut flat)).expect("as many");
        assert_eq!(flat, [7, 8, 11]);
        let mut by_axis = [0_i64; 6];
        positions(&mask, 6, &[4, 3], false, crate::element::as_bytes_mut(&mut by_axis)).expect("as many");
        assert_eq!(by_axis, [2, 1, 2, 2, 3, 2]);
    }
}
