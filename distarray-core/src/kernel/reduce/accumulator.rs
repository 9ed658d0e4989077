//! Accumulator: a reduction under way.

use crate::buffer::{Buffer, Pool};
use crate::dtype::DType;
use crate::element::slice_of;
use crate::error::ElementError;
use crate::kernel::TILE;
use crate::kernel::cast::cast;
use crate::kernel::reduce::fold::Fold;
use crate::kernel::reduce::geometry::{Geometry, Inner, Parts, TILES_PER_LINE};
use crate::kernel::reduce::lanes::{fold_parts, fold_rows};
use crate::kernel::reduce::place::{Places, move_places, places_in_parts, places_in_rows, with_choice};
use crate::kernel::reduce::scheme::{HEADER_BYTES, Scheme, merge_states, planes, set_count, with_fold};
use crate::kernel::reduce::sum::{self, FEW_ROWS, LINE, Summand};
use crate::kernel::reduce::{Reduction, bins, moments};

/// A reduction over some axes of a block, fed tile by tile, merged with those of other ranks, finished.
///
/// The result is a function of the block's shape, the axes and the values alone: the tiles may come from a
/// fused pass or from a stored block, on any processor, and give the same bits.
#[derive(Debug)]
pub struct Accumulator {
    pub(super) reduction: Reduction,
    pub(super) dtype: DType,
    pub(super) scheme: Scheme,
    pub(super) geometry: Geometry,
    pub(super) result_shape: Vec<usize>,
    /// State bytes, then room for groups of rows.
    pub(super) state: Buffer,
    state_bytes: usize,
    /// A tile as `f64`, if the scheme computes in `f64` and the elements are something else.
    converted: Vec<f64>,
    /// The lanes of a sum whose line has not ended yet.
    line: [f64; LINE],
    /// Distances from the mean of a part.
    distances: Vec<f64>,
    /// How many elements have been added.
    added: usize,
}

impl Accumulator {
    /// A reduction of elements of `dtype` in a local block of `shape` over the axes marked in `reduced`.
    ///
    /// # Errors
    /// [`ElementError::AxisCount`], [`ElementError::OutOfMemory`].
    ///
    /// # Cost
    /// [`Accumulator::pool_bytes`] of the pool, until it is finished.
    pub fn start(
        reduction: Reduction,
        dtype: DType,
        shape: &[usize],
        reduced: &[bool],
        pool: &Pool,
    ) -> Result<Accumulator, ElementError> {
        if shape.len() != reduced.len() {
            return Err(ElementError::AxisCount { expected: shape.len(), found: reduced.len() });
        }
        let scheme = Scheme::of(reduction, dtype);
        let components = scheme.components(dtype);
        let geometry = geometry_of(scheme, components, shape, reduced);
        let kept = shape.iter().zip(reduced).filter(|axis| !axis.1);
        let needs_conversion = !sums_directly(scheme, dtype);
        let tile_numbers = |is_needed: bool| vec![0.0; if is_needed { TILE * components } else { 0 }];
        let mut accumulator = Accumulator {
            reduction,
            dtype,
            scheme,
            result_shape: kept.map(|axis| *axis.0).collect(),
            state: pool.allocate(state_and_group_bytes(scheme, reduction, dtype, &geometry))?,
            state_bytes: HEADER_BYTES + geometry.outputs * scheme.output_bytes(reduction, dtype),
            converted: tile_numbers(needs_conversion),
            line: [0.0; LINE],
            distances: tile_numbers(scheme == Scheme::Moments),
            added: 0,
            geometry,
        };
        accumulator.clear()?;
        Ok(accumulator)
    }

    /// The bytes that [`Accumulator::start`] asks the pool for.
    #[must_use]
    pub fn pool_bytes(reduction: Reduction, dtype: DType, shape: &[usize], reduced: &[bool]) -> usize {
        let scheme = Scheme::of(reduction, dtype);
        let geometry = geometry_of(scheme, scheme.components(dtype), shape, reduced);
        state_and_group_bytes(scheme, reduction, dtype, &geometry)
    }

