//! Fold: reductions whose state is one value per element of the result. One small type each.

use std::marker::PhantomData;

use num_complex::Complex;

use crate::element::convert::Convert;
use crate::element::{Element, Plain};

/// How elements are folded: in lanes within a part of a tile, then into the state.
///
/// `START` is neutral bit for bit: joining it to a lane gives that lane.
pub(super) trait Fold {
    type Item: Plain;
    /// What a lane holds: wide enough for the elements of one tile.
    type Lane: Copy;
    type State: Plain;
    const START: Self::Lane;
    const START_STATE: Self::State;
    /// Whether the order of the elements makes no difference to any bit.
    const IN_ANY_ORDER: bool;
    /// A lane with one more element.
    fn take(lane: Self::Lane, item: Self::Item) -> Self::Lane;
    /// Two lanes as one.
    fn join(first: Self::Lane, second: Self::Lane) -> Self::Lane;
    /// The state with a lane.
    fn absorb(state: Self::State, lane: Self::Lane) -> Self::State;
    /// Two states as one.
    fn merge(first: Self::State, second: Self::State) -> Self::State;
}

/// Sum of integers, which wraps in 64 bits.
pub(super) struct SumOf<T>(PhantomData<T>);
/// Product of integers, which wraps in 64 bits.
pub(super) struct ProdOf<T>(PhantomData<T>);
/// Product of real floats, in `f64`.
pub(super) struct ProdFloat<T>(PhantomData<T>);
/// Product of complex numbers, in `Complex<f64>`.
pub(super) struct ProdComplex<T>(PhantomData<T>);
/// Count of what is not zero.
pub(super) struct CountOf<T>(PhantomData<T>);
/// Product of truth values.
pub(super) struct ProdBool;
/// The smallest.
pub(super) struct MinOf<T>(PhantomData<T>);
/// The largest.
pub(super) struct MaxOf<T>(PhantomData<T>);
/// Whether all are true.
pub(super) struct MinBool;
/// Whether any is true.
pub(super) struct MaxBool;

macro_rules! integers {
    ($($item:ty, $lane:ty, $state:ty;)+) => {$(
        impl Fold for SumOf<$item> {
            type Item = $item;
            type Lane = $lane;
            type State = $state;
            const START: $lane = 0;
            const START_STATE: $state = 0;
            const IN_ANY_ORDER: bool = true;

            #[inline(always)]
            fn take(lane: $lane, item: $item) -> $lane {
                lane.wrapping_add(<$lane>::from(item))
            }

            #[inline(always)]
            fn join(first: $lane, second: $lane) -> $lane {
                first.wrapping_add(second)
            }

            #[inline(always)]
            fn absorb(state: $state, lane: $lane) -> $state {
                state.wrapping_add(<$state>::from(lane))
            }

            #[inline(always)]
            fn merge(first: $state, second: $state) -> $state {
                first.wrapping_add(second)
            }
        }

        impl Fold for ProdOf<$item> {
            type Item = $item;
            type Lane = $state;
            type State = $state;
            const START: $state = 1;
            const START_STATE: $state = 1;
            const IN_ANY_ORDER: bool = true;

            #[inline(always)]
            fn take(lane: $state, item: $item) -> $state {
                lane.wrapping_mul(<$state>::from(item))
            }

            #[inline(always)]
            fn join(first: $state, second: $state) -> $state {
                first.wrapping_mul(second)
            }

            #[inline(always)]
            fn absorb(state: $state, lane: $state) -> $state {
                state.wrapping_mul(lane)
            }

            #[inline(always)]
            fn merge(first: $state, second: $state) -> $state {
                first.wrapping_mul(second)
            }
        }
    )+};
}

integers! {
    i8, i32, i64;
    i16, i32, i64;
    i32, i64, i64;
    i64, i64, i64;
    u8, u32, u64;
    u16, u32, u64;
    u32, u64, u64;
    u64, u64, u64;
}

impl<T: Plain> Fold for CountOf<T> {
    type Item = T;
    type Lane = u32;
    type State = i64;
    const START: u32 = 0;
    const START_STATE: i64 = 0;
    const IN_ANY_ORDER: bool = true;

    #[inline(always)]
    fn take(lane: u32, item: T) -> u32 {
        lane + u32::from(item != T::ZERO)
    }

    #[inline(always)]
    fn join(first: u32, second: u32) -> u32 {
        first + second
    }

    #[inline(always)]
    fn absorb(state: i64, lane: u32) -> i64 {
        state + i64::from(lane)
    }

    #[inline(always)]
    fn merge(first: i64, second: i64) -> i64 {
        first + second
    }
}

