//! Filling a block with the random elements that belong at its places in the whole array.

use serde::{Deserialize, Serialize};

use super::binomial::Binomial;
use super::chacha::{Key, block};
use super::count::Geometric;
use super::float::{
    Cauchy, Exponential, Gumbel, Inverse, Laplace, Logistic, Normal, Pareto, Power, Rayleigh, Triangular,
    Uniform, Weibull,
};
use super::gamma::{Beta, Gamma, Quotient, Scaled, SmallBeta, StudentT, Wald};
use super::integer::{Bernoulli, Integers};
use super::permutation::{Permutation, Places};
use super::poisson::{NegativeBinomial, Poisson};
use super::rejection::Rejection;
use super::tile::{Draw, Sink, Tile};
use super::variate::Variate;
use crate::block::Block;
use crate::dispatch;
use crate::dtype::DType;
use crate::element::convert::Convert;
use crate::element::{Element, Plain, as_bytes, as_bytes_mut, slice_of_mut};
use crate::error::ElementError;
use crate::kernel::copy::CopyRun;
use crate::kernel::generate::each_stretch;
use crate::kernel::simd::{stream_copy, stream_fence};

/// One stretch of random words: that of one draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stream {
    /// Whose words.
    pub key: Key,
    /// Which of its streams; below 2^63, the others are for keys.
    pub number: u64,
}

impl Stream {
    /// The stream of a key whose block `c` begins with the key of child `c`.
    pub const CHILDREN: u64 = u64::MAX;
    /// The stream of a key whose block `s` begins with the key of the elements' own streams in draw `s`.
    const OWN: u64 = u64::MAX - 1;

    /// The key of the streams that single elements have to themselves.
    fn own_key(&self) -> Key {
        Key::from_block(&block(&self.key, Stream::OWN, self.number))
    }
}

/// Fills a block with `variate` at the flat (C order) indices of the whole array of `global_shape`; `axes` are the
/// places as in [`each_stretch`].
///
/// # Errors
/// [`ElementError::NotInFamily`] or [`ElementError::DTypeMismatch`] for a dtype that the variate does not have:
/// floats are `float32` or `float64` (`float32` is the other rounded), integers any integer dtype, counts `int64`,
/// truth values `bool`.
pub fn fill(
    block: &mut Block,
    variate: &Variate,
    stream: &Stream,
    global_shape: &[usize],
    axes: &[Vec<CopyRun>],
) -> Result<(), ElementError> {
    let (dtype, shape) = (block.dtype(), block.shape().to_vec());
    let bytes = block.as_bytes_mut()?;
    Target { dtype, bytes, stream, global_shape, axes, shape: &shape }.fill(variate)
}

/// Fills a slice with the elements of `variate` from flat index `first` on.
///
/// # Errors
/// As [`fill`].
pub fn fill_slice<T: Plain>(
    elements: &mut [T],
    variate: &Variate,
    stream: &Stream,
    first: usize,
) -> Result<(), ElementError> {
    let length = elements.len();
    let axes = [vec![CopyRun::piece(length, first, 0)]];
    let bytes = as_bytes_mut(elements);
    let target =
        Target { dtype: T::DTYPE, bytes, stream, global_shape: &[usize::MAX], axes: &axes, shape: &[length] };
    target.fill(variate)
}

/// From this many bytes on elements are written past the caches, in which they would not stay.
const STREAMED_BYTES: usize = 32 << 20;
/// Shorter pieces are not worth it.
const STREAMED_PIECE_BYTES: usize = 2048;

/// Elements to be filled.
struct Target<'a> {
    dtype: DType,
    bytes: &'a mut [u8],
    stream: &'a Stream,
    global_shape: &'a [usize],
    axes: &'a [Vec<CopyRun>],
    shape: &'a [usize],
}

