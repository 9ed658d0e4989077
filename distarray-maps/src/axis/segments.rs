//! Segments: a whole axis as a table, for those who look up many indices in no order.

use crate::axis::AxisMap;

/// The cut of an axis as a table: where its stretches begin, who owns each, and at which local index.
///
/// Index `g` lies in the last stretch that begins at or before `g % period`; each whole period before it adds
/// `per_period` of the part to the local index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AxisSegments {
    /// The number of indices of the axis.
    pub length: usize,
    /// After how many indices the cut repeats; the length if it does not.
    pub period: usize,
    /// The first index of each stretch, ascending from 0. There is none on an axis without indices.
    pub starts: Vec<usize>,
    /// The part that owns each stretch.
    pub parts: Vec<usize>,
    /// The local index of the first of each stretch.
    pub locals: Vec<usize>,
    /// How many indices of each period each part owns.
    pub per_period: Vec<usize>,
    /// How many indices each part owns.
    pub counts: Vec<usize>,
}

impl AxisMap {
    /// The cut of this axis as a table.
    ///
    /// # Cost
    /// Linear in the parts and in the stretches of one period; in the stretches of the whole axis where it is cut by
    /// bounds or unstructured.
    pub fn segments(&self) -> AxisSegments {
        let map = self.as_dyn();
        let length = map.length();
        let period = map.period().min(length);
        let (mut starts, mut parts, mut locals) = (Vec::new(), Vec::new(), Vec::new());
        let mut from = 0;
        while from < period {
            let segment = map.segment(from);
            starts.push(from);
            parts.push(segment.part);
            locals.push(segment.local);
            from = segment.stop;
        }
        let repeats = period < length;
        let per_period = (0..map.parts()).map(|part| if repeats { map.per_period(part) } else { 0 });
        let (per_period, counts) =
            (per_period.collect(), (0..map.parts()).map(|part| map.count(part)).collect());
        AxisSegments { length, period, starts, parts, locals, per_period, counts }
    }

    /// Where each part begins, and the end, if every part holds one stretch and they follow each other in the order of
    /// the parts: then the elements of part 0, part 1 and so on are those of the axis in order.
    ///
    /// # Cost
    /// Linear in the parts.
    pub fn bounds_in_order(&self) -> Option<Vec<usize>> {
        let map = self.as_dyn();
        let mut bounds = vec![0];
        for part in 0..map.parts() {
            let (begin, count) = (bounds[part], map.count(part));
            let is_next = |interval: crate::axis::Interval| {
                (interval.start, interval.stop, interval.local) == (begin, begin + count, 0)
            };
            if count > 0 && !map.next(part, 0).is_some_and(is_next) {
                return None;
            }
            bounds.push(begin + count);
        }
        Some(bounds)
    }
}
