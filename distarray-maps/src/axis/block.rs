//! `Block`: one block per part, of even size or by explicit bounds.

use serde::{Deserialize, Serialize};

use crate::axis::AxisRange;
use crate::axis::bounds::Bounds;
use crate::axis::index_map::IndexMap;
use crate::axis::regular::Regular;
use crate::axis::regular_map::RegularMap;
use crate::error::MapError;

/// Letter `b`: each part holds one interval of the axis. Also any slice of that.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Block(Cut);

/// Where an axis is cut.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Cut {
    Even(Even),
    Bounds(Bounds),
}

/// Blocks of one size, each on a part of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Even(Regular);

impl Block {
    pub(crate) fn even(length: usize, parts: usize) -> Result<Self, MapError> {
        if parts == 0 {
            return Err(MapError::ZeroParts { length });
        }
        Regular::new(length, parts, length.div_ceil(parts).max(1)).map(|map| Block(Cut::Even(Even(map))))
    }

    /// Bounds that are the even ones give the even map.
    pub(crate) fn with_bounds(bounds: &[usize]) -> Result<Self, MapError> {
        let cut = Bounds::new(bounds)?;
        let even = Block::even(cut.length(), cut.parts())?;
        let same = (0..cut.parts()).all(|part| even.as_dyn().count(part) == cut.count(part));
        Ok(if same { even } else { Block(Cut::Bounds(cut)) })
    }

    pub(crate) fn with_intervals(length: usize, intervals: &[(usize, usize)]) -> Result<Self, MapError> {
        if intervals.is_empty() {
            return Err(MapError::ZeroParts { length });
        }
        let mut bounds = vec![0];
        let mut previous = 0;
        for (part, &(start, stop)) in intervals.iter().enumerate() {
            if start > stop || stop > length {
                return Err(MapError::BlockOutOfRange { part, start, stop, length });
            }
            if start < previous {
                return Err(MapError::BlocksOverlap { part, start, stop, previous });
            }
            if start > previous {
                return Err(MapError::BlocksGap { start: previous, stop: start, length });
            }
            previous = stop;
            bounds.push(stop);
        }
        if previous < length {
            return Err(MapError::BlocksGap { start: previous, stop: length, length });
        }
        Self::with_bounds(&bounds)
    }

    /// Whether all blocks have one size (the last ones may be shorter or empty), as opposed to explicit bounds.
    pub fn is_even(&self) -> bool {
        matches!(self.0, Cut::Even(_))
    }

    /// The indices `[start, stop)` of a part; empty for a part that holds nothing.
    pub fn interval(&self, part: usize) -> (usize, usize) {
        let map = self.as_dyn();
        let found = if part < map.parts() && map.length() > 0 { map.next(part, 0) } else { None };
        found.map_or((0, 0), |interval| (interval.start, interval.stop))
    }

    /// The map of a non-trivial slice, whose range has been checked.
    pub(crate) fn slice(&self, range: &AxisRange) -> Self {
        Block(match &self.0 {
            Cut::Even(Even(map)) => Cut::Even(Even(map.slice(range))),
            Cut::Bounds(map) => Cut::Bounds(map.slice(range)),
        })
    }

    pub(crate) fn as_dyn(&self) -> &dyn IndexMap {
        match &self.0 {
            Cut::Even(map) => map,
            Cut::Bounds(map) => map,
        }
    }
}

impl RegularMap for Even {
    const LETTER: char = 'b';

    fn regular(&self) -> &Regular {
        &self.0
    }
}
