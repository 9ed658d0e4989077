//! Laws of slicing, reducing and broadcasting, checked rank by rank on what each of them holds.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Layout, RANKS, flat, held, indices, layout, shape};
use distarray_maps::{AxisRange, AxisSlice, Distribution};
use proptest::prelude::*;

/// A slice that fits a shape, made of any numbers.
fn slices(shape: &[usize], seeds: &[(usize, isize, usize)]) -> Vec<AxisSlice> {
    let fit = |(&length, &(start, step, count)): (&usize, &(usize, isize, usize))| {
        if length == 0 {
            return AxisSlice::full(0);
        }
        let start = start % length;
        if step == 0 {
            return AxisSlice::Index(start);
        }
        let room = if step > 0 { length - 1 - start } else { start };
        AxisSlice::Range(AxisRange { start, step, count: count % (room / step.unsigned_abs() + 2) })
    };
    shape.iter().zip(seeds).map(fit).collect()
}

fn seeds() -> impl Strategy<Value = Vec<(usize, isize, usize)>> {
    prop::collection::vec((0usize..60, -4isize..5, 0usize..60), 0..5)
}

/// Index tuple `index` of the slice, in the base.
fn in_base(slices: &[AxisSlice], shape: &[usize], index: &[usize]) -> Vec<usize> {
    let mut rest = index.iter();
    let place = |axis: usize| match slices.get(axis) {
        Some(AxisSlice::Index(index)) => *index,
        Some(AxisSlice::Range(range)) => range.index(*rest.next().unwrap()),
        None => *rest.next().unwrap(),
    };
    (0..shape.len()).map(place).collect()
}

/// A layout and a shape that broadcasts to it: axes removed in front, others of one index.
fn with_operand() -> impl Strategy<Value = (Layout, Vec<usize>)> {
    shape().prop_flat_map(|shape| {
        let choices = (0..=shape.len(), prop::collection::vec(any::<bool>(), shape.len()));
        let operand = choices.prop_map({
            let shape = shape.clone();
            move |(missing, flattened)| {
                (missing..shape.len()).map(|axis| if flattened[axis] { 1 } else { shape[axis] }).collect()
            }
        });
        (layout(shape), operand)
    })
}

