//! Global to (rank, local) and back, and what each rank holds.

use smallvec::SmallVec;

use crate::axis::AxisSlice;
use crate::distribution::{Distribution, Shape};
use crate::error::MapError;

impl Distribution {
    /// Whether a rank is in the grid; what it holds may still be an empty block.
    pub fn holds(&self, rank: usize) -> bool {
        self.grid().holds(rank)
    }

    /// Whether a rank is the owner of the block it holds, and not the holder of a copy.
    pub fn is_primary(&self, rank: usize) -> bool {
        self.grid().is_primary(rank)
    }

    /// The shape of the block that a rank holds; zeros if it holds none (see [`Distribution::holds`]).
    pub fn local_shape(&self, rank: usize) -> Vec<usize> {
        self.local_extents(rank).to_vec()
    }

    /// The number of elements that a rank holds.
    pub fn local_size(&self, rank: usize) -> usize {
        if !self.holds(rank) {
            return 0;
        }
        self.local_extents(rank).iter().copied().fold(1, usize::saturating_mul)
    }

    /// The owner of an element and its local indices there.
    ///
    /// # Errors
    /// A wrong number of indices; an index outside its axis.
    pub fn owner(&self, global: &[usize]) -> Result<(usize, Vec<usize>), MapError> {
        self.check_count(global.len())?;
        let mut coords: Shape = SmallVec::with_capacity(self.ndim());
        let mut local = Vec::with_capacity(self.ndim());
        for (axis, (&index, map)) in global.iter().zip(self.axes()).enumerate() {
            let length = map.length();
            let (part, place) = map.owner(index).ok_or(MapError::IndexOutOfRange { axis, index, length })?;
            coords.push(part);
            local.push(place);
        }
        Ok((self.grid().rank(&coords), local))
    }

    /// Where an element lies on one rank; `None` if the rank does not hold it.
    ///
    /// # Errors
    /// A wrong number of indices; an index outside its axis.
    pub fn local_index(&self, rank: usize, global: &[usize]) -> Result<Option<Vec<usize>>, MapError> {
        let (owner, local) = self.owner(global)?;
        Ok((self.grid().coords(rank).is_some_and(|coords| self.grid().rank(&coords) == owner))
            .then_some(local))
    }

    /// The global indices of an element that a rank holds.
    ///
    /// # Errors
    /// A rank that holds nothing; a wrong number of indices; an index beyond what the rank holds.
    pub fn global_index(&self, rank: usize, local: &[usize]) -> Result<Vec<usize>, MapError> {
        self.check_count(local.len())?;
        let coords = self.grid().coords(rank).ok_or(MapError::NotHeld { rank })?;
        let place = |axis: usize| {
            let (map, index, part) = (self.axis(axis), local[axis], coords[axis]);
            map.global(part, index).ok_or(MapError::LocalOutOfRange {
                axis,
                index,
                rank,
                count: map.count(part),
            })
        };
        (0..self.ndim()).map(place).collect()
    }

    /// The owners of at least one element of a slice, ascending. Axes that are not named are taken whole.
    ///
    /// # Errors
    /// As [`Distribution::slice`].
    ///
    /// # Cost
    /// Linear in the parts of each axis, and in the answer.
    pub fn owners_of_slice(&self, slices: &[AxisSlice]) -> Result<Vec<usize>, MapError> {
        if slices.len() > self.ndim() {
            return Err(MapError::DimensionMismatch { given: slices.len(), ndim: self.ndim() });
        }
        let mut owners: Vec<Shape> = vec![Shape::new()];
        for (axis, map) in self.axes().iter().enumerate() {
            let range = slices.get(axis).map_or(AxisSlice::full(map.length()), |slice| *slice).as_range();
            let shown = map.slice(&range).map_err(|error| error.at_axis(axis))?;
            let parts: SmallVec<[usize; 4]> =
                (0..shown.parts()).filter(|&part| shown.count(part) > 0).collect();
            owners = owners
                .iter()
                .flat_map(|coords| {
                    parts.iter().map(move |&part| coords.iter().copied().chain([part]).collect())
                })
                .collect();
        }
        let mut ranks: Vec<usize> = owners.iter().map(|coords| self.grid().rank(coords)).collect();
        ranks.sort_unstable();
        Ok(ranks)
    }

    pub(crate) fn local_extents(&self, rank: usize) -> Shape {
        match self.grid().coords(rank) {
            None => SmallVec::from_elem(0, self.ndim()),
            Some(coords) => self.axes().iter().zip(&coords).map(|(map, &part)| map.count(part)).collect(),
        }
    }

    fn check_count(&self, given: usize) -> Result<(), MapError> {
        if given == self.ndim() {
            Ok(())
        } else {
            Err(MapError::DimensionMismatch { given, ndim: self.ndim() })
        }
    }
}
