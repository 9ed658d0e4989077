//! Super-instructions: several operations on floats in one loop.
//!
//! - `(a first b) second c` of additions, subtractions and multiplications, where b and c are arrays or
//!   single values;
//! - `a * r + b * s` and `a * r - b * s`, where r and s are single values;
//! - `value link root(c)`, because a loop that waits for square roots has time for everything else.
//!
//! Each operation is rounded by itself, so a chain gives the bits that its operations give one after the other.

use super::erased::{Kernel, Outcome, binary};
use super::{Absolute, Add, Binary, Multiply, SquareRoot, Subtract, Unary};
use crate::dtype::DType;
use crate::element::{Plain, slice_of, slice_of_mut};

/// One link of a chain: which operation takes what came before, and on which side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// `value + operand`.
    Add,
    /// `value - operand`.
    Subtract,
    /// `operand - value`.
    SubtractFrom,
    /// `value * operand`.
    Multiply,
}

/// `operand - value`.
#[derive(Debug)]
enum SubtractFrom {}

impl Binary<f32> for SubtractFrom {
    type Output = f32;
    #[inline(always)]
    fn apply(x: f32, y: f32) -> f32 {
        y - x
    }
}

impl Binary<f64> for SubtractFrom {
    type Output = f64;
    #[inline(always)]
    fn apply(x: f64, y: f64) -> f64 {
        y - x
    }
}

/// How the operand of a link is read.
trait Access: 'static {
    /// How many elements of it `count` results need.
    fn length(count: usize) -> usize;
    /// The element that result `index` needs.
    fn get<T: Copy>(elements: &[T], index: usize) -> T;
}

/// An element for each result.
enum Each {}

/// The first element for all results.
enum First {}

impl Access for Each {
    #[inline(always)]
    fn length(count: usize) -> usize {
        count
    }
    #[inline(always)]
    fn get<T: Copy>(elements: &[T], index: usize) -> T {
        elements[index]
    }
}

impl Access for First {
    #[inline(always)]
    fn length(_count: usize) -> usize {
        1
    }
    #[inline(always)]
    fn get<T: Copy>(elements: &[T], _index: usize) -> T {
        elements[0]
    }
}

/// What both links of a chain do.
trait Chain<T: Plain>: 'static {
    type B: Access;
    type C: Access;
    fn apply(a: T, b: T, c: T) -> T;
}

/// The chain of two operations and two ways of reading.
struct Of<F, G, B, C>(std::marker::PhantomData<(F, G, B, C)>);

impl<T, F, G, B, C> Chain<T> for Of<F, G, B, C>
where
    T: Plain,
    F: Binary<T, Output = T>,
    G: Binary<T, Output = T>,
    B: Access,
    C: Access,
{
    type B = B;
    type C = C;
    #[inline(always)]
    fn apply(a: T, b: T, c: T) -> T {
        G::apply(F::apply(a, b), c)
    }
}

crate::multiversion! {
    fn chain<T: Plain, F: Chain<T>>(a: &[T], b: &[T], c: &[T], output: &mut [T]) {
        let count = output.len();
        let (a, b, c) = (&a[..count], &b[..F::B::length(count)], &c[..F::C::length(count)]);
        for index in 0..count {
            output[index] = F::apply(a[index], F::B::get(b, index), F::C::get(c, index));
        }
    }
}

crate::multiversion! {
    /// `F(a * r, b * s)`.
    fn scaled<T: Plain, F: Scaled<T>>(a: &[T], r: T, b: &[T], s: T, output: &mut [T]) {
        for ((a, b), out) in a.iter().zip(b).zip(output.iter_mut()) {
            *out = F::apply(*a, r, *b, s);
        }
    }
}

/// A function of two scaled values.
trait Scaled<T: Plain>: 'static {
    fn apply(a: T, r: T, b: T, s: T) -> T;
}

impl<T, F> Scaled<T> for Of<F, F, First, First>
where
    T: Plain,
    F: Binary<T, Output = T>,
    Multiply: Binary<T, Output = T>,
{
    #[inline(always)]
    fn apply(a: T, r: T, b: T, s: T) -> T {
        F::apply(Multiply::apply(a, r), Multiply::apply(b, s))
    }
}

fn erased_scaled<T: Plain, F: Scaled<T>>(inputs: &[&[u8]], output: &mut [u8]) -> Outcome {
    let (r, s): (&[T], &[T]) = (slice_of(inputs[1])?, slice_of(inputs[3])?);
    scaled::<T, F>(slice_of(inputs[0])?, r[0], slice_of(inputs[2])?, s[0], slice_of_mut(output)?);
    Ok(())
}

/// The kernel of `a * r + b * s`, or of the difference. Only floats have it.
pub(crate) fn scaled_kernel(dtype: DType, is_difference: bool) -> Option<Kernel> {
    match (dtype, is_difference) {
        (DType::Float32, false) => Some(erased_scaled::<f32, Of<Add, Add, First, First>>),
        (DType::Float32, true) => Some(erased_scaled::<f32, Of<Subtract, Subtract, First, First>>),
        (DType::Float64, false) => Some(erased_scaled::<f64, Of<Add, Add, First, First>>),
        (DType::Float64, true) => Some(erased_scaled::<f64, Of<Subtract, Subtract, First, First>>),
        _ => None,
    }
}

fn erased<T: Plain, F: Chain<T>>(inputs: &[&[u8]], output: &mut [u8]) -> Outcome {
    chain::<T, F>(slice_of(inputs[0])?, slice_of(inputs[1])?, slice_of(inputs[2])?, slice_of_mut(output)?);
    Ok(())
}

