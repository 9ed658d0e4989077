//! Site: what a rank knows of the part of an array that it takes from or puts to.

use super::Indexed;
use crate::{Error, Worker};
use distarray_comm::SameMemory;
use distarray_core::kernel::copy::size_of;
use distarray_core::kernel::select::{AxisLookup, AxisTable, RowNumbers, Rows};
use distarray_maps::{AxisSegments, Distribution};

/// Which ranks hold the parts of the indexed axes, and where indices lie.
#[derive(Debug)]
pub(crate) struct Site {
    /// By part of the indexed axes, in C order: who holds it of those that hold this rank's part of the others. Empty on
    /// a rank that takes nothing.
    pub(crate) group: Vec<usize>,
    /// By part: how many rows it has.
    pub(crate) row_counts: Vec<usize>,
    /// For each indexed axis.
    pub(crate) lookups: Vec<AxisLookup>,
    /// What a row of this rank's own block is.
    pub(crate) rows: Rows,
    /// How many rows this rank's own block has.
    pub(crate) own_rows: usize,
}

impl Site {
    /// The site of `rank`, whose places are those it holds of `target`, which replaces the indexed axes by `new` ones.
    pub(crate) fn new(
        indexed: &Indexed,
        source: &Distribution,
        target: &Distribution,
        new: usize,
        item_bytes: usize,
        rank: usize,
    ) -> Site {
        let (axis, count) = (indexed.axis, indexed.count());
        let tables: Vec<AxisSegments> =
            (axis..axis + count).map(|axis| source.axis(axis).segments()).collect();
        let mut row_counts = vec![1_usize];
        for table in &tables {
            row_counts = row_counts
                .iter()
                .flat_map(|rows| table.counts.iter().map(move |count| rows.saturating_mul(*count)))
                .collect();
        }
        let shape = source.local_shape(rank);
        Site {
            group: group(indexed, source, target, new, rank),
            row_counts,
            lookups: tables.iter().map(|table| AxisLookup::new(&columns(table))).collect(),
            rows: Rows::of(&shape[..axis], &shape[axis + count..], item_bytes),
            own_rows: size_of(&shape[axis..axis + count]),
        }
    }

    /// The part of the indexed axes that `rank` holds.
    pub(crate) fn part_of(&self, rank: usize) -> Option<usize> {
        self.group.iter().position(|member| *member == rank)
    }

    /// How rows are numbered in messages; the same on all ranks.
    pub(crate) fn numbers(&self) -> RowNumbers {
        RowNumbers::up_to(self.row_counts.iter().copied().max().unwrap_or(0))
    }
}

fn columns(table: &AxisSegments) -> AxisTable<'_> {
    AxisTable {
        length: table.length,
        period: table.period,
        starts: &table.starts,
        parts: &table.parts,
        locals: &table.locals,
        per_period: &table.per_period,
        counts: &table.counts,
    }
}

/// By part of the indexed axes, in C order: the rank from which `rank` takes it. A rank that holds a copy of the array
/// takes from the ranks of its own copy.
pub(crate) fn group(
    indexed: &Indexed,
    source: &Distribution,
    target: &Distribution,
    new: usize,
    rank: usize,
) -> Vec<usize> {
    let (axis, count) = (indexed.axis, indexed.count());
    let grid = source.grid();
    let Some(held) = target.grid().coords(rank) else { return Vec::new() };
    let copy = grid.locate(rank).map_or(0, |(_, copy)| copy);
    // Where nothing but the indexed axes is there, the target may lie anywhere.
    let others = |axes: &[usize]| if source.ndim() == count { Vec::new() } else { axes.to_vec() };
    let mut blocks = vec![others(&held[..axis.min(held.len())])];
    for axis in axis..axis + count {
        let parts = grid.parts(axis);
        blocks = blocks
            .iter()
            .flat_map(|coords| (0..parts).map(move |part| [coords.as_slice(), &[part]].concat()))
            .collect();
    }
    let after = others(held.get(axis + new..).unwrap_or_default());
    let holder = |block: &Vec<usize>| {
        let coords = [block.as_slice(), &after].concat();
        grid.copies_of(&coords).nth(copy).unwrap_or_else(|| grid.rank(&coords))
    };
    blocks.iter().map(holder).collect()
}

/// Whether all ranks are threads of this process: then all of them are, for each.
pub(crate) fn in_one_process(worker: &Worker) -> Result<bool, Error> {
    for rank in 0..worker.size() {
        if worker.reach(rank)? != SameMemory::Process {
            return Ok(false);
        }
    }
    Ok(true)
}
