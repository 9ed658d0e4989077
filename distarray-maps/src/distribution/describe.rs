//! What a distribution is made of.

use std::sync::{Arc, OnceLock};

use smallvec::SmallVec;

use crate::axis::AxisMap;
use crate::digest::Digest;
use crate::error::MapError;
use crate::grid::Grid;
use crate::number::MAXIMUM_LENGTH;

/// Where every element of an array lives: its shape, how each axis is cut into parts, and which rank holds which part.
///
/// Clones share what they describe. Two distributions are equal if they are described alike;
/// [`Distribution::same_placement`] asks whether data would have to move.
///
/// # Example
/// ```
/// use distarray_maps::Distribution;
/// let rows = Distribution::from_spec(&[10, 4], &"b".parse()?, 3)?;
/// assert_eq!(rows.local_shape(2), [2, 4]);
/// assert_eq!(rows.owner(&[5, 1])?, (1, vec![1, 1]));
/// # Ok::<(), distarray_maps::MapError>(())
/// ```
#[derive(Clone)]
pub struct Distribution {
    pub(super) inner: Arc<Inner>,
}

/// What clones share.
pub(super) struct Inner {
    shape: Shape,
    axes: SmallVec<[AxisMap; 3]>,
    grid: Grid,
    size: usize,
    digest: OnceLock<u128>,
}

/// One number per axis.
pub(crate) type Shape = SmallVec<[usize; 4]>;

impl Distribution {
    /// Puts an array of `shape`, cut by one map per axis, on a process grid.
    ///
    /// # Errors
    /// A shape of more than 2^63 elements; a map for another length than its axis has, or for another number of parts
    /// than the grid has along it.
    pub fn new(shape: &[usize], axes: Vec<AxisMap>, grid: Grid) -> Result<Self, MapError> {
        Self::assemble(shape.into(), axes.into(), grid)
    }

    pub(crate) fn assemble(shape: Shape, axes: SmallVec<[AxisMap; 3]>, grid: Grid) -> Result<Self, MapError> {
        let ndim = shape.len();
        for given in [axes.len(), grid.ndim()] {
            if given != ndim {
                return Err(MapError::DimensionMismatch { given, ndim });
            }
        }
        for (axis, map) in axes.iter().enumerate() {
            let (length, mapped) = (shape[axis], map.length());
            if length != mapped {
                return Err(MapError::LengthMismatch { axis, length, mapped });
            }
            let (parts, cells) = (map.parts(), grid.parts(axis));
            if parts != cells {
                return Err(MapError::PartsMismatch { axis, parts, cells });
            }
        }
        let size = checked_size(&shape)?;
        Ok(Distribution { inner: Arc::new(Inner { shape, axes, grid, size, digest: OnceLock::new() }) })
    }

    /// The number of indices of each axis.
    pub fn shape(&self) -> &[usize] {
        &self.inner.shape
    }

    /// The number of axes.
    pub fn ndim(&self) -> usize {
        self.inner.shape.len()
    }

    /// The number of elements.
    pub fn size(&self) -> usize {
        self.inner.size
    }

    /// How each axis is cut.
    pub fn axes(&self) -> &[AxisMap] {
        &self.inner.axes
    }

    /// How one axis is cut.
    ///
    /// # Panics
    /// If there is no such axis, as indexing does.
    pub fn axis(&self, axis: usize) -> &AxisMap {
        &self.inner.axes[axis]
    }

    /// Which rank holds which part.
    pub fn grid(&self) -> &Grid {
        &self.inner.grid
    }

    /// A fingerprint that is the same on every rank, machine and run; equal distributions have equal ones.
    ///
    /// # Cost
    /// Computed once and kept, shared with all clones.
    pub fn digest(&self) -> u128 {
        *self.inner.digest.get_or_init(|| {
            let mut digest = Digest::new();
            digest.number(self.ndim());
            for map in self.axes() {
                map.digest_into(&mut digest);
            }
            self.grid().digest_into(&mut digest);
            digest.finish()
        })
    }
}

/// The number of elements of a shape.
fn checked_size(shape: &[usize]) -> Result<usize, MapError> {
    if shape.contains(&0) {
        return Ok(0);
    }
    let product = shape.iter().try_fold(1usize, |product, &length| product.checked_mul(length));
    product
        .filter(|&size| size <= MAXIMUM_LENGTH)
        .ok_or_else(|| MapError::SizeOverflow { shape: shape.to_vec() })
}
