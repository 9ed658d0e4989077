//! Reproducible sums: the same bits for every order, cut, shape and processor, and as good as exact.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use distarray_core::kernel::TILE;
use distarray_core::kernel::reduce::reduce;
use distarray_core::kernel::simd::{CpuVariant, cap_variant};
use distarray_core::{Accumulator, Block, Complex, Element, Pool, Reduction};
use proptest::prelude::*;

/// Numbers that cancel badly: of all magnitudes in a range, many with their opposites.
fn numbers() -> impl Strategy<Value = Vec<f64>> {
    let exponents = prop_oneof![
        Just((-3, 3)),
        Just((-60, 60)),
        Just((-1074, -950)),
        Just((900, 1023)),
        Just((-1074, 1023)),
    ];
    (exponents, 0_usize..3000, any::<u64>()).prop_map(|((low, high), count, seed)| {
        let mut state = seed | 1;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mixed = state ^ (state >> 29);
            mixed.wrapping_mul(0x3C79_AC49_2BA7_B653) >> 11
        };
        let mut numbers: Vec<f64> = Vec::with_capacity(count);
        for place in 0..count {
            let mantissa = 1.0 + next() as f64 / (1_u64 << 53) as f64;
            let range = u64::try_from(high - low + 1).unwrap();
            let exponent = low + i32::try_from(next() % range).unwrap();
            let sign = if next() % 2 == 0 { 1.0 } else { -1.0 };
            let number = sign * mantissa * 2_f64.powi(exponent / 2) * 2_f64.powi(exponent - exponent / 2);
            numbers.push(if next() % 3 == 0 && place > 0 { -numbers[place / 2] } else { number });
        }
        numbers
    })
}

/// The sum of blocks that are reduced apart and merged in this order.
fn merged<T: Element>(blocks: &[&[T]], pool: &Pool) -> Block {
    let mut states = blocks.iter().map(|values| {
        let block = Block::from_slice(&[values.len()], values, pool).unwrap();
        let mut part =
            Accumulator::start(Reduction::ReproducibleSum, T::DTYPE, &[values.len()], &[true], pool).unwrap();
        part.add_tile(block.as_bytes(), 0).unwrap();
        part
    });
    let mut first = states.next().unwrap();
    states.for_each(|other| first.merge(other.state_bytes()).unwrap());
    first.finish(blocks.iter().map(|block| block.len() as u64).sum(), pool).unwrap()
}

/// The sum over axis 0 of a matrix with this as every column.
fn of_columns(values: &[f64], width: usize, pool: &Pool) -> Vec<u64> {
    let wide: Vec<f64> = values.iter().flat_map(|value| vec![*value; width]).collect();
    let block = Block::from_slice(&[values.len(), width], &wide, pool).unwrap();
    let sums = reduce(Reduction::ReproducibleSum, &block, &[true, false], pool).unwrap();
    sums.as_slice::<f64>().unwrap().iter().map(|sum| sum.to_bits()).collect()
}

