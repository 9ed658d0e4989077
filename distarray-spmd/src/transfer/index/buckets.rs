//! Buckets: the rows and values that a rank has for each part, in one piece of memory that others can read.

use super::Site;
use crate::{Error, Worker};
use distarray_core::Buffer;
use distarray_core::element::as_bytes;
use distarray_core::kernel::select::{
    BucketsMut, Indices, Listed, Records, RowNumbers, bucket_starts, count_by_part, fill_buckets,
};
use distarray_core::{ElementError, element};
use std::ops::Range;

/// Where things stand in the memory of the buckets: how many places each part has, the numbers of their rows, and the
/// values for them.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    starts: Vec<usize>,
    numbers: RowNumbers,
    /// Bytes of the values of one place; none where one value is for all.
    record_bytes: usize,
}

impl Layout {
    pub(super) fn new(
        counts: &[u64],
        numbers: RowNumbers,
        record_bytes: usize,
    ) -> Result<Layout, ElementError> {
        Ok(Layout { starts: bucket_starts(counts)?, numbers, record_bytes })
    }

    /// The layout of memory that begins with its counts, `parts` of them.
    pub(super) fn read(
        region: &[u8],
        parts: usize,
        numbers: RowNumbers,
        record_bytes: usize,
    ) -> Result<Layout, ElementError> {
        let head = region.get(..parts * 8).unwrap_or_default();
        Layout::new(element::slice_of::<u64>(head)?, numbers, record_bytes)
    }

    fn total(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    fn rows_begin(&self) -> usize {
        (self.starts.len() - 1) * 8
    }

    fn records_begin(&self) -> usize {
        (self.rows_begin() + self.total() * self.numbers.bytes()).next_multiple_of(16)
    }

    fn end(&self) -> usize {
        self.records_begin() + self.total() * self.record_bytes
    }

    /// Where the rows for a part are.
    pub(super) fn rows(&self, part: usize) -> Range<usize> {
        let at = |place: usize| self.rows_begin() + place * self.numbers.bytes();
        at(self.starts[part])..at(self.starts[part + 1])
    }

    /// Where the values for a part are.
    pub(super) fn records(&self, part: usize) -> Range<usize> {
        let at = |place: usize| self.records_begin() + place * self.record_bytes;
        at(self.starts[part])..at(self.starts[part + 1])
    }

    /// How many places a part has.
    pub(super) fn count(&self, part: usize) -> usize {
        self.starts[part + 1] - self.starts[part]
    }

    /// What memory of this layout has for a part; `single` is the value that is for all.
    pub(super) fn listed<'a>(&self, region: &'a [u8], part: usize, single: Option<&'a [u8]>) -> Listed<'a> {
        Listed {
            numbers: self.numbers,
            rows: region.get(self.rows(part)).unwrap_or_default(),
            records: single.unwrap_or_else(|| region.get(self.records(part)).unwrap_or_default()),
            is_single: single.is_some(),
        }
    }

    /// Memory of this layout, with its counts written.
    pub(super) fn room(&self, worker: &Worker) -> Result<Buffer, ElementError> {
        let mut room = worker.pool().allocate(self.end())?;
        let counts: Vec<u64> = (0..self.starts.len() - 1).map(|part| self.count(part) as u64).collect();
        room.as_bytes_mut()[..self.rows_begin()].copy_from_slice(as_bytes(&counts));
        Ok(room)
    }
}

/// What a rank has for the others.
#[derive(Debug)]
pub(super) struct Buckets {
    pub(super) layout: Layout,
    pub(super) memory: Buffer,
}

impl Buckets {
    /// The places of `indices` sorted by part, with `values` for them, unless one value is for all.
    ///
    /// # Errors
    /// An index that lies outside; memory refused.
    pub(super) fn fill(
        indices: &Indices<'_>,
        values: Option<&[u8]>,
        site: &Site,
        worker: &Worker,
    ) -> Result<Buckets, ElementError> {
        let counts = count_by_part(indices)?;
        let record_bytes = values.map_or(0, |_| site.rows.bytes(1));
        let layout = Layout::new(&counts, site.numbers(), record_bytes)?;
        let mut memory = layout.room(worker)?;
        let (rows, records) = memory.as_bytes_mut().split_at_mut(layout.records_begin());
        let rows_end = layout.rows_begin() + layout.total() * layout.numbers.bytes();
        let rows = &mut rows[layout.rows_begin()..rows_end];
        let buckets = BucketsMut { starts: &layout.starts, numbers: layout.numbers, rows, records };
        fill_buckets(indices, buckets, values.map(|values| Records { rows: site.rows, values }))?;
        Ok(Buckets { layout, memory })
    }

    /// No places for any part.
    pub(super) fn empty(site: &Site, worker: &Worker) -> Result<Buckets, Error> {
        let layout = Layout::new(&vec![0; site.group.len()], site.numbers(), 0)?;
        let memory = layout.room(worker)?;
        Ok(Buckets { layout, memory })
    }
}
