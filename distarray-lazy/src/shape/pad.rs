//! Padding: an array with more around it.

use super::pad_far::far_axes;
use super::pad_mode::Pad;
use super::parts::{longer_axis, with_axes};
use crate::dist_array::DistArray;
use distarray_core::Scalar;
use distarray_maps::{ArrangedAxis, AxisMap, AxisRange, AxisSlice, MapError};
use distarray_spmd::Error;
use distarray_spmd::transfer::arrange::Arrange;
use std::panic::Location;

/// A stretch of an axis of the result.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// Where it begins in the result.
    start: usize,
    length: usize,
    from: Source,
}

/// What a stretch is made of.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// Indices of the array.
    Range(AxisRange),
    /// One index of the array, everywhere.
    Index(usize),
    /// A value.
    Value(Scalar),
}

impl DistArray {
    /// With `widths[k]` indices before and after axis `k`; one pair counts for all axes.
    ///
    /// The elements of this array stay on their ranks along axes that are whole or in blocks, whose first and last blocks
    /// grow; other axes are put into even blocks.
    #[track_caller]
    #[must_use]
    pub fn pad(&self, widths: &[(usize, usize)], pad: &Pad) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(self.context(), "pad", place, self.padded(widths, pad))
    }

    pub(super) fn padded(&self, widths: &[(usize, usize)], pad: &Pad) -> Result<DistArray, Error> {
        let meta = self.meta()?;
        let (shape, context) = (meta.shape(), self.context());
        let widths = each_axis("pad_width", widths, shape.len())?;
        if widths.iter().all(|width| *width == (0, 0)) {
            return Ok(self.clone());
        }
        let values = match pad {
            Pad::Constant(values) => each_axis("constant_values", values, shape.len())?,
            _ => Vec::new(),
        };
        check_size(shape, &widths)?;
        let maps = meta.distribution.axes().iter().zip(&widths);
        let axes = maps.map(|(map, &width)| padded_axis(map, width)).collect::<Result<Vec<_>, Error>>()?;
        let target = with_axes(&meta.distribution, axes)?;
        if let Some(far) = far_axes(shape, &widths, pad) {
            return self.padded_far(&widths, pad, &far, target);
        }
        let mut stretches = Vec::with_capacity(shape.len());
        for (axis, (&length, &width)) in shape.iter().zip(&widths).enumerate() {
            let value =
                values.get(axis).map(|(before, after)| (before.cast(meta.dtype), after.cast(meta.dtype)));
            stretches.push(stretches_of(axis, length, width, pad, value)?);
        }
        let mut parts = Vec::new();
        let mut chosen = vec![0; shape.len()];
        loop {
            let stretch: Vec<Stretch> =
                chosen.iter().zip(&stretches).map(|(place, all)| all[*place]).collect();
            parts.push((region(&stretch), self.part(&stretch)?));
            let Some(axis) = (0..shape.len()).rev().find(|&axis| chosen[axis] + 1 < stretches[axis].len())
            else {
                break;
            };
            chosen[axis] += 1;
            chosen[axis + 1..].fill(0);
        }
        context.assembled(target, parts)
    }

    /// What stands in the product of some stretches.
    fn part(&self, stretches: &[Stretch]) -> Result<DistArray, Error> {
        let value = stretches.iter().rev().find_map(|stretch| match stretch.from {
            Source::Value(value) => Some(value),
            Source::Range(_) | Source::Index(_) => None,
        });
        if let Some(value) = value {
            let shape: Vec<usize> = stretches.iter().map(|stretch| stretch.length).collect();
            return self.context().full(&[][..], value).try_broadcast_to(&shape);
        }
        let mut kept = 0;
        let (mut slices, mut axes) = (Vec::new(), Vec::new());
        for stretch in stretches {
            match stretch.from {
                Source::Range(range) => {
                    slices.push(AxisSlice::Range(range));
                    axes.push(ArrangedAxis::Of(kept));
                    kept += 1;
                }
                Source::Index(index) => {
                    slices.push(AxisSlice::Index(index));
                    axes.push(ArrangedAxis::New(stretch.length));
                }
                Source::Value(_) => {}
            }
        }
        self.arrange(slices, axes)
    }
}

/// One entry per axis, where one may count for all.
fn each_axis<T: Clone + std::fmt::Debug>(
    what: &'static str,
    given: &[T],
    ndim: usize,
) -> Result<Vec<T>, Error> {
    match given {
        [one] => Ok(vec![one.clone(); ndim]),
        all if all.len() == ndim => Ok(all.to_vec()),
        other => Err(Error::Value {
            what,
            value: format!("{other:?}"),
            reason: "it must have one entry, or one for each axis",
        }),
    }
}

