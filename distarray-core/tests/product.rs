//! Products against sums written out, over all dtypes, roles of axes, and strides of any sign.
#![allow(clippy::cast_possible_truncation, reason = "small numbers")]

use distarray_core::kernel::product::{Contraction, ProductAxis, Sums, add_to, scratch_bytes};
use distarray_core::{Block, DType, Pool};
use proptest::prelude::*;

/// An axis: its length, whether left operand, right operand and result have it, and which of the first two walk it
/// backwards.
type Axis = (usize, usize, [bool; 2]);

const PRESENT: [[bool; 3]; 6] = [
    [true, true, true],
    [true, false, true],
    [false, true, true],
    [true, true, false],
    [true, false, false],
    [false, true, false],
];

fn axis(length: impl Strategy<Value = usize>) -> impl Strategy<Value = Axis> {
    (length, 0..PRESENT.len(), any::<[bool; 2]>())
}

/// Where the elements of one array lie: in the order of `order`, every second element of its memory.
fn strides(axes: &[Axis], array: usize, order: &[usize], step: isize) -> (Vec<Option<isize>>, usize, usize) {
    let mut strides = vec![None; axes.len()];
    let (mut next, mut first) = (step, 0_isize);
    for &place in order.iter().rev() {
        let (length, kind, backwards) = axes[place];
        if !PRESENT[kind][array] {
            continue;
        }
        let turned = array < 2 && backwards[array];
        strides[place] = Some(if turned { -next } else { next });
        if turned {
            first += next * (length as isize - 1).max(0);
        }
        next *= length.max(1) as isize;
    }
    (strides, first as usize, next as usize)
}

/// The integers of an array as a block of `dtype`; small ones, so that floats hold all sums.
fn block(dtype: DType, size: usize, seed: usize, pool: &Pool) -> Block {
    let numbers: Vec<i64> = (0..size).map(|place| ((place + seed) * 7 % 5) as i64 - 1).collect();
    let numbers: Vec<i64> = numbers
        .into_iter()
        .map(|number| if dtype.name().starts_with('u') { number + 1 } else { number })
        .collect();
    Block::from_slice(&[size], &numbers, pool).expect("memory").cast(dtype, pool).expect("memory")
}

fn numbers(block: &Block, pool: &Pool) -> Vec<i64> {
    let wide = block.dtype();
    let real = if wide.is_complex() { None } else { Some(block.cast(DType::Int64, pool).expect("memory")) };
    match real {
        Some(real) => real.as_slice::<i64>().expect("int64").to_vec(),
        None => {
            let whole = block.cast(DType::Complex128, pool).expect("memory");
            let whole = whole.as_slice::<distarray_core::Complex<f64>>().expect("complex");
            whole.iter().map(|number| number.re as i64).collect()
        }
    }
}

fn agrees(dtype: DType, axes: &[Axis], order: &[usize], steps: [isize; 2], sums: Sums, is_added: bool) {
    let pool = Pool::new(None);
    let places: Vec<_> =
        (0..3).map(|array| strides(axes, array, order, if array < 2 { steps[array] } else { 1 })).collect();
    let [left, right, mut result] =
        [0, 1, 2].map(|array| block(dtype, places[array].2.max(1), array * 3, &pool));
    let product_axes: Vec<ProductAxis> = (0..axes.len())
        .map(|place| ProductAxis {
            length: axes[place].0,
            left: places[0].0[place],
            right: places[1].0[place],
            result: places[2].0[place],
        })
        .collect();
    let mut expected = numbers(&result, &pool);
    let (from_left, from_right) = (numbers(&left, &pool), numbers(&right, &pool));
    let mut is_touched = vec![is_added; expected.len()];
    let count: usize = axes.iter().map(|axis| axis.0).product();
    let kept: usize = axes.iter().filter(|axis| PRESENT[axis.1][2]).map(|axis| axis.0).product();
    let fold = |flat: usize, of: &[Axis]| {
        let mut rest = flat;
        let mut at = places.iter().map(|place| place.1 as isize).collect::<Vec<_>>();
        for (place, axis) in of.iter().enumerate() {
            let index = (rest % axis.0) as isize;
            rest /= axis.0;
            for (array, at) in at.iter_mut().enumerate() {
                *at += places[array].0[place].unwrap_or(0) * index;
            }
        }
        at.into_iter().map(|at| at as usize).collect::<Vec<_>>()
    };
    if count == 0 && kept > 0 && !is_added {
        // Sums over nothing.
        let only: Vec<Axis> =
            axes.iter().map(|axis| if PRESENT[axis.1][2] { *axis } else { (1, axis.1, axis.2) }).collect();
        (0..kept).for_each(|flat| expected[fold(flat, &only)[2]] = 0);
    }
    for flat in 0..count {
        let at = fold(flat, axes);
        let product = from_left[at[0]] * from_right[at[1]];
        let before = if is_touched[at[2]] { expected[at[2]] } else { 0 };
        expected[at[2]] =
            if dtype == DType::Bool { i64::from(before != 0 || product != 0) } else { before + product };
        is_touched[at[2]] = true;
    }
    let expected = Block::from_slice(&[expected.len()], &expected, &pool)
        .expect("memory")
        .cast(dtype, &pool)
        .expect("memory");
    let role = |wanted: [bool; 2]| {
        let of = axes.iter().filter(|axis| PRESENT[axis.1][..2] == wanted && PRESENT[axis.1][2]);
        of.map(|axis| axis.0).product::<usize>()
    };
    let inner: usize = axes.iter().filter(|axis| !PRESENT[axis.1][2]).map(|axis| axis.0).product();
    let bytes = scratch_bytes(dtype, role([true, false]), role([false, true]), inner);
    let mut scratch = pool.allocate(bytes).expect("memory");
    let plan = Contraction::new(dtype, &product_axes, [places[0].1, places[1].1, places[2].1]);
    plan.run(
        left.as_bytes(),
        right.as_bytes(),
        result.as_bytes_mut().expect("its own"),
        is_added,
        sums,
        scratch.as_bytes_mut(),
    )
    .expect("a product within its memories");
    assert_eq!(numbers(&result, &pool), numbers(&expected, &pool), "{dtype} {axes:?} {order:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn products_are_sums_of_products(
        dtype in prop::sample::select(DType::ALL.to_vec()),
        axes in prop::collection::vec(axis(0_usize..6), 0..6),
        order in any::<prop::sample::Index>(),
        steps in [1_isize..3, 1_isize..3],
        is_in_order in any::<bool>(),
        is_added in any::<bool>(),
    ) {
        let mut places: Vec<usize> = (0..axes.len()).collect();
        if !places.is_empty() {
            let by = order.index(places.len());
            places.rotate_left(by);
        }
        let sums = if is_in_order { Sums::InOrder } else { Sums::Fast };
        agrees(dtype, &axes, &places, steps, sums, is_added);
    }

    #[test]
    fn matrices_of_any_size_and_order(
        dtype in prop::sample::select(DType::ALL.to_vec()),
        lengths in prop_oneof![
            [1_usize..80, 1_usize..150, 1_usize..40],
            [1_usize..34, 1_usize..34, 500_usize..800],
            [1_usize..2, 1_usize..40, 1_usize..3000],
        ],
        is_turned in any::<[bool; 3]>(),
        sums in prop::sample::select(vec![Sums::Fast, Sums::InOrder]),
        is_added in any::<bool>(),
    ) {
        let axes = [(lengths[0], 1, [false; 2]), (lengths[1], 2, [false; 2]), (lengths[2], 3, [false; 2])];
        let axes = if is_turned[2] { [axes[1], axes[0], axes[2]] } else { axes };
        let order = if is_turned[0] { [0, 1, 2] } else { [2, 0, 1] };
        agrees(dtype, &axes, &order, [1, if is_turned[1] { 1 } else { 2 }], sums, is_added);
    }
}

