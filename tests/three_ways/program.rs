//! Programs by chance over every operation of the library, as data, and the one who runs them.

use distarray::core::ufunc::Ufunc;
use distarray::core::{Block, Complex, Pool, Weak};
use distarray::lazy::{IndexTerm, Operand, apply};
use distarray::maps::Boundary;
use distarray::prelude::*;
use distarray::random::{
    Family, Generator, Kind, RandomArrays, Replacement, Variate, VectorVariate, multivariate_normal,
};
use distarray::spmd::compute::stencil::Stencil;
use ndarray::{Array1, Array2};

/// A small generator of numbers by chance: the programs must be the same on every rank and in every process.
///
/// # Source
/// G. L. Steele, D. Lea, C. H. Flood, Fast splittable pseudorandom number generators, OOPSLA 2014 (SplitMix64).
#[derive(Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("below a usize")
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }
}

/// One step of a program. Operands are the numbers of earlier steps.
#[derive(Clone, Debug)]
enum Step {
    Full(Distribution, Scalar),
    Ramp(Distribution, Scalar, Scalar),
    Points(Distribution),
    Given(Distribution, DType, u64),
    Random(Distribution, Kind, DType, u64),
    Permutation(Distribution, u64),
    WeightedChoice(Distribution, u64),
    Apply(Ufunc, Vec<usize>),
    WithNumber(Ufunc, usize, Weak),
    Clip(usize, usize),
    Cast(usize, DType),
    Reduce(Reduction, usize, Vec<isize>, bool),
    Move(usize, u64),
    Shuffle(usize, u64),
    Stencil(usize, u64),
    Index(usize, u64),
    Transpose(usize, u64),
    Assign(usize, usize, u64),
    InPlace(Ufunc, usize, usize, u64),
}

/// A program: steps that make arrays of arrays.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    steps: Vec<Step>,
    /// After which step each value is used for the last time.
    last_uses: Vec<usize>,
    ranks: usize,
}

const REDUCTIONS: [Reduction; 10] = [
    Reduction::Sum,
    Reduction::Prod,
    Reduction::Min,
    Reduction::Max,
    Reduction::Mean,
    Reduction::Var { ddof: 0 },
    Reduction::Std { ddof: 1 },
    Reduction::Any,
    Reduction::All,
    Reduction::CountNonzero,
];

const VARIATES: [(Variate, DType); 5] = [
    (Variate::Normal { mean: 1.0, deviation: 2.0 }, DType::Float64),
    (Variate::Gamma { shape_parameter: 0.5, scale: 1.0 }, DType::Float32),
    (Variate::Integers { low: -3, high: 8 }, DType::Int8),
    (Variate::Poisson { mean: 50.0 }, DType::Int64),
    (Variate::Bernoulli { probability: 0.25 }, DType::Bool),
];

/// Vectors of so many components, more than none.
fn vectors(components: usize, chance: &mut Chance) -> (Kind, DType) {
    let shares = vec![1.0 / components as f64; components];
    let diagonal = Array2::from_diag(&Array1::from(shares.clone()));
    let variate = match chance.below(4) {
        0 => VectorVariate::Dirichlet { alpha: shares },
        1 => VectorVariate::Multinomial { trials: 1000, probabilities: shares },
        2 => VectorVariate::MultivariateHypergeometric { colors: vec![50; components], sample: 20 },
        _ => multivariate_normal(&shares, &(diagonal + 0.5)).expect("a covariance"),
    };
    let is_count = matches!(variate.family(), Family::Count);
    (variate.into(), if is_count { DType::Int64 } else { DType::Float64 })
}

