//! Reading through arrays: how NumPy's mixture of slices, integers, index arrays and masks becomes one gather.

use super::expression::{Entry, Index, IndexTerm, Resolved};
use super::mask;
use super::take::take;
use crate::context::Context;
use crate::dist_array::DistArray;
use distarray_core::DType;
use distarray_maps::{ArrangedAxis, AxisSlice};
use distarray_spmd::Error;
use distarray_spmd::transfer::index::Indexed;
use ndarray::{ArrayD, Dimension, IxDyn};

/// An index that has arrays among its entries, for an array of known shape.
pub(super) struct Advanced {
    pub(super) resolved: Resolved,
    /// Masks without axes, as lists of one zero or none.
    pub(super) loose: Vec<DistArray>,
    /// For each entry with arrays: the index arrays, one for each axis that it stands for.
    pub(super) arrays: Vec<Vec<DistArray>>,
    /// How many axes the index arrays have together.
    pub(super) new: usize,
    /// Before which axis of the result their axes stand.
    pub(super) place: usize,
}

impl DistArray {
    /// What an index with arrays among its entries takes.
    pub(super) fn gather(&self, index: &Index) -> Result<DistArray, Error> {
        let resolved = index.resolve_all(self.meta()?.shape())?;
        if let Some((axis, mask)) = only_mask(index, &resolved) {
            let kept = (0..self.ndim()).map(ArrangedAxis::Of).collect();
            let sliced = self.arrange(resolved.slices.clone(), kept)?;
            let taken = mask::through(&sliced, mask, axis)?;
            let mut kept = (0..).map(ArrangedAxis::Of);
            let new = |entry: &Entry| (*entry == Entry::New).then_some(ArrangedAxis::New(1));
            let shown = resolved.entries.iter().filter(|entry| **entry != Entry::Ellipsis);
            let axes = shown.filter_map(|entry| new(entry).or_else(|| kept.next()));
            return taken.arrange(Vec::new(), axes.collect());
        }
        Advanced::new(index, resolved, self.context())?.read(self)
    }
}

/// The mask, and the axis it begins at, if it is all there is among whole axes, new ones and slices.
pub(super) fn only_mask<'i>(index: &'i Index, resolved: &Resolved) -> Option<(usize, &'i DistArray)> {
    let takes = |entry: &&Entry| matches!(entry, Entry::Arrays { .. } | Entry::At(_));
    let mut takers = resolved.entries.iter().filter(takes);
    let (Some(Entry::Arrays { axis, count: 1.., term }), None) = (takers.next(), takers.next()) else {
        return None;
    };
    match &index.terms()[*term] {
        IndexTerm::Array(mask) if mask.dtype() == Ok(DType::Bool) => Some((*axis, mask)),
        _ => None,
    }
}

impl Advanced {
    pub(super) fn new(index: &Index, resolved: Resolved, context: &Context) -> Result<Self, Error> {
        let (mut loose, mut arrays) = (Vec::new(), Vec::new());
        for entry in &resolved.entries {
            if let Entry::Arrays { count, term, .. } = *entry {
                let term = &index.terms()[term];
                if count == 0 {
                    loose.push(loose_mask(term, context)?);
                }
                arrays.push(index_arrays(term, count, context)?);
            }
        }
        let all = loose.iter().chain(arrays.iter().flatten());
        let new = all.map(DistArray::ndim).max().unwrap_or(0);
        let place = place(&resolved.entries);
        Ok(Self { resolved, loose, arrays, new, place })
    }