    /// The bytes that [`Accumulator::state_bytes`] gives.
    #[must_use]
    pub fn state_size_bytes(reduction: Reduction, dtype: DType, shape: &[usize], reduced: &[bool]) -> usize {
        let scheme = Scheme::of(reduction, dtype);
        let geometry = geometry_of(scheme, scheme.components(dtype), shape, reduced);
        HEADER_BYTES + geometry.outputs * scheme.output_bytes(reduction, dtype)
    }

    /// The state, to be merged in place with those of other ranks by [`merge_states`].
    pub fn state_bytes_mut(&mut self) -> &mut [u8] {
        &mut self.state.as_bytes_mut()[..self.state_bytes]
    }

    /// Which reduction this is.
    #[must_use]
    pub fn reduction(&self) -> Reduction {
        self.reduction
    }

    /// The dtype of the elements it is fed.
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The shape of the result, without the reduced axes.
    #[must_use]
    pub fn result_shape(&self) -> &[usize] {
        &self.result_shape
    }

    /// Adds elements `flat_start..` of the block in C order, as many as `values` holds.
    ///
    /// `values` are elements of the input's dtype (`bool` as bytes, any but 0 true), aligned for it. Tiles
    /// come in order, each once, each beginning at a multiple of [`TILE`]; several may come in one call.
    ///
    /// # Errors
    /// [`ElementError::RangeOutOfRegion`] for a tile that is not the next one or does not fit,
    /// [`ElementError::Misaligned`], [`ElementError::SizeMismatch`].
    pub fn add_tile(&mut self, values: &[u8], flat_start: usize) -> Result<(), ElementError> {
        let components = self.scheme.components(self.dtype);
        let item_bytes = self.dtype.size_bytes();
        let count = values.len() / item_bytes;
        let end = flat_start.saturating_add(count);
        let all = self.geometry.count / components;
        if flat_start != self.added || end > all || !flat_start.is_multiple_of(TILE) {
            return Err(ElementError::RangeOutOfRegion { first: flat_start, end, count: all });
        }
        if self.converted.is_empty() {
            self.add(values, flat_start * components, count * components)?;
        } else {
            let mut converted = std::mem::take(&mut self.converted);
            let wide = if components == 2 { DType::Complex128 } else { DType::Float64 };
            let mut start = flat_start;
            for values in values.chunks(TILE * item_bytes) {
                let count = values.len() / item_bytes;
                let tile = &mut converted[..count * components];
                let bytes = crate::element::as_bytes_mut(tile);
                cast(self.dtype, values, wide, bytes)?;
                self.add(bytes, start * components, count * components)?;
                start += count;
            }
            self.converted = converted;
        }
        self.added = end;
        Ok(())
    }

    /// The state as bytes that [`Accumulator::merge`] and [`merge_states`] of another rank take. They depend
    /// on the shape of the result, and not on how much of the reduced axes lies here.
    ///
    /// To be asked for when every element of the block has been added.
    #[must_use]
    pub fn state_bytes(&self) -> &[u8] {
        debug_assert!(self.added * self.scheme.components(self.dtype) == self.geometry.count);
        &self.state.as_bytes()[..self.state_bytes]
    }

    /// Takes in the state of another rank's accumulator of the same reduction, dtype and result shape.
    ///
    /// # Errors
    /// [`ElementError::StateMismatch`].
    pub fn merge(&mut self, other: &[u8]) -> Result<(), ElementError> {
        let mine = &mut self.state.as_bytes_mut()[..self.state_bytes];
        merge_states(self.reduction, self.dtype, mine, other)
    }

    /// Replaces the positions among the elements reduced here, in C order, by those among all, which `global` gives. To be
    /// done once, before the state meets those of other ranks. Reductions that give no positions stay as they are.
    pub fn move_positions(&mut self, global: impl FnMut(u64) -> u64) {
        if self.scheme == Scheme::Place {
            move_places(&mut self.state.as_bytes_mut()[HEADER_BYTES..], self.geometry.outputs, global);
        }
    }

