//! Reductions against a slow model, in all ways of feeding and merging them.

#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test may panic, and counts small things"
)]

use distarray_core::kernel::TILE;
use distarray_core::kernel::reduce::{merge_states, reduce};
use distarray_core::kernel::simd::{CpuVariant, cap_variant};
use distarray_core::{Accumulator, Block, Complex, DType, Element, ElementError, Pool, Reduction, Scalar};
use proptest::prelude::*;

const REDUCTIONS: [Reduction; 16] = [
    Reduction::ArgMin,
    Reduction::ArgMax,
    Reduction::Sum,
    Reduction::ReproducibleSum,
    Reduction::ReproducibleMean,
    Reduction::Prod,
    Reduction::Min,
    Reduction::Max,
    Reduction::Any,
    Reduction::All,
    Reduction::CountNonzero,
    Reduction::Mean,
    Reduction::Var { ddof: 0 },
    Reduction::Var { ddof: 1 },
    Reduction::Std { ddof: 0 },
    Reduction::Std { ddof: 2 },
];

/// A block of small integers of `dtype`, the same for the same seed.
fn a_block(dtype: DType, shape: &[usize], seed: u64, pool: &Pool) -> Block {
    let count: usize = shape.iter().product();
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) % 7
    };
    let values: Vec<Complex<f64>> =
        (0..count).map(|_| Complex::new(next() as f64 - 2.0, next() as f64 - 3.0)).collect();
    let block = Block::from_slice(shape, &values, pool).unwrap();
    if matches!(dtype, DType::UInt8 | DType::UInt16 | DType::UInt32 | DType::UInt64) {
        // Through int8, so that negative numbers become large ones of the dtype.
        return block.cast(DType::Int8, pool).unwrap().cast(dtype, pool).unwrap();
    }
    block.cast(dtype, pool).unwrap()
}

/// For each output the flat positions of the elements that meet in it, in C order.
fn groups(shape: &[usize], reduced: &[bool]) -> Vec<Vec<usize>> {
    let kept: Vec<usize> = shape.iter().zip(reduced).filter(|a| !a.1).map(|a| *a.0).collect();
    let mut groups = vec![Vec::new(); kept.iter().product()];
    for flat in 0..shape.iter().product() {
        let (mut rest, mut output, mut step) = (flat, 0, 1);
        for axis in (0..shape.len()).rev() {
            let index = rest % shape[axis];
            rest /= shape[axis];
            if !reduced[axis] {
                output += index * step;
                step *= shape[axis];
            }
        }
        groups[output].push(flat);
    }
    groups
}

