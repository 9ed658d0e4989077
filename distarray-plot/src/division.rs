//! One axis divided into the few cells that fit a page.

use distarray_maps::{AxisMap, AxisRange};

/// What one cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// All of its indices, or nearly all, belong to this part.
    Part(usize),
    /// They belong to several parts.
    Several,
}

/// An axis as cells, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Division {
    /// The cells; none for an axis without indices.
    pub(crate) cells: Vec<Cell>,
    /// How many indices one cell stands for; the last one may stand for fewer.
    pub(crate) indices_per_cell: usize,
    /// Whether the cells show the beginning of the axis only.
    pub(crate) is_cut: bool,
}

impl Division {
    /// At most `most` cells for an axis.
    ///
    /// A long axis in long blocks is shown whole, several indices to a cell; one that changes its owner so often that
    /// most cells would show several parts is shown index by index, as far as there is room.
    ///
    /// # Cost
    /// `O(most)` questions to the map: no list of the axis's indices is made, except by unstructured maps.
    pub(crate) fn new(axis: &AxisMap, most: usize) -> Self {
        let length = axis.length();
        let most = most.max(1);
        let indices_per_cell = length.div_ceil(most).max(1);
        let cells: Vec<Cell> = (0..length.div_ceil(indices_per_cell))
            .map(|cell| {
                let start = cell * indices_per_cell;
                shown(axis, start, indices_per_cell.min(length - start))
            })
            .collect();
        let blurred = cells.iter().filter(|&&cell| cell == Cell::Several).count();
        if 2 * blurred <= cells.len() {
            return Self { cells, indices_per_cell, is_cut: false };
        }
        let cells = (0..most).map(|index| shown(axis, index, 1)).collect();
        Self { cells, indices_per_cell: 1, is_cut: true }
    }
}

/// What a cell of `count` indices from `start` on shows.
fn shown(axis: &AxisMap, start: usize, count: usize) -> Cell {
    let owner = |index: usize| axis.owner(index).map(|(part, _)| part);
    let (Some(first), Some(last), Some(middle)) =
        (owner(start), owner(start + count - 1), owner(start + count / 2))
    else {
        return Cell::Several;
    };
    if count == 1 {
        return Cell::Part(first);
    }
    let Ok(piece) = axis.slice(&AxisRange { start, step: 1, count }) else {
        return Cell::Several;
    };
    // More than three quarters; less than that, and cyclic axes would show stripes that are not there.
    let dominant =
        [middle, first, last].into_iter().find(|&part| piece.count(part) > count / 4 * 3 + count % 4 * 3 / 4);
    if let Some(part) = dominant {
        return Cell::Part(part);
    }
    // Two blocks that meet in the cell: the larger one.
    let (before, after) = (piece.count(first), piece.count(last));
    let meet = first != last && before + after == count && owner(start + before - 1) == Some(first);
    let ordered = meet && owner(start + before) == Some(last) && piece.intervals(first).nth(1).is_none();
    match (ordered, before >= after) {
        (false, _) => Cell::Several,
        (true, true) => Cell::Part(first),
        (true, false) => Cell::Part(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(axis: &AxisMap, most: usize) -> String {
        let division = Division::new(axis, most);
        let letter = |cell: &Cell| match *cell {
            Cell::Part(part) => char::from_digit(u32::try_from(part).unwrap(), 10).unwrap(),
            Cell::Several => '*',
        };
        let end = if division.is_cut { ".." } else { "" };
        format!(
            "{}{end}/{}",
            division.cells.iter().map(letter).collect::<String>(),
            division.indices_per_cell
        )
    }

    #[test]
    fn short_axes_are_shown_index_by_index() {
        assert_eq!(letters(&AxisMap::block(7, 3).unwrap(), 10), "0001112/1");
        assert_eq!(letters(&AxisMap::cyclic(7, 3).unwrap(), 10), "0120120/1");
        assert_eq!(letters(&AxisMap::replicated(3), 10), "000/1");
        assert_eq!(letters(&AxisMap::block(0, 3).unwrap(), 10), "/1");
        assert_eq!(letters(&AxisMap::unstructured(vec![vec![3, 0], vec![1, 2]]).unwrap(), 10), "0110/1");
    }

    #[test]
    fn long_blocks_are_shown_whole() {
        assert_eq!(letters(&AxisMap::block(100, 2).unwrap(), 10), "0000011111/10");
        assert_eq!(letters(&AxisMap::block(100, 3).unwrap(), 10), "0001111222/10");
        assert_eq!(letters(&AxisMap::block(1 << 60, 4).unwrap(), 8), "00112233/144115188075855872");
        assert_eq!(letters(&AxisMap::block_cyclic(100, 2, 20).unwrap(), 10), "0011001100/10");
        assert_eq!(letters(&AxisMap::block_with_bounds(&[0, 1, 99, 100]).unwrap(), 10), "1111111111/10");
        assert_eq!(letters(&AxisMap::block_with_bounds(&[0, 31, 34, 100]).unwrap(), 10), "000*222222/10");
    }

    #[test]
    fn axes_dealt_out_in_small_pieces_are_cut() {
        assert_eq!(letters(&AxisMap::cyclic(1 << 60, 3).unwrap(), 8), "01201201../1");
        assert_eq!(letters(&AxisMap::block_cyclic(1000, 2, 3).unwrap(), 8), "00011100../1");
    }

    #[test]
    fn regular_axes_cost_nothing_however_long() {
        let axis = AxisMap::block_cyclic(usize::MAX >> 1, 65_536, 5).unwrap();
        let start = std::time::Instant::now();
        Division::new(&axis, 60);
        assert!(start.elapsed().as_millis() < 100);
    }
}
