//! Windows: what a line has in common with all others, cut into spans that a staging piece can take.

use std::ops::Range;

use distarray_core::kernel::copy::Strip;
use distarray_maps::Interval;

use super::{PIECE_BYTES, Part, TURNED_BYTES};

/// The most places of one window, and the most intervals of the line they stand for.
const PLACES: usize = 4096;
const INTERVALS: usize = 64 << 10;

/// `repeats` runs of items that are consecutive in the file and, `Part::item_stride` apart, in the block.
/// All in items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Of the first run, from the beginning of the span.
    pub(crate) offset: usize,
    /// From one run to the next in the file.
    pub(crate) offset_stride: usize,
    /// Of the first run, from the beginning of the line in the block.
    pub(crate) local: usize,
    /// From one run to the next in the block.
    pub(crate) local_stride: usize,
    /// Items of a run.
    pub(crate) length: usize,
    pub(crate) repeats: usize,
}

/// A stretch of the line in the file, with at most small gaps between its places. In items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// From the beginning of the line.
    pub(crate) start: usize,
    pub(crate) length: usize,
    /// Which places of the window lie in it.
    pub(crate) places: Range<usize>,
}

/// A few spans of the line, the same for all lines.
#[derive(Debug, Default)]
pub(crate) struct Window {
    pub(crate) spans: Vec<Span>,
    pub(crate) places: Vec<Place>,
}

impl Part {
    /// The line in windows. Gaps of up to `gap` items within a span are allowed.
    ///
    /// If lines become columns of the block a window is one span, so that many lines of it are staged and
    /// turned together.
    pub(crate) fn windows(&self, gap: usize) -> impl Iterator<Item = Window> + '_ {
        let span_bytes = if self.is_turned() { TURNED_BYTES } else { PIECE_BYTES };
        let limit = (span_bytes / self.item_bytes()).max(self.unit);
        let mut intervals = self.line.map.intervals(self.line.part);
        let mut rest = None;
        std::iter::from_fn(move || {
            let mut window = Window::default();
            for _ in 0..INTERVALS {
                if window.places.len() == PLACES {
                    break;
                }
                let Some(interval) = rest.take().or_else(|| intervals.next()) else { break };
                rest = self.push(&mut window, interval, gap, limit);
                if rest.is_some() && self.is_turned() {
                    break;
                }
            }
            (!window.places.is_empty()).then_some(window)
        })
    }

    /// Takes an interval into the window; what does not fit into its span comes back.
    fn push(&self, window: &mut Window, interval: Interval, gap: usize, limit: usize) -> Option<Interval> {
        let start = interval.start * self.line.file_stride;
        let joins = window.spans.last().is_some_and(|span| {
            let end = span.start + span.length;
            start - end <= gap && start + self.unit - span.start <= limit
        });
        if !joins {
            if self.is_turned() && !window.spans.is_empty() {
                return Some(interval);
            }
            let places = window.places.len()..window.places.len();
            window.spans.push(Span { start, length: 0, places });
        }
        let span = window.spans.last_mut()?;
        let offset = start - span.start;
        let count = (interval.stop - interval.start).min((limit - offset) / self.unit);
        let length = count * self.unit;
        let local = interval.local * self.line.local_stride;
        let last = window.places[span.places.clone()].last_mut();
        if !last.is_some_and(|last| last.absorb(offset, local, length)) {
            let single = Place { offset, offset_stride: 0, local, local_stride: 0, length, repeats: 1 };
            window.places.push(single);
        }
        span.length = offset + length;
        span.places.end = window.places.len();
        let rest =
            Interval { start: interval.start + count, stop: interval.stop, local: interval.local + count };
        (rest.start < rest.stop).then_some(rest)
    }
}

impl Place {
    /// Takes one more run into this place if it is as long and as far away as the others.
    fn absorb(&mut self, offset: usize, local: usize, length: usize) -> bool {
        if length != self.length || local < self.local {
            return false;
        }
        if self.repeats == 1 {
            (self.offset_stride, self.local_stride) = (offset - self.offset, local - self.local);
        }
        let follows = offset == self.offset + self.repeats * self.offset_stride
            && local == self.local + self.repeats * self.local_stride;
        self.repeats += usize::from(follows);
        follows
    }

    /// The place as strips from the file to the block, where the items of a run are `stride` apart: one strip if
    /// runs are single items, else one per run.
    pub(crate) fn strips(&self, stride: usize) -> impl Iterator<Item = Strip> + use<> {
        let place = *self;
        let single = place.length == 1;
        let strips = if single { 1 } else { place.repeats };
        (0..strips).map(move |index| Strip {
            source: place.offset + index * place.offset_stride,
            source_step: if single { place.offset_stride.max(1) } else { 1 },
            target: place.local + index * place.local_stride,
            target_step: if single { place.local_stride.max(1) } else { stride },
            count: if single { place.repeats } else { place.length },
        })
    }
}
