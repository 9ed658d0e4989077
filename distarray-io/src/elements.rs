//! Loops over the bytes of elements: byte order, truth values, and places in a block.

use distarray_core::DType;

use crate::header::Header;
use crate::part::{Place, Span, Window};

/// Items of a line and lines of a block that are turned into each other at a time.
const TILE: usize = 16;

/// What must be done with bytes of a file before they are elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fix {
    Nothing,
    /// Turn round the bytes of each number of this many bytes.
    Swap(usize),
    /// Every byte but 0 means true.
    Truth,
}

impl Fix {
    /// What the elements of a file need.
    pub(crate) fn of(header: &Header) -> Self {
        if header.dtype == DType::Bool {
            Fix::Truth
        } else if header.is_swapped() {
            Fix::Swap(header.dtype.real_part().size_bytes())
        } else {
            Fix::Nothing
        }
    }

    /// Does it to whole elements.
    pub(crate) fn apply(self, bytes: &mut [u8]) {
        match self {
            Fix::Swap(2) => swap::<2>(bytes),
            Fix::Swap(4) => swap::<4>(bytes),
            Fix::Swap(8) => swap::<8>(bytes),
            Fix::Nothing | Fix::Swap(_) => {}
            Fix::Truth => bytes.iter_mut().for_each(|byte| *byte = u8::from(*byte != 0)),
        }
    }
}

fn swap<const N: usize>(bytes: &mut [u8]) {
    for number in bytes.as_chunks_mut::<N>().0 {
        number.reverse();
    }
}

/// A span of one line in the staging piece. In items.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Staged {
    /// Where the span begins in the staging piece.
    pub(crate) staging: usize,
    /// Where its line begins in the block.
    pub(crate) local: usize,
    /// Which span of the window it is.
    pub(crate) span: usize,
}

/// Copies what is staged to its places in the block, whose items of a line are `stride` apart.
pub(crate) fn scatter(
    item_bytes: usize,
    staging: &[u8],
    block: &mut [u8],
    window: &Window,
    staged: &[Staged],
    stride: usize,
) {
    match item_bytes {
        1 => scatter_items::<1>(staging, block, window, staged, stride),
        2 => scatter_items::<2>(staging, block, window, staged, stride),
        4 => scatter_items::<4>(staging, block, window, staged, stride),
        8 => scatter_items::<8>(staging, block, window, staged, stride),
        _ => scatter_items::<16>(staging, block, window, staged, stride),
    }
}

/// Copies from places in the block, whose items of a line are neighbours, to the staging piece.
pub(crate) fn gather(
    item_bytes: usize,
    block: &[u8],
    staging: &mut [u8],
    window: &Window,
    staged: &[Staged],
) {
    match item_bytes {
        1 => gather_items::<1>(block, staging, window, staged),
        2 => gather_items::<2>(block, staging, window, staged),
        4 => gather_items::<4>(block, staging, window, staged),
        8 => gather_items::<8>(block, staging, window, staged),
        _ => gather_items::<16>(block, staging, window, staged),
    }
}

fn scatter_items<const N: usize>(
    staging: &[u8],
    block: &mut [u8],
    window: &Window,
    staged: &[Staged],
    stride: usize,
) {
    let (staging, block) = (staging.as_chunks::<N>().0, block.as_chunks_mut::<N>().0);
    if stride == 1 {
        for one in staged {
            for strip in places(window, one).iter().flat_map(|place| place.strips(1)) {
                let (from, to) = (&staging[one.staging + strip.offset..], one.local + strip.local);
                copy(from, strip.offset_step, &mut block[to..], strip.local_step, strip.count);
            }
        }
        return;
    }
    // Neighbouring lines have the same spans: a tile of them is turned at a time, in cache.
    for lines in staged.chunk_by(|left, right| left.span == right.span) {
        for lines in lines.chunks(TILE) {
            for strip in places(window, &lines[0]).iter().flat_map(|place| place.strips(stride)) {
                for first in (0..strip.count).step_by(TILE) {
                    let count = TILE.min(strip.count - first);
                    for line in lines {
                        let from = line.staging + strip.offset + first * strip.offset_step;
                        let to = line.local + strip.local + first * strip.local_step;
                        let (from, to) = (&staging[from..], &mut block[to..]);
                        copy(from, strip.offset_step, to, strip.local_step, count);
                    }
                }
            }
        }
    }
}

fn gather_items<const N: usize>(block: &[u8], staging: &mut [u8], window: &Window, staged: &[Staged]) {
    let (block, staging) = (block.as_chunks::<N>().0, staging.as_chunks_mut::<N>().0);
    for one in staged {
        for strip in places(window, one).iter().flat_map(|place| place.strips(1)) {
            let (from, to) = (&block[one.local + strip.local..], one.staging + strip.offset);
            copy(from, strip.local_step, &mut staging[to..], strip.offset_step, strip.count);
        }
    }
}

fn places<'a>(window: &'a Window, staged: &Staged) -> &'a [Place] {
    let Span { places, .. } = &window.spans[staged.span];
    &window.places[places.clone()]
}

/// Copies `count` items, each `step` from the one before on its side.
///
/// A few are copied one by one: calling `memcpy` for one number costs more than the number.
#[inline]
fn copy<const N: usize>(
    from: &[[u8; N]],
    from_step: usize,
    to: &mut [[u8; N]],
    to_step: usize,
    count: usize,
) {
    match (from_step, to_step) {
        (1, 1) if count >= 8 => to[..count].copy_from_slice(&from[..count]),
        (_, 1) => {
            for (to, from) in to[..count].iter_mut().zip(from.iter().step_by(from_step)) {
                *to = *from;
            }
        }
        (1, _) => {
            for (to, from) in to.iter_mut().step_by(to_step).zip(&from[..count]) {
                *to = *from;
            }
        }
        _ => {
            let pairs = to.iter_mut().step_by(to_step).zip(from.iter().step_by(from_step));
            for (to, from) in pairs.take(count) {
                *to = *from;
            }
        }
    }
}
