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
            for place in places(window, one) {
                let (from, to) = (one.staging + place.offset, one.local + place.local);
                copy(&staging[from..from + place.length], &mut block[to..to + place.length]);
            }
        }
        return;
    }
    // Neighbouring lines have the same spans: a tile of them is turned at a time, in cache.
    for lines in staged.chunk_by(|left, right| left.span == right.span) {
        for lines in lines.chunks(TILE) {
            for place in places(window, &lines[0]) {
                for first in (0..place.length).step_by(TILE) {
                    let count = TILE.min(place.length - first);
                    for line in lines {
                        let from = line.staging + place.offset + first;
                        let to = line.local + place.local + first * stride;
                        let targets = block[to..].iter_mut().step_by(stride);
                        for (target, item) in targets.zip(&staging[from..from + count]) {
                            *target = *item;
                        }
                    }
                }
            }
        }
    }
}

fn gather_items<const N: usize>(block: &[u8], staging: &mut [u8], window: &Window, staged: &[Staged]) {
    let (block, staging) = (block.as_chunks::<N>().0, staging.as_chunks_mut::<N>().0);
    for one in staged {
        for place in places(window, one) {
            let (from, to) = (one.local + place.local, one.staging + place.offset);
            copy(&block[from..from + place.length], &mut staging[to..to + place.length]);
        }
    }
}

fn places<'a>(window: &'a Window, staged: &Staged) -> &'a [Place] {
    let Span { places, .. } = &window.spans[staged.span];
    &window.places[places.clone()]
}

/// Copies a few items one by one, many at once: calling `memcpy` for one number costs more than the number.
fn copy<const N: usize>(from: &[[u8; N]], to: &mut [[u8; N]]) {
    if from.len() < 8 {
        for (to, from) in to.iter_mut().zip(from) {
            *to = *from;
        }
    } else {
        to.copy_from_slice(from);
    }
}