    /// Replaces the state by that of another rank, for instance by the merged one.
    ///
    /// # Errors
    /// [`ElementError::StateMismatch`].
    pub fn set_state(&mut self, other: &[u8]) -> Result<(), ElementError> {
        if other.len() != self.state_bytes {
            return Err(ElementError::StateMismatch { expected: self.state_bytes, found: other.len() });
        }
        self.state.as_bytes_mut()[..self.state_bytes].copy_from_slice(other);
        Ok(())
    }

    /// Makes the state that of no elements. Rows begin their outputs themselves, so that theirs is only
    /// written if there are none.
    fn clear(&mut self) -> Result<(), ElementError> {
        let outputs = self.geometry.outputs;
        let bytes = self.state.as_bytes_mut();
        set_count(bytes, self.geometry.reduced_count as u64);
        let begins_itself = self.scheme != Scheme::Bins && matches!(self.geometry.inner, Inner::Rows { .. });
        if begins_itself && self.geometry.count > 0 {
            return Ok(());
        }
        let bytes = &mut bytes[HEADER_BYTES..];
        match self.scheme {
            Scheme::Fold => with_fold!(self.reduction, self.dtype, F => {
                let [states] = planes::<<F as Fold>::State, 1>(bytes, outputs)?;
                states.fill(F::START_STATE);
                Ok(())
            }),
            Scheme::Sum => {
                let [high, low] = planes::<f64, 2>(bytes, outputs)?;
                high.fill(-0.0);
                low.fill(0.0);
                Ok(())
            }
            Scheme::Place => with_choice!(self.reduction, self.dtype, F => {
                Places::<<F as Fold>::State>::new(bytes, outputs)?.clear();
                Ok(())
            }),
            Scheme::Bins => {
                bins::Planes::new(planes(bytes, outputs)?).clear();
                Ok(())
            }
            Scheme::Moments => {
                let [all] = planes::<f64, 1>(bytes, outputs * 4)?;
                all.fill(0.0);
                Ok(())
            }
        }
    }

    /// Adds numbers (elements, or the parts of complex ones) from position `first` on.
    fn add(&mut self, values: &[u8], first: usize, count: usize) -> Result<(), ElementError> {
        let state = &mut self.state.as_bytes_mut()[HEADER_BYTES..];
        let geometry = &self.geometry;
        let parts = geometry.parts(first, count);
        match self.scheme {
            Scheme::Fold => with_fold!(self.reduction, self.dtype, F => {
                let [states] = planes::<<F as Fold>::State, 1>(state, geometry.outputs)?;
                let items = slice_of::<<F as Fold>::Item>(values)?;
                match geometry.inner {
                    Inner::Folded { kept, .. } => fold_parts::<F>(items, parts, kept, states),
                    Inner::Rows { .. } => fold_rows::<F>(items, parts, states),
                }
                Ok(())
            }),
            Scheme::Sum if matches!(self.dtype, DType::Float32 | DType::Complex64) => {
                add_to_sum::<f32>(slice_of(values)?, parts, geometry, state, &mut self.line)
            }
            Scheme::Sum => add_to_sum::<f64>(slice_of(values)?, parts, geometry, state, &mut self.line),
            Scheme::Place => with_choice!(self.reduction, self.dtype, F => {
                let places = Places::<<F as Fold>::State>::new(state, geometry.outputs)?;
                let items = slice_of::<<F as Fold>::Item>(values)?;
                match geometry.inner {
                    inner @ Inner::Folded { .. } => places_in_parts::<F>(items, parts, inner, places),
                    Inner::Rows { .. } => places_in_rows::<F>(items, parts, places),
                }
                Ok(())
            }),
            Scheme::Bins if matches!(self.dtype, DType::Float32 | DType::Complex64) => {
                add_to_bins::<f32>(slice_of(values)?, parts, geometry, state)
            }
            Scheme::Bins => add_to_bins::<f64>(slice_of(values)?, parts, geometry, state),
            Scheme::Moments => {
                let distances = &mut self.distances;
                add_to_moments(slice_of(values)?, parts, geometry, state, distances)
            }
        }
    }
}