impl<'a> Target<'a> {
    fn fill(mut self, variate: &Variate) -> Result<(), ElementError> {
        let target = &mut self;
        match *variate {
            Variate::Uniform { low, high } => {
                let limit = if target.dtype == DType::Float32 { below_f32(high) } else { high.next_down() };
                target.floats(&Inverse(Uniform { low, width: high - low, limit }))
            }
            Variate::Normal { mean, deviation } => {
                target.floats(&Normal { mean, deviation, exponential: false })
            }
            Variate::LogNormal { mean, deviation } => {
                target.floats(&Normal { mean, deviation, exponential: true })
            }
            Variate::Exponential { scale } => target.floats(&Inverse(Exponential(scale))),
            Variate::Cauchy { location, scale } => target.floats(&Inverse(Cauchy(location, scale))),
            Variate::Laplace { location, scale } => target.floats(&Inverse(Laplace(location, scale))),
            Variate::Logistic { location, scale } => target.floats(&Inverse(Logistic(location, scale))),
            Variate::Gumbel { location, scale } => target.floats(&Inverse(Gumbel(location, scale))),
            Variate::Weibull { shape_parameter, scale } => {
                target.floats(&Inverse(Weibull(shape_parameter, scale)))
            }
            Variate::Pareto { shape_parameter } => target.floats(&Inverse(Pareto(shape_parameter))),
            Variate::Power { shape_parameter } => target.floats(&Inverse(Power(shape_parameter))),
            Variate::Rayleigh { scale } => target.floats(&Inverse(Rayleigh(scale))),
            Variate::Triangular { left, mode, right } => {
                target.floats(&Inverse(Triangular(left, mode, right)))
            }
            Variate::Gamma { shape_parameter, scale } => {
                target.floats(&Rejection(Scaled(Gamma::new(shape_parameter), scale)))
            }
            Variate::Beta { alpha, beta } if alpha <= 1.0 && beta <= 1.0 => {
                target.floats(&Rejection(SmallBeta(alpha, beta)))
            }
            Variate::Beta { alpha, beta } => {
                target.floats(&Rejection(Beta(Gamma::new(alpha), Gamma::new(beta))))
            }
            Variate::ChiSquare { freedom } => {
                target.floats(&Rejection(Scaled(Gamma::new(0.5 * freedom), 2.0)))
            }
            Variate::FisherF { numerator, denominator } => {
                let (above, below) = (Gamma::new(0.5 * numerator), Gamma::new(0.5 * denominator));
                target.floats(&Rejection(Quotient(above, below, denominator / numerator)))
            }
            Variate::StudentT { freedom } => {
                target.floats(&Rejection(StudentT(Gamma::new(0.5 * freedom), freedom)))
            }
            Variate::Wald { mean, scale } => target.floats(&Rejection(Wald(mean, scale))),
            Variate::Bernoulli { probability } => target.as_they_are(&Bernoulli(probability)),
            Variate::Integers { low, high } => target.integers(&integers(low, high)),
            Variate::Distinct { population } => target.distinct(population),
            Variate::Geometric { probability } => target.as_they_are(&Geometric::new(probability)),
            Variate::Poisson { mean } => target.as_they_are(&Rejection(Poisson::new(mean))),
            Variate::Binomial { trials, probability } => {
                target.as_they_are(&Rejection(Binomial::new(trials, probability)))
            }
            Variate::NegativeBinomial { successes, probability } => {
                target.as_they_are(&Rejection(NegativeBinomial::new(successes, probability)))
            }
        }
    }