#[test]
fn what_reaches_beyond_its_memory_is_refused() {
    let axis = |left, right, result| ProductAxis { length: 3, left, right, result };
    let axes = [axis(Some(3), None, Some(3)), axis(None, Some(1), Some(1)), axis(Some(1), Some(3), None)];
    let (operand, mut result) = ([0_u8; 72], [0_u8; 72]);
    let mut scratch = vec![0_u8; scratch_bytes(DType::Int8, 3, 3, 3)];
    let run = |firsts: [usize; 3], result: &mut [u8], scratch: &mut [u8]| {
        Contraction::new(DType::Int8, &axes, firsts).run(
            &operand[..9],
            &operand[..9],
            result,
            false,
            Sums::Fast,
            scratch,
        )
    };
    assert!(run([0, 0, 0], &mut result[..9], &mut scratch).is_ok());
    assert!(run([1, 0, 0], &mut result[..9], &mut scratch).is_err());
    assert!(run([0, 1, 0], &mut result[..9], &mut scratch).is_err());
    assert!(run([0, 0, 0], &mut result[..8], &mut scratch).is_err());
}

#[test]
fn parts_of_sums_are_added() {
    let mut sums = [1_i8 as u8, 120];
    add_to(DType::Int8, &mut sums, &[2, 10]).expect("of one length");
    assert_eq!(sums, [3, 130]);
    add_to(DType::Bool, &mut sums, &[0, 0]).expect("of one length");
    assert_eq!(sums, [1, 1]);
    assert!(add_to(DType::Bool, &mut sums, &[0]).is_err());
}

/// A sum over a long axis is as near as its tiles' sums allow.
#[test]
fn long_thin_products_lose_nothing_between_tiles() {
    let count = 1 << 20;
    let values: Vec<f32> = (0..count).map(|place| 0.1 + (place % 7) as f32).collect();
    let exact: f64 = values.iter().map(|value| f64::from(*value) * f64::from(*value)).sum();
    let pool = Pool::new(None);
    let block = Block::from_slice(&[count], &values, &pool).expect("memory");
    let mut result = Block::zeros(DType::Float32, &[2, 2], &pool).expect("memory");
    let axes = [
        ProductAxis { length: 2, left: Some(0), right: None, result: Some(2) },
        ProductAxis { length: 2, left: None, right: Some(0), result: Some(1) },
        ProductAxis { length: count, left: Some(1), right: Some(1), result: None },
    ];
    let mut scratch = pool.allocate(scratch_bytes(DType::Float32, 2, 2, count)).expect("memory");
    Contraction::new(DType::Float32, &axes, [0, 0, 0])
        .run(
            block.as_bytes(),
            block.as_bytes(),
            result.as_bytes_mut().expect("its own"),
            false,
            Sums::Fast,
            scratch.as_bytes_mut(),
        )
        .expect("a product");
    for found in result.as_slice::<f32>().expect("float32") {
        assert!((f64::from(*found) / exact - 1.0).abs() < 3e-6, "{found} for {exact}");
    }
}