/// The slow twin: whole numbers in `i128`, the rest in `f64`.
fn model(reduction: Reduction, block: &Block, reduced: &[bool]) -> Vec<Scalar> {
    let dtype = block.dtype();
    let result = reduction.result_dtype(dtype);
    let groups = groups(block.shape(), reduced);
    let of_group = |group: &Vec<usize>| {
        let values: Vec<Scalar> = group.iter().map(|&flat| block.get_flat(flat).unwrap()).collect();
        let complex: Vec<Complex<f64>> =
            values.iter().map(|value| value.cast(DType::Complex128).value().unwrap()).collect();
        let count = values.len() as f64;
        let truthy = values.iter().filter(|value| value.is_truthy()).count();
        let sum: Complex<f64> = complex.iter().sum();
        let variance = |ddof: u32| {
            let mean = sum / count;
            let squares: f64 = complex.iter().map(|value| (value - mean).norm_sqr()).sum();
            squares / (count - f64::from(ddof)).max(0.0)
        };
        let extreme = |sign: f64| {
            let key = |value: &Complex<f64>| (value.re * sign, value.im * sign);
            complex.iter().copied().reduce(|a, b| if key(&b) < key(&a) { b } else { a }).unwrap()
        };
        // What compares as the numbers do, whatever their dtype.
        let order = |a: &Scalar, b: &Scalar| {
            let key = |value: &Scalar| -> (i128, f64, f64) {
                let whole = value.to_string().parse().unwrap_or(0);
                let parts: Complex<f64> = value.cast(DType::Complex128).value().unwrap();
                if dtype.is_integer() { (whole, 0.0, 0.0) } else { (0, parts.re, parts.im) }
            };
            key(a).partial_cmp(&key(b)).unwrap()
        };
        match reduction {
            Reduction::ArgMin | Reduction::ArgMax => {
                let mut best = 0;
                for (place, value) in values.iter().enumerate() {
                    let ordering = order(value, &values[best]);
                    let is_better =
                        if reduction == Reduction::ArgMin { ordering.is_lt() } else { ordering.is_gt() };
                    best = if is_better { place } else { best };
                }
                Scalar::Int64(best as i64)
            }
            Reduction::Sum | Reduction::ReproducibleSum | Reduction::Prod
                if result == DType::Int64 || result == DType::UInt64 =>
            {
                let whole = values.iter().map(|value| match result {
                    DType::Int64 => value.cast(result).value::<i64>().unwrap() as u64,
                    _ => value.cast(result).value::<u64>().unwrap(),
                });
                let bits = match reduction {
                    Reduction::Sum | Reduction::ReproducibleSum => whole.fold(0, u64::wrapping_add),
                    _ => whole.fold(1, u64::wrapping_mul),
                };
                Scalar::UInt64(bits).cast(result)
            }
            Reduction::Sum | Reduction::ReproducibleSum => Scalar::Complex128(sum).cast(result),
            Reduction::Prod => Scalar::Complex128(complex.iter().product()).cast(result),
            Reduction::Min | Reduction::Max if !(dtype.is_float() || dtype.is_complex()) => {
                let whole = |value: &Scalar| value.to_string().parse().unwrap_or(value.to_f64() as i128);
                let order = |a: &&Scalar, b: &&Scalar| whole(a).cmp(&whole(b));
                let found = match reduction {
                    Reduction::Min => values.iter().min_by(order),
                    _ => values.iter().max_by(order),
                };
                *found.unwrap()
            }
            Reduction::Min => Scalar::Complex128(extreme(1.0)).cast(result),
            Reduction::Max => Scalar::Complex128(extreme(-1.0)).cast(result),
            Reduction::Any => Scalar::Bool(truthy > 0),
            Reduction::All => Scalar::Bool(truthy == values.len()),
            Reduction::CountNonzero => Scalar::Int64(truthy as i64),
            Reduction::Mean | Reduction::ReproducibleMean => Scalar::Complex128(sum / count).cast(result),
            Reduction::Var { ddof } => Scalar::Float64(variance(ddof)).cast(result),
            Reduction::Std { ddof } => Scalar::Float64(variance(ddof).sqrt()).cast(result),
        }
    };
    groups.iter().map(of_group).collect()
}

/// Whether the two agree: whole numbers exactly, floats to a few units in the last place.
fn agree(found: &Scalar, expected: &Scalar) -> bool {
    if found.dtype() != expected.dtype() {
        return false;
    }
    if !(found.dtype().is_float() || found.dtype().is_complex()) {
        return found == expected;
    }
    let unit = if found.dtype().real_part() == DType::Float32 { 1e-6 } else { 1e-12 };
    let parts = |scalar: &Scalar| -> Complex<f64> { scalar.cast(DType::Complex128).value().unwrap() };
    let (found, expected) = (parts(found), parts(expected));
    let near = |a: f64, b: f64| {
        a.total_cmp(&b).is_eq() || (a.is_nan() && b.is_nan()) || {
            a == b || (a - b).abs() <= unit * (1.0 + expected.norm())
        }
    };
    near(found.re, expected.re) && near(found.im, expected.im)
}

/// Feeds a block in calls of the given numbers of tiles.
fn fed(reduction: Reduction, block: &Block, reduced: &[bool], tiles: &[usize], pool: &Pool) -> Accumulator {
    let mut accumulator = Accumulator::start(reduction, block.dtype(), block.shape(), reduced, pool).unwrap();
    let item_bytes = block.dtype().size_bytes();
    let mut start = 0;
    for &tiles in tiles.iter().cycle() {
        if start >= block.size() {
            break;
        }
        let end = (start + tiles * TILE).min(block.size());
        let bytes = &block.as_bytes()[start * item_bytes..end * item_bytes];
        accumulator.add_tile(bytes, start).unwrap();
        start = end;
    }
    accumulator
}

