//! The lines of a part, one after the other in the order of the file.

use distarray_maps::Interval;

use super::{FileAxis, Part};

/// Where a line begins, in items: in the file as if index 0 of the line's axis were held, and in the block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) file: usize,
    pub(crate) local: usize,
}

/// An odometer over the axes outside the line.
struct Lines<'a> {
    wheels: Vec<Wheel<'a>>,
    next: Option<Line>,
}

/// One axis of the odometer, somewhere within an interval.
struct Wheel<'a> {
    axis: &'a FileAxis,
    intervals: Box<dyn Iterator<Item = Interval> + 'a>,
    interval: Interval,
    index: usize,
    /// Offsets of this wheel and those outside it.
    sum: Line,
}

impl Part {
    /// The beginnings of all lines.
    pub(crate) fn lines(&self) -> impl Iterator<Item = Line> + '_ {
        let mut wheels: Vec<Wheel<'_>> = Vec::with_capacity(self.outer.len());
        let mut sum = Line { file: 0, local: 0 };
        for axis in &self.outer {
            // A part that holds something holds an index of every axis.
            let Some(wheel) = Wheel::new(axis, sum) else { return Lines { wheels: Vec::new(), next: None } };
            sum = wheel.sum;
            wheels.push(wheel);
        }
        Lines { wheels, next: Some(sum) }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let line = self.next?;
        self.next = self.advance();
        Some(line)
    }
}

impl Lines<'_> {
    /// Turns the innermost wheel that can be turned, and sets those inside it back.
    fn advance(&mut self) -> Option<Line> {
        let mut level = self.wheels.len();
        loop {
            level = level.checked_sub(1)?;
            if self.wheels[level].turn() {
                break;
            }
        }
        let mut sum = self.wheels[level].sum;
        for wheel in &mut self.wheels[level + 1..] {
            *wheel = Wheel::new(wheel.axis, sum)?;
            sum = wheel.sum;
        }
        Some(sum)
    }
}

impl<'a> Wheel<'a> {
    fn new(axis: &'a FileAxis, outside: Line) -> Option<Self> {
        let mut intervals: Box<dyn Iterator<Item = Interval> + 'a> = Box::new(axis.map.intervals(axis.part));
        let interval = intervals.next()?;
        let sum = Line {
            file: outside.file + interval.start * axis.file_stride,
            local: outside.local + interval.local * axis.local_stride,
        };
        Some(Self { axis, intervals, interval, index: 0, sum })
    }

    /// Goes to the next index, if there is one.
    fn turn(&mut self) -> bool {
        self.index += 1;
        if self.interval.start + self.index < self.interval.stop {
            self.sum.file += self.axis.file_stride;
            self.sum.local += self.axis.local_stride;
            return true;
        }
        let Some(next) = self.intervals.next() else { return false };
        let last = self.index - 1;
        self.sum.file += (next.start - self.interval.start - last) * self.axis.file_stride;
        self.sum.local += next.local * self.axis.local_stride;
        self.sum.local -= (self.interval.local + last) * self.axis.local_stride;
        (self.interval, self.index) = (next, 0);
        true
    }
}
