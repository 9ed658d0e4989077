//! Windows: what a line has in common with all others, cut into spans that a staging piece can take.

use std::ops::Range;

use distarray_maps::Interval;

use super::{PIECE_BYTES, Part, TURNED_BYTES};

/// The most places of one window.
const PLACES: usize = 4096;

/// Items that are consecutive in the file and, `Part::item_stride` apart, in the block. In items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// From the beginning of the span.
    pub(crate) offset: usize,
    /// From the beginning of the line in the block.
    pub(crate) local: usize,
    pub(crate) length: usize,
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
            while window.places.len() < PLACES {
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
        window.places.push(Place { offset, local: interval.local * self.line.local_stride, length });
        span.length = offset + length;
        span.places.end = window.places.len();
        let rest =
            Interval { start: interval.start + count, stop: interval.stop, local: interval.local + count };
        (rest.start < rest.stop).then_some(rest)
    }
}