    fn read(&self, array: &DistArray) -> Result<DistArray, Error> {
        let Resolved { slices, entries } = &self.resolved;
        // Integers drop their axes; masks without axes have one in front.
        let loose = self.loose.len();
        let mut number = Vec::with_capacity(slices.len());
        let mut next = loose;
        for slice in slices {
            number.push(next);
            next += usize::from(slice.keeps_axis());
        }
        let front = std::iter::repeat_n(ArrangedAxis::New(1), loose);
        let kept = front.chain((0..next - loose).map(ArrangedAxis::Of)).collect();
        let base = array.arrange(slices.clone(), kept)?;
        let mut indexed: Vec<usize> = (0..loose).collect();
        let mut names = vec![0; loose];
        for entry in entries {
            if let Entry::Arrays { axis, count, .. } = *entry {
                indexed.extend((axis..axis + count).map(|axis| number[axis]));
                names.extend(axis..axis + count);
            }
        }
        let others: Vec<usize> = (0..base.ndim()).filter(|axis| !indexed.contains(axis)).collect();
        let adjacent = indexed.windows(2).all(|pair| pair[1] == pair[0] + 1);
        let axis = if adjacent { indexed[0] } else { 0 };
        let base = if adjacent {
            base
        } else {
            base.arrange(Vec::new(), indexed.iter().chain(&others).copied().map(ArrangedAxis::Of).collect())?
        };
        let mut arrays: Vec<DistArray> =
            self.loose.iter().chain(self.arrays.iter().flatten()).cloned().collect();
        // What is indexed by numbers alone gets an axis, which is dropped afterwards.
        let is_scalar = self.new == 0;
        if is_scalar {
            arrays[0] = arrays[0].expand_dims(0);
        }
        let taken = take(&base, &arrays, Indexed { axis, names, is_flat: false })?;
        let drop = |place: usize| {
            if is_scalar && place == axis {
                AxisSlice::Index(0)
            } else {
                AxisSlice::full(taken.shape()[place])
            }
        };
        let axes = entries.iter().filter_map(|entry| match *entry {
            Entry::Kept(kept) => {
                let before = others.iter().position(|other| *other == number[kept]).unwrap_or(0);
                Some(ArrangedAxis::Of(if before < axis { before } else { before + self.new }))
            }
            Entry::New => Some(ArrangedAxis::New(1)),
            Entry::At(_) | Entry::Ellipsis | Entry::Arrays { .. } => None,
        });
        let mut axes: Vec<ArrangedAxis> = axes.collect();
        axes.splice(self.place..self.place, (axis..axis + self.new).map(ArrangedAxis::Of));
        taken.arrange((0..taken.ndim()).map(drop).collect(), axes)
    }
}

/// NumPy's rule: the axes of the index arrays stand where the entries with arrays stand, integers among them, if these
/// are neighbours; otherwise in front.
fn place(entries: &[Entry]) -> usize {
    let (mut axes, mut found, mut ended) = (0, None, false);
    for entry in entries {
        match entry {
            Entry::Kept(_) | Entry::New => {
                axes += 1;
                ended = found.is_some();
            }
            Entry::Ellipsis => ended = found.is_some(),
            Entry::At(_) | Entry::Arrays { .. } if ended => return 0,
            Entry::At(_) | Entry::Arrays { .. } => found = found.or(Some(axes)),
        }
    }
    found.unwrap_or(0)
}

/// An entry with arrays as index arrays, one for each of its axes.
fn index_arrays(term: &IndexTerm, count: usize, context: &Context) -> Result<Vec<DistArray>, Error> {
    Ok(match term {
        _ if count == 0 => Vec::new(),
        IndexTerm::Array(mask) if mask.dtype()? == DType::Bool => mask::nonzero(mask)?,
        IndexTerm::Array(array) => vec![array.check_context(context)?.clone()],
        IndexTerm::List(list) => vec![list_array(list, context)?],
        IndexTerm::Mask(mask) => {
            let true_at: Vec<IxDyn> =
                mask.indexed_iter().filter(|(_, is_true)| **is_true).map(|(at, _)| at).collect();
            let along = |axis: usize| true_at.iter().map(|at| at.slice()[axis] as i64).collect::<Vec<i64>>();
            let list = |axis| list_array(&ndarray::Array1::from_vec(along(axis)).into_dyn(), context);
            (0..count).map(list).collect::<Result<_, _>>()?
        }
        _ => Vec::new(),
    })
}

/// A list of the program as an array.
fn list_array(list: &ArrayD<i64>, context: &Context) -> Result<DistArray, Error> {
    let array = context.array(list.view(), list.shape());
    array.check()?;
    Ok(array)
}

/// A mask without axes as a list: one zero if it is true.
fn loose_mask(term: &IndexTerm, context: &Context) -> Result<DistArray, Error> {
    let is_true = match term {
        IndexTerm::Array(mask) => mask.item()?.is_truthy(),
        IndexTerm::Mask(mask) => mask.iter().all(|is_true| *is_true),
        _ => true,
    };
    list_array(&ArrayD::zeros(IxDyn(&[usize::from(is_true)])), context)
}