fn total(shape: &[usize], reduced: &[bool]) -> u64 {
    shape.iter().zip(reduced).filter(|a| *a.1).map(|a| *a.0 as u64).product()
}

/// Shapes whose collapsed axes come in all patterns, some with more elements than a tile.
fn a_shape() -> impl Strategy<Value = (Vec<usize>, Vec<bool>)> {
    let length = prop::sample::select(vec![1_usize, 2, 3, 5, 17, 33, 40, 70, 300]);
    prop::collection::vec((length, any::<bool>()), 0..5).prop_map(|axes| {
        let mut shape: Vec<usize> = axes.iter().map(|axis| axis.0).collect();
        while shape.iter().product::<usize>() > 12_000 {
            let longest = shape.iter_mut().max().unwrap();
            *longest = (*longest / 2).max(1);
        }
        (shape, axes.iter().map(|axis| axis.1).collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_reduction_agrees_with_the_model(
        (shape, reduced) in a_shape(),
        dtype in prop::sample::select(DType::ALL.to_vec()),
        seed in any::<u64>(),
    ) {
        let pool = Pool::new(None);
        let block = a_block(dtype, &shape, seed, &pool);
        for reduction in REDUCTIONS {
            // Products of floats leave the numbers that sums of few bits hold.
            if reduction == Reduction::Prod && total(&shape, &reduced) > 8 && !dtype.is_integer() {
                continue;
            }
            let found = reduce(reduction, &block, &reduced, &pool).unwrap();
            let expected = model(reduction, &block, &reduced);
            prop_assert_eq!(found.size(), expected.len());
            for (flat, expected) in expected.iter().enumerate() {
                let found = found.get_flat(flat).unwrap();
                prop_assert!(
                    agree(&found, expected),
                    "{:?} of {} {:?} {:?} at {}: {} where {} is expected",
                    reduction, dtype, &shape, &reduced, flat, found, expected
                );
            }
        }
    }

    #[test]
    fn the_way_of_feeding_and_the_processor_change_no_bit(
        (shape, reduced) in a_shape(),
        dtype in prop::sample::select(vec![
            DType::Bool, DType::Int16, DType::UInt64, DType::Float32, DType::Float64, DType::Complex64,
            DType::Complex128,
        ]),
        tiles in prop::collection::vec(1_usize..4, 1..3),
        seed in any::<u64>(),
    ) {
        let pool = Pool::new(None);
        let block = a_block(dtype, &shape, seed, &pool);
        // Numbers whose sums round.
        let block = if dtype.is_float() || dtype.is_complex() { thirds(&block, &pool) } else { block };
        for reduction in REDUCTIONS {
            let whole = fed(reduction, &block, &reduced, &[usize::MAX / TILE], &pool);
            for variant in [CpuVariant::Baseline, CpuVariant::Avx2, CpuVariant::Avx512] {
                cap_variant(variant);
                let tile_by_tile = fed(reduction, &block, &reduced, &tiles, &pool);
                if matches!(reduction, Reduction::ReproducibleSum | Reduction::ReproducibleMean) {
                    // Their states are the same numbers, which may be written in several ways.
                    let total = total(&shape, &reduced);
                    let again = fed(reduction, &block, &reduced, &[usize::MAX / TILE], &pool);
                    let found = tile_by_tile.finish(total, &pool).unwrap();
                    let whole = again.finish(total, &pool).unwrap();
                    prop_assert_eq!(found.as_bytes(), whole.as_bytes(), "{:?}", variant);
                    continue;
                }
                prop_assert_eq!(tile_by_tile.state_bytes(), whole.state_bytes(), "{:?} {:?}", reduction, variant);
            }
        }
    }

    #[test]
    fn states_of_ranks_merge_into_that_of_the_whole(
        (shape, reduced) in a_shape(),
        dtype in prop::sample::select(DType::ALL.to_vec()),
        cut in 0_usize..40,
        seed in any::<u64>(),
    ) {
        let Some(axis) = reduced.iter().position(|&is_reduced| is_reduced) else { return Ok(()) };
        let pool = Pool::new(None);
        let block = a_block(dtype, &shape, seed, &pool);
        // Two ranks, each with a part of the first reduced axis; the second may have none.
        let cut = cut.min(shape[axis]);
        let (first, second) = halves(&block, axis, cut, &pool);
        for reduction in REDUCTIONS {
            // Positions would have to be counted over both first.
            let is_place = matches!(reduction, Reduction::ArgMin | Reduction::ArgMax);
            if is_place || reduction == Reduction::Prod && !dtype.is_integer() {
                continue;
            }
            let mut merged = fed(reduction, &first, &reduced, &[2], &pool);
            let other = fed(reduction, &second, &reduced, &[1], &pool);
            // A message may begin at any address.
            let mut message = vec![0];
            message.extend_from_slice(other.state_bytes());
            let mut bytes = vec![0, 0, 0];
            bytes.extend_from_slice(merged.state_bytes());
            merge_states(reduction, dtype, &mut bytes[3..], &message[1..]).unwrap();
            merged.merge(&message[1..]).unwrap();
            prop_assert_eq!(merged.state_bytes(), &bytes[3..]);
            let found = merged.finish(total(&shape, &reduced), &pool).unwrap();
            for (flat, expected) in model(reduction, &block, &reduced).iter().enumerate() {
                let found = found.get_flat(flat).unwrap();
                prop_assert!(
                    agree(&found, expected),
                    "{:?} of {} {:?} {:?} at {}: {} where {} is expected",
                    reduction, dtype, &shape, &reduced, flat, found, expected
                );
            }
        }
    }
}

/// The block divided by three.
fn thirds(block: &Block, pool: &Pool) -> Block {
    let wide = block.cast(DType::Complex128, pool).unwrap();
    let values: Vec<Complex<f64>> =
        wide.as_slice::<Complex<f64>>().unwrap().iter().map(|value| value / 3.0).collect();
    Block::from_slice(block.shape(), &values, pool).unwrap().cast(block.dtype(), pool).unwrap()
}

/// The indices of an axis below `cut`, and the others.
fn halves(block: &Block, axis: usize, cut: usize, pool: &Pool) -> (Block, Block) {
    let part = |from: usize, to: usize| {
        let mut shape = block.shape().to_vec();
        shape[axis] = to - from;
        let step: usize = block.shape()[axis + 1..].iter().product();
        let length = block.shape()[axis];
        let item_bytes = block.dtype().size_bytes();
        let bytes: Vec<u8> = (0..block.size())
            .filter(|flat| (from..to).contains(&(flat / step % length)))
            .flat_map(|flat| block.as_bytes()[flat * item_bytes..(flat + 1) * item_bytes].to_vec())
            .collect();
        let mut part = Block::uninit(block.dtype(), &shape, pool).unwrap();
        part.as_bytes_mut().unwrap().copy_from_slice(&bytes);
        part
    };
    (part(0, cut), part(cut, block.shape()[axis]))
}

fn of<T: Element>(reduction: Reduction, values: &[T]) -> Scalar {
    let pool = Pool::new(None);
    let block = Block::from_slice(&[values.len()], values, &pool).unwrap();
    reduce(reduction, &block, &[true], &pool).unwrap().to_scalar().unwrap()
}

/// Over axis 0 of rows all alike, which takes the other loops.
fn of_rows<T: Element>(reduction: Reduction, values: &[T]) -> Scalar {
    let pool = Pool::new(None);
    let wide: Vec<T> = values.iter().flat_map(|&value| [value; 40]).collect();
    let block = Block::from_slice(&[values.len(), 40], &wide, &pool).unwrap();
    let result = reduce(reduction, &block, &[true, false], &pool).unwrap();
    assert!((0..40).all(|column| result.get_flat(column).unwrap().same_bits(&result.get_flat(0).unwrap())));
    result.get_flat(7).unwrap()
}

#[test]
fn sums_keep_what_is_small() {
    for n in [10_000, 100_003] {
        let mut values = vec![0.1; n];
        values[0] = 1e16;
        values.push(-1e16);
        // Exact but for the digits of 0.1 itself and those lost inside one part of a tile.
        let found = of(Reduction::Sum, &values).to_f64();
        let expected = (n - 1) as f64 * 0.1;
        assert!((found - expected).abs() < 80.0, "{found} {expected}");
    }
    let tenths = vec![0.1_f64; 1_000_000];
    assert!((of(Reduction::Sum, &tenths).to_f64() - 100_000.0).abs() < 2e-11);
    assert!((of_rows(Reduction::Sum, &tenths[..100_000]).to_f64() - 10_000.0).abs() < 2e-11);
    let tenths = vec![0.1_f32; 1_000_000];
    assert_eq!(of(Reduction::Sum, &tenths), Scalar::Float32(100_000.0));
    assert_eq!(of(Reduction::Mean, &tenths), Scalar::Float32(0.1));
}

#[test]
fn variances_far_from_zero_are_exact_enough() {
    // 1e8 + {0, 1, 2, .. 9}: the variance is 8.25, of any number of such groups.
    let values: Vec<f64> = (0..50_000).map(|index| 1e8 + f64::from(index % 10)).collect();
    for found in [of(Reduction::Var { ddof: 0 }, &values), of_rows(Reduction::Var { ddof: 0 }, &values)] {
        assert!((found.to_f64() - 8.25).abs() < 1e-12, "{found}");
    }
    // One that lies far off, first.
    let mut values = vec![1.0; 10_001];
    values[0] = -1e9;
    let exact = {
        let n = values.len() as f64;
        let distance = 1e9 + 1.0;
        distance * distance * (n - 1.0) / (n * n)
    };
    for found in [of(Reduction::Var { ddof: 0 }, &values), of_rows(Reduction::Var { ddof: 0 }, &values)] {
        assert!((found.to_f64() / exact - 1.0).abs() < 1e-14, "{found} {exact}");
    }
}

#[test]
fn zeros_infinities_and_nans_come_through() {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let bits = |found: Scalar, expected: f64| {
        assert!(found.same_bits(&Scalar::Float64(expected)), "{found} where {expected} is expected");
    };
    for of in [of::<f64>, of_rows::<f64>] {
        bits(of(Reduction::Sum, &[-0.0, -0.0]), -0.0);
        bits(of(Reduction::Sum, &[-0.0, 0.0]), 0.0);
        bits(of(Reduction::Sum, &[inf, 1.0, 2.0]), inf);
        bits(of(Reduction::Sum, &[1.0, -inf]), -inf);
        assert!(of(Reduction::Sum, &[inf, 1.0, -inf]).to_f64().is_nan());
        bits(of(Reduction::Mean, &[inf, 1.0]), inf);
        bits(of(Reduction::Min, &[inf, 1.0, -inf]), -inf);
        bits(of(Reduction::Max, &[inf, inf]), inf);
        bits(of(Reduction::Min, &[inf, inf]), inf);
        for values in [[nan, 1.0, 2.0], [1.0, nan, 2.0], [1.0, 2.0, nan]] {
            for reduction in REDUCTIONS {
                let found = of(reduction, &values);
                let is_boolean = matches!(found.dtype(), DType::Bool | DType::Int64);
                assert!(is_boolean || found.to_f64().is_nan(), "{reduction} {found}");
            }
        }
        assert!(of(Reduction::Var { ddof: 0 }, &[inf, 1.0]).to_f64().is_nan());
        for (values, least, most) in [
            (&[1.0, nan, 0.0, nan][..], 1, 1),
            (&[0.0, -0.0, 5.0, 5.0], 0, 2),
            (&[inf, inf], 0, 0),
            (&[inf, -inf, inf, -inf], 1, 0),
            (&[nan], 0, 0),
        ] {
            assert_eq!(of(Reduction::ArgMin, values), Scalar::Int64(least), "{values:?}");
            assert_eq!(of(Reduction::ArgMax, values), Scalar::Int64(most), "{values:?}");
        }
    }
    assert_eq!(of(Reduction::ArgMax, &[false, true, true]), Scalar::Int64(1));
    assert_eq!(of(Reduction::ArgMin, &[true, false]), Scalar::Int64(1));
    bits(of::<f64>(Reduction::Sum, &[]), 0.0);
    bits(of::<f64>(Reduction::Prod, &[]), 1.0);
    assert!(of::<f64>(Reduction::Mean, &[]).to_f64().is_nan());
    assert_eq!(of::<bool>(Reduction::All, &[]), Scalar::Bool(true));
    assert_eq!(of::<bool>(Reduction::Any, &[]), Scalar::Bool(false));
    assert!(of(Reduction::Var { ddof: 1 }, &[1.0]).to_f64().is_nan());
    bits(of(Reduction::Var { ddof: 2 }, &[1.0, 2.0]), inf);
}

#[test]
fn the_smallest_of_nothing_is_an_error() {
    let pool = Pool::new(None);
    let block = Block::zeros(DType::Float64, &[0, 3], &pool).unwrap();
    let error = reduce(Reduction::Max, &block, &[true, false], &pool).unwrap_err();
    assert_eq!(error.to_string(), "zero-size array to reduction operation maximum which has no identity");
    // No outputs, so nothing is missing.
    assert!(reduce(Reduction::Max, &block, &[false, true], &pool).is_ok());
    let zeros = reduce(Reduction::Sum, &block, &[true, false], &pool).unwrap();
    assert_eq!(zeros.as_slice::<f64>(), Ok(&[0.0; 3][..]));
}

#[test]
fn complex_numbers_compare_by_real_then_imaginary_part() {
    let c = Complex::new;
    let values = [c(1.0, 5.0), c(1.0, -2.0), c(3.0, 0.0), c(3.0, 1.0)];
    assert_eq!(of(Reduction::Min, &values), Scalar::Complex128(c(1.0, -2.0)));
    assert_eq!(of(Reduction::Max, &values), Scalar::Complex128(c(3.0, 1.0)));
    let with_nan = [c(1.0, 5.0), c(0.0, f64::NAN), c(-9.0, 0.0)];
    let found: Complex<f64> = of(Reduction::Min, &with_nan).value().unwrap();
    assert!(found.re == 0.0 && found.im.is_nan());
}

#[test]
fn tiles_out_of_order_are_refused() {
    let pool = Pool::new(None);
    let start = || Accumulator::start(Reduction::Sum, DType::Int8, &[5000], &[true], &pool).unwrap();
    let tile = [1_u8; TILE];
    let refused = |result| matches!(result, Err(ElementError::RangeOutOfRegion { .. }));
    assert!(refused(start().add_tile(&tile, TILE)));
    assert!(refused(start().add_tile(&[1; 6000], 0)));
    let mut accumulator = start();
    accumulator.add_tile(&tile, 0).unwrap();
    assert!(refused(accumulator.add_tile(&tile, 0)));
    accumulator.add_tile(&tile, TILE).unwrap();
    let other = [0; 80];
    let mismatch = ElementError::StateMismatch { expected: 72, found: 80 };
    assert_eq!(accumulator.merge(&other), Err(mismatch));
}

#[test]
fn a_state_is_charged_as_foretold() {
    for (shape, reduced) in [([500, 40], [true, false]), ([500, 40], [false, true]), ([2, 40], [true, false])]
    {
        for reduction in REDUCTIONS {
            for dtype in DType::ALL {
                let pool = Pool::new(None);
                let accumulator = Accumulator::start(reduction, dtype, &shape, &reduced, &pool).unwrap();
                let bytes = Accumulator::pool_bytes(reduction, dtype, &shape, &reduced);
                assert_eq!(pool.statistics().held_bytes, Pool::charged_bytes(bytes) as u64);
                drop(accumulator);
            }
        }
    }
}
