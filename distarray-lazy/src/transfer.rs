//! Transfer: between one block that the program has and the blocks of the ranks.

use crate::backend::{Selection, owned_product};
use distarray_core::kernel::copy::{Region, Side, copy_region};
use distarray_core::{Block, CopyRun, Pool};
use distarray_spmd::create::placement;
use distarray_spmd::{AnyLocalArray, ArrayMeta, Error};

/// For every rank the bytes of its block of an array of `meta`, all elements of which `block` holds. **Pure.**
///
/// # Errors
/// [`Error::Shape`] if the block is not of the distribution's shape.
pub(crate) fn split(block: &Block, meta: &ArrayMeta, rank_count: usize) -> Result<Vec<Vec<u8>>, Error> {
    let distribution = &meta.distribution;
    if block.shape() != distribution.shape() {
        return Err(Error::Shape { found: block.shape().to_vec(), expected: distribution.shape().to_vec() });
    }
    let item_bytes = block.dtype().size_bytes();
    (0..rank_count)
        .map(|rank| {
            let mut part = vec![0; meta.local_bytes(rank)];
            if let Some(axes) = placement(distribution, rank) {
                let shape = distribution.local_shape(rank);
                copy_region(item_bytes, block.as_bytes(), block.shape(), &mut part, &shape, &axes)?;
            }
            Ok(part)
        })
        .collect()
}

/// The bytes of the selected elements that `rank` answers for, out of its share. **Local.**
///
/// # Errors
/// None of its own.
pub fn part_of(array: &AnyLocalArray, selection: &Selection, rank: usize) -> Result<Vec<u8>, Error> {
    let (view, distribution) = (array.view(), array.distribution());
    let item_bytes = view.dtype().size_bytes();
    match selection {
        Selection::All if distribution.is_primary(rank) => {
            let mut part = vec![0; view.size() * item_bytes];
            view.copy_to(&mut part)?;
            Ok(part)
        }
        Selection::All => Ok(Vec::new()),
        Selection::Product(indices) => {
            let Some(axes) = owned_product(distribution, indices, rank) else { return Ok(Vec::new()) };
            let shape: Vec<usize> = axes.iter().map(Vec::len).collect();
            let runs: Vec<Vec<CopyRun>> = axes
                .iter()
                .map(|axis| {
                    axis.iter().enumerate().map(|(target, (_, source))| single(*source, target)).collect()
                })
                .collect();
            let mut part = vec![0; shape.iter().product::<usize>() * item_bytes];
            let region = Region::of_sides(item_bytes, &view.side(), &Side::c_order(&shape), &runs)?;
            region.copy(view.storage(), &mut part)?;
            Ok(part)
        }
    }
}

/// One block of the selected elements, from what every rank answered. **Pure.**
///
/// # Errors
/// Memory refused; [`Error::Element`] if a part has the wrong size.
pub(crate) fn join(
    meta: &ArrayMeta,
    selection: &Selection,
    parts: &[Vec<u8>],
    pool: &Pool,
) -> Result<Block, Error> {
    let distribution = &meta.distribution;
    let shape: Vec<usize> = match selection {
        Selection::All => distribution.shape().to_vec(),
        Selection::Product(indices) => indices.iter().map(Vec::len).collect(),
    };
    let mut block = Block::zeros(meta.dtype, &shape, pool)?;
    let item_bytes = meta.dtype.size_bytes();
    for (rank, part) in parts.iter().enumerate() {
        if part.is_empty() {
            continue;
        }
        let (part_shape, runs): (Vec<usize>, Vec<Vec<CopyRun>>) = match selection {
            Selection::All => {
                let Some(axes) = placement(distribution, rank) else { continue };
                (
                    distribution.local_shape(rank).to_vec(),
                    axes.iter().map(|runs| runs.iter().map(|run| run.reversed()).collect()).collect(),
                )
            }
            Selection::Product(indices) => {
                let Some(axes) = owned_product(distribution, indices, rank) else { continue };
                let runs = axes
                    .iter()
                    .map(|axis| {
                        axis.iter().enumerate().map(|(source, (target, _))| single(source, *target)).collect()
                    })
                    .collect();
                (axes.iter().map(Vec::len).collect(), runs)
            }
        };
        copy_region(item_bytes, part, &part_shape, block.as_bytes_mut()?, &shape, &runs)?;
    }
    Ok(block)
}

fn single(source: usize, target: usize) -> CopyRun {
    CopyRun { length: 1, repeats: 1, source, source_stride: 0, target, target_stride: 0 }
}
