//! Strips: single items at equal distances, copied one by one or turned from lines into columns.

use crate::error::ElementError;

/// Lines, and items of each, that are turned at a time: what they touch on both sides stays in the first-level cache.
pub const TURNED_TILE: usize = 16;

/// `count` items, each `source_step` after the one before in the source and `target_step` in the target. All in
/// items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strip {
    /// The first in the source.
    pub source: usize,
    /// From one to the next in the source.
    pub source_step: usize,
    /// The first in the target.
    pub target: usize,
    /// From one to the next in the target.
    pub target_step: usize,
    /// How many.
    pub count: usize,
}

impl Strip {
    /// The same items copied back.
    #[must_use]
    pub const fn reversed(self) -> Strip {
        let Strip { source, source_step, target, target_step, count } = self;
        Strip { source: target, source_step: target_step, target: source, target_step: source_step, count }
    }

    /// The same items of a line that begins at the given places.
    #[must_use]
    pub const fn of_line(self, source: usize, target: usize) -> Strip {
        Strip { source: self.source + source, target: self.target + target, ..self }
    }

    /// Whether all items lie inside a source and a target of these lengths.
    #[inline(always)]
    fn is_inside(&self, source_length: usize, target_length: usize) -> bool {
        let last = |first, step: usize| step.checked_mul(self.count.saturating_sub(1))?.checked_add(first);
        // Of no items the first does not matter, but a slice may begin there.
        let limit = |length: usize| length + usize::from(self.count == 0);
        last(self.source, self.source_step).is_some_and(|last| last < limit(source_length))
            && last(self.target, self.target_step).is_some_and(|last| last < limit(target_length))
    }

    /// The error of a strip that is not inside.
    #[cold]
    fn refusal(&self, source_length: usize, target_length: usize) -> ElementError {
        let end =
            |first, step: usize| step.saturating_mul(self.count.saturating_sub(1)).saturating_add(first);
        let (source, target) = (end(self.source, self.source_step), end(self.target, self.target_step));
        let (first, last, count) = if source >= source_length {
            (self.source, source, source_length)
        } else {
            (self.target, target, target_length)
        };
        ElementError::RangeOutOfRegion { first, end: last.saturating_add(1), count }
    }
}

/// Copies strips of items of 1, 2, 4, 8 or 16 bytes.
///
/// # Errors
/// [`ElementError::ItemSize`]; [`ElementError::RangeOutOfRegion`] for a strip that leaves the source or the target:
/// those before it are copied then.
pub fn copy_strips(
    item_bytes: usize,
    source: &[u8],
    target: &mut [u8],
    strips: impl Iterator<Item = Strip>,
) -> Result<(), ElementError> {
    match item_bytes {
        1 => copy_items::<1>(source, target, strips),
        2 => copy_items::<2>(source, target, strips),
        4 => copy_items::<4>(source, target, strips),
        8 => copy_items::<8>(source, target, strips),
        16 => copy_items::<16>(source, target, strips),
        _ => Err(ElementError::ItemSize { item_bytes }),
    }
}

fn copy_items<const BYTES: usize>(
    source: &[u8],
    target: &mut [u8],
    mut strips: impl Iterator<Item = Strip>,
) -> Result<(), ElementError> {
    let (source, target) = (source.as_chunks::<BYTES>().0, target.as_chunks_mut::<BYTES>().0);
    // `find` drives nested iterators from inside: they become nested loops.
    let refused = strips.find(|strip| {
        if (strip.source_step, strip.target_step) == (1, 1) {
            return !copy_run(source, target, strip);
        }
        let is_inside = strip.is_inside(source.len(), target.len());
        if is_inside {
            copy(&source[strip.source..], &mut target[strip.target..], strip);
        }
        !is_inside
    });
    refused.map_or(Ok(()), |strip| Err(strip.refusal(source.len(), target.len())))
}

/// Copies the same strips of several lines together, so that lines become columns: each strip comes with where its
/// lines begin in the source and in the target.
///
/// A tile of [`TURNED_TILE`] items is copied for each of the lines before the next: if the items of a line lie far apart
/// in the target and the lines are neighbours there, each cache line of the target is fetched once. There should be
/// at most [`TURNED_TILE`] lines.
///
/// # Errors
/// As [`copy_strips`].
pub fn copy_turned<Lines>(
    item_bytes: usize,
    source: &[u8],
    target: &mut [u8],
    strips: impl Iterator<Item = (Strip, Lines)>,
) -> Result<(), ElementError>
where
    Lines: Iterator<Item = (usize, usize)> + Clone,
{
    match item_bytes {
        1 => turn_items::<1, _>(source, target, strips),
        2 => turn_items::<2, _>(source, target, strips),
        4 => turn_items::<4, _>(source, target, strips),
        8 => turn_items::<8, _>(source, target, strips),
        16 => turn_items::<16, _>(source, target, strips),
        _ => Err(ElementError::ItemSize { item_bytes }),
    }
}

