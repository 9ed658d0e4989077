//! Functions made of several ufuncs against slow models, over every kind of distribution.

mod common;

use common::layout;
use distarray_comm::threads;
use distarray_core::{DType, Element, Scalar};
use distarray_lazy::{Closeness, Context, DistArray, Replacements};
use distarray_maps::Distribution;
use distarray_spmd::Error;
use ndarray::{ArrayD, Axis, IxDyn, Zip};
use num_complex::Complex;
use proptest::prelude::*;

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

/// Numbers of all sorts, as many as the shape has places.
fn elements(shape: &[usize], seed: usize) -> ArrayD<f64> {
    const SOME: [f64; 16] =
        [0.0, -0.0, 1.0, -2.5, 7.25, -7.25, NAN, INF, -INF, 1e300, -1e-300, 5e-324, 0.1, 1.00001, -1.0, 3.0];
    let mut place = seed;
    ArrayD::from_shape_simple_fn(IxDyn(shape), || {
        place = place.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        SOME[place >> 60 & 15]
    })
}

/// The elements, bit for bit but for NaN.
fn bits(array: &ArrayD<f64>) -> ArrayD<u64> {
    array.mapv(|value| if value.is_nan() { u64::MAX } else { value.to_bits() })
}

/// Runs on the ranks of a distribution, with two arrays that lie so.
fn with_arrays(
    distribution: &Distribution,
    seed: usize,
    program: impl Fn(&DistArray, &DistArray, &ArrayD<f64>, &ArrayD<f64>) -> Result<(), Error> + Sync,
) {
    let (x, y) = (elements(distribution.shape(), seed), elements(distribution.shape(), seed + 1));
    threads::run(distribution.grid().rank_count(), |comm| {
        let context = Context::spmd(&comm)?;
        let (first, second) = (context.array(x.view(), distribution), context.array(y.view(), distribution));
        program(&first, &second, &x, &y)
    })
    .expect("no rank fails");
}

#[track_caller]
fn is(found: &DistArray, expected: &ArrayD<f64>) -> Result<(), Error> {
    assert_eq!(bits(&found.fetch::<f64>()?), bits(expected));
    Ok(())
}

fn item<T: Element>(array: &DistArray) -> Result<T, Error> {
    Ok(array.item()?.value::<T>()?)
}

fn close(x: f64, y: f64, equal_nan: bool) -> bool {
    (x - y).abs() <= 1e-8 + 1e-5 * y.abs() && y.is_finite() || x == y || equal_nan && x.is_nan() && y.is_nan()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn pairs_are_what_the_models_say(distribution in layout(), seed in 0_usize..1000) {
        with_arrays(&distribution, seed, |first, second, x, y| {
            let (fraction, whole) = first.modf();
            is(&whole, &x.mapv(f64::trunc))?;
            let rest = x.mapv(|x| if x.is_infinite() { 0f64.copysign(x) } else { (x - x.trunc()).copysign(x) });
            is(&fraction, &rest)?;
            let (mantissa, exponent) = first.frexp();
            assert_eq!(exponent.dtype()?, DType::Int32);
            let halves = mantissa.fetch::<f64>()?;
            let finite = |value: f64| value.is_finite() && value != 0.0;
            assert!(Zip::from(&halves).and(x).all(|&half, &x| !finite(x) || (0.5..1.0).contains(&half.abs())));
            is(&mantissa.ldexp(&exponent), x)?;
            let (quotient, remainder) = first.divmod(second);
            is(&quotient, &first.floor_divide(second).fetch()?)?;
            is(&remainder, &first.remainder(second).fetch()?)?;
            assert!(y.len() == x.len());
            Ok(())
        });
    }

    #[test]
    fn equality_and_closeness_are_numpys(distribution in layout(), seed in 0_usize..1000, equal_nan: bool) {
        with_arrays(&distribution, seed, |first, second, x, y| {
            let closeness = Closeness { equal_nan, ..Closeness::default() };
            let expected = Zip::from(x).and(y).map_collect(|&x, &y| close(x, y, equal_nan));
            assert_eq!(first.isclose(second, closeness).fetch::<bool>()?, expected);
            assert_eq!(item::<bool>(&first.allclose(second, closeness))?, expected.iter().all(|&is| is));
            let has_nan = x.iter().any(|x| x.is_nan());
            assert_eq!(item::<bool>(&first.array_equal(first, equal_nan))?, equal_nan || !has_nan);
            let same = Zip::from(x).and(y).all(|x, y| x == y);
            assert_eq!(item::<bool>(&first.array_equiv(second))?, same);
            let longer = first.context().zeros([x.len() + 2, 3], DType::Float64);
            assert!(!item::<bool>(&first.array_equal(&longer, equal_nan))?);
            Ok(())
        });
    }

    #[test]
    fn numbers_replace_what_is_none(distribution in layout(), seed in 0_usize..1000) {
        with_arrays(&distribution, seed, |first, second, x, y| {
            let usual = |value: f64| if value.is_nan() { 0.0 } else { value.clamp(f64::MIN, f64::MAX) };
            is(&first.nan_to_num(Replacements::default()), &x.mapv(usual))?;
            let given = Replacements { nan: -1.0, posinf: Some(INF), neginf: Some(2.0) };
            let model = |value: f64| if value.is_nan() { -1.0 } else if value == -INF { 2.0 } else { value };
            is(&first.nan_to_num(given), &x.mapv(model))?;
            let complex = first.with_imaginary(second).nan_to_num(given);
            assert_eq!(complex.dtype()?, DType::Complex128);
            is(&complex.real(), &x.mapv(model))?;
            is(&complex.imag(), &y.mapv(model))
        });
    }

    #[test]
    fn logarithms_of_sums_do_not_overflow(distribution in layout(), seed in 0_usize..1000, keepdims: bool) {
        let axis = seed % distribution.shape().len();
        if distribution.shape()[axis] == 0 {
            return Ok(());
        }
        with_arrays(&distribution, seed, |first, _, x, _| {
            let model = |lane: ndarray::ArrayView1<'_, f64>| {
                let greatest = lane.iter().fold(-INF, |a, &b| if a.is_nan() || b.is_nan() { NAN } else { a.max(b) });
                let shift = if greatest.is_finite() { greatest } else { 0.0 };
                shift + lane.iter().map(|value| (value - shift).exp()).sum::<f64>().ln()
            };
            let mut expected = x.map_axis(Axis(axis), model);
            if keepdims {
                expected = expected.insert_axis(Axis(axis));
            }
            let found = first.logsumexp(axis.cast_signed(), keepdims).fetch::<f64>()?;
            let near = |found: &f64, expected: &f64| close(*found, *expected, true);
            assert_eq!(found.shape(), expected.shape());
            assert!(Zip::from(&found).and(&expected).all(near), "{found} is not {expected}");
            Ok(())
        });
    }
}

