//! Cutting: one array into several along an axis; no element moves.

use crate::dist_array::DistArray;
use crate::index::rearrange::one;
use distarray_core::room_for;
use distarray_maps::{ArrangedAxis, AxisRange, AxisSlice};
use distarray_spmd::Error;

/// Where an axis is cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sections {
    /// Into so many parts.
    Count(usize),
    /// Before each of these indices, which are understood as those of slices.
    At(Vec<isize>),
}

impl From<usize> for Sections {
    fn from(count: usize) -> Self {
        Sections::Count(count)
    }
}

impl<const N: usize> From<[isize; N]> for Sections {
    fn from(indices: [isize; N]) -> Self {
        Sections::At(indices.to_vec())
    }
}

impl DistArray {
    /// The parts that `sections` cuts `axis` into, each a view of this array.
    ///
    /// # Errors
    /// [`Error::UnequalSplit`] if the axis cannot be cut into so many equal parts; [`Error::Axis`]; the error that this
    /// handle carries.
    pub fn split(&self, sections: impl Into<Sections>, axis: isize) -> Result<Vec<DistArray>, Error> {
        let (sections, shape) = (sections.into(), self.meta()?.shape());
        let axis = one(axis, shape.len())?;
        if let Sections::Count(sections) = sections
            && sections > 0
            && !shape[axis].is_multiple_of(sections)
        {
            return Err(Error::UnequalSplit { length: shape[axis], sections });
        }
        self.cut(&sections, axis)
    }

    /// As [`DistArray::split`], but the first parts may have one index more than the others.
    ///
    /// # Errors
    /// As there, but for unequal parts.
    pub fn array_split(&self, sections: impl Into<Sections>, axis: isize) -> Result<Vec<DistArray>, Error> {
        let axis = one(axis, self.meta()?.shape().len())?;
        self.cut(&sections.into(), axis)
    }

    /// [`DistArray::split`] along axis 1, or along axis 0 of an array of one dimension.
    ///
    /// # Errors
    /// As there; an array without dimensions.
    pub fn hsplit(&self, sections: impl Into<Sections>) -> Result<Vec<DistArray>, Error> {
        self.split_of(1, "hsplit only works on arrays of 1 or more dimensions")?;
        self.split(sections, isize::from(self.ndim() > 1))
    }

    /// [`DistArray::split`] along axis 0.
    ///
    /// # Errors
    /// As there; an array of fewer than two dimensions.
    pub fn vsplit(&self, sections: impl Into<Sections>) -> Result<Vec<DistArray>, Error> {
        self.split_of(2, "vsplit only works on arrays of 2 or more dimensions")?;
        self.split(sections, 0)
    }

    /// [`DistArray::split`] along axis 2.
    ///
    /// # Errors
    /// As there; an array of fewer than three dimensions.
    pub fn dsplit(&self, sections: impl Into<Sections>) -> Result<Vec<DistArray>, Error> {
        self.split_of(3, "dsplit only works on arrays of 3 or more dimensions")?;
        self.split(sections, 2)
    }

    fn split_of(&self, least: usize, reason: &'static str) -> Result<(), Error> {
        let ndim = self.meta()?.shape().len();
        if ndim >= least {
            return Ok(());
        }
        Err(Error::Value { what: "splitting", value: format!("an array of {ndim} dimensions"), reason })
    }

    fn cut(&self, sections: &Sections, axis: usize) -> Result<Vec<DistArray>, Error> {
        let shape = self.meta()?.shape();
        let length = shape[axis];
        let ranges: Vec<AxisRange> = match sections {
            Sections::Count(0) => {
                return Err(Error::Value {
                    what: "splitting",
                    value: "into 0 parts".to_owned(),
                    reason: "number sections must be larger than 0.",
                });
            }
            Sections::Count(count) => {
                let (each, longer) = (length / count, length % count);
                let begin = |part: usize| part * each + part.min(longer);
                let range =
                    |part| AxisRange { start: begin(part), step: 1, count: begin(part + 1) - begin(part) };
                let mut ranges = room_for(*count)?;
                ranges.extend((0..*count).map(range));
                ranges
            }
            Sections::At(indices) => {
                let ends = indices.iter().map(|index| Some(*index)).chain([None]);
                let starts = [None].into_iter().chain(indices.iter().map(|index| Some(*index)));
                let range = |(start, stop)| AxisRange::python(start, stop, None, length);
                starts.zip(ends).map(range).collect::<Result<_, _>>()?
            }
        };
        let part = |range: AxisRange| {
            let mut slices: Vec<AxisSlice> = shape.iter().copied().map(AxisSlice::full).collect();
            slices[axis] = AxisSlice::Range(range);
            self.arrange(slices, (0..shape.len()).map(ArrangedAxis::Of).collect())
        };
        let mut parts = room_for(ranges.len())?;
        for range in ranges {
            parts.push(part(range)?);
        }
        Ok(parts)
    }
}