/// Some distribution of `shape`: any kind of map per axis, any grid that fits the ranks.
fn distribution(shape: &[usize], ranks: usize, chance: &mut Chance) -> Distribution {
    let mut left = ranks;
    let mut grid = Vec::new();
    let axes: Vec<AxisMap> = shape
        .iter()
        .map(|&length| {
            let parts = 1 + chance.below(left);
            left /= parts;
            grid.push(parts);
            let map = match chance.below(6) {
                0 if parts == 1 => Ok(AxisMap::replicated(length)),
                0 | 1 => AxisMap::block(length, parts),
                2 => AxisMap::cyclic(length, parts),
                3 => AxisMap::block_cyclic(length, parts, 1 + chance.below(4)),
                4 => {
                    let mut bounds: Vec<usize> = (1..parts).map(|_| chance.below(length + 1)).collect();
                    bounds.sort_unstable();
                    bounds.insert(0, 0);
                    bounds.push(length);
                    AxisMap::block_with_bounds(&bounds)
                }
                _ => {
                    let mut lists = vec![Vec::new(); parts];
                    for index in 0..length {
                        lists[chance.below(parts)].push(index);
                    }
                    AxisMap::unstructured(lists)
                }
            };
            map.expect("a map that makes sense")
        })
        .collect();
    let cells: usize = grid.iter().product();
    let copies = if chance.one_in(3) { ranks / cells } else { 1 };
    let first = chance.below(ranks - cells * copies + 1);
    let chosen: Vec<usize> = (first..first + cells * copies).collect();
    let grid = Grid::with_ranks(&grid, copies, &chosen).expect("a grid that fits");
    Distribution::new(shape, axes, grid).expect("axes and grid agree")
}

/// A shape that broadcasts with the others of its program.
fn shape(base: &[usize; 3], chance: &mut Chance) -> Vec<usize> {
    let ndim = chance.pick(&[0, 1, 2, 2, 3, 3]);
    base[3 - ndim..].iter().map(|&length| if chance.one_in(5) { 1 } else { length }).collect()
}

fn number(dtype: DType, value: usize) -> Scalar {
    Scalar::Float64(value as f64).cast(dtype)
}

impl Program {
    /// The program of a seed, for so many ranks.
    pub(crate) fn new(seed: u64, ranks: usize) -> Self {
        let chance = &mut Chance::new(seed);
        let base = chance.pick(&[[7, 5, 3], [1, 4, 9], [2, 0, 3], [11, 1, 2], [3, 1100, 2]]);
        let mut steps: Vec<Step> = Vec::new();
        for number in 0..5 + chance.below(12) {
            steps.push(Self::step(number, &base, ranks, chance));
        }
        let mut last_uses: Vec<usize> = (0..steps.len()).collect();
        for (number, step) in steps.iter().enumerate() {
            for operand in step.operands() {
                last_uses[operand] = number;
            }
        }
        Self { steps, last_uses, ranks }
    }

