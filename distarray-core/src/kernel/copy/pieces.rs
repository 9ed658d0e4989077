//! Pieces: the innermost two loops of a copy, by item size and shape.

use crate::kernel::copy::region::Level;
use crate::kernel::simd::{stream_copy, stream_fence};

/// From how many bytes on a row is worth non-temporal stores.
const STREAM_ROW_BYTES: usize = 1024;

/// Two nested loops over items, from the given positions on.
pub(super) struct Piece {
    pub(super) source: usize,
    pub(super) target: usize,
    pub(super) outer: Level,
    pub(super) inner: Level,
}

/// The two sides of a copy under way.
pub(super) struct Pieces<'bytes> {
    source: &'bytes [u8],
    target: &'bytes mut [u8],
    item_bytes: usize,
    streams: bool,
    has_streamed: bool,
}

impl<'bytes> Pieces<'bytes> {
    pub(super) fn new(
        source: &'bytes [u8],
        target: &'bytes mut [u8],
        item_bytes: usize,
        streams: bool,
    ) -> Self {
        Pieces {
            source,
            target,
            item_bytes,
            streams,
            has_streamed: false,
        }
    }

    /// Copies one piece.
    pub(super) fn copy(&mut self, piece: &Piece) {
        if piece.inner.count == 1 || (piece.inner.source == 1 && piece.inner.target == 1) {
            self.rows(piece);
            return;
        }
        match self.item_bytes {
            1 => strided::<1>(self.source, self.target, piece),
            2 => strided::<2>(self.source, self.target, piece),
            4 => strided::<4>(self.source, self.target, piece),
            8 => strided::<8>(self.source, self.target, piece),
            _ => strided::<16>(self.source, self.target, piece),
        }
    }

    /// Makes what went past the caches visible before the copy counts as done.
    pub(super) fn finish(self) {
        if self.has_streamed {
            stream_fence();
        }
    }

    /// Copies `outer.count` rows of consecutive items.
    fn rows(&mut self, piece: &Piece) {
        let (source, target) = (&self.source, &mut self.target);
        match piece.inner.count * self.item_bytes {
            1 => short_rows::<1>(source, target, piece, self.item_bytes),
            2 => short_rows::<2>(source, target, piece, self.item_bytes),
            3 => short_rows::<3>(source, target, piece, self.item_bytes),
            4 => short_rows::<4>(source, target, piece, self.item_bytes),
            6 => short_rows::<6>(source, target, piece, self.item_bytes),
            8 => short_rows::<8>(source, target, piece, self.item_bytes),
            12 => short_rows::<12>(source, target, piece, self.item_bytes),
            16 => short_rows::<16>(source, target, piece, self.item_bytes),
            24 => short_rows::<24>(source, target, piece, self.item_bytes),
            32 => short_rows::<32>(source, target, piece, self.item_bytes),
            40 => short_rows::<40>(source, target, piece, self.item_bytes),
            48 => short_rows::<48>(source, target, piece, self.item_bytes),
            64 => short_rows::<64>(source, target, piece, self.item_bytes),
            row_bytes => self.long_rows(piece, row_bytes),
        }
    }

    /// Copies rows by `memcpy`, or past the caches.
    fn long_rows(&mut self, piece: &Piece, row_bytes: usize) {
        let streams = self.streams && row_bytes >= STREAM_ROW_BYTES;
        self.has_streamed |= streams;
        for row in 0..piece.outer.count {
            let from = (piece.source + row * piece.outer.source) * self.item_bytes;
            let to = (piece.target + row * piece.outer.target) * self.item_bytes;
            let source = &self.source[from..from + row_bytes];
            let target = &mut self.target[to..to + row_bytes];
            if streams {
                stream_copy(target, source);
            } else {
                target.copy_from_slice(source);
            }
        }
    }
}

/// Copies rows of `BYTES` bytes, which the compiler knows.
fn short_rows<const BYTES: usize>(
    source: &[u8],
    target: &mut [u8],
    piece: &Piece,
    item_bytes: usize,
) {
    let rows = piece.outer.count;
    let (from_step, to_step) = (
        piece.outer.source * item_bytes,
        piece.outer.target * item_bytes,
    );
    let source = &source[piece.source * item_bytes..];
    let target = &mut target[piece.target * item_bytes..];
    // Rows that touch each other on one side are walked through without computing positions.
    if from_step == BYTES && to_step >= BYTES {
        let (source, _) = source.as_chunks::<BYTES>();
        for (to, from) in target.chunks_mut(to_step).zip(&source[..rows]) {
            to[..BYTES].copy_from_slice(from);
        }
    } else if to_step == BYTES && from_step >= BYTES {
        let (target, _) = target.as_chunks_mut::<BYTES>();
        for (to, from) in target[..rows].iter_mut().zip(source.chunks(from_step)) {
            to.copy_from_slice(&from[..BYTES]);
        }
    } else {
        for row in 0..rows {
            let (from, to) = (row * from_step, row * to_step);
            target[to..to + BYTES].copy_from_slice(&source[from..from + BYTES]);
        }
    }
}

/// Copies items that are not consecutive on both sides, the longer of the two loops inside.
fn strided<const BYTES: usize>(source: &[u8], target: &mut [u8], piece: &Piece) {
    let (source, _) = source.as_chunks::<BYTES>();
    let (target, _) = target.as_chunks_mut::<BYTES>();
    let (outer, inner) = if piece.inner.count < 8 && piece.outer.count > piece.inner.count {
        (piece.inner, piece.outer)
    } else {
        (piece.outer, piece.inner)
    };
    for index in 0..outer.count {
        let from = piece.source + index * outer.source;
        let to = piece.target + index * outer.target;
        if inner.source == 0 || inner.target == 0 {
            for step in 0..inner.count {
                target[to + step * inner.target] = source[from + step * inner.source];
            }
            continue;
        }
        let items = source[from..].iter().step_by(inner.source);
        let places = target[to..].iter_mut().step_by(inner.target);
        for (place, item) in places.zip(items).take(inner.count) {
            *place = *item;
        }
    }
}
