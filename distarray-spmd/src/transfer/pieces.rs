//! Pieces: the stretches of a transfer that are contiguous on both sides.

use super::movement::Layout;
use distarray_comm::Piece;
use distarray_core::kernel::copy::Strides;
use distarray_maps::Transfer;

/// The stretches of a transfer in bytes, one after the other. The last axis has no gaps on either side.
pub(crate) struct Pieces<'a> {
    transfer: &'a Transfer,
    /// Bytes from one index of an axis to the next, and those before the first element.
    source: (Strides, usize),
    target: (Strides, usize),
    /// For each axis: which run, which repeat, and (but for the last axis) which index in it.
    place: Vec<(usize, usize, usize)>,
    item_bytes: usize,
    finished: bool,
}

impl<'a> Pieces<'a> {
    pub(crate) fn new(transfer: &'a Transfer, source: &Layout, target: &Layout, item_bytes: usize) -> Self {
        Self {
            transfer,
            source: source.in_bytes(item_bytes),
            target: target.in_bytes(item_bytes),
            place: vec![(0, 0, 0); transfer.axes.len()],
            item_bytes,
            finished: transfer.count == 0,
        }
    }

    /// To the next stretch, the last axis fastest.
    fn advance(&mut self) {
        let last = self.place.len();
        for axis in (0..last).rev() {
            let (run, repeat, index) = &mut self.place[axis];
            let runs = &self.transfer.axes[axis];
            // A stretch covers the whole length of a run of the last axis.
            let length = if axis + 1 == last { 1 } else { runs[*run].length };
            *index += 1;
            if *index < length {
                return;
            }
            *index = 0;
            *repeat += 1;
            if *repeat < runs[*run].repeats {
                return;
            }
            *repeat = 0;
            *run += 1;
            if *run < runs.len() {
                return;
            }
            *run = 0;
        }
        self.finished = true;
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if self.finished {
            return None;
        }
        let (source_strides, source) = &self.source;
        let (target_strides, target) = &self.target;
        let mut piece = Piece { source: *source, target: *target, length: self.item_bytes };
        let reach = |index: usize, stride: isize| stride.wrapping_mul(index.cast_signed());
        for (axis, (run, repeat, index)) in self.place.iter().enumerate() {
            let run = &self.transfer.axes[axis][*run];
            let (from, to) = (
                run.source + repeat * run.source_stride + index,
                run.target + repeat * run.target_stride + index,
            );
            piece.source = piece.source.wrapping_add_signed(reach(from, source_strides[axis]));
            piece.target = piece.target.wrapping_add_signed(reach(to, target_strides[axis]));
            if axis + 1 == self.place.len() {
                piece.length = run.length * self.item_bytes;
            }
        }
        self.advance();
        Some(piece)
    }
}