    fn step(number: usize, base: &[usize; 3], ranks: usize, chance: &mut Chance) -> Step {
        if number < 2 || chance.one_in(6) {
            let kind = chance.below(8);
            let shape = if kind == 5 { vec![base[2]] } else { shape(base, chance) };
            let distribution = distribution(&shape, ranks, chance);
            let dtype = chance.pick(&DType::ALL);
            return match kind {
                0 => Step::Full(distribution, self::number(dtype, chance.below(5))),
                1 if dtype != DType::Bool => {
                    let (start, step) = (chance.below(3), 1 + chance.below(3));
                    Step::Ramp(distribution, self::number(dtype, start), self::number(dtype, step))
                }
                2 => Step::Points(distribution),
                4 => {
                    let (variate, dtype) = chance.pick(&VARIATES);
                    Step::Random(distribution, variate.into(), dtype, chance.next())
                }
                5 => Step::Permutation(distribution, chance.next()),
                6 if shape.last().is_some_and(|&components| components > 0) => {
                    let (kind, dtype) = vectors(shape[shape.len() - 1], chance);
                    Step::Random(distribution, kind, dtype, chance.next())
                }
                7 => Step::WeightedChoice(distribution, chance.next()),
                _ => Step::Given(distribution, dtype, chance.next()),
            };
        }
        let mut operand = || chance.below(number);
        let operands = [operand(), operand(), operand()];
        match chance.below(19) {
            15 => Step::Index(operands[0], chance.next()),
            16 => Step::Transpose(operands[0], chance.next()),
            17 => Step::Assign(operands[0], operands[1], chance.next()),
            18 => {
                let ufunc = chance.pick(&[Ufunc::Add, Ufunc::Multiply, Ufunc::Maximum]);
                Step::InPlace(ufunc, operands[0], operands[1], chance.next())
            }
            0 => Step::Clip(operands[0], operands[1]),
            1 => Step::Cast(operands[0], chance.pick(&DType::ALL)),
            2..=4 => {
                let axes = (-3..0).filter(|_| chance.one_in(2)).collect();
                Step::Reduce(chance.pick(&REDUCTIONS), operands[0], axes, chance.one_in(2))
            }
            5 | 6 => Step::Move(operands[0], chance.next()),
            7 => {
                let weak = chance.pick(&[Weak::Int(3), Weak::Float(0.5), Weak::Bool(true), Weak::Int(-2)]);
                Step::WithNumber(chance.pick(&[Ufunc::Add, Ufunc::Multiply, Ufunc::Less]), operands[0], weak)
            }
            8 => Step::Shuffle(operands[0], chance.next()),
            9 => Step::Stencil(operands[0], chance.next()),
            _ => {
                let ufunc = chance.pick(Ufunc::ALL);
                Step::Apply(ufunc, operands[..ufunc.arity()].to_vec())
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.steps.len()
    }

    /// Runs it. `holds` says whose handles are kept to the end, the others are dropped after their last use;
    /// `stops` after which steps `at_stop` is called. The elements of what was held, by step.
    pub(crate) fn run(
        &self,
        context: &Context,
        holds: impl Fn(usize) -> bool,
        stops: impl Fn(usize) -> bool,
        mut at_stop: impl FnMut(&Context, &DistArray) -> Result<(), Error>,
    ) -> Result<Vec<Option<Elements>>, Error> {
        let mut values: Vec<Option<DistArray>> = Vec::new();
        for (number, step) in self.steps.iter().enumerate() {
            let mut value = step.write(context, &values, self.ranks)?;
            if value.error().is_some() {
                // Shapes or dtypes that do not go together: the first operand instead.
                value = values[step.operands()[0]].clone().expect("is used here");
            }
            if stops(number) {
                at_stop(context, &value)?;
            }
            values.push(Some(value));
            for (earlier, value) in values.iter_mut().enumerate() {
                if self.last_uses[earlier] <= number && !holds(earlier) {
                    *value = None;
                }
            }
        }
        values.iter().map(|value| value.as_ref().map(Elements::of).transpose()).collect()
    }
}

impl Step {
    fn operands(&self) -> Vec<usize> {
        match self {
            Step::Full(..)
            | Step::Ramp(..)
            | Step::Points(..)
            | Step::Given(..)
            | Step::Random(..)
            | Step::Permutation(..)
            | Step::WeightedChoice(..) => Vec::new(),
            Step::Apply(_, operands) => operands.clone(),
            Step::Clip(first, second)
            | Step::Assign(first, second, _)
            | Step::InPlace(_, first, second, _) => vec![*first, *second],
            Step::WithNumber(_, operand, _)
            | Step::Cast(operand, _)
            | Step::Reduce(_, operand, ..)
            | Step::Move(operand, _)
            | Step::Shuffle(operand, _)
            | Step::Stencil(operand, _)
            | Step::Index(operand, _)
            | Step::Transpose(operand, _) => vec![*operand],
        }
    }

    fn write(
        &self,
        context: &Context,
        values: &[Option<DistArray>],
        ranks: usize,
    ) -> Result<DistArray, Error> {
        let value = |number: usize| values[number].as_ref().expect("is used here");
        Ok(match self {
            Step::Full(distribution, value) => context.full(distribution, *value),
            Step::Ramp(distribution, start, step) => context.ramp(distribution, *start, *step),
            Step::Points(distribution) => context.points(distribution, -2.0, 3.0),
            Step::Given(distribution, dtype, seed) => {
                let block = given(distribution.shape(), *dtype, *seed)?;
                context.array_of(&block, distribution)
            }
            Step::Random(distribution, kind, dtype, seed) => {
                context.random(&mut Generator::new(*seed), kind.clone(), *dtype, distribution)?
            }
            Step::Permutation(distribution, seed) => {
                context.permutation(&mut Generator::new(*seed), distribution)?
            }
            Step::WeightedChoice(distribution, seed) => {
                let chance = &mut Chance::new(*seed);
                let count = distribution.size();
                let replacement = chance.pick(&[Replacement::With, Replacement::Without]);
                // A sum of powers of two is exactly 1, however it is added up.
                let length = (count + 1 + chance.below(20)).next_power_of_two();
                let lies = self::distribution(&[length], ranks, chance);
                let weights = context.full(&lies, Scalar::Float64(1.0 / length as f64));
                context.weighted_choice(&mut Generator::new(*seed), &weights, replacement, distribution)?
            }
            // Integer powers of negative exponents are refused while they run.
            Step::Apply(Ufunc::Power, operands) if !value(operands[1]).dtype()?.is_float() => {
                apply(context, Ufunc::Maximum, &[value(operands[0]).into(), value(operands[1]).into()])
            }
            Step::Apply(ufunc, operands) => {
                let operands: Vec<Operand> = operands.iter().map(|operand| value(*operand).into()).collect();
                apply(context, *ufunc, &operands)
            }
            Step::WithNumber(ufunc, operand, weak) => {
                apply(context, *ufunc, &[value(*operand).into(), (*weak).into()])
            }
            Step::Clip(operand, low) => value(*operand).clip(value(*low), 2),
            Step::Cast(operand, dtype) => value(*operand).astype(*dtype),
            Step::Reduce(reduction, operand, axes, keepdims) => {
                let operand = value(*operand);
                let ndim = operand.ndim().cast_signed();
                let axes: Vec<isize> = axes.iter().copied().filter(|axis| -axis <= ndim).collect();
                operand.reduce(*reduction, Axes::Some(axes), *keepdims)
            }
            Step::Move(operand, seed) => {
                let operand = value(*operand);
                operand.redistribute(distribution(operand.shape(), ranks, &mut Chance::new(*seed)))
            }
            // A number has no rows.
            Step::Shuffle(operand, _) if value(*operand).ndim() == 0 => value(*operand).clone(),
            Step::Shuffle(operand, seed) => {
                let operand = value(*operand);
                let axis = Chance::new(*seed).below(operand.ndim());
                context.shuffled(&mut Generator::new(*seed), operand, axis.cast_signed())?
            }
            Step::Stencil(operand, seed) => {
                let operand = value(*operand);
                let (stencil, boundaries) = stencil(operand.ndim(), &mut Chance::new(*seed))?;
                operand.stencil(stencil, boundaries)
            }
            Step::Index(operand, seed) => {
                let operand = value(*operand);
                operand.index(index(operand.shape(), &mut Chance::new(*seed)))
            }
            Step::Transpose(operand, seed) => {
                let operand = value(*operand);
                let chance = &mut Chance::new(*seed);
                let mut axes: Vec<isize> = (0..operand.ndim().cast_signed()).collect();
                (0..axes.len()).for_each(|place| axes.swap(place, chance.below(place + 1)));
                operand.transpose(Axes::Some(axes))
            }
            Step::Assign(operand, given, seed) => {
                let mut array = value(*operand).clone();
                let index = index(array.shape(), &mut Chance::new(*seed));
                // A value that does not fit changes nothing.
                let _ = array.index_mut(index).assign(value(*given));
                array
            }
            Step::InPlace(ufunc, operand, given, seed) => {
                let mut array = value(*operand).clone();
                let index = index(array.shape(), &mut Chance::new(*seed));
                let _ = array.index_mut(index).apply(*ufunc, value(*given));
                array
            }
        })
    }
}

/// An index of some of the axes.
fn index(shape: &[usize], chance: &mut Chance) -> Index {
    let mut terms = Vec::new();
    for &length in shape {
        let mut end = || {
            let end = chance.below(2 * length + 1).cast_signed() - length.cast_signed();
            (!chance.one_in(3)).then_some(end as i64)
        };
        let (start, stop) = (end(), end());
        terms.push(match chance.below(7) {
            0 if length > 0 => IndexTerm::At(chance.below(length) as i64),
            1 | 2 => IndexTerm::Slice { start, stop, step: Some(chance.pick(&[-1, 2, -3])) },
            3 => IndexTerm::Slice { start: None, stop: None, step: None },
            _ => IndexTerm::Slice { start: start.filter(|start| *start < 2), stop: None, step: None },
        });
    }
    if chance.one_in(4) {
        terms.insert(chance.below(terms.len() + 1), IndexTerm::NewAxis);
    }
    if chance.one_in(4) {
        terms.push(IndexTerm::Ellipsis);
    }
    Index::new(terms)
}

/// A few taps, now and then far away, and a boundary for each axis.
fn stencil(ndim: usize, chance: &mut Chance) -> Result<(Stencil, Vec<Boundary>), Error> {
    let mut taps = Vec::new();
    for _ in 0..1 + chance.below(5) {
        let reach = if chance.one_in(6) { 5 } else { 1 };
        let offset =
            (0..ndim).map(|_| chance.below(2 * reach + 1).cast_signed() - reach.cast_signed()).collect();
        taps.push((offset, chance.pick(&[Weak::Int(3), Weak::Int(1), Weak::Float(0.3), Weak::Bool(true)])));
    }
    let kinds = [Boundary::None, Boundary::Constant, Boundary::Periodic, Boundary::Reflect];
    let boundaries =
        if ndim == 0 { vec![Boundary::None] } else { (0..ndim).map(|_| chance.pick(&kinds)).collect() };
    Ok((Stencil::new(taps)?.with_constant(2), boundaries))
}

/// Elements by chance, among them what is special.
fn given(shape: &[usize], dtype: DType, seed: u64) -> Result<Block, Error> {
    let chance = &mut Chance::new(seed);
    let special = [0.0, -0.0, 1.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, 5e-324, 0.1];
    let count: usize = shape.iter().product();
    let mut value = || {
        if chance.one_in(4) { chance.pick(&special) } else { chance.below(2000) as f64 / 16.0 - 40.0 }
    };
    let values: Vec<Complex<f64>> = (0..count).map(|_| Complex::new(value(), value())).collect();
    let block = Block::from_slice(shape, &values, &Pool::new(None))?;
    Ok(block.cast(dtype, &Pool::new(None))?)
}

/// What an array holds, to be compared bit by bit; NaNs are alike, whatever their bits.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Elements {
    dtype: DType,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Elements {
    fn of(array: &DistArray) -> Result<Self, Error> {
        let block = array.fetch_block()?;
        let mut bytes = block.as_bytes().to_vec();
        match block.dtype() {
            DType::Float32 | DType::Complex64 => {
                for item in bytes.as_chunks_mut::<4>().0 {
                    if f32::from_ne_bytes(*item).is_nan() {
                        *item = f32::NAN.to_ne_bytes();
                    }
                }
            }
            DType::Float64 | DType::Complex128 => {
                for item in bytes.as_chunks_mut::<8>().0 {
                    if f64::from_ne_bytes(*item).is_nan() {
                        *item = f64::NAN.to_ne_bytes();
                    }
                }
            }
            _ => {}
        }
        Ok(Self { dtype: block.dtype(), shape: block.shape().to_vec(), bytes })
    }
}
