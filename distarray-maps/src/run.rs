//! Runs: indices that come in equal blocks at equal distances, the only lists of indices in this crate.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

/// `repeats` blocks of `length` consecutive elements, with their places in a source and in a target.
///
/// Block `j` is `source + j * source_stride ..` and `target + j * target_stride ..`, `length` elements each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Run {
    /// Elements of one block, consecutive on both sides.
    pub length: usize,
    /// Number of blocks.
    pub repeats: usize,
    /// Where the first block begins in the source.
    pub source: usize,
    /// Distance between the beginnings of neighbouring blocks in the source.
    pub source_stride: usize,
    /// Where the first block begins in the target.
    pub target: usize,
    /// Distance between the beginnings of neighbouring blocks in the target.
    pub target_stride: usize,
}

/// The runs of one axis; one run stays inside, without an allocation.
pub type Runs = SmallVec<[Run; 1]>;

impl Run {
    /// One block.
    pub(crate) fn once(length: usize, source: usize, target: usize) -> Self {
        Run { length, repeats: 1, source, source_stride: 0, target, target_stride: 0 }
    }

    /// All elements of the run.
    pub fn count(&self) -> usize {
        self.length * self.repeats
    }

    /// The places (source, target) of its elements, in order.
    pub fn elements(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let run = *self;
        (0..run.repeats).flat_map(move |block| {
            let (source, target) =
                (run.source + block * run.source_stride, run.target + block * run.target_stride);
            (0..run.length).map(move |index| (source + index, target + index))
        })
    }

    /// The same run in one canonical form: blocks that touch on both sides are one, a single block has no stride.
    pub(crate) fn normalised(mut self) -> Self {
        if self.repeats > 1 && self.source_stride == self.length && self.target_stride == self.length {
            self.length *= self.repeats;
            self.repeats = 1;
        }
        if self.repeats == 1 {
            (self.source_stride, self.target_stride) = (0, 0);
        }
        self
    }

    /// Takes `next` into this run if together they are one run in the same order of elements.
    fn absorb(&mut self, next: &Run) -> bool {
        if self.repeats == 1
            && next.repeats == 1
            && self.source + self.length == next.source
            && self.target + self.length == next.target
        {
            self.length += next.length;
            return true;
        }
        if self.length != next.length || next.source < self.source || next.target < self.target {
            return false;
        }
        let (source_stride, target_stride) = if self.repeats == 1 {
            (next.source - self.source, next.target - self.target)
        } else {
            (self.source_stride, self.target_stride)
        };
        let follows = next.source == self.source + self.repeats * source_stride
            && next.target == self.target + self.repeats * target_stride
            && (next.repeats == 1
                || (next.source_stride == source_stride && next.target_stride == target_stride));
        if follows {
            (self.source_stride, self.target_stride) = (source_stride, target_stride);
            self.repeats += next.repeats;
        }
        follows
    }
}

/// Appends `next`, in canonical form and joined to the run before it where that is possible.
pub(crate) fn push_run(runs: &mut Runs, next: Run) {
    let next = next.normalised();
    if next.count() == 0 {
        return;
    }
    if let Some(last) = runs.last_mut()
        && last.absorb(&next)
    {
        return;
    }
    runs.push(next);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touching_blocks_become_one() {
        let mut runs = Runs::new();
        push_run(&mut runs, Run::once(3, 0, 10));
        push_run(&mut runs, Run::once(2, 3, 13));
        push_run(
            &mut runs,
            Run { length: 2, repeats: 3, source: 5, source_stride: 2, target: 15, target_stride: 2 },
        );
        assert_eq!(runs.as_slice(), [Run::once(11, 0, 10)]);
    }

    #[test]
    fn equal_distances_become_repeats() {
        let mut runs = Runs::new();
        for block in 0..4 {
            push_run(&mut runs, Run::once(2, 5 * block, 3 * block));
        }
        assert_eq!(
            runs.as_slice(),
            [Run { length: 2, repeats: 4, source: 0, source_stride: 5, target: 0, target_stride: 3 }]
        );
        assert_eq!(
            runs[0].elements().map(|(source, _)| source).collect::<Vec<_>>(),
            [0, 1, 5, 6, 10, 11, 15, 16]
        );
    }

    #[test]
    fn descending_places_stay_apart() {
        let mut runs = Runs::new();
        push_run(&mut runs, Run::once(1, 4, 0));
        push_run(&mut runs, Run::once(1, 3, 1));
        assert_eq!(runs.len(), 2);
    }
}
