//! Padding many times as wide as an axis: its copies are taken by an index array, instead of one by one.

use super::pad_mode::Pad;
use crate::dist_array::DistArray;
use crate::elementwise::apply;
use distarray_core::Scalar;
use distarray_core::ufunc::Ufunc;
use distarray_maps::Distribution;
use distarray_spmd::Error;

/// So many pieces of an array are moved one by one.
const MOST_PIECES: usize = 32;

/// How an axis is repeated beyond its ends.
struct Repetition {
    /// How many indices one copy of the axis has.
    copy: usize,
    /// After how many indices everything comes again.
    period: usize,
    /// What an index and its mirror image, both within a period, add up to.
    mirror: Option<usize>,
}

impl Repetition {
    /// `None` for a mode that repeats nothing, and for an axis of which there is too little.
    fn new(pad: &Pad, length: usize) -> Option<Repetition> {
        let (copy, mirror) = match pad {
            Pad::Reflect => (length.checked_sub(1)?, length.checked_mul(2)?.checked_sub(2)),
            Pad::Symmetric => (length, length.checked_mul(2)?.checked_sub(1)),
            Pad::Wrap => (length, None),
            Pad::Constant(_) | Pad::Edge => return None,
        };
        let period = if mirror.is_some() { copy.checked_mul(2)? } else { copy };
        (copy > 0).then_some(Repetition { copy, period, mirror })
    }

    /// How many copies of the axis there are, counting those that are cut off.
    fn pieces(&self, (before, after): (usize, usize)) -> usize {
        before.div_ceil(self.copy).saturating_add(after.div_ceil(self.copy)).saturating_add(1)
    }
}

/// The axes with many copies of themselves, if there are too many pieces to move one by one.
pub(super) fn far_axes(shape: &[usize], widths: &[(usize, usize)], pad: &Pad) -> Option<Vec<usize>> {
    let pieces = |(&length, &width): (&usize, &(usize, usize))| {
        Repetition::new(pad, length).map_or(1, |repetition| repetition.pieces(width))
    };
    let pieces: Vec<usize> = shape.iter().zip(widths).map(pieces).collect();
    let is_many = pieces.iter().copied().fold(1, usize::saturating_mul) > MOST_PIECES;
    let far: Vec<usize> = (0..shape.len()).filter(|&axis| pieces[axis] > 3).collect();
    (is_many && !far.is_empty()).then_some(far)
}

impl DistArray {
    /// Padded along the axes that are not `far` first, and then by index arrays along those; it lies as `target`.
    pub(super) fn padded_far(
        &self,
        widths: &[(usize, usize)],
        pad: &Pad,
        far: &[usize],
        target: Distribution,
    ) -> Result<DistArray, Error> {
        let mut near = widths.to_vec();
        far.iter().for_each(|&axis| near[axis] = (0, 0));
        let mut array = self.padded(&near, pad)?;
        for &axis in far {
            if let Some(repetition) = Repetition::new(pad, array.shape()[axis]) {
                let indices = self.far_indices(&repetition, widths[axis].0, axis, &target)?;
                array = array.take(&indices, axis.cast_signed());
                array.check()?;
            }
        }
        let array = array.redistribute(target);
        array.check()?;
        Ok(array)
    }

    /// Which index of the array stands at each index of `axis` of the result.
    fn far_indices(
        &self,
        repetition: &Repetition,
        before: usize,
        axis: usize,
        target: &Distribution,
    ) -> Result<DistArray, Error> {
        let (context, period) = (self.context(), repetition.period);
        let (length, ranks) = (target.shape()[axis], context.rank_count());
        let layout = if target.ndim() == 1 {
            target.clone()
        } else if target.axis(axis).parts() == 1 {
            Distribution::replicated(&[length], ranks)?
        } else {
            Distribution::block_rows(&[length], ranks)?
        };
        let first = (period - before % period) % period;
        let int = |number: usize| Scalar::Int64(number as i64);
        let counted = context.ramp(layout, int(first), int(1));
        let place = apply(context, Ufunc::Remainder, &[counted.into(), int(period).into()]);
        let Some(mirror) = repetition.mirror else { return Ok(place) };
        let image = apply(context, Ufunc::Subtract, &[int(mirror).into(), (&place).into()]);
        Ok(apply(context, Ufunc::Minimum, &[place.into(), image.into()]))
    }
}