    /// Where the elements belong.
    fn layout(&self) -> Layout<'a> {
        Layout { stream: self.stream, global_shape: self.global_shape, axes: self.axes, shape: self.shape }
    }

    /// Fills a block of a float dtype.
    fn floats<D: Draw<Value = f64>>(&mut self, draw: &D) -> Result<(), ElementError> {
        if self.dtype == DType::Float64 {
            return self.as_they_are(draw);
        }
        dispatch!(self.dtype, Float(T) => self.converted::<T, D>(draw))?
    }

    /// Fills a block of an integer dtype.
    fn integers<D: Draw<Value = u64>>(&mut self, draw: &D) -> Result<(), ElementError> {
        let dtype = self.dtype;
        if !dtype.is_integer() {
            return Err(ElementError::NotInFamily { dtype, family: String::from("integer") });
        }
        dispatch!(dtype, Real(T) => self.converted::<T, D>(draw))?
    }

    /// Fills a block with the places of a permutation.
    fn distinct(&mut self, population: u64) -> Result<(), ElementError> {
        let permutation = Permutation::new(self.stream, population);
        let layout = self.layout();
        let elements = slice_of_mut::<i64>(self.bytes)?;
        layout.each(&mut Places::new(&permutation, |place, indices: &[u64]| {
            for (element, index) in elements[place..].iter_mut().zip(indices) {
                *element = index.cast_signed();
            }
        }));
        Ok(())
    }

    /// Fills a block whose elements are of the type that they are computed as.
    fn as_they_are<D: Draw>(&mut self, draw: &D) -> Result<(), ElementError> {
        let streamed = self.bytes.len() >= STREAMED_BYTES;
        if self.dtype != D::Value::DTYPE {
            return Err(ElementError::DTypeMismatch { expected: D::Value::DTYPE, found: self.dtype });
        }
        let layout = self.layout();
        let bytes = &mut *self.bytes;
        layout.draw(draw, |place, values| {
            let source = as_bytes(values);
            let first = place * size_of::<D::Value>();
            let target = &mut bytes[first..first + source.len()];
            if streamed && source.len() >= STREAMED_PIECE_BYTES {
                stream_copy(target, source);
            } else {
                target.copy_from_slice(source);
            }
        });
        if streamed {
            stream_fence();
        }
        Ok(())
    }

    /// Fills a block of elements made of those that are computed.
    fn converted<T, D>(&mut self, draw: &D) -> Result<(), ElementError>
    where
        T: Element,
        D: Draw,
        D::Value: Convert<T>,
    {
        let layout = self.layout();
        let elements = slice_of_mut::<T>(self.bytes)?;
        layout.draw(draw, |place, values| {
            for (element, value) in elements[place..].iter_mut().zip(values) {
                *element = value.convert();
            }
        });
        Ok(())
    }
}

/// The largest float32 below `high`, which is one.
#[expect(clippy::cast_possible_truncation, reason = "float32 numbers are asked for")]
fn below_f32(high: f64) -> f64 {
    f64::from((high as f32).next_down())
}

/// The range in 64 bits that wrap.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "64 bits are right for every dtype"
)]
fn integers(low: i128, high: i128) -> Integers {
    Integers { low: low as u64, last: high.wrapping_sub(low) as u64 }
}

/// Whose words the elements take, and where they belong.
struct Layout<'a> {
    stream: &'a Stream,
    global_shape: &'a [usize],
    axes: &'a [Vec<CopyRun>],
    shape: &'a [usize],
}

impl Layout<'_> {
    /// Makes every element, and has `store` put them.
    fn draw<D: Draw>(&self, draw: &D, store: impl FnMut(usize, &[D::Value])) {
        let own = self.stream.own_key();
        self.each(&mut Tile::new(draw, &self.stream.key, self.stream.number, &own, store));
    }

    /// Has `sink` take every element.
    fn each(&self, sink: &mut impl Sink) {
        let (Some((columns, rows)), Some((column_count, row_shape))) =
            (self.axes.split_last(), self.shape.split_last())
        else {
            sink.push(0, 0, 1);
            sink.flush();
            return;
        };
        let row_length = self.global_shape.last().copied().unwrap_or(1) as u64;
        // Rows are all axes but the last, along which elements are consecutive.
        each_stretch(rows, row_shape, |global, place, length| {
            let pairs = global.iter().zip(self.global_shape);
            let first = pairs.fold(0, |flat, (index, length)| flat * *length as u64 + *index as u64);
            for row in 0..length {
                let (index, place) = ((first + row as u64) * row_length, (place + row) * column_count);
                for run in columns {
                    let (index, place) = (index + run.source as u64, place + run.target);
                    let stride = run.source_stride as u64;
                    if run.target_stride == run.length.cast_signed() || run.repeats == 1 {
                        sink.push_run(index, stride, place, run.length, run.repeats);
                        continue;
                    }
                    for repeat in 0..run.repeats {
                        let target = place.wrapping_add_signed(run.target_stride * repeat.cast_signed());
                        sink.push(index.wrapping_add(stride.wrapping_mul(repeat as u64)), target, run.length);
                    }
                }
            }
        });
        sink.flush();
    }
}
