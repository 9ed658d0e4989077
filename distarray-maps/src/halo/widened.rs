//! `Halo`: a distribution whose blocks grow by cells of their neighbours.

use smallvec::SmallVec;

use crate::axis::AxisMap;
use crate::distribution::Distribution;
use crate::error::MapError;
use crate::halo::axis::AxisHalo;
use crate::halo::margin::{Boundary, Margin};
use crate::halo::share::HaloShare;

/// The longest padded axis: places on two of them can still be told from one another.
const MAXIMUM_PADDED: usize = usize::MAX >> 3;

/// So many cells more than the axis has may a margin have in which the axis comes again and again: every time is a run
/// of its own.
const MAXIMUM_BEYOND: usize = 1 << 20;

/// The margins of a distribution's axes: every rank's block grows by cells of its neighbours.
///
/// A *padded* block begins `before` cells before the rank's own and ends `after` cells after it; a part that has no
/// index of an axis has no ghost cells along it. Ghost cells of several widened axes, at the corners, come straight from
/// their owners. A margin may be wider than the neighbours' blocks, and than the axis.
///
/// # Example
/// ```
/// use distarray_maps::{Boundary, Distribution, Halo, Margin};
/// let rows = Distribution::from_spec(&[10, 4], &"b,n".parse()?, 3)?;                  // 4, 4 and 2 rows
/// let halo = Halo::new(&rows, &[Margin::even(1, Boundary::Periodic), Margin::NOTHING])?;
/// assert_eq!(halo.padded_shape(2), [4, 4]);
/// let share = halo.share(2);
/// assert_eq!(share.receives().iter().map(|ghosts| (ghosts.peer, ghosts.count)).collect::<Vec<_>>(), [(0, 4), (1, 4)]);
/// assert_eq!(share.sends().len(), 2);
/// # Ok::<(), distarray_maps::MapError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halo {
    distribution: Distribution,
    margins: SmallVec<[Margin; 3]>,
}

impl Halo {
    /// Widens every axis of `distribution` by its margin.
    ///
    /// # Errors
    /// [`MapError::DimensionMismatch`]; [`MapError::NoNeighbours`] for an axis to be widened that is neither whole
    /// nor cut into blocks; [`MapError::HaloTooWide`] for margins beyond the range of indices, and for
    /// periodic and reflected ones with over 2^20 cells more than their axis.
    pub fn new(distribution: &Distribution, margins: &[Margin]) -> Result<Halo, MapError> {
        let ndim = distribution.ndim();
        if margins.len() != ndim {
            return Err(MapError::DimensionMismatch { given: margins.len(), ndim });
        }
        for (axis, (map, margin)) in distribution.axes().iter().zip(margins).enumerate() {
            let Margin { before, after, .. } = *margin;
            let padded = map.length().saturating_add(before).saturating_add(after);
            let is_repeated = matches!(margin.boundary, Boundary::Periodic | Boundary::Reflect);
            let most = if is_repeated { map.length().saturating_add(MAXIMUM_BEYOND) } else { usize::MAX };
            if padded > MAXIMUM_PADDED || before.max(after) > most {
                return Err(MapError::HaloTooWide { axis, length: map.length(), before, after });
            }
            if margin.is_wide() && !Halo::can_widen(map) {
                return Err(MapError::NoNeighbours { axis, letter: map.letter(), before, after });
            }
        }
        Ok(Halo { distribution: distribution.clone(), margins: margins.into() })
    }

    /// Whether each part of an axis is one stretch of it, in order, so that its cells have neighbours: always if it is whole or
    /// cut into blocks, and if it is dealt out in blocks of which no part has two.
    #[must_use]
    pub fn can_widen(map: &AxisMap) -> bool {
        let is_stretch = |part: usize| {
            let first = map.as_dyn().next(part, 0);
            first.is_none_or(|first| first.stop - first.start == map.count(part))
        };
        match map {
            AxisMap::Replicated(_) | AxisMap::Block(_) => true,
            AxisMap::BlockCyclic(_) => (0..map.parts()).all(is_stretch),
            AxisMap::Unstructured(_) => false,
        }
    }

    /// Where the own cells lie.
    #[must_use]
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// How far each axis is widened.
    #[must_use]
    pub fn margins(&self) -> &[Margin] {
        &self.margins
    }

    /// Whether any cell comes from another rank; the same answer on every rank.
    #[must_use]
    pub fn communicates(&self) -> bool {
        let axes = self.distribution.axes().iter().zip(&self.margins);
        self.distribution.size() > 0
            && axes.into_iter().any(|(map, margin)| margin.is_wide() && map.parts() > 1)
    }

    /// The shape of a rank's padded block; zeros if it holds none.
    #[must_use]
    pub fn padded_shape(&self, rank: usize) -> Vec<usize> {
        match self.distribution.grid().coords(rank) {
            None => vec![0; self.distribution.ndim()],
            Some(coords) => {
                self.axes(&coords).iter().map(|axis| axis.before + axis.count + axis.after).collect()
            }
        }
    }

    /// How many ghost cells a rank has before its first own cell along each axis.
    #[must_use]
    pub fn before(&self, rank: usize) -> Vec<usize> {
        match self.distribution.grid().coords(rank) {
            None => vec![0; self.distribution.ndim()],
            Some(coords) => self.axes(&coords).iter().map(|axis| axis.before).collect(),
        }
    }

    /// The own cells of a rank whose neighbourhood does not leave the array through an end with [`Boundary::None`](crate::Boundary::None): along
    /// each axis from which local index to which.
    #[must_use]
    pub fn surrounded(&self, rank: usize) -> Vec<(usize, usize)> {
        match self.distribution.grid().coords(rank) {
            None => vec![(0, 0); self.distribution.ndim()],
            Some(coords) => {
                let axes = self.axes(&coords);
                axes.iter().zip(&self.margins).map(|(axis, margin)| axis.surrounded(margin)).collect()
            }
        }
    }

    /// What a rank sends, receives and takes from itself so that its padded block is filled.
    ///
    /// # Cost
    /// Linear in the parts that the margins reach, and in their runs.
    #[must_use]
    pub fn share(&self, rank: usize) -> HaloShare {
        HaloShare::new(&self.distribution, &self.margins, rank)
    }

    /// What the part at `coords` has of each axis.
    fn axes(&self, coords: &[usize]) -> SmallVec<[AxisHalo; 3]> {
        let maps = self.distribution.axes().iter().zip(&self.margins).zip(coords);
        maps.map(|((map, margin), &part)| AxisHalo::new(map, margin, part)).collect()
    }
}