/// The kernel of `(a first b) second c`; for each operand whether it is a single value. Only floats have chains.
pub(crate) fn kernel(dtype: DType, first: (Link, bool), second: (Link, bool)) -> Option<Kernel> {
    match dtype {
        DType::Float32 => Some(by_first::<f32>(first, second)),
        DType::Float64 => Some(by_first::<f64>(first, second)),
        _ => None,
    }
}

fn by_first<T>(first: (Link, bool), second: (Link, bool)) -> Kernel
where
    T: Plain,
    Add: Binary<T, Output = T>,
    Subtract: Binary<T, Output = T>,
    SubtractFrom: Binary<T, Output = T>,
    Multiply: Binary<T, Output = T>,
{
    match first {
        (Link::Add, false) => by_second::<T, Add, Each>(second),
        (Link::Add, true) => by_second::<T, Add, First>(second),
        (Link::Subtract, false) => by_second::<T, Subtract, Each>(second),
        (Link::Subtract, true) => by_second::<T, Subtract, First>(second),
        (Link::SubtractFrom, false) => by_second::<T, SubtractFrom, Each>(second),
        (Link::SubtractFrom, true) => by_second::<T, SubtractFrom, First>(second),
        (Link::Multiply, false) => by_second::<T, Multiply, Each>(second),
        (Link::Multiply, true) => by_second::<T, Multiply, First>(second),
    }
}

fn by_second<T, F, B>(second: (Link, bool)) -> Kernel
where
    T: Plain,
    F: Binary<T, Output = T>,
    B: Access,
    Add: Binary<T, Output = T>,
    Subtract: Binary<T, Output = T>,
    SubtractFrom: Binary<T, Output = T>,
    Multiply: Binary<T, Output = T>,
{
    match second {
        (Link::Add, false) => erased::<T, Of<F, Add, B, Each>>,
        (Link::Add, true) => erased::<T, Of<F, Add, B, First>>,
        (Link::Subtract, false) => erased::<T, Of<F, Subtract, B, Each>>,
        (Link::Subtract, true) => erased::<T, Of<F, Subtract, B, First>>,
        (Link::SubtractFrom, false) => erased::<T, Of<F, SubtractFrom, B, Each>>,
        (Link::SubtractFrom, true) => erased::<T, Of<F, SubtractFrom, B, First>>,
        (Link::Multiply, false) => erased::<T, Of<F, Multiply, B, Each>>,
        (Link::Multiply, true) => erased::<T, Of<F, Multiply, B, First>>,
    }
}

/// What is made of an operand before a link takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    /// `sqrt(c)`.
    Root,
    /// `sqrt(abs(c))`.
    RootOfAbsolute,
}

/// `sqrt(abs(c))`.
enum RootOfAbsolute {}

impl Unary<f32> for RootOfAbsolute {
    type Output = f32;
    #[inline(always)]
    fn apply(x: f32) -> f32 {
        <SquareRoot as Unary<f32>>::apply(<Absolute as Unary<f32>>::apply(x))
    }
}

impl Unary<f64> for RootOfAbsolute {
    type Output = f64;
    #[inline(always)]
    fn apply(x: f64) -> f64 {
        <SquareRoot as Unary<f64>>::apply(<Absolute as Unary<f64>>::apply(x))
    }
}

/// `value F (U operand)` as a function of two elements.
struct After<F, U>(std::marker::PhantomData<(F, U)>);

impl<T, F, U> Binary<T> for After<F, U>
where
    T: Plain,
    F: Binary<T, Output = T>,
    U: Unary<T, Output = T>,
{
    type Output = T;
    #[inline(always)]
    fn apply(value: T, operand: T) -> T {
        F::apply(value, U::apply(operand))
    }
}

/// The kernel of `value link root(operand)`, both arrays. Only floats have it.
pub(crate) fn root_kernel(dtype: DType, link: Link, root: Root) -> Option<Kernel> {
    match dtype {
        DType::Float32 => Some(by_link::<f32>(link, root)),
        DType::Float64 => Some(by_link::<f64>(link, root)),
        _ => None,
    }
}

fn by_link<T>(link: Link, root: Root) -> Kernel
where
    T: Plain,
    Add: Binary<T, Output = T>,
    Subtract: Binary<T, Output = T>,
    SubtractFrom: Binary<T, Output = T>,
    Multiply: Binary<T, Output = T>,
    SquareRoot: Unary<T, Output = T>,
    RootOfAbsolute: Unary<T, Output = T>,
{
    match (link, root) {
        (Link::Add, Root::Root) => binary::<T, After<Add, SquareRoot>>,
        (Link::Add, Root::RootOfAbsolute) => binary::<T, After<Add, RootOfAbsolute>>,
        (Link::Subtract, Root::Root) => binary::<T, After<Subtract, SquareRoot>>,
        (Link::Subtract, Root::RootOfAbsolute) => binary::<T, After<Subtract, RootOfAbsolute>>,
        (Link::SubtractFrom, Root::Root) => binary::<T, After<SubtractFrom, SquareRoot>>,
        (Link::SubtractFrom, Root::RootOfAbsolute) => binary::<T, After<SubtractFrom, RootOfAbsolute>>,
        (Link::Multiply, Root::Root) => binary::<T, After<Multiply, SquareRoot>>,
        (Link::Multiply, Root::RootOfAbsolute) => binary::<T, After<Multiply, RootOfAbsolute>>,
    }
}