proptest! {
    #![proptest_config(common::cases(1500))]

    #[test]
    fn a_slice_stays_where_it_is(layout in shape().prop_flat_map(layout), seeds in seeds()) {
        let base = layout.distribution();
        let slices = slices(base.shape(), &seeds);
        let sliced = base.slice(&slices).unwrap();
        let mut owners = Vec::new();
        for index in indices(sliced.shape()) {
            let original = in_base(&slices, base.shape(), &index);
            let (rank, _) = sliced.owner(&index).unwrap();
            prop_assert_eq!(rank, base.owner(&original).unwrap().0);
            owners.push(rank);
            for rank in 0..RANKS {
                let here = base.local_index(rank, &original).unwrap().is_some();
                prop_assert_eq!(sliced.local_index(rank, &index).unwrap().is_some(), here);
            }
        }
        owners.sort_unstable();
        owners.dedup();
        prop_assert_eq!(base.owners_of_slice(&slices).unwrap(), owners);
    }

    #[test]
    fn the_local_part_of_a_slice_is_found_without_a_message(layout in shape().prop_flat_map(layout), seeds in seeds()) {
        let base = layout.distribution();
        let slices = slices(base.shape(), &seeds);
        let sliced = base.slice(&slices).unwrap();
        for rank in 0..RANKS {
            let runs = base.slice_runs(&slices, rank).unwrap();
            prop_assert_eq!(runs.is_some(), sliced.holds(rank));
            let Some(runs) = runs else { continue };
            // (base, slice) local places along each axis, put together as a product.
            let mut places = vec![(0, 0)];
            let base_shape = base.local_shape(rank);
            for (axis, runs) in runs.iter().enumerate() {
                let along: Vec<(usize, usize)> = runs.iter().flat_map(|run| run.elements().collect::<Vec<_>>()).collect();
                places = places.iter().flat_map(|&(b, s)| along.iter().map(|&(base, slice)| (b * base_shape[axis] + base, s * along.len() + slice)).collect::<Vec<_>>()).collect();
            }
            let base_held = held(&base, rank).unwrap();
            let expected = held(&sliced, rank).unwrap();
            let shown = indices(sliced.shape());
            prop_assert_eq!(places.len(), expected.len());
            for (base_place, slice_place) in places {
                let original = in_base(&slices, base.shape(), &shown[expected[slice_place]]);
                prop_assert_eq!(base_held[base_place], flat(base.shape(), &original));
            }
        }
    }

    #[test]
    fn a_reduction_leaves_each_block_with_all_who_took_part(layout in shape().prop_flat_map(layout), mask in 0usize..16, keepdims in any::<bool>()) {
        let base = layout.distribution();
        let ndim = base.ndim();
        let axes: Vec<usize> = (0..ndim).filter(|axis| mask >> axis & 1 == 1).collect();
        let result = base.reduce(&axes, keepdims).unwrap();
        let kept: Vec<usize> = (0..ndim).filter(|axis| !axes.contains(axis)).collect();
        prop_assert_eq!(result.ndim(), if keepdims { ndim } else { kept.len() });
        for rank in 0..RANKS {
            prop_assert_eq!(result.holds(rank), base.holds(rank));
            let Some(coords) = base.grid().coords(rank) else { continue };
            let own = result.grid().coords(rank).unwrap();
            for (place, &axis) in kept.iter().enumerate() {
                let place = if keepdims { axis } else { place };
                prop_assert_eq!(result.axis(place), base.axis(axis));
                prop_assert_eq!(own[place], coords[axis]);
            }
            let first = base.is_primary(rank) && axes.iter().all(|&axis| coords[axis] == 0);
            prop_assert_eq!(result.is_primary(rank), first);
        }
    }

    #[test]
    fn a_reduction_can_be_broadcast_back_without_a_message(layout in shape().prop_flat_map(layout), mask in 0usize..16) {
        let base = layout.distribution();
        // An axis of one index is not told from a reduced one: there the operand is the array's own axis.
        let axes: Vec<usize> = (0..base.ndim()).filter(|&axis| mask >> axis & 1 == 1 && base.shape()[axis] != 1).collect();
        let kept = base.reduce(&axes, true).unwrap();
        prop_assert!(kept.same_placement(&base.for_operand(kept.shape()).unwrap()));
        let front = base.reduce(&(0..axes.len()).collect::<Vec<_>>(), false).unwrap();
        prop_assert!(front.same_placement(&base.for_operand(front.shape()).unwrap()));
    }

    #[test]
    fn an_operand_lies_with_every_element_it_meets((layout, operand_shape) in with_operand()) {
        let base = layout.distribution();
        let operand = base.for_operand(&operand_shape).unwrap();
        let missing = base.ndim() - operand_shape.len();
        prop_assert_eq!(operand.shape(), operand_shape.as_slice());
        for rank in 0..RANKS {
            prop_assert_eq!(operand.holds(rank), base.holds(rank));
            if !base.holds(rank) { continue; }
            for local in indices(&base.local_shape(rank)) {
                let global = base.global_index(rank, &local).unwrap();
                let met: Vec<usize> = (0..operand_shape.len()).map(|axis| if operand_shape[axis] == 1 { 0 } else { global[missing + axis] }).collect();
                let own = operand.local_index(rank, &met).unwrap();
                let expected: Vec<usize> = (0..operand_shape.len()).map(|axis| if operand_shape[axis] == 1 { 0 } else { local[missing + axis] }).collect();
                prop_assert_eq!(own, Some(expected));
            }
        }
        if operand.axes().iter().all(|map| map.parts() == 1 && map.letter() != 'u') {
            prop_assert!(Distribution::replicated(&operand_shape, RANKS).unwrap().covers(&operand));
        }
    }

    #[test]
    fn a_gathered_array_lies_on_the_ranks_that_hold_its_kept_axes(layout in shape().prop_flat_map(layout), first in 0usize..3, count in 0usize..4, new in prop::collection::vec(0usize..7, 1..3)) {
        let base = layout.distribution();
        let first = first.min(base.ndim());
        let count = count.min(base.ndim() - first);
        let gathered = base.gathered(first, count, &new).unwrap();
        let expected: Vec<usize> = base.shape()[..first].iter().chain(&new).chain(&base.shape()[first + count..]).copied().collect();
        prop_assert_eq!(gathered.shape(), expected.as_slice());
        let replaced = &base.grid().shape()[first..first + count];
        for rank in 0..RANKS {
            let (Some((held, copy)), Some((coords, same_copy))) = (base.grid().locate(rank), gathered.grid().locate(rank)) else {
                prop_assert_eq!(base.holds(rank), gathered.holds(rank));
                continue;
            };
            prop_assert_eq!(copy, same_copy);
            prop_assert_eq!(&coords[..first], &held[..first]);
            prop_assert_eq!(&coords[first + new.len()..], &held[first + count..]);
            let part = replaced.iter().zip(&held[first..]).fold(0, |part, (parts, coord)| part * parts + coord);
            prop_assert_eq!(coords[first], part);
        }
    }

    #[test]
    fn a_broadcast_result_has_numpys_shape_and_its_operands_places((layout, operand_shape) in with_operand(), swap in any::<bool>()) {
        let base = layout.distribution();
        let row = Distribution::block_rows(&operand_shape, 3).unwrap();
        let operands = if swap { [&row, &base] } else { [&base, &row] };
        let result = Distribution::broadcast_result(&operands).unwrap();
        prop_assert_eq!(result.shape(), base.shape());
        for operand in operands {
            let needed = result.for_operand(operand.shape()).unwrap();
            prop_assert_eq!(needed.shape(), operand.shape());
        }
        prop_assert_eq!(&result, &Distribution::broadcast_result(&operands).unwrap());
    }
}