fn turn_items<const BYTES: usize, Lines>(
    source: &[u8],
    target: &mut [u8],
    mut strips: impl Iterator<Item = (Strip, Lines)>,
) -> Result<(), ElementError>
where
    Lines: Iterator<Item = (usize, usize)> + Clone,
{
    let (source, target) = (source.as_chunks::<BYTES>().0, target.as_chunks_mut::<BYTES>().0);
    let (source_length, target_length) = (source.len(), target.len());
    let refused = strips.find_map(|(strip, lines)| {
        let leaves = |strip: &Strip| !strip.is_inside(source_length, target_length);
        if let Some(refused) = lines.clone().map(|(from, to)| strip.of_line(from, to)).find(leaves) {
            return Some(refused);
        }
        for first in (0..strip.count).step_by(TURNED_TILE) {
            let tile = Strip { count: TURNED_TILE.min(strip.count - first), ..strip };
            for (from, to) in lines.clone() {
                let source = &source[from + strip.source + first * strip.source_step..];
                copy(source, &mut target[to + strip.target + first * strip.target_step..], &tile);
            }
        }
        None
    });
    refused.map_or(Ok(()), |strip| Err(strip.refusal(source_length, target_length)))
}

/// Copies a strip of neighbours on both sides; false if it leaves one.
#[inline(always)]
fn copy_run<Item: Copy>(source: &[Item], target: &mut [Item], strip: &Strip) -> bool {
    let source = source.get(strip.source..).and_then(|source| source.get(..strip.count));
    let target = target.get_mut(strip.target..).and_then(|target| target.get_mut(..strip.count));
    let (Some(source), Some(target)) = (source, target) else { return false };
    copy(source, target, strip);
    true
}

/// Copies the items of a strip from the first of both sides on.
///
/// A few are copied one by one: calling `memcpy` for one number costs more than the number.
#[inline(always)]
fn copy<Item: Copy>(source: &[Item], target: &mut [Item], strip: &Strip) {
    let Strip { source_step, target_step, count, .. } = *strip;
    match (source_step, target_step) {
        (1, 1) if count >= 8 => target[..count].copy_from_slice(&source[..count]),
        (_, 1) => {
            for (target, source) in target[..count].iter_mut().zip(source.iter().step_by(source_step.max(1)))
            {
                *target = *source;
            }
        }
        (1, _) => {
            let targets = target.iter_mut().step_by(target_step.max(1));
            for (target, source) in targets.zip(&source[..count]) {
                *target = *source;
            }
        }
        _ => {
            let targets = target.iter_mut().step_by(target_step.max(1));
            for (target, source) in targets.zip(source.iter().step_by(source_step.max(1))).take(count) {
                *target = *source;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRIP: Strip = Strip { source: 1, source_step: 2, target: 0, target_step: 3, count: 3 };

    #[test]
    fn a_strip_comes_back_from_where_it_went() {
        let source: Vec<u8> = (0..12).collect();
        let mut there = [0; 14];
        copy_strips(2, &source, &mut there, [STRIP].into_iter()).expect("it lies inside both");
        assert_eq!(there, [2, 3, 0, 0, 0, 0, 6, 7, 0, 0, 0, 0, 10, 11]);
        let mut back = [0; 12];
        copy_strips(2, &there, &mut back, [STRIP.reversed()].into_iter()).expect("it lies inside both");
        assert_eq!(back, [0, 0, 2, 3, 0, 0, 6, 7, 0, 0, 10, 11]);
    }

    #[test]
    fn lines_become_columns() {
        let (lines, items) = (5, 2 * TURNED_TILE + 3);
        let source: Vec<u8> = (0..=250).cycle().take(lines * items).collect();
        for item_bytes in [1, 2, 4, 8, 16] {
            let source: Vec<u8> = source.iter().flat_map(|&byte| vec![byte; item_bytes]).collect();
            let mut target = vec![0; source.len()];
            let strip = Strip { source: 0, source_step: 1, target: 0, target_step: lines, count: items };
            let strips = [(strip, (0..lines).map(|line| (line * items, line)))].into_iter();
            copy_turned(item_bytes, &source, &mut target, strips).expect("they lie inside both");
            for (index, item) in target.chunks(item_bytes).enumerate() {
                let from = (index % lines * items + index / lines) * item_bytes;
                assert_eq!(item, &source[from..from + item_bytes], "{item_bytes} bytes, item {index}");
            }
        }
    }

    #[test]
    fn a_strip_that_leaves_a_side_is_refused() {
        let outside = |strip| copy_strips(1, &[0; 6], &mut [0; 7], [strip].into_iter());
        assert_eq!(outside(STRIP), Ok(()));
        let refused = Err(ElementError::RangeOutOfRegion { first: 2, end: 7, count: 6 });
        assert_eq!(outside(Strip { source: 2, ..STRIP }), refused.clone());
        assert!(outside(Strip { target: 1, ..STRIP }).is_err());
        assert!(outside(Strip { source_step: usize::MAX, ..STRIP }).is_err());
        assert_eq!(outside(Strip { source: 6, count: 0, ..STRIP }), Ok(()));
        let run = Strip { source: 3, source_step: 1, target: 4, target_step: 1, count: 3 };
        assert_eq!(outside(run), Ok(()));
        assert!(outside(Strip { source: 4, ..run }).is_err());
        assert!(outside(Strip { target: usize::MAX, ..run }).is_err());
        let lines = [(STRIP, [(0, 0), (1, 0)].into_iter())].into_iter();
        assert_eq!(copy_turned(1, &[0; 6], &mut [0; 7], lines), refused);
        assert_eq!(
            copy_strips(3, &[], &mut [], std::iter::empty()),
            Err(ElementError::ItemSize { item_bytes: 3 })
        );
    }
}
