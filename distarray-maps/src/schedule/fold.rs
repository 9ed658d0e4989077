//! `Fold`: which period two maps of one axis share, and hence how their common pieces are written as repeated runs.

use crate::axis::IndexMap;
use crate::number::lcm;

/// How the pieces common to a part of the source and a part of the target are grouped.
///
/// The choice is a function of the two maps alone, so that both ranks of a transfer make the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fold {
    /// The pieces of the first `period` indices, each repeated to the end of the axis. A period of at least the
    /// length means that nothing is repeated.
    Joint {
        /// The least common multiple of both periods.
        period: usize,
    },
    /// Within each segment of the source, the pieces of one period of the target, repeated to the segment's end.
    WithinSource {
        /// The period of the target.
        period: usize,
    },
    /// Within each segment of the target, the pieces of one period of the source, repeated to the segment's end.
    WithinTarget {
        /// The period of the source.
        period: usize,
    },
}

impl Fold {
    /// The grouping with the fewest pieces over all parts.
    pub(crate) fn choose(source: &dyn IndexMap, target: &dyn IndexMap) -> Fold {
        let length = source.length();
        let (source_period, target_period) = (source.period(), target.period());
        let joint = lcm(source_period, target_period).map_or(length, |period| period.min(length)).max(1);
        let joint_pieces = source.segments_in(joint) + target.segments_in(joint);
        let within = |outer: &dyn IndexMap, inner: &dyn IndexMap, period: usize| {
            let segments = outer.segments_in(length).max(1);
            (length as u128 / segments >= 2 * period as u128)
                .then(|| 2 * segments * inner.segments_in(period))
        };
        let within_source = within(source, target, target_period).unwrap_or(u128::MAX);
        let within_target = within(target, source, source_period).unwrap_or(u128::MAX);
        if joint_pieces <= within_source.min(within_target) {
            Fold::Joint { period: joint }
        } else if within_source <= within_target {
            Fold::WithinSource { period: target_period }
        } else {
            Fold::WithinTarget { period: source_period }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axis::AxisMap;

    fn fold(source: Result<AxisMap, crate::MapError>, target: Result<AxisMap, crate::MapError>) -> Fold {
        let (source, target) = (source.expect("valid"), target.expect("valid"));
        Fold::choose(source.as_dyn(), target.as_dyn())
    }

    #[test]
    fn short_periods_fold_together() {
        let length = 1 << 50;
        assert_eq!(
            fold(AxisMap::block_cyclic(length, 4, 3), AxisMap::block_cyclic(length, 4, 5)),
            Fold::Joint { period: 60 }
        );
        assert_eq!(
            fold(AxisMap::cyclic(length, 3), Ok(AxisMap::replicated(length))),
            Fold::Joint { period: 3 }
        );
    }

    #[test]
    fn short_periods_fold_within_long_blocks() {
        let length = 1 << 50;
        assert_eq!(
            fold(AxisMap::block(length, 4), AxisMap::cyclic(length, 3)),
            Fold::WithinSource { period: 3 }
        );
        assert_eq!(
            fold(AxisMap::cyclic(length, 3), AxisMap::block(length, 4)),
            Fold::WithinTarget { period: 3 }
        );
        assert_eq!(
            fold(AxisMap::block_cyclic(length, 4, 1 << 40), AxisMap::cyclic(length, 3)),
            Fold::WithinSource { period: 3 }
        );
    }

    #[test]
    fn blocks_are_not_folded() {
        assert_eq!(fold(AxisMap::block(100, 4), AxisMap::block(100, 3)), Fold::Joint { period: 100 });
    }
}
