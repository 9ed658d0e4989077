//! Scheme: how a reduction of a dtype is computed, and what its state looks like in bytes.
//!
//! State bytes are a header of [`HEADER_BYTES`], the count of elements met by each output first in it, and
//! the planes of the state one after the other, each with one number per output.

use crate::dtype::{DType, Kind};
use crate::element::{Plain, as_bytes, as_bytes_mut, slice_of_mut};
use crate::error::ElementError;
use crate::kernel::reduce::fold::Fold;
use crate::kernel::reduce::moments::Moment;
use crate::kernel::reduce::place::{merge_places, with_choice};
use crate::kernel::reduce::sum::two_sum;
use crate::kernel::reduce::{Reduction, bins};

/// What stands before the planes: as much as keeps them aligned.
pub(super) const HEADER_BYTES: usize = 64;

/// How a reduction is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// One value per output (see [`Fold`]).
    Fold,
    /// A pair of floats per output: two planes.
    Sum,
    /// Two pairs of floats per output: four planes.
    Moments,
    /// A position and a value per output.
    Place,
    /// Whole numbers of units of three levels per output, the level, and what else was met: eight planes.
    Bins,
}

/// Evaluates an expression with `$fold` standing for the fold of a reduction and a dtype.
///
/// Its value is a `Result`: reductions that are no folds have none.
macro_rules! with_fold {
    ($reduction:expr, $dtype:expr, $fold:ident => $body:expr) => {{
        use $crate::dtype::DType;
        use $crate::kernel::reduce::fold::*;
        macro_rules! with {
            ($type:ty) => {{
                type $fold = $type;
                $body
            }};
        }
        match ($reduction, $dtype) {
            (Reduction::Sum | Reduction::ReproducibleSum, DType::Bool) => with!(CountOf<u8>),
            (Reduction::Sum | Reduction::ReproducibleSum, DType::Int8) => with!(SumOf<i8>),
            (Reduction::Sum | Reduction::ReproducibleSum, DType::Int16) => with!(SumOf<i16>),
            (Reduction::Sum | Reduction::ReproducibleSum, DType::Int32) => with!(SumOf<i32>),
            (Reduction::Sum | Reduction::ReproducibleSum, DType::Int64) => with!(SumOf<i64>),
            (Reduction::Sum | Reduction::ReproducibleSum, DType::UInt8) => with!(SumOf<u8>),
            (Reduction::Sum | Reduction::ReproducibleSum, DType::UInt16) => with!(SumOf<u16>),
            (Reduction::Sum | Reduction::ReproducibleSum, DType::UInt32) => with!(SumOf<u32>),
            (Reduction::Sum | Reduction::ReproducibleSum, DType::UInt64) => with!(SumOf<u64>),
            (Reduction::Prod, DType::Bool) => with!(ProdBool),
            (Reduction::Prod, DType::Int8) => with!(ProdOf<i8>),
            (Reduction::Prod, DType::Int16) => with!(ProdOf<i16>),
            (Reduction::Prod, DType::Int32) => with!(ProdOf<i32>),
            (Reduction::Prod, DType::Int64) => with!(ProdOf<i64>),
            (Reduction::Prod, DType::UInt8) => with!(ProdOf<u8>),
            (Reduction::Prod, DType::UInt16) => with!(ProdOf<u16>),
            (Reduction::Prod, DType::UInt32) => with!(ProdOf<u32>),
            (Reduction::Prod, DType::UInt64) => with!(ProdOf<u64>),
            (Reduction::Prod, DType::Float32) => with!(ProdFloat<f32>),
            (Reduction::Prod, DType::Float64) => with!(ProdFloat<f64>),
            (Reduction::Prod, DType::Complex64) => with!(ProdComplex<$crate::Complex<f32>>),
            (Reduction::Prod, DType::Complex128) => with!(ProdComplex<$crate::Complex<f64>>),
            (Reduction::Min, DType::Bool) => with!(MinBool),
            (Reduction::Max, DType::Bool) => with!(MaxBool),
            (Reduction::Min, dtype) => {
                $crate::dispatch!(dtype, Number(T) => with!(MinOf<T>)).and_then(|result| result)
            }
            (Reduction::Max, dtype) => {
                $crate::dispatch!(dtype, Number(T) => with!(MaxOf<T>)).and_then(|result| result)
            }
            (Reduction::Any | Reduction::All | Reduction::CountNonzero, dtype) => {
                $crate::dispatch!(dtype, Stored(T) => with!(CountOf<T>))
            }
            (_, dtype) => Err($crate::ElementError::NotInFamily { dtype, family: String::from("folded") }),
        }
    }};
}

pub(super) use with_fold;

impl Scheme {
    /// How `reduction` of `dtype` is computed.
    pub(super) const fn of(reduction: Reduction, dtype: DType) -> Scheme {
        match reduction {
            Reduction::Sum if matches!(dtype.kind(), Kind::Float | Kind::Complex) => Scheme::Sum,
            Reduction::Mean => Scheme::Sum,
            Reduction::ArgMin | Reduction::ArgMax => Scheme::Place,
            Reduction::ReproducibleSum if matches!(dtype.kind(), Kind::Float | Kind::Complex) => Scheme::Bins,
            Reduction::ReproducibleMean => Scheme::Bins,
            Reduction::Var { .. } | Reduction::Std { .. } => Scheme::Moments,
            _ => Scheme::Fold,
        }
    }

    /// How many numbers, reduced each by itself, an element of `dtype` is: the parts of complex numbers.
    pub(super) const fn components(self, dtype: DType) -> usize {
        match self {
            Scheme::Sum | Scheme::Moments | Scheme::Bins if dtype.is_complex() => 2,
            _ => 1,
        }
    }

