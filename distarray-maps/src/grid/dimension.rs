//! `Dimension`: how many cells along one direction of a grid, and how far apart their ranks are.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::error::MapError;
use crate::number::MAXIMUM_LENGTH;

/// `count` cells along one direction of a grid, `stride` ranks apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Dimension {
    /// Number of cells.
    pub count: usize,
    /// Distance in ranks of neighbouring cells; 0 where there is only one.
    pub stride: usize,
}

/// The dimensions of a grid.
pub(crate) type Dimensions = SmallVec<[Dimension; 3]>;

impl Dimension {
    /// A direction without extent.
    pub const SINGLE: Dimension = Dimension { count: 1, stride: 0 };

    /// The distance in ranks from the first cell to the last.
    pub(crate) fn reach(&self) -> usize {
        (self.count - 1) * self.stride
    }

    pub(crate) fn canonical(self) -> Self {
        if self.count == 1 { Self::SINGLE } else { self }
    }
}

/// The dimensions of a grid whose cells are numbered in C order.
pub(crate) fn row_major(shape: &[usize], ndim: usize) -> Result<Dimensions, MapError> {
    let wrong = || MapError::GridShape { grid: shape.to_vec(), ndim };
    let mut dimensions: Dimensions = SmallVec::from_elem(Dimension::SINGLE, shape.len());
    let mut stride = 1usize;
    for (dimension, &count) in dimensions.iter_mut().zip(shape).rev() {
        if count == 0 {
            return Err(wrong());
        }
        *dimension = Dimension { count, stride };
        stride = stride.checked_mul(count).filter(|&cells| cells <= MAXIMUM_LENGTH).ok_or_else(wrong)?;
    }
    Ok(dimensions)
}

/// By falling stride, none of count 1, neighbours joined where they are one dimension.
pub(crate) fn canonical_copies(mut copies: Dimensions) -> Dimensions {
    copies.retain(|copy| copy.count > 1);
    copies.sort_unstable_by_key(|copy| std::cmp::Reverse(copy.stride));
    let mut joined = Dimensions::new();
    for copy in copies {
        match joined.last_mut() {
            Some(outer) if Some(outer.stride) == copy.count.checked_mul(copy.stride) => {
                *outer = Dimension { count: outer.count * copy.count, stride: copy.stride };
            }
            _ => joined.push(copy),
        }
    }
    joined
}

/// Refuses strides by which two cells meet; answers with the last cell.
pub(crate) fn check_strides<'a>(
    first: usize,
    dimensions: impl Iterator<Item = &'a Dimension>,
) -> Result<usize, MapError> {
    let mut sorted: SmallVec<[Dimension; 8]> =
        dimensions.copied().filter(|dimension| dimension.count > 1).collect();
    sorted.sort_unstable_by_key(|dimension| dimension.stride);
    let mut reach = 0usize;
    for Dimension { count, stride } in sorted {
        if stride <= reach {
            return Err(MapError::GridOverlap { count, stride, reach: reach + 1 });
        }
        let further = (count - 1).checked_mul(stride).and_then(|further| reach.checked_add(further));
        reach = further.filter(|&cells| cells < MAXIMUM_LENGTH).ok_or(MapError::GridOverlap {
            count,
            stride,
            reach,
        })?;
    }
    first.checked_add(reach).filter(|&last| last <= MAXIMUM_LENGTH).ok_or(MapError::GridOverlap {
        count: 1,
        stride: first,
        reach,
    })
}
