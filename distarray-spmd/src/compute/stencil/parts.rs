//! Which of a rank's results can be made of its own cells alone, which need ghost cells, and which keep their value.

use distarray_maps::{Halo, Margin};
use smallvec::SmallVec;

/// Ghost cells meet own ones in scratch tiles of at most so many bytes, if the margins leave room for that.
const SCRATCH_BYTES: usize = 256 << 10;

/// Results of the interior are computed so many bytes at a time; in between, messages are moved along.
const CHUNK_BYTES: usize = 8 << 20;

/// The least number of rows of such a chunk: neighbouring chunks read the rows between them twice.
const CHUNK_ROWS: usize = 16;

type Index = SmallVec<[usize; 4]>;

/// A box of a rank's block: its first local indices, and its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) first: Index,
    pub(super) count: Index,
}

impl Part {
    fn of(ranges: &[(usize, usize)]) -> Self {
        Self {
            first: ranges.iter().map(|(first, _)| *first).collect(),
            count: ranges.iter().map(|(first, end)| end - first).collect(),
        }
    }

    pub(super) fn size(&self) -> usize {
        self.count.iter().product()
    }

    /// The shape of the box and of its margins.
    pub(super) fn padded(&self, margins: &[Margin]) -> Index {
        self.count.iter().zip(margins).map(|(count, margin)| margin.before + count + margin.after).collect()
    }

    /// Cut along its longest axes until it takes no more than [`SCRATCH_BYTES`] with its margins.
    fn tiles(self, margins: &[Margin], item_bytes: usize, tiles: &mut Vec<Part>) {
        let bytes = self.padded(margins).iter().product::<usize>() * item_bytes;
        let longest = (0..self.count.len()).rev().max_by_key(|axis| self.count[*axis]);
        match longest {
            Some(axis) if bytes > SCRATCH_BYTES && self.count[axis] > 1 => {
                let half = self.count[axis] / 2;
                let (mut low, mut high) = (self.clone(), self);
                low.count[axis] = half;
                high.count[axis] -= half;
                high.first[axis] += half;
                low.tiles(margins, item_bytes, tiles);
                high.tiles(margins, item_bytes, tiles);
            }
            _ => tiles.push(self),
        }
    }

    /// Cut along its first axis of several indices into parts of about [`CHUNK_BYTES`].
    fn chunks(self, item_bytes: usize) -> Vec<Part> {
        let Some(axis) = self.count.iter().position(|count| *count > 1) else { return vec![self] };
        let row_bytes = self.size() / self.count[axis] * item_bytes;
        let rows = (CHUNK_BYTES / row_bytes.max(1)).max(CHUNK_ROWS);
        let end = self.first[axis] + self.count[axis];
        let chunk = |first: usize| {
            let mut part = self.clone();
            part.first[axis] = first;
            part.count[axis] = rows.min(end - first);
            part
        };
        (self.first[axis]..end).step_by(rows).map(chunk).collect()
    }
}

/// A rank's block, taken apart. Every element is in exactly one part.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    /// Neighbourhoods of own cells alone, in chunks.
    pub(super) interior: Vec<Part>,
    /// Neighbourhoods with ghost cells, in tiles.
    pub(super) border: Vec<Part>,
    /// Neighbourhoods that leave the array.
    pub(super) kept: Vec<Part>,
}

impl Parts {
    pub(super) fn new(halo: &Halo, rank: usize, item_bytes: usize) -> Self {
        let mut parts = Parts::default();
        let shape = halo.distribution().local_shape(rank);
        if halo.distribution().local_size(rank) == 0 {
            return parts;
        }
        let whole: Vec<(usize, usize)> = shape.iter().map(|count| (0, *count)).collect();
        let surrounded = halo.surrounded(rank);
        parts.kept = frame(&whole, &surrounded);
        let inner = |(axis, (first, end)): (usize, &(usize, usize))| {
            let margin = halo.margins()[axis];
            let low = margin.before.clamp(*first, *end);
            (low, shape[axis].saturating_sub(margin.after).clamp(low, *end))
        };
        let interior: Vec<(usize, usize)> = surrounded.iter().enumerate().map(inner).collect();
        for strip in frame(&surrounded, &interior) {
            strip.tiles(halo.margins(), item_bytes, &mut parts.border);
        }
        let interior = Part::of(&interior);
        if interior.size() > 0 {
            parts.interior = interior.chunks(item_bytes);
        }
        parts
    }

    /// Bytes of the largest tile with its margins.
    pub(super) fn scratch_bytes(&self, margins: &[Margin], item_bytes: usize) -> usize {
        let bytes = |part: &Part| part.padded(margins).iter().product::<usize>() * item_bytes;
        self.border.iter().map(bytes).max().unwrap_or(0)
    }
}

/// The boxes that are in `outer` and not in `inner`, which lies in it: two for each axis.
fn frame(outer: &[(usize, usize)], inner: &[(usize, usize)]) -> Vec<Part> {
    let mut boxes = Vec::new();
    let mut left = outer.to_vec();
    for axis in 0..outer.len() {
        let ((low, high), (first, end)) = (outer[axis], inner[axis]);
        for side in [(low, first), (end, high)] {
            left[axis] = side;
            let part = Part::of(&left);
            if part.size() > 0 {
                boxes.push(part);
            }
        }
        left[axis] = (first, end);
    }
    boxes
}