fn on_ranks(ranks: usize, program: impl Fn(&Context) -> Result<(), Error> + Sync) {
    threads::run(ranks, |comm| program(&Context::spmd(&comm)?)).expect("no rank fails");
}

#[test]
fn numbers_are_rounded_half_to_even_at_any_decimal() {
    for ranks in 1..=4 {
        on_ranks(ranks, |context| {
            let x = context.array(ndarray::arr1(&[0.125, -1.375, 15.0, 1e300, NAN]).into_dyn().view(), [5]);
            is(&x.round_to(2), &ndarray::arr1(&[0.12, -1.38, 15.0, 1e300, NAN]).into_dyn())?;
            is(&x.round_to(-1), &ndarray::arr1(&[0.0, -0.0, 20.0, 1e300, NAN]).into_dyn())?;
            let whole = context.array(ndarray::arr1(&[15_i32, 25, -149]).into_dyn().view(), [3]);
            assert_eq!(whole.round_to(-1).fetch::<i32>()?, ndarray::arr1(&[20, 20, -150]).into_dyn());
            assert_eq!(whole.round_to(3).fetch::<i32>()?, ndarray::arr1(&[15, 25, -149]).into_dyn());
            let refused = context.ones([2], DType::Bool).round_to(1);
            let error = refused.error().expect("as NumPy").to_string();
            assert!(error.contains("bool is not rounded to 1 decimals"), "{error}");
            assert!(x.round_to(301).error().is_some());
            Ok(())
        });
    }
}

#[test]
fn geometric_sequences_end_where_they_should() {
    for ranks in 1..=4 {
        on_ranks(ranks, |context| {
            let powers = context.logspace([4], 0.0, 3.0, 2.0, true);
            is(&powers, &ndarray::arr1(&[1.0, 2.0, 4.0, 8.0]).into_dyn())?;
            let open = context.logspace([3], 0.0, 3.0, 10.0, false);
            is(&open, &ndarray::arr1(&[1.0, 10.0, 100.0]).into_dyn())?;
            let thirds = context.geomspace([7], -3.0, -0.1, true).fetch::<f64>()?;
            assert_eq!((thirds[0], thirds[6]), (-3.0, -0.1));
            let ratios = thirds.iter().zip(thirds.iter().skip(1)).map(|(first, second)| second / first);
            assert!(ratios.into_iter().all(|ratio| close(ratio, (0.1_f64 / 3.0).powf(1.0 / 6.0), false)));
            is(&context.geomspace([1], 5.0, 7.0, true), &ndarray::arr1(&[5.0]).into_dyn())?;
            assert_eq!(context.geomspace([0], 5.0, 7.0, true).fetch::<f64>()?.len(), 0);
            let error = context.geomspace([4], 0.0, 1.0, true).error().expect("refused").to_string();
            assert!(error.contains("cannot include zero, as from 0 to 1"), "{error}");
            Ok(())
        });
    }
}

#[test]
fn closeness_knows_integers_and_complex_numbers() {
    on_ranks(2, |context| {
        let least = context.full([3], Scalar::Int8(i8::MIN));
        assert!(item::<bool>(&least.allclose(-128, Closeness::default()))?);
        assert!(!item::<bool>(&least.allclose(least.fabs(), Closeness::default()))?);
        let unit = context.full([3], Scalar::Complex128(Complex::new(0.0, 1.0)));
        let near = context.full([3], Scalar::Complex128(Complex::new(1e-9, 1.0)));
        assert!(item::<bool>(&unit.allclose(&near, Closeness::default()))?);
        assert!(!item::<bool>(&unit.array_equal(&near, true))?);
        let rows = context.ones([4, 3], DType::Int64);
        assert!(item::<bool>(&rows.array_equiv(&context.ones([3], DType::Float32)))?);
        assert!(!item::<bool>(&rows.array_equiv(&context.ones([4], DType::Float32)))?);
        assert!(item::<bool>(&context.ones([0], DType::Int8).array_equiv(&context.ones([1], DType::Int8)))?);
        let complex = context.full([3], Scalar::Complex64(Complex::new(0.0, 1.0))).logsumexp((), false);
        assert!(
            complex.error().expect("refused").to_string().contains("logsumexp is not defined for complex64")
        );
        Ok(())
    });
}
