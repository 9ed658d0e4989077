//! Pieces: the innermost two loops of a copy, by item size and shape.

use crate::kernel::copy::level::Level;
use crate::kernel::simd::{stream_copy, stream_fence};

/// From how many bytes on a row is worth non-temporal stores.
const STREAM_ROW_BYTES: usize = 1024;

/// Items along the side of a tile of a transposition.
const TURNED_SIDE: usize = 32;

/// Items of a tile that follow each other in the target.
const TURNED_ROW: usize = 64;

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
        Pieces { source, target, item_bytes, streams, has_streamed: false }
    }

    /// Copies one piece.
    pub(super) fn copy(&mut self, piece: &Piece) {
        if piece.inner.count == 1 || (piece.inner.source == 1 && piece.inner.target == 1) {
            self.rows(piece);
            return;
        }
        let streams = self.streams;
        let has_streamed = match self.item_bytes {
            1 => strided::<1>(self.source, self.target, piece, streams),
            2 => strided::<2>(self.source, self.target, piece, streams),
            4 => strided::<4>(self.source, self.target, piece, streams),
            8 => strided::<8>(self.source, self.target, piece, streams),
            _ => strided::<16>(self.source, self.target, piece, streams),
        };
        self.has_streamed |= has_streamed;
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
            let (from, to) = piece.outer.at((piece.source, piece.target), row);
            let (from, to) = (from * self.item_bytes, to * self.item_bytes);
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
fn short_rows<const BYTES: usize>(source: &[u8], target: &mut [u8], piece: &Piece, item_bytes: usize) {
    let item = item_bytes.cast_signed();
    let (from_step, to_step) = (piece.outer.source * item, piece.outer.target * item);
    let (mut from, mut to) = (piece.source * item_bytes, piece.target * item_bytes);
    for _ in 0..piece.outer.count {
        target[to..to + BYTES].copy_from_slice(&source[from..from + BYTES]);
        from = from.wrapping_add_signed(from_step);
        to = to.wrapping_add_signed(to_step);
    }
}

/// Copies items that are not consecutive on both sides, the longer of the two loops inside. Whether any went past the
/// caches.
fn strided<const BYTES: usize>(source: &[u8], target: &mut [u8], piece: &Piece, streams: bool) -> bool {
    let (source, _) = source.as_chunks::<BYTES>();
    let (target, _) = target.as_chunks_mut::<BYTES>();
    let (outer, inner) = if piece.inner.count < 8 && piece.outer.count > piece.inner.count {
        (piece.inner, piece.outer)
    } else {
        (piece.outer, piece.inner)
    };
    let first = (piece.source, piece.target);
    if !is_turned(&outer, &inner) {
        strided_loops(source, target, first, outer, inner);
        return false;
    }
    if streams {
        for (along_source, along_target) in [(inner, outer), (outer, inner)] {
            if along_source.source == 1 && along_target.target == 1 {
                turned(source, target, first, along_source, along_target);
                return true;
            }
        }
    }
    for row in (0..outer.count).step_by(TURNED_SIDE) {
        let rows = Level { count: TURNED_SIDE.min(outer.count - row), ..outer };
        let row = outer.at(first, row);
        for column in (0..inner.count).step_by(TURNED_SIDE) {
            let columns = Level { count: TURNED_SIDE.min(inner.count - column), ..inner };
            strided_loops(source, target, inner.at(row, column), rows, columns);
        }
    }
    false
}

/// Transposes by way of tiles in the cache nearest to the processor: rows of the source come in by whole lines, and rows of
/// the target go out by whole lines, past the caches.
fn turned<const BYTES: usize>(
    source: &[[u8; BYTES]],
    target: &mut [[u8; BYTES]],
    first: (usize, usize),
    along_source: Level,
    along_target: Level,
) {
    let mut tile = [[[0; BYTES]; TURNED_ROW]; TURNED_SIDE];
    for row in (0..along_target.count).step_by(TURNED_ROW) {
        let rows = TURNED_ROW.min(along_target.count - row);
        for column in (0..along_source.count).step_by(TURNED_SIDE) {
            let columns = TURNED_SIDE.min(along_source.count - column);
            let (from, to) = along_source.at(along_target.at(first, row), column);
            for place in 0..rows {
                let (from, _) = along_target.at((from, to), place);
                for (line, item) in tile.iter_mut().zip(&source[from..from + columns]) {
                    line[place] = *item;
                }
            }
            for (index, line) in tile[..columns].iter().enumerate() {
                let (_, to) = along_source.at((from, to), index);
                let line = line[..rows].as_flattened();
                stream_copy(target[to..to + rows].as_flattened_mut(), line);
            }
        }
    }
}

/// Whether neighbours on one side lie far apart on the other, in both loops: then a cache line of either side is used up
/// only if both loops go a little way in turns.
fn is_turned(outer: &Level, inner: &Level) -> bool {
    let is_nearer = |outer: isize, inner: isize| outer.unsigned_abs() < inner.unsigned_abs();
    outer.count.min(inner.count) > 8
        && is_nearer(outer.source, inner.source) != is_nearer(outer.target, inner.target)
}

/// The two loops of [`strided`] as they stand, from the given positions on.
fn strided_loops<const BYTES: usize>(
    source: &[[u8; BYTES]],
    target: &mut [[u8; BYTES]],
    first: (usize, usize),
    outer: Level,
    inner: Level,
) {
    for index in 0..outer.count {
        let (mut from, mut to) = outer.at(first, index);
        // One side of consecutive items needs no positions and no checks.
        if inner.target == 1 {
            for place in &mut target[to..to + inner.count] {
                *place = source[from];
                from = from.wrapping_add_signed(inner.source);
            }
            continue;
        }
        if inner.source == 1 {
            for item in &source[from..from + inner.count] {
                target[to] = *item;
                to = to.wrapping_add_signed(inner.target);
            }
            continue;
        }
        for _ in 0..inner.count {
            target[to] = source[from];
            from = from.wrapping_add_signed(inner.source);
            to = to.wrapping_add_signed(inner.target);
        }
    }
}
