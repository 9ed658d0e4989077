//! How a distribution is written down: as text for people, by serde for the wire.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;

use crate::axis::AxisMap;
use crate::distribution::Distribution;
use crate::grid::Grid;

/// Lengths stand in the maps, so the shape is not written.
#[derive(Deserialize)]
#[serde(rename = "Distribution")]
struct Read {
    axes: SmallVec<[AxisMap; 3]>,
    grid: Grid,
}

#[derive(Serialize)]
#[serde(rename = "Distribution")]
struct Written<'a> {
    axes: &'a [AxisMap],
    grid: &'a Grid,
}

impl Serialize for Distribution {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { axes: self.axes(), grid: self.grid() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Distribution {
    /// What is read goes through the constructors: a description that makes no sense is refused.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Read { axes, grid } = Read::deserialize(deserializer)?;
        let shape = axes.iter().map(AxisMap::length).collect();
        Distribution::assemble(shape, axes, grid).map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for Distribution {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Distribution");
        shown.field("shape", &self.shape()).field("axes", &self.axes()).field("grid", self.grid()).finish()
    }
}