fn geometry_of(scheme: Scheme, components: usize, shape: &[usize], reduced: &[bool]) -> Geometry {
    let tiles_per_line = if scheme == Scheme::Sum { TILES_PER_LINE } else { 1 };
    Geometry::new(shape, reduced, components, tiles_per_line)
}

/// Whether the elements are added as they are: floats to sums, `f64` to moments.
fn sums_directly(scheme: Scheme, dtype: DType) -> bool {
    match scheme {
        Scheme::Fold | Scheme::Place => true,
        Scheme::Sum | Scheme::Bins => dtype.is_float() || dtype.is_complex(),
        Scheme::Moments => matches!(dtype, DType::Float64 | DType::Complex128),
    }
}

/// Bytes of header, state and room for groups of rows.
fn state_and_group_bytes(scheme: Scheme, reduction: Reduction, dtype: DType, geometry: &Geometry) -> usize {
    let group_planes = match (scheme, geometry.inner) {
        (Scheme::Sum, Inner::Rows { .. }) if geometry.reduced_count > FEW_ROWS => 1,
        (Scheme::Moments, Inner::Rows { .. }) if geometry.reduced_count > FEW_ROWS => 2,
        _ => 0,
    };
    let output_bytes = scheme.output_bytes(reduction, dtype) + group_planes * size_of::<f64>();
    HEADER_BYTES + geometry.outputs * output_bytes
}

/// Adds floats to the pairs of a sum.
fn add_to_sum<T: Summand>(
    items: &[T],
    parts: Parts<'_>,
    geometry: &Geometry,
    state: &mut [u8],
    line: &mut [f64; LINE],
) -> Result<(), ElementError> {
    let rows = geometry.reduced_count;
    let has_groups = matches!(geometry.inner, Inner::Rows { .. }) && rows > FEW_ROWS;
    let (high, low, group) = if has_groups {
        let [high, low, group] = planes(state, geometry.outputs)?;
        (high, low, group)
    } else {
        let [high, low] = planes(state, geometry.outputs)?;
        (high, low, Default::default())
    };
    let planes = sum::Planes { high, low, group };
    match geometry.inner {
        inner @ Inner::Folded { .. } => sum::sum_parts(items, parts, inner, planes, line),
        Inner::Rows { .. } if has_groups => sum::sum_rows(items, parts, rows, planes),
        Inner::Rows { .. } => sum::sum_few_rows(items, parts, planes),
    }
    Ok(())
}

/// Adds floats to the bins of a sum.
fn add_to_bins<T: Summand>(
    items: &[T],
    parts: Parts<'_>,
    geometry: &Geometry,
    state: &mut [u8],
) -> Result<(), ElementError> {
    let planes = bins::Planes::new(planes(state, geometry.outputs)?);
    match geometry.inner {
        inner @ Inner::Folded { .. } => bins::bins_of_parts(items, parts, inner, planes),
        Inner::Rows { .. } => bins::bins_of_rows(items, parts, planes),
    }
    Ok(())
}

/// Adds floats to the moments.
fn add_to_moments(
    items: &[f64],
    parts: Parts<'_>,
    geometry: &Geometry,
    state: &mut [u8],
    distances: &mut [f64],
) -> Result<(), ElementError> {
    let rows = geometry.reduced_count;
    let has_groups = matches!(geometry.inner, Inner::Rows { .. }) && rows > FEW_ROWS;
    let ([mean, mean_low, squares, squares_low], [group_distances, group_squares]) = if has_groups {
        let [a, b, c, d, e, f] = planes(state, geometry.outputs)?;
        ([a, b, c, d], [e, f])
    } else {
        (planes(state, geometry.outputs)?, Default::default())
    };
    let planes = moments::Planes { mean, mean_low, squares, squares_low, group_distances, group_squares };
    match geometry.inner {
        Inner::Folded { length, kept } => {
            moments::moments_of_parts(items, parts, length, kept, planes, distances);
        }
        Inner::Rows { .. } if has_groups => moments::moments_of_rows(items, parts, rows, planes),
        Inner::Rows { .. } => moments::moments_of_few_rows(items, parts, planes),
    }
    Ok(())
}
