//! `Unstructured`: explicit indices for each part, made once, shared, compared by digest.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use crate::axis::AxisRange;
use crate::axis::index_map::IndexMap;
use crate::axis::segment::{Interval, Segment};
use crate::digest::Digest;
use crate::error::MapError;

/// Letter `u`: the indices of each part as listed; the local index is the position in the part's list.
///
/// Clones share one table.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Vec<Vec<usize>>")]
pub struct Unstructured(Arc<Table>);

#[derive(Debug)]
struct Table {
    /// The lists of all parts, one after the other.
    indices: Vec<usize>,
    /// Where each part's list begins in `indices`, and its end.
    offsets: Vec<usize>,
    /// Consecutive indices that follow each other in one list, by increasing index.
    segments: Vec<TableSegment>,
    /// Numbers of `segments`, part by part, increasing within a part.
    by_part: Vec<usize>,
    /// Where each part begins in `by_part`, and its end.
    by_part_offsets: Vec<usize>,
    digest: u128,
}

#[derive(Debug, Clone, Copy)]
struct TableSegment {
    start: usize,
    part: usize,
    local: usize,
}

impl Unstructured {
    pub(crate) fn new(parts: Vec<Vec<usize>>) -> Result<Self, MapError> {
        let length = parts.iter().map(Vec::len).sum();
        Self::with_length(length, parts)
    }

    pub(crate) fn with_length(length: usize, parts: Vec<Vec<usize>>) -> Result<Self, MapError> {
        if parts.is_empty() {
            return Err(MapError::ZeroParts { length });
        }
        Table::new(length, &parts).map(|table| Unstructured(Arc::new(table)))
    }

    /// The global indices of a part in the order given; none for a part that does not exist.
    pub fn indices(&self, part: usize) -> &[usize] {
        let table = &self.0;
        match (table.offsets.get(part), table.offsets.get(part + 1)) {
            (Some(&start), Some(&stop)) => &table.indices[start..stop],
            _ => &[],
        }
    }

    /// A fingerprint of the lists.
    pub fn digest(&self) -> u128 {
        self.0.digest
    }

    /// The map of a non-trivial slice, whose range has been checked: each part's list, thinned to its
    /// indices, whose order among themselves stays.
    pub(crate) fn slice(&self, range: &AxisRange) -> Self {
        let mut lists = vec![Vec::new(); self.parts()];
        for place in 0..range.count {
            let segment = self.segment(range.index(place));
            lists[segment.part].push((segment.local, place));
        }
        let thinned = lists.into_iter().map(|mut list| {
            list.sort_unstable();
            list.into_iter().map(|(_, place)| place).collect()
        });
        let lists: Vec<Vec<usize>> = thinned.collect();
        let table = Table::new(range.count, &lists).expect("a slice of a map owns each of its indices once");
        Unstructured(Arc::new(table))
    }
}

impl Table {
    fn new(length: usize, parts: &[Vec<usize>]) -> Result<Self, MapError> {
        const UNSEEN: usize = usize::MAX;
        let mut offsets = vec![0];
        let mut indices = Vec::with_capacity(length.min(parts.iter().map(Vec::len).sum()));
        let mut place = vec![UNSEEN; length];
        let part_at = |offsets: &[usize], at: usize| offsets.partition_point(|&offset| offset <= at) - 1;
        for (part, list) in parts.iter().enumerate() {
            for &index in list {
                let slot = place.get_mut(index).ok_or(MapError::OwnedBeyondEnd { part, index, length })?;
                if *slot != UNSEEN {
                    let first = part_at(&offsets, *slot);
                    return Err(MapError::OwnedTwice { index, first, second: part });
                }
                *slot = indices.len();
                indices.push(index);
            }
            offsets.push(indices.len());
        }
        if let Some(index) = place.iter().position(|&at| at == UNSEEN) {
            return Err(MapError::NotOwned { index, length });
        }
        let mut segments: Vec<TableSegment> = Vec::new();
        let (mut expected, mut end) = (UNSEEN, 0);
        for (start, &at) in place.iter().enumerate() {
            if at != expected || at >= end {
                let part = part_at(&offsets, at);
                end = offsets[part + 1];
                segments.push(TableSegment { start, part, local: at - offsets[part] });
            }
            expected = at + 1;
        }
        let (by_part, by_part_offsets) = sort_by_part(&segments, parts.len());
        let mut digest = Digest::new();
        digest.number(length);
        for window in offsets.windows(2) {
            digest.number(window[1] - window[0]);
        }
        for &index in &indices {
            digest.number(index);
        }
        let digest = digest.finish();
        Ok(Table { indices, offsets, segments, by_part, by_part_offsets, digest })
    }

