//! Spans in a staging piece, and their ways to the block and back.

use distarray_core::ElementError;
use distarray_core::kernel::copy::{Strip, TURNED_TILE, copy_strips, copy_turned};

use crate::part::{Place, Span, Window};

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
) -> Result<(), ElementError> {
    if stride == 1 {
        return copy_strips(item_bytes, staging, block, neighbours(window, staged));
    }
    // Neighbouring lines have the same spans: a few of them are turned together.
    let lines = staged.chunk_by(|left, right| left.span == right.span);
    let turned = lines.flat_map(|lines| lines.chunks(TURNED_TILE)).flat_map(|lines| {
        let strips = places(window, &lines[0]).iter().flat_map(move |place| place.strips(stride));
        strips.map(|strip| (strip, lines.iter().map(|line| (line.staging, line.local))))
    });
    copy_turned(item_bytes, staging, block, turned)
}

/// Copies from places in the block, whose items of a line are neighbours, to the staging piece.
pub(crate) fn gather(
    item_bytes: usize,
    block: &[u8],
    staging: &mut [u8],
    window: &Window,
    staged: &[Staged],
) -> Result<(), ElementError> {
    copy_strips(item_bytes, block, staging, neighbours(window, staged).map(Strip::reversed))
}

/// What is staged as strips from the staging piece to a block whose items of a line are neighbours.
fn neighbours<'a>(window: &'a Window, staged: &'a [Staged]) -> impl Iterator<Item = Strip> + 'a {
    staged.iter().flat_map(move |one| {
        let strips = places(window, one).iter().flat_map(|place| place.strips(1));
        strips.map(|strip| strip.of_line(one.staging, one.local))
    })
}

fn places<'a>(window: &'a Window, staged: &Staged) -> &'a [Place] {
    let Span { places, .. } = &window.spans[staged.span];
    &window.places[places.clone()]
}
