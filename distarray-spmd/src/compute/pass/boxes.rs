//! Boxes: an iteration space cut so that within each box every operand lies in one place.

/// The indices from `starts` on, `lengths` of each axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cuboid {
    pub(super) starts: Vec<usize>,
    pub(super) lengths: Vec<usize>,
}

/// Where each axis of an iteration space is cut.
#[derive(Clone, Debug)]
pub(super) struct Cuts {
    /// The first index of every interval of each axis, in increasing order; 0 is the first.
    starts: Vec<Vec<usize>>,
    shape: Vec<usize>,
}

impl Cuts {
    /// No cut at all.
    pub(super) fn none(shape: &[usize]) -> Self {
        Cuts { starts: vec![vec![0]; shape.len()], shape: shape.to_vec() }
    }

    /// Cuts before index `at` of `axis`.
    pub(super) fn cut(&mut self, axis: usize, at: usize) {
        if let Err(place) = self.starts[axis].binary_search(&at)
            && at < self.shape[axis]
        {
            self.starts[axis].insert(place, at);
        }
    }

    /// The boxes, the last axis fastest.
    pub(super) fn boxes(&self) -> impl Iterator<Item = Cuboid> + '_ {
        let count = self.starts.iter().map(Vec::len).product::<usize>();
        (0..count).map(|number| {
            let mut rest = number;
            let mut cuboid = Cuboid { starts: vec![0; self.shape.len()], lengths: self.shape.clone() };
            for (axis, starts) in self.starts.iter().enumerate().rev() {
                let place = rest % starts.len();
                rest /= starts.len();
                let end = starts.get(place + 1).copied().unwrap_or(self.shape[axis]);
                cuboid.starts[axis] = starts[place];
                cuboid.lengths[axis] = end - starts[place];
            }
            cuboid
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_fill_the_space() {
        let mut cuts = Cuts::none(&[5, 3]);
        for (axis, at) in [(0, 2), (0, 2), (0, 0), (0, 5), (1, 1), (0, 4)] {
            cuts.cut(axis, at);
        }
        let boxes: Vec<Cuboid> = cuts.boxes().collect();
        assert_eq!(boxes.len(), 6);
        assert_eq!(boxes[1], Cuboid { starts: vec![0, 1], lengths: vec![2, 2] });
        let total: usize = boxes.iter().map(|cuboid| cuboid.lengths.iter().product::<usize>()).sum();
        assert_eq!(total, 15);
        assert_eq!(Cuts::none(&[]).boxes().count(), 1);
    }
}
