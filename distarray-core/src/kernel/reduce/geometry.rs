//! Geometry: which elements of a block in C order meet in which element of the result.

use smallvec::SmallVec;

use crate::kernel::TILE;

/// Up to how many elements of the result lie side by side before they are folded in lanes.
pub(super) const LANES: usize = 32;

/// Up to how many elements of one output are folded without vectors; several such blocks are one part.
pub(super) const SHORT_BLOCK: usize = 64;

/// Of how many tiles a line is, at most, that carries something from one part to the next and deals with it
/// at its end.
pub(super) const TILES_PER_LINE: usize = 8;

/// The shape of a reduction after neighbouring axes of the same kind were joined.
#[derive(Debug, Clone)]
pub(super) struct Geometry {
    /// Outer axes, kept and reduced by turns.
    outer: SmallVec<[Axis; 4]>,
    pub(super) inner: Inner,
    /// All elements.
    pub(super) count: usize,
    /// Elements of the result.
    pub(super) outputs: usize,
    /// Elements that meet in each element of the result.
    pub(super) reduced_count: usize,
    /// Elements of a tile or a line of tiles, at whose end parts of folded axes end; rows need no such ends.
    tile: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Axis {
    length: usize,
    is_reduced: bool,
}

/// The innermost axes, whose elements lie side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inner {
    /// `length` reduced times `kept` (at most [`LANES`]) kept elements: folded in lanes.
    Folded { length: usize, kept: usize },
    /// `length` kept elements, each added to its own element of the result.
    Rows { length: usize },
}

impl Inner {
    /// Whether the elements of a block meet one output, and are many: such blocks can be walked in lines.
    pub(super) fn is_long(self) -> bool {
        matches!(self, Inner::Folded { length, kept: 1 } if length > SHORT_BLOCK)
    }

    /// Elements of one block of the inner axes.
    fn size(self) -> usize {
        match self {
            Inner::Folded { length, kept } => length * kept,
            Inner::Rows { length } => length,
        }
    }

    /// Elements of the result that one block of the inner axes meets.
    pub(super) fn outputs(self) -> usize {
        match self {
            Inner::Folded { kept, .. } => kept,
            Inner::Rows { length } => length,
        }
    }
}

impl Geometry {
    /// The geometry of a block of `shape` whose axes marked in `reduced` go, each element being
    /// `components` numbers side by side that never meet (two for complex sums, otherwise one). Long blocks
    /// of one output are walked in lines of up to `tiles_per_line` tiles.
    pub(super) fn new(
        shape: &[usize],
        reduced: &[bool],
        components: usize,
        tiles_per_line: usize,
    ) -> Geometry {
        let product = |of_reduced: bool| -> usize {
            let axes = shape.iter().zip(reduced);
            axes.filter(|axis| *axis.1 == of_reduced).map(|axis| axis.0).product()
        };
        let mut outer = SmallVec::<[Axis; 4]>::new();
        let axes = shape.iter().zip(reduced).map(|(&length, &is_reduced)| Axis { length, is_reduced });
        let components_axis = Axis { length: components, is_reduced: false };
        for axis in axes.chain([components_axis]).filter(|axis| axis.length != 1) {
            match outer.last_mut() {
                Some(last) if last.is_reduced == axis.is_reduced => last.length *= axis.length,
                _ => outer.push(axis),
            }
        }
        let inner = Geometry::take_inner(&mut outer);
        let tile = match inner {
            Inner::Folded { .. } if inner.is_long() => TILE * tiles_per_line,
            Inner::Folded { .. } => TILE * components,
            Inner::Rows { .. } => usize::MAX,
        };
        Geometry {
            outer,
            inner,
            count: shape.iter().product::<usize>() * components,
            outputs: product(false) * components,
            reduced_count: product(true),
            tile,
        }
    }

    /// Takes the innermost axes off the list.
    fn take_inner(axes: &mut SmallVec<[Axis; 4]>) -> Inner {
        let Some(last) = axes.pop() else {
            return Inner::Folded { length: 1, kept: 1 };
        };
        if last.is_reduced {
            return Inner::Folded { length: last.length, kept: 1 };
        }
        match axes.last() {
            Some(before) if last.length <= LANES => {
                let length = before.length;
                axes.pop();
                Inner::Folded { length, kept: last.length }
            }
            _ => Inner::Rows { length: last.length },
        }
    }

    /// The parts of elements `first..first + count`, each inside one block of the inner axes and one tile.
    pub(super) fn parts(&self, first: usize, count: usize) -> Parts<'_> {
        let size = self.inner.size().max(1);
        let is_short = matches!(self.inner, Inner::Folded { kept: 1, length } if length <= SHORT_BLOCK);
        let joins_blocks = is_short && matches!(self.outer[..], [Axis { is_reduced: false, .. }]);
        let mut parts = Parts {
            geometry: self,
            block: first / size,
            position: first % size,
            size,
            begin: 0,
            count,
            joins_blocks,
            tile: self.tile,
            tile_left: self.tile - first % self.tile,
            kept: 0,
            reduced: 0,
        };
        parts.locate();
        parts
    }
}

