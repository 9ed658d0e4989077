//! Reshaping: the distribution of another shape whose elements stay where they are, in the same order.

use smallvec::SmallVec;

use crate::axis::{AxisMap, AxisSlice, Interval};
use crate::distribution::{Distribution, Shape};
use crate::error::MapError;
use crate::spec::{AxisSpec, DistSpec};

/// The axes of one shape that together become axes of another: from where to where, in both.
struct Group {
    old: std::ops::Range<usize>,
    new: std::ops::Range<usize>,
}

impl Distribution {
    /// How the elements in C order of another shape lie if every rank keeps what it has in the order it has it. `None` if
    /// no regular map says so.
    ///
    /// Axes that are not distributed may be joined and cut at will. A distributed axis may be joined with whole axes that
    /// follow it, or cut where each part begins with a whole row of the axes that follow; its blocks may become uneven.
    /// Axes of one index come and go.
    ///
    /// # Errors
    /// A shape of another size.
    ///
    /// # Cost
    /// `O(ndim)`; linear in the parts of block axes that are joined or cut.
    ///
    /// # Example
    /// ```
    /// use distarray_maps::Distribution;
    /// let rows = Distribution::from_spec(&[6, 4], &"b".parse()?, 3)?;
    /// let flat = rows.reshaped(&[24])?.expect("rows follow each other");
    /// assert_eq!(flat.local_shape(1), [8]);
    /// assert!(rows.reshaped(&[4, 6])?.is_none(), "element 8 would be amid a row");
    /// # Ok::<(), distarray_maps::MapError>(())
    /// ```
    pub fn reshaped(&self, shape: &[usize]) -> Result<Option<Distribution>, MapError> {
        if !same_size(self.shape(), shape) {
            return Err(MapError::ShapeMismatch {
                source_shape: self.shape().to_vec(),
                target_shape: shape.to_vec(),
            });
        }
        if self.shape() == shape {
            return Ok(Some(self.clone()));
        }
        if self.size() == 0 {
            let owner = self.grid().primaries().next().unwrap_or(0);
            return Distribution::on_rank(shape, owner).map(Some);
        }
        let single =
            |&length: &usize| if length == 1 { AxisSlice::Index(0) } else { AxisSlice::full(length) };
        let long = self.slice(&self.shape().iter().map(single).collect::<Vec<_>>())?;
        let lengths: Shape = shape.iter().copied().filter(|&length| length != 1).collect();
        let mut maps: SmallVec<[(AxisMap, Option<usize>); 4]> = SmallVec::new();
        for group in groups(long.shape(), &lengths) {
            let Some(first) = long.first_map(&group, &lengths)? else { return Ok(None) };
            maps.push((first, Some(group.old.start)));
            maps.extend(lengths[group.new].iter().skip(1).map(|&length| (AxisMap::replicated(length), None)));
        }
        let mut maps = maps.into_iter();
        let axes: SmallVec<[(AxisMap, Option<usize>); 4]> = shape
            .iter()
            .map(|&length| match length {
                1 => Some((AxisMap::replicated(1), None)),
                _ => maps.next(),
            })
            .map(|axis| axis.unwrap_or_else(|| (AxisMap::replicated(1), None)))
            .collect();
        let grid = long.grid().rearranged(axes.iter().map(|(_, source)| *source));
        let axes = axes.into_iter().map(|(map, _)| map).collect();
        Self::assemble(shape.into(), axes, grid).map(Some)
    }

    /// An array of another shape in even blocks over the ranks that own something of this one: along the first axis with
    /// at least as many indices as there are ranks, or else along the longest.
    ///
    /// # Errors
    /// A shape of more than 2^63 elements.
    pub fn even_blocks(&self, shape: &[usize]) -> Result<Distribution, MapError> {
        let ranks: Vec<usize> = self.grid().primaries().collect();
        let Some(longest) = shape.iter().copied().max() else { return Self::on_rank(shape, ranks[0]) };
        let enough = ranks.len().min(longest);
        let axis = shape.iter().position(|&length| length >= enough).unwrap_or(0);
        self.blocks_along(shape, axis)
    }

    /// As [`Distribution::even_blocks`], along one axis.
    ///
    /// # Errors
    /// As there; an axis that does not exist.
    pub fn blocks_along(&self, shape: &[usize], axis: usize) -> Result<Distribution, MapError> {
        let ranks: Vec<usize> = self.grid().primaries().collect();
        let mut letters = vec![AxisSpec::Replicated; axis];
        letters.push(AxisSpec::Block);
        Self::from_spec_on(shape, &DistSpec::new(letters), &ranks)
    }

    /// The map of the first axis that a group of axes of another shape begins with.
    fn first_map(&self, group: &Group, lengths: &[usize]) -> Result<Option<AxisMap>, MapError> {
        let first = self.axis(group.old.start);
        if group.old.len() == 1 && group.new.len() == 1 {
            return Ok(Some(first.clone()));
        }
        let is_whole =
            |map: &AxisMap| map.parts() == 1 && map.same_placement(&AxisMap::replicated(map.length()));
        if !self.axes()[group.old.clone()].iter().skip(1).all(is_whole) {
            return Ok(None);
        }
        let length = lengths[group.new.start];
        let row = |lengths: &[usize]| lengths.iter().skip(1).product::<usize>();
        let (from, to) = (row(&self.shape()[group.old.clone()]), row(&lengths[group.new.clone()]));
        if is_whole(first) {
            return Ok(Some(AxisMap::replicated(length)));
        }
        if let AxisMap::BlockCyclic(map) = first {
            let (parts, size) = (first.parts(), map.block_size());
            let is_plain = *first == AxisMap::block_cyclic(first.length(), parts, size)?;
            let whole = size.checked_mul(from).filter(|whole| whole.is_multiple_of(to) && is_plain);
            if let Some(whole) = whole {
                return AxisMap::block_cyclic(length, parts, whole / to).map(Some);
            }
        }
        let mut bounds = vec![0];
        for part in 0..first.parts() {
            let mut intervals = first.intervals(part);
            let last = bounds[part];
            match (intervals.next(), intervals.next()) {
                (None, _) => bounds.push(last),
                // Blocks in falling order are no blocks of the flat order.
                (Some(Interval { start, stop, .. }), None)
                    if start * from == last * to && (stop * from).is_multiple_of(to) =>
                {
                    bounds.push(stop * from / to);
                }
                _ => return Ok(None),
            }
        }
        AxisMap::block_with_bounds(&bounds).map(Some)
    }
}

/// Whether two shapes have as many elements.
fn same_size(left: &[usize], right: &[usize]) -> bool {
    let size = |shape: &[usize]| {
        if shape.contains(&0) {
            return Some(0);
        }
        shape.iter().try_fold(1_usize, |size, &length| size.checked_mul(length))
    };
    size(left) == size(right)
}

/// Cuts two shapes of one size, without axes of one index, into the shortest groups of axes that have one size.
fn groups(old: &[usize], new: &[usize]) -> SmallVec<[Group; 4]> {
    let mut groups = SmallVec::new();
    let (mut from, mut to) = (0, 0);
    while from < old.len() && to < new.len() {
        let (mut old_stop, mut new_stop) = (from + 1, to + 1);
        let (mut left, mut right) = (old[from], new[to]);
        while left != right {
            if left < right {
                left *= old[old_stop];
                old_stop += 1;
            } else {
                right *= new[new_stop];
                new_stop += 1;
            }
        }
        groups.push(Group { old: from..old_stop, new: to..new_stop });
        (from, to) = (old_stop, new_stop);
    }
    groups
}
