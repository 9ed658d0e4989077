//! `Part`: one rank's part of an array as it lies in a file, without listing its elements.

mod lines;
mod window;

use distarray_maps::{AxisMap, Distribution};

pub(crate) use window::{Place, Span, Window};

/// Bytes that are read or written at once.
pub(crate) const PIECE_BYTES: usize = 1 << 20;
/// From this many bytes on, a run is moved between file and block by a system call of its own.
/// Below it, copying through a staging piece costs less than the call.
const DIRECT_BYTES: usize = 4 << 10;
/// Bytes of one line that a piece takes when lines must be turned into columns.
const TURNED_BYTES: usize = 64 << 10;

/// Which axis has its elements next to each other in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The last.
    C,
    /// The first.
    Fortran,
}

/// Items that are consecutive in a file and belong to one rank.
///
/// All figures but the first are in bytes. The items are `local_stride` apart in the block, which is
/// the size of one item if the file is in C order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Number of items.
    pub items: usize,
    /// Where the first lies in the file, counted from the array's first element.
    pub file_offset: usize,
    /// Where it lies in the block.
    pub local_offset: usize,
    /// From one item to the next in the block.
    pub local_stride: usize,
}

/// One rank's part of an array in a file: a product of axes, slowest in the file first.
///
/// Inner axes that the rank holds whole are one unit. What remains innermost is the *line*.
/// All offsets and strides are in items. **Pure**; `O(ndim)` memory.
#[derive(Debug, Clone)]
pub struct Part {
    item_bytes: usize,
    outer: Vec<FileAxis>,
    line: FileAxis,
    /// Items per index of the line, next to each other in the file and in the block.
    unit: usize,
    array_bytes: usize,
}

/// One axis of a [`Part`].
#[derive(Debug, Clone)]
struct FileAxis {
    map: AxisMap,
    part: usize,
    file_stride: usize,
    local_stride: usize,
}

impl Part {
    /// What `rank` holds of an array whose elements have `item_bytes` bytes; nothing if it holds none.
    /// **Pure.**
    #[must_use]
    pub fn new(distribution: &Distribution, rank: usize, item_bytes: usize, order: Order) -> Option<Self> {
        if distribution.local_size(rank) == 0 {
            return None;
        }
        let coords = distribution.grid().coords(rank)?;
        let local_shape = distribution.local_shape(rank);
        let array_bytes = distribution.size().saturating_mul(item_bytes);
        let mut axes: Vec<FileAxis> = distribution
            .axes()
            .iter()
            .zip(coords.iter())
            .map(|(map, &part)| FileAxis { map: map.clone(), part, file_stride: 0, local_stride: 0 })
            .collect();
        let mut stride = 1;
        for (axis, &length) in axes.iter_mut().zip(&local_shape).rev() {
            axis.local_stride = stride;
            stride *= length;
        }
        if order == Order::Fortran {
            axes.reverse();
        }
        let mut stride = 1;
        for axis in axes.iter_mut().rev() {
            axis.file_stride = stride;
            stride *= axis.map.length();
        }
        axes.retain(|axis| axis.map.length() > 1);
        // What stays next to each other in the file and in the block is one unit.
        let mut unit = 1;
        while axes.last().is_some_and(|axis| axis.is_whole() && axis.local_stride == unit) {
            unit *= axes.pop().map_or(1, |axis| axis.map.length());
        }
        let one = FileAxis { map: AxisMap::replicated(1), part: 0, file_stride: 0, local_stride: 0 };
        let line = axes.pop().unwrap_or(one);
        Some(Self { item_bytes, outer: axes, line, unit, array_bytes })
    }

    /// The extents in the order of the file, found one after the other. **Pure.**
    ///
    /// # Cost
    /// No memory that grows with the array.
    pub fn extents(&self) -> impl Iterator<Item = Extent> + '_ {
        let item_bytes = self.item_bytes;
        let local_stride = self.item_stride() * item_bytes;
        self.lines().flat_map(move |line| {
            self.line.map.intervals(self.line.part).map(move |interval| Extent {
                items: (interval.stop - interval.start) * self.unit,
                file_offset: (line.file + interval.start * self.line.file_stride) * item_bytes,
                local_offset: (line.local + interval.local * self.line.local_stride) * item_bytes,
                local_stride,
            })
        })
    }

    /// Whether every extent is moved straight between file and block. **Pure**, `O(ndim)`.
    #[must_use]
    pub fn is_direct(&self) -> bool {
        if self.is_turned() {
            return false;
        }
        let Some(first) = self.line.map.intervals(self.line.part).next() else { return true };
        let length = first.stop - first.start;
        let is_all = self.outer.is_empty() && length == self.line.map.count(self.line.part);
        is_all || length * self.unit * self.item_bytes >= DIRECT_BYTES
    }

    /// Bytes of the staging piece that reading or writing takes. **Pure**, `O(ndim)`.
    #[must_use]
    pub fn staging_bytes(&self) -> usize {
        if self.is_direct() { 0 } else { self.array_bytes.min(PIECE_BYTES) }
    }

    /// About how many extents there are: as if all were as long as the first. **Pure**, `O(ndim)`.
    #[must_use]
    pub fn run_count(&self) -> usize {
        let Some(first) = self.line.map.intervals(self.line.part).next() else { return 0 };
        let per_line = self.line.map.count(self.line.part).div_ceil(first.stop - first.start);
        let lines = self.outer.iter().map(|axis| axis.map.count(axis.part));
        lines.fold(per_line, usize::saturating_mul)
    }

    /// Bytes of one item.
    pub(crate) fn item_bytes(&self) -> usize {
        self.item_bytes
    }

    /// From one item of a line to the next in the block, in items.
    pub(crate) fn item_stride(&self) -> usize {
        if self.is_turned() { self.line.local_stride } else { 1 }
    }

    /// Whether items that are neighbours in the file are not in the block.
    fn is_turned(&self) -> bool {
        self.line.map.length() > 1 && self.line.local_stride != self.unit
    }
}

impl FileAxis {
    /// Whether the rank holds all indices, in their order.
    fn is_whole(&self) -> bool {
        let first = self.map.intervals(self.part).next();
        first.is_some_and(|first| first.start == 0 && first.stop == self.map.length() && first.local == 0)
    }
}
