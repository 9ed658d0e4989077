//! Layout: where elements belong, and the walk over them that has their words made together.

use super::stream::Stream;
use super::tile::{Draw, Sink, Tile};
use crate::kernel::copy::CopyRun;
use crate::kernel::generate::each_stretch;

/// Whose words the elements take, and where they belong.
pub(super) struct Layout<'a> {
    pub(super) stream: &'a Stream,
    pub(super) global_shape: &'a [usize],
    pub(super) axes: &'a [Vec<CopyRun>],
    pub(super) shape: &'a [usize],
}

impl Layout<'_> {
    /// Makes every element, and has `store` put them.
    pub(super) fn each<D: Draw>(&self, draw: &D, store: impl FnMut(usize, &[D::Value])) {
        let own = self.stream.own_key();
        self.walk(&mut Tile::new(draw, &self.stream.key, self.stream.number, &own, store));
    }

    /// Has `sink` take every element.
    pub(super) fn walk(&self, sink: &mut impl Sink) {
        let (Some((columns, rows)), Some((column_count, row_shape))) =
            (self.axes.split_last(), self.shape.split_last())
        else {
            sink.push(0, 0, 1);
            sink.flush();
            return;
        };
        let row_length = self.global_shape.last().copied().unwrap_or(1) as u64;
        // Rows are all axes but the last, along which elements are consecutive.
        each_stretch(rows, row_shape, |global, place, length| {
            let pairs = global.iter().zip(self.global_shape);
            let first = pairs.fold(0, |flat, (index, length)| flat * *length as u64 + *index as u64);
            for row in 0..length {
                let (index, place) = ((first + row as u64) * row_length, (place + row) * column_count);
                for run in columns {
                    let (index, place) = (index + run.source as u64, place + run.target);
                    let stride = run.source_stride as u64;
                    if run.target_stride == run.length.cast_signed() || run.repeats == 1 {
                        sink.push_run(index, stride, place, run.length, run.repeats);
                        continue;
                    }
                    for repeat in 0..run.repeats {
                        let target = place.wrapping_add_signed(run.target_stride * repeat.cast_signed());
                        sink.push(index.wrapping_add(stride.wrapping_mul(repeat as u64)), target, run.length);
                    }
                }
            }
        });
        sink.flush();
    }
}