/// A fold whose lanes are its states, by one operation on them.
macro_rules! by_operation {
    ($([$($generic:tt)*] $fold:ty, $item:ty, $state:ty, $start:expr, $in_any_order:expr,
        |$given:ident| $convert:expr, |$first:ident, $second:ident| $operation:expr;)+) => {$(
        impl<$($generic)*> Fold for $fold {
            type Item = $item;
            type Lane = $state;
            type State = $state;
            const START: $state = $start;
            const START_STATE: $state = $start;
            const IN_ANY_ORDER: bool = $in_any_order;

            #[inline(always)]
            fn take($first: $state, $given: $item) -> $state {
                let $second: $state = $convert;
                $operation
            }

            #[inline(always)]
            fn join($first: $state, $second: $state) -> $state {
                $operation
            }

            #[inline(always)]
            fn absorb($first: $state, $second: $state) -> $state {
                $operation
            }

            #[inline(always)]
            fn merge($first: $state, $second: $state) -> $state {
                $operation
            }
        }
    )+};
}

by_operation! {
    [T: Convert<f64> + Plain] ProdFloat<T>, T, f64, 1.0, false,
        |item| item.convert(), |first, second| first * second;
    [T: Convert<Complex<f64>> + Plain] ProdComplex<T>, T, Complex<f64>, <Complex<f64> as Element>::ONE, false,
        |item| item.convert(), |first, second| times(first, second);
    [] ProdBool, u8, i64, 1, true, |item| i64::from(item != 0), |first, second| first * second;
    [] MinBool, u8, u8, 1, true, |item| u8::from(item != 0), |first, second| first & second;
    [] MaxBool, u8, u8, 0, true, |item| u8::from(item != 0), |first, second| first | second;
    [T: Extreme] MinOf<T>, T, T, T::HIGHEST, T::IN_ANY_ORDER,
        |item| item, |first, second| if first.stays_below(second) { first } else { second };
    [T: Extreme] MaxOf<T>, T, T, T::LOWEST, T::IN_ANY_ORDER,
        |item| item, |first, second| if first.stays_above(second) { first } else { second };
}

/// The product of complex numbers as written in textbooks, which is what NumPy computes.
#[inline(always)]
fn times(first: Complex<f64>, second: Complex<f64>) -> Complex<f64> {
    Complex::new(first.re * second.re - first.im * second.im, first.re * second.im + first.im * second.re)
}

/// Elements of which there is a smallest and a largest. NaN stays, whichever side it comes from.
pub(super) trait Extreme: Plain {
    /// Whether equal elements are the same: not so for floats, of which zero has two signs.
    const IN_ANY_ORDER: bool;
    /// Below or equal to everything.
    const LOWEST: Self;
    /// Above or equal to everything.
    const HIGHEST: Self;
    /// Whether `self` is the smaller of the two, or no number.
    fn stays_below(self, other: Self) -> bool;
    /// Whether `self` is the larger of the two, or no number.
    fn stays_above(self, other: Self) -> bool;
}

macro_rules! extremes {
    ($($type:ty, $lowest:expr, $highest:expr, $in_any_order:expr, |$value:ident| $is_nan:expr;)+) => {$(
        impl Extreme for $type {
            const IN_ANY_ORDER: bool = $in_any_order;
            const LOWEST: Self = $lowest;
            const HIGHEST: Self = $highest;

            #[inline(always)]
            fn stays_below(self, other: Self) -> bool {
                let $value = self;
                (self <= other) | $is_nan
            }

            #[inline(always)]
            fn stays_above(self, other: Self) -> bool {
                let $value = self;
                (self >= other) | $is_nan
            }
        }
    )+};
}

extremes! {
    i8, i8::MIN, i8::MAX, true, |_value| false;
    i16, i16::MIN, i16::MAX, true, |_value| false;
    i32, i32::MIN, i32::MAX, true, |_value| false;
    i64, i64::MIN, i64::MAX, true, |_value| false;
    u8, u8::MIN, u8::MAX, true, |_value| false;
    u16, u16::MIN, u16::MAX, true, |_value| false;
    u32, u32::MIN, u32::MAX, true, |_value| false;
    u64, u64::MIN, u64::MAX, true, |_value| false;
    f32, f32::NEG_INFINITY, f32::INFINITY, false, |value| value.is_nan();
    f64, f64::NEG_INFINITY, f64::INFINITY, false, |value| value.is_nan();
}

macro_rules! complex_extremes {
    ($($float:ty),+) => {$(
        impl Extreme for Complex<$float> {
            const IN_ANY_ORDER: bool = false;
            const LOWEST: Self = Complex::new(<$float>::NEG_INFINITY, <$float>::NEG_INFINITY);
            const HIGHEST: Self = Complex::new(<$float>::INFINITY, <$float>::INFINITY);

            #[inline(always)]
            fn stays_below(self, other: Self) -> bool {
                let is_nan = self.re.is_nan() | self.im.is_nan();
                let other_is_nan = other.re.is_nan() | other.im.is_nan();
                let is_below = self.re < other.re || (self.re == other.re && self.im <= other.im);
                is_nan | (is_below & !other_is_nan)
            }

            #[inline(always)]
            fn stays_above(self, other: Self) -> bool {
                let is_nan = self.re.is_nan() | self.im.is_nan();
                let other_is_nan = other.re.is_nan() | other.im.is_nan();
                let is_above = self.re > other.re || (self.re == other.re && self.im >= other.im);
                is_nan | (is_above & !other_is_nan)
            }
        }
    )+};
}

complex_extremes!(f32, f64);