    /// Bytes of state per output.
    pub(super) fn output_bytes(self, reduction: Reduction, dtype: DType) -> usize {
        match self {
            Scheme::Fold => {
                let bytes: Result<usize, ElementError> =
                    with_fold!(reduction, dtype, F => Ok(size_of::<<F as Fold>::State>()));
                bytes.unwrap_or(0)
            }
            Scheme::Sum => 2 * size_of::<f64>(),
            Scheme::Moments => 4 * size_of::<f64>(),
            Scheme::Bins => bins::PLANES * size_of::<u64>(),
            Scheme::Place => size_of::<u64>() + dtype.size_bytes(),
        }
    }
}

/// `N` planes of `outputs` numbers, one after the other from the begin of `bytes` on.
pub(super) fn planes<T: Plain, const N: usize>(
    bytes: &mut [u8],
    outputs: usize,
) -> Result<[&mut [T]; N], ElementError> {
    let needed = outputs * size_of::<T>() * N;
    let found_bytes = bytes.len();
    let Some(bytes) = bytes.get_mut(..needed) else {
        return Err(ElementError::SizeMismatch { expected_bytes: needed, found_bytes });
    };
    let mut rest = slice_of_mut::<T>(bytes)?;
    Ok(std::array::from_fn(|_| {
        let (plane, later) = std::mem::take(&mut rest).split_at_mut(outputs);
        rest = later;
        plane
    }))
}

/// The count in the header of a state.
pub(super) fn count_in(state: &[u8]) -> u64 {
    let mut count = [0];
    as_bytes_mut(&mut count).copy_from_slice(&state[..size_of::<u64>()]);
    count[0]
}

/// Writes the count into the header of a state.
pub(super) fn set_count(state: &mut [u8], count: u64) {
    state[..HEADER_BYTES].fill(0);
    state[..size_of::<u64>()].copy_from_slice(as_bytes(&[count]));
}

/// Merges the state bytes `other` into `into`, which comes from earlier ranks. They begin at any address.
///
/// # Errors
/// [`ElementError::StateMismatch`] if they are not states of one result shape.
pub fn merge_states(
    reduction: Reduction,
    dtype: DType,
    into: &mut [u8],
    other: &[u8],
) -> Result<(), ElementError> {
    let mismatch = ElementError::StateMismatch { expected: into.len(), found: other.len() };
    let scheme = Scheme::of(reduction, dtype);
    let output_bytes = scheme.output_bytes(reduction, dtype);
    let is_whole =
        into.len() >= HEADER_BYTES && (into.len() - HEADER_BYTES).is_multiple_of(output_bytes.max(1));
    if into.len() != other.len() || !is_whole {
        return Err(mismatch);
    }
    let (count, other_count) = (count_in(into), count_in(other));
    let (header, into) = into.split_at_mut(HEADER_BYTES);
    let other = &other[HEADER_BYTES..];
    match scheme {
        Scheme::Fold => with_fold!(reduction, dtype, F => {
            merge_folds::<F>(into, other);
            Ok(())
        })?,
        Scheme::Sum => merge_planes::<2>(into, other, |mine, theirs| {
            let (sum, error) = two_sum(mine[0], theirs[0]);
            [sum, mine[1] + theirs[1] + error]
        }),
        Scheme::Place => with_choice!(reduction, dtype, F => {
            merge_places::<F>(into, other);
            Ok(())
        })?,
        Scheme::Bins => merge_planes::<{ bins::PLANES }>(into, other, bins::merged),
        Scheme::Moments if other_count == 0 => {}
        Scheme::Moments if count == 0 => into.copy_from_slice(other),
        Scheme::Moments => merge_planes::<4>(into, other, |mine, theirs| {
            let moment =
                |planes: [f64; 4]| Moment { mean: (planes[0], planes[1]), squares: (planes[2], planes[3]) };
            let merged = moment(mine).merged(count as f64, moment(theirs), other_count as f64);
            [merged.mean.0, merged.mean.1, merged.squares.0, merged.squares.1]
        }),
    }
    set_count(header, count + other_count);
    Ok(())
}

/// How many numbers are brought to an aligned place at a time.
const CHUNK: usize = 256;

/// Merges one plane of states.
fn merge_folds<F: Fold>(into: &mut [u8], other: &[u8]) {
    let mut mine = [F::START_STATE; CHUNK];
    let mut theirs = [F::START_STATE; CHUNK];
    let chunk_bytes = CHUNK * size_of::<F::State>();
    for (into, other) in into.chunks_mut(chunk_bytes).zip(other.chunks(chunk_bytes)) {
        as_bytes_mut(&mut mine)[..into.len()].copy_from_slice(into);
        as_bytes_mut(&mut theirs)[..other.len()].copy_from_slice(other);
        for (mine, theirs) in mine.iter_mut().zip(&theirs) {
            *mine = F::merge(*mine, *theirs);
        }
        into.copy_from_slice(&as_bytes(&mine)[..into.len()]);
    }
}

/// Merges `N` planes of floats output by output.
fn merge_planes<const N: usize>(
    into: &mut [u8],
    other: &[u8],
    merge: impl Fn([f64; N], [f64; N]) -> [f64; N],
) {
    let (into, _) = into.as_chunks_mut::<8>();
    let (other, _) = other.as_chunks::<8>();
    let outputs = into.len() / N;
    for output in 0..outputs {
        let place = |plane: usize| plane * outputs + output;
        let mine = std::array::from_fn(|plane| f64::from_ne_bytes(into[place(plane)]));
        let theirs = std::array::from_fn(|plane| f64::from_ne_bytes(other[place(plane)]));
        for (plane, value) in merge(mine, theirs).into_iter().enumerate() {
            into[place(plane)] = value.to_ne_bytes();
        }
    }
}