/// Some neighbouring elements that lie in one block of the inner axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    /// Where it begins among the elements asked for.
    pub(super) begin: usize,
    /// Where it ends among them.
    pub(super) end: usize,
    /// Where it begins in its block.
    pub(super) position: usize,
    /// The first element of the result that its block meets.
    pub(super) output: usize,
    /// How many blocks before this one meet the same elements of the result.
    pub(super) row: usize,
    /// How many whole blocks this is, if they are short and meet neighbouring outputs; otherwise 1.
    pub(super) blocks: usize,
    /// Whether it is the first of its line.
    pub(super) begins_line: bool,
    /// Whether it is the last of its line, which ends with its block or after some tiles.
    pub(super) ends_line: bool,
    /// How many of its elements, if there are as many, lie before the end of a tile.
    pub(super) in_first_tile: usize,
}

/// Goes through the parts of a stretch of elements. A cursor, so that the loops over elements stay in the
/// function that is compiled for the processor.
pub(super) struct Parts<'geometry> {
    geometry: &'geometry Geometry,
    block: usize,
    position: usize,
    size: usize,
    begin: usize,
    count: usize,
    joins_blocks: bool,
    tile: usize,
    tile_left: usize,
    kept: usize,
    reduced: usize,
}

impl Parts<'_> {
    /// Finds the kept and the reduced index of the block.
    fn locate(&mut self) {
        let mut rest = self.block;
        let (mut kept_step, mut reduced_step) = (1, 1);
        (self.kept, self.reduced) = (0, 0);
        for axis in self.geometry.outer.iter().rev() {
            let index = rest % axis.length.max(1);
            rest /= axis.length.max(1);
            if axis.is_reduced {
                self.reduced += index * reduced_step;
                reduced_step *= axis.length;
            } else {
                self.kept += index * kept_step;
                kept_step *= axis.length;
            }
        }
    }

    /// The next part, if there is one.
    #[inline(always)]
    pub(super) fn next_part(&mut self) -> Option<Part> {
        if self.begin >= self.count {
            return None;
        }
        let left = (self.count - self.begin).min(self.tile_left);
        let blocks = if self.joins_blocks && self.position == 0 { (left / self.size).max(1) } else { 1 };
        let length = (self.size * blocks - self.position).min(left);
        let part = Part {
            begin: self.begin,
            end: self.begin + length,
            position: self.position,
            output: self.kept * self.geometry.inner.outputs(),
            row: self.reduced,
            blocks,
            begins_line: self.position == 0 || self.tile_left == self.tile,
            ends_line: self.position + length == self.size * blocks || self.tile_left == length,
            in_first_tile: (self.tile_left - 1) % TILE + 1,
        };
        self.begin += length;
        self.tile_left -= length;
        if self.tile_left == 0 {
            self.tile_left = self.tile;
        }
        self.position += length;
        if self.position == self.size * blocks {
            self.position = 0;
            self.block += blocks;
            match &self.geometry.outer[..] {
                [] => {}
                [axis] if axis.is_reduced => self.reduced += blocks,
                [_] => self.kept += blocks,
                _ => self.locate(),
            }
        }
        Some(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_axes_of_a_kind_are_one() {
        let geometry = Geometry::new(&[4, 1, 50, 60], &[true, false, false, false], 1, 1);
        assert_eq!(geometry.inner, Inner::Rows { length: 3000 });
        assert_eq!((geometry.outputs, geometry.reduced_count), (3000, 4));
        let geometry = Geometry::new(&[4, 5, 6], &[false, true, true], 1, 1);
        let folded = Inner::Folded { length: 30, kept: 1 };
        assert_eq!(geometry.inner, folded);
        let geometry = Geometry::new(&[5, 6], &[true, true], 2, 1);
        let folded = Inner::Folded { length: 30, kept: 2 };
        assert_eq!(geometry.inner, folded);
    }

    #[test]
    fn lines_end_at_blocks_and_after_some_tiles() {
        let geometry = Geometry::new(&[2, 5 * TILE + 7], &[false, true], 1, 2);
        let mut found = Vec::new();
        for (first, count) in [(0, TILE), (TILE, 9 * TILE + 14)] {
            let mut parts = geometry.parts(first, count);
            while let Some(part) = parts.next_part() {
                found.push((part.end - part.begin, part.begins_line, part.ends_line, part.in_first_tile));
            }
        }
        let lines = [
            (TILE, true, false, TILE),
            (TILE, false, true, TILE),
            (2 * TILE, true, true, TILE),
            (TILE + 7, true, true, TILE),
            (TILE - 7, true, true, TILE - 7),
            (2 * TILE, true, true, TILE),
            (2 * TILE, true, true, TILE),
            (14, true, true, TILE),
        ];
        assert_eq!(found, lines);
    }

    #[test]
    fn parts_end_at_blocks() {
        let geometry = Geometry::new(&[3, 40, 2], &[true, false, false], 1, 1);
        let mut parts = geometry.parts(70, 100);
        let mut found = Vec::new();
        while let Some(part) = parts.next_part() {
            found.push((part.begin, part.end, part.position, part.output, part.row));
        }
        assert_eq!(found, [(0, 10, 70, 0, 0), (10, 90, 0, 0, 1), (90, 100, 0, 0, 2)]);
        let geometry = Geometry::new(&[2, 1500], &[false, true], 1, 1);
        let mut parts = geometry.parts(1024, 1976);
        let mut found = Vec::new();
        while let Some(part) = parts.next_part() {
            found.push((part.end, part.position, part.output));
        }
        assert_eq!(found, [(476, 1024, 0), (1024, 0, 1), (1976, 548, 1)]);
    }
}