    fn stop_of(&self, segment: usize) -> usize {
        self.segments.get(segment + 1).map_or(self.indices.len(), |next| next.start)
    }
}

/// Counting sort of the segments by part.
fn sort_by_part(segments: &[TableSegment], parts: usize) -> (Vec<usize>, Vec<usize>) {
    let mut offsets = vec![0; parts + 1];
    for segment in segments {
        offsets[segment.part + 1] += 1;
    }
    for part in 0..parts {
        offsets[part + 1] += offsets[part];
    }
    let mut free = offsets.clone();
    let mut sorted = vec![0; segments.len()];
    for (number, segment) in segments.iter().enumerate() {
        sorted[free[segment.part]] = number;
        free[segment.part] += 1;
    }
    (sorted, offsets)
}

impl IndexMap for Unstructured {
    fn length(&self) -> usize {
        self.0.indices.len()
    }

    fn parts(&self) -> usize {
        self.0.offsets.len() - 1
    }

    fn letter(&self) -> char {
        'u'
    }

    fn count(&self, part: usize) -> usize {
        self.indices(part).len()
    }

    fn segment(&self, global: usize) -> Segment {
        let number = self.0.segments.partition_point(|segment| segment.start <= global) - 1;
        let TableSegment { start, part, local } = self.0.segments[number];
        Segment { part, local: local + (global - start), stop: self.0.stop_of(number) }
    }

    fn next(&self, part: usize, from: usize) -> Option<Interval> {
        let table = &self.0;
        let own = &table.by_part[table.by_part_offsets[part]..table.by_part_offsets[part + 1]];
        let place = own.partition_point(|&number| table.stop_of(number) <= from);
        let number = *own.get(place)?;
        let segment = table.segments[number];
        let start = from.max(segment.start);
        Some(Interval { start, stop: table.stop_of(number), local: segment.local + (start - segment.start) })
    }

    fn global(&self, part: usize, local: usize) -> usize {
        self.indices(part)[local]
    }

    fn period(&self) -> usize {
        self.length().max(1)
    }

    fn per_period(&self, part: usize) -> usize {
        self.count(part)
    }

    fn segments_in(&self, window: usize) -> u128 {
        self.0.segments.len().min(window.max(1)) as u128
    }

    fn digest_into(&self, digest: &mut Digest) {
        let [first, second] = [self.0.digest >> 64, self.0.digest & u128::from(u64::MAX)];
        digest.number(crate::number::narrow(first));
        digest.number(crate::number::narrow(second));
    }
}

impl PartialEq for Unstructured {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.0.digest == other.0.digest && self.length() == other.length())
    }
}

impl Eq for Unstructured {}

impl Hash for Unstructured {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.digest.hash(state);
    }
}

impl TryFrom<Vec<Vec<usize>>> for Unstructured {
    type Error = MapError;

    fn try_from(parts: Vec<Vec<usize>>) -> Result<Self, MapError> {
        Unstructured::new(parts)
    }
}

impl Serialize for Unstructured {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((0..self.parts()).map(|part| self.indices(part)))
    }
}