/// Refuses a result of more elements than can be counted.
fn check_size(shape: &[usize], widths: &[(usize, usize)]) -> Result<(), Error> {
    let longer = |(length, (before, after)): (&usize, &(usize, usize))| {
        length.saturating_add(*before).saturating_add(*after)
    };
    let shape: Vec<usize> = shape.iter().zip(widths).map(longer).collect();
    if shape.iter().any(|length| isize::try_from(*length).is_err()) {
        return Err(MapError::SizeOverflow { shape }.into());
    }
    Ok(())
}

/// The region of the result that is the product of some stretches.
fn region(stretches: &[Stretch]) -> Arrange {
    let slice = |stretch: &Stretch| AxisSlice::range(stretch.start, stretch.start + stretch.length);
    Arrange::slice(stretches.iter().map(slice).collect(), stretches.len())
}

/// The stretches of one axis of the result that are not empty, or one empty one.
fn stretches_of(
    axis: usize,
    length: usize,
    (before, after): (usize, usize),
    pad: &Pad,
    value: Option<(Scalar, Scalar)>,
) -> Result<Vec<Stretch>, Error> {
    if length == 0 && before + after > 0 && value.is_none() {
        return Err(Error::Value {
            what: "padding",
            value: format!("axis {axis} of length 0"),
            reason: "can't extend empty axis using modes other than 'constant' or 'empty'",
        });
    }
    let whole = Stretch { start: before, length, from: Source::Range(AxisRange::full(length)) };
    let around = |(first, last): (Source, Source)| {
        let end = before + length;
        let all = [
            Stretch { start: 0, length: before, from: first },
            whole,
            Stretch { start: end, length: after, from: last },
        ];
        all.into_iter().filter(|stretch| stretch.length > 0).collect::<Vec<_>>()
    };
    let mut stretches = match (pad, value) {
        (_, Some((first, last))) => around((Source::Value(first), Source::Value(last))),
        _ if before + after == 0 || length == 0 => around((Source::Index(0), Source::Index(0))),
        (Pad::Reflect, _) if length == 1 => around((Source::Index(0), Source::Index(0))),
        (Pad::Reflect, _) => mirrored(length, before, after, length - 1, true),
        (Pad::Symmetric, _) => mirrored(length, before, after, length, true),
        (Pad::Wrap, _) => mirrored(length, before, after, length, false),
        (Pad::Edge | Pad::Constant(_), _) => around((Source::Index(0), Source::Index(length - 1))),
    };
    if stretches.is_empty() {
        stretches.push(whole);
    }
    Ok(stretches)
}

/// Copies of an axis one after the other, `period` apart, so that one of them begins at `before`; with `turns` every other
/// one is turned round.
fn mirrored(length: usize, before: usize, after: usize, period: usize, turns: bool) -> Vec<Stretch> {
    let total = before + length + after;
    let copies_before = before.div_ceil(period);
    let mut stretches = Vec::new();
    let mut done = 0;
    let mut copy = 0;
    while done < total {
        // Copy number `copies_before` is the array itself; this one begins at `copy * period` less what is cut off.
        let cut = copies_before * period - before;
        let begin = copy * period;
        let first = (done + cut) - begin;
        let is_turned = turns && !(copy + copies_before).is_multiple_of(2);
        let count = (period - first).min(total - done);
        let (start, step) = if is_turned { (length - 1 - first, -1) } else { (first, 1) };
        stretches.push(Stretch {
            start: done,
            length: count,
            from: Source::Range(AxisRange { start, step, count }),
        });
        done += count;
        copy += 1;
    }
    stretches
}

/// How an axis lies with more before and after it.
fn padded_axis(map: &AxisMap, (before, after): (usize, usize)) -> Result<AxisMap, Error> {
    if (before, after) == (0, 0) {
        return Ok(map.clone());
    }
    let (length, parts) = (map.length(), map.parts());
    if let AxisMap::Block(block) = map
        && parts > 1
    {
        let (mut bounds, mut end) = (vec![0], 0);
        for part in 0..parts {
            let (start, stop) = block.interval(part);
            if start < stop {
                // Blocks in falling order are no blocks of a longer axis.
                if start != end {
                    return longer_axis(map, before + length + after);
                }
                end = stop;
            }
            bounds.push(end + before);
        }
        bounds[parts] = before + length + after;
        return Ok(AxisMap::block_with_bounds(&bounds)?);
    }
    longer_axis(map, before + length + after)
}