/// The exact sum, rounded once, and what it may be off by: 2^-80 of the largest for each element.
///
/// # Source
/// J. R. Shewchuk, Adaptive precision floating-point arithmetic, Discrete & Computational Geometry 18 (1997).
fn exact(values: &[f64]) -> (f64, f64) {
    let mut parts: Vec<f64> = Vec::new();
    for value in values {
        let mut value = *value;
        let mut kept = Vec::new();
        for part in &parts {
            let (mut large, mut small) = (value, *part);
            if large.abs() < small.abs() {
                (large, small) = (small, large);
            }
            let sum = large + small;
            let rest = small - (sum - large);
            if rest != 0.0 {
                kept.push(rest);
            }
            value = sum;
        }
        kept.push(value);
        parts = kept;
    }
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    (parts.iter().sum(), values.len() as f64 * largest * 2_f64.powi(-80))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_order_and_no_cut_changes_a_bit(values in numbers(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5), seed in any::<u64>()) {
        let pool = Pool::new(None);
        let whole = merged(&[&values], &pool);
        let bits = whole.as_slice::<f64>().unwrap()[0].to_bits();
        // In another order, cut into parts, on any processor.
        let mut mixed = values.clone();
        mixed.sort_by_key(|value| value.to_bits().wrapping_mul(seed | 1));
        let mut bounds: Vec<usize> = cuts.iter().map(|cut| cut.index(values.len() + 1)).collect();
        bounds.extend([0, values.len()]);
        bounds.sort_unstable();
        let parts: Vec<&[f64]> = bounds.windows(2).map(|pair| &mixed[pair[0]..pair[1]]).collect();
        for variant in [CpuVariant::Baseline, CpuVariant::Avx2, CpuVariant::Avx512] {
            cap_variant(variant);
            prop_assert_eq!(merged(&parts, &pool).as_slice::<f64>().unwrap()[0].to_bits(), bits);
            // Side by side with others, in lanes and in rows.
            for width in [2, 40] {
                prop_assert!(of_columns(&values, width, &pool).iter().all(|found| *found == bits));
            }
        }
        // As parts of complex numbers.
        let complex: Vec<Complex<f64>> = values.iter().map(|value| Complex::new(1.0, *value)).collect();
        let sum = merged(&[&complex], &pool).as_slice::<Complex<f64>>().unwrap()[0];
        prop_assert_eq!((sum.re, sum.im.to_bits()), (values.len() as f64, bits));
    }

    #[test]
    fn sums_are_as_good_as_exact(values in numbers()) {
        // Not beyond the floats on the way.
        let values: Vec<f64> = values.iter().map(|value| value / 8192.0).collect();
        let pool = Pool::new(None);
        let found = merged(&[&values], &pool).as_slice::<f64>().unwrap()[0];
        let (exact, error) = exact(&values);
        let rounding = exact.abs() * f64::EPSILON;
        prop_assert!((found - exact).abs() <= error + rounding, "{found:e} where {exact:e} is exact, {error:e}");
    }

    #[test]
    fn single_precision_is_added_in_double(values in prop::collection::vec(-1e6_f32..1e6, 0..3000)) {
        let pool = Pool::new(None);
        let wide: Vec<f64> = values.iter().map(|value| f64::from(*value)).collect();
        let (exact, _) = exact(&wide);
        let found = merged(&[&values], &pool).as_slice::<f32>().unwrap()[0];
        #[expect(clippy::cast_possible_truncation, reason = "rounding is what is asked for")]
        let expected = exact as f32;
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn what_is_no_number_and_zeros_come_through_rows_and_lanes() {
    let pool = Pool::new(None);
    for width in [1, 2, 40] {
        let of = |values: &[f64]| f64::from_bits(of_columns(values, width, &pool)[0]);
        assert_eq!(of(&[1.0, f64::INFINITY, -1e308]), f64::INFINITY);
        assert!(of(&[f64::NEG_INFINITY, f64::INFINITY]).is_nan());
        assert!(of(&[1.0, f64::NAN]).is_nan());
        assert!(of(&[-0.0, -0.0]).is_sign_negative() && of(&[0.0, -0.0]).is_sign_positive());
        assert_eq!(of(&[f64::MAX, f64::MAX, -f64::MAX]), f64::MAX);
        assert_eq!(of(&[f64::from_bits(1), 1.0, -1.0]), 0.0, "below 2^-80 of the largest");
    }
}

/// More elements than a bin adds in 64 bits before it is brought in order, and more rows.
#[test]
fn many_elements_do_not_overflow() {
    let pool = Pool::new(None);
    let count = (1 << 21) + 3 * TILE + 5;
    let third = 2_f64.powi(39) / 3.0;
    let values = vec![third; count];
    let expected = exact(&[third * count as f64]).0;
    let found = merged(&[&values], &pool).as_slice::<f64>().unwrap()[0];
    assert!((found - expected).abs() <= expected * f64::EPSILON);
    let columns = of_columns(&values, 33, &pool);
    assert!(columns.iter().all(|column| *column == found.to_bits()));
}