#[test]
fn a_result_lies_where_its_spread_operand_lies() {
    let spread = Distribution::from_spec(&[6, 4], &"c,n".parse().unwrap(), 3).unwrap();
    let whole = Distribution::replicated(&[6, 4], 3).unwrap();
    let scalar = Distribution::replicated(&[], 3).unwrap();
    let result = |operands: &[&Distribution]| Distribution::broadcast_result(operands).unwrap();
    assert_eq!(result(&[&whole, &scalar, &spread]), spread);
    assert_eq!(result(&[&scalar, &whole]), whole);
    let column = Distribution::from_spec(&[6, 1], &"b".parse().unwrap(), 3).unwrap();
    let row = Distribution::from_spec(&[4], &"b".parse().unwrap(), 2).unwrap();
    let outer = result(&[&row, &column]);
    assert_eq!(
        (outer.shape(), outer.text().as_str(), outer.local_shape(2)),
        (&[6, 4][..], "b,n", vec![2, 4])
    );
}

#[test]
fn a_whole_copy_covers_the_copies_that_an_operand_needs() {
    let matrix = Distribution::from_spec(&[8, 6], &"b,b".parse().unwrap(), 6).unwrap();
    let scalar = matrix.for_operand(&[1, 1]).unwrap();
    assert!(Distribution::replicated(&[1, 1], 7).unwrap().covers(&scalar));
    assert!(Distribution::replicated(&[1, 1], 6).unwrap().same_placement(&scalar));
    assert!(!Distribution::replicated(&[1, 1], 5).unwrap().covers(&scalar));
    assert!(!Distribution::on_rank(&[1, 1], 0).unwrap().covers(&scalar));
    assert!(scalar.covers(&Distribution::on_rank(&[1, 1], 4).unwrap()));
    assert!(!matrix.for_operand(&[6]).unwrap().same_placement(&Distribution::replicated(&[6], 6).unwrap()));
}

/// Another shape of the same size: cut and joined as the numbers say.
fn other_shape(shape: &[usize], numbers: &[usize]) -> Vec<usize> {
    let mut rest: usize = shape.iter().product();
    if rest == 0 {
        return vec![numbers[0] % 3, 0, numbers[1] % 3];
    }
    let mut other = Vec::new();
    for number in &numbers[..3] {
        let divisors: Vec<usize> = (1..=rest).filter(|&length| rest.is_multiple_of(length)).collect();
        let length = divisors[number % divisors.len()];
        other.push(length);
        rest /= length;
    }
    if rest > 1 || numbers[3].is_multiple_of(2) {
        other.push(rest);
    }
    other
}

proptest! {
    #![proptest_config(common::cases(2000))]

    #[test]
    fn a_reshaped_array_keeps_what_every_rank_has(
        layout in shape().prop_flat_map(layout),
        numbers in prop::collection::vec(0usize..1000, 4),
    ) {
        let source = &layout.distribution();
        let shape = other_shape(source.shape(), &numbers);
        if let Some(target) = source.reshaped(&shape).unwrap() {
            prop_assert_eq!(target.shape(), &shape[..]);
            for rank in 0..RANKS {
                let (before, after) = (held(source, rank).unwrap_or_default(), held(&target, rank).unwrap_or_default());
                prop_assert_eq!(before, after, "rank {} of {:?}", rank, target);
            }
        }
        let again = source.reshaped(source.shape()).unwrap();
        prop_assert_eq!(again.as_ref(), Some(source));
    }
}

#[test]
fn rows_are_joined_and_cut_where_they_begin() {
    let rows = Distribution::from_spec(&[6, 4, 2], &"b".parse().unwrap(), 3).unwrap();
    for shape in [&[48][..], &[6, 8], &[3, 16], &[12, 4], &[2, 3, 8], &[1, 6, 2, 2, 1, 2]] {
        let expected = !matches!(shape, [2, 3, 8]);
        assert_eq!(rows.reshaped(shape).unwrap().is_some(), expected, "{shape:?}");
    }
    let columns = Distribution::from_spec(&[6, 4], &"n,b".parse().unwrap(), 2).unwrap();
    assert!(columns.reshaped(&[2, 3, 4]).unwrap().is_some());
    assert!(columns.reshaped(&[6, 2, 2]).unwrap().is_some());
    assert!(columns.reshaped(&[24]).unwrap().is_none());
    assert!(rows.reshaped(&[47]).is_err());
}

#[test]
fn even_blocks_lie_along_an_axis_that_is_long_enough() {
    let source = Distribution::from_spec(&[9], &"b".parse().unwrap(), 3).unwrap();
    assert_eq!(source.even_blocks(&[2, 7]).unwrap().local_shape(1), [2, 3]);
    assert_eq!(source.even_blocks(&[3, 7]).unwrap().local_shape(1), [1, 7]);
    assert_eq!(source.even_blocks(&[1, 2]).unwrap().local_shape(1), [1, 1]);
    assert_eq!(source.even_blocks(&[]).unwrap().local_shape(0), []);
}
