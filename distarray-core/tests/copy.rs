//! Copying regions against a model that lists every index.

#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test may panic, and counts small things"
)]

use distarray_core::kernel::copy::{CopyRun, Region, Side, copy_region, pack_region, unpack_region};
use distarray_core::{ElementError, Pool};
use proptest::prelude::*;

/// A case: item size, the two shapes, and the runs of each axis.
#[derive(Debug, Clone)]
struct Case {
    item_bytes: usize,
    source_shape: Vec<usize>,
    target_shape: Vec<usize>,
    axes: Vec<Vec<CopyRun>>,
}

/// One axis: runs that lie one behind the other in the target, anywhere in the source, each in either
/// direction.
fn an_axis() -> impl Strategy<Value = (usize, usize, Vec<CopyRun>)> {
    let a_run =
        (0_usize..4, 0_usize..4, (0_usize..3, 0_usize..3), 0_usize..5, 0_usize..3, any::<(bool, bool)>());
    (prop::collection::vec(a_run, 0..3), 0_usize..3, any::<bool>()).prop_map(|(pieces, spare, is_whole)| {
        if is_whole {
            let length = pieces.len() * 3 + spare;
            return (length, length, vec![CopyRun::whole(length)]);
        }
        let (mut source_length, mut target_length) = (spare, spare);
        let mut runs = Vec::new();
        for (length, repeats, gaps, source, target, backwards) in pieces {
            let target = target_length + target;
            let strides = (length + gaps.0, length + gaps.1);
            let span = |stride: usize| repeats.saturating_sub(1) * stride;
            let one_side = |begin: usize, stride: usize, is_backwards: bool| {
                if is_backwards {
                    (begin + span(stride), -stride.cast_signed())
                } else {
                    (begin, stride.cast_signed())
                }
            };
            let (source_first, source_stride) = one_side(source, strides.0, backwards.0);
            let (target_first, target_stride) = one_side(target, strides.1, backwards.1);
            if length * repeats > 0 {
                source_length = source_length.max(source + span(strides.0) + length);
                target_length = target_length.max(target + span(strides.1) + length);
            }
            runs.push(CopyRun {
                length,
                repeats,
                source: source_first,
                source_stride,
                target: target_first,
                target_stride,
            });
        }
        (source_length, target_length, runs)
    })
}

fn a_case() -> impl Strategy<Value = Case> {
    let item = prop::sample::select(vec![1_usize, 2, 4, 8, 16]);
    (item, prop::collection::vec(an_axis(), 0..4)).prop_map(|(item_bytes, axes)| Case {
        item_bytes,
        source_shape: axes.iter().map(|axis| axis.0).collect(),
        target_shape: axes.iter().map(|axis| axis.1).collect(),
        axes: axes.into_iter().map(|axis| axis.2).collect(),
    })
}

impl Case {
    /// Flat positions (source, target) of the region's elements in message order.
    fn positions(&self) -> Vec<(usize, usize)> {
        let mut positions = vec![(0, 0)];
        for (axis, runs) in self.axes.iter().enumerate() {
            let mut longer = Vec::new();
            for &(source, target) in &positions {
                for run in runs {
                    for repeat in 0..run.repeats {
                        for index in 0..run.length {
                            let s = at(run.source, run.source_stride, repeat) + index;
                            let t = at(run.target, run.target_stride, repeat) + index;
                            longer.push((
                                source * self.source_shape[axis] + s,
                                target * self.target_shape[axis] + t,
                            ));
                        }
                    }
                }
            }
            positions = longer;
        }
        positions
    }

    fn source(&self) -> Vec<u8> {
        let bytes = self.source_shape.iter().product::<usize>() * self.item_bytes;
        (0..bytes).map(|byte| (byte * 7 % 251 + 1) as u8).collect()
    }

    fn target(&self) -> Vec<u8> {
        vec![0; self.target_shape.iter().product::<usize>() * self.item_bytes]
    }
}

/// Where piece `repeat` of a run begins.
fn at(first: usize, stride: isize, repeat: usize) -> usize {
    first.checked_add_signed(stride * repeat.cast_signed()).unwrap()
}

/// One item of `item_bytes` from one flat position to another.
fn copy_item(item_bytes: usize, source: &[u8], from: usize, target: &mut [u8], to: usize) {
    target[to * item_bytes..(to + 1) * item_bytes]
        .copy_from_slice(&source[from * item_bytes..(from + 1) * item_bytes]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_copied_region_is_the_model_s(case in a_case()) {
        let (source, mut expected, mut found) = (case.source(), case.target(), case.target());
        for (from, to) in case.positions() {
            copy_item(case.item_bytes, &source, from, &mut expected, to);
        }
        copy_region(
            case.item_bytes, &source, &case.source_shape, &mut found, &case.target_shape, &case.axes,
        ).unwrap();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn packing_in_pieces_and_unpacking_in_others_is_copying(
        case in a_case(),
        cuts in prop::collection::vec(1_usize..9, 1..4),
    ) {
        let positions = case.positions();
        let item = case.item_bytes;
        let source = case.source();
        let mut message = vec![0; positions.len() * item];
        let mut expected_message = message.clone();
        let mut expected = case.target();
        for (index, &(from, to)) in positions.iter().enumerate() {
            copy_item(item, &source, from, &mut expected_message, index);
            copy_item(item, &source, from, &mut expected, to);
        }
        let mut first = 0;
        for cut in cuts.iter().cycle().take(positions.len() + 1) {
            let end = (first + cut).min(positions.len());
            let piece = &mut message[first * item..end * item];
            pack_region(item, &source, &case.source_shape, &case.axes, first, piece).unwrap();
            first = end;
        }
        prop_assert_eq!(&message, &expected_message);

        let mut found = case.target();
        let region = Region::unpacking(item, &Side::c_order(&case.target_shape), &case.axes).unwrap();
        prop_assert_eq!(region.count(), positions.len());
        let mut first = 0;
        for cut in cuts.iter().rev().cycle().take(positions.len() + 1) {
            let end = (first + cut).min(positions.len());
            region.unpack(&message[first * item..end * item], first, &mut found).unwrap();
            first = end;
        }
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_written() {
    let run = |source, target| vec![vec![CopyRun::piece(3, source, target)]];
    let mut target = [9_u8; 4];
    let mut copy = |item, shape: &[usize], axes: &[Vec<CopyRun>]| {
        copy_region(item, &[1; 4], shape, &mut target, &[4], axes)
    };
    assert_eq!(copy(3, &[4], &run(0, 0)), Err(ElementError::ItemSize { item_bytes: 3 }));
    let out_of_range = |index, length| Err(ElementError::RunOutOfRange { axis: 0, index, length });
    assert_eq!(copy(1, &[4], &run(2, 0)), out_of_range(4, 4));
    assert_eq!(copy(1, &[4], &run(0, 3)), out_of_range(5, 4));
    let axis_count = Err(ElementError::AxisCount { expected: 1, found: 0 });
    assert_eq!(copy(1, &[4], &[]), axis_count);
    let size = Err(ElementError::SizeMismatch { expected_bytes: 8, found_bytes: 4 });
    assert_eq!(copy(2, &[4], &run(0, 0)), size);
    let far = CopyRun { repeats: usize::MAX / 2, source_stride: isize::MAX, ..CopyRun::whole(1) };
    assert!(copy(1, &[4], &[vec![far]]).is_err());
    assert_eq!(target, [9; 4]);
    assert!(matches!(
        unpack_region(1, &[0; 3], 2, &mut [0; 4], &[4], &run(0, 0)),
        Err(ElementError::RangeOutOfRegion { first: 2, end: 5, count: 3 })
    ));
}

/// Beyond 16 MiB the bytes go past the caches; they must arrive all the same.
#[test]
fn large_regions_arrive_whole() {
    let pool = Pool::new(None);
    let (rows, columns) = (1100, 4097);
    let mut source = pool.allocate(rows * columns * 8).unwrap();
    for (index, value) in source.typed_mut::<u64>().unwrap().iter_mut().enumerate() {
        *value = index as u64;
    }
    let mut target = pool.allocate_zeroed(rows * 2049 * 8).unwrap();
    let axes = [vec![CopyRun::whole(rows)], vec![CopyRun::piece(2049, 2048, 0)]];
    copy_region(8, source.as_bytes(), &[rows, columns], target.as_bytes_mut(), &[rows, 2049], &axes).unwrap();
    for (index, &value) in target.typed::<u64>().unwrap().iter().enumerate() {
        let (row, column) = (index / 2049, index % 2049);
        assert_eq!(value, (row * columns + column + 2048) as u64);
    }
}

/// Small, and so large that it goes past the caches; with tiles that are cut off on both sides.
#[test]
fn transpositions_of_several_tiles_move_every_item() {
    for (rows, columns) in [(70_usize, 131_usize), (1033, 2113), (2113, 1033)] {
        let source: Vec<u8> = (0..rows * columns).flat_map(|item| (item as u64).to_le_bytes()).collect();
        let mut target = vec![0; source.len()];
        let shape = [columns, rows];
        let turned = Side {
            shape: &shape,
            strides: [1, columns as isize].into_iter().collect(),
            offset: 0,
            size: rows * columns,
        };
        let runs = [[CopyRun::whole(columns)], [CopyRun::whole(rows)]];
        Region::of_sides(8, &turned, &Side::c_order(&shape), &runs)
            .unwrap()
            .copy(&source, &mut target)
            .unwrap();
        for (place, item) in target.as_chunks::<8>().0.iter().enumerate() {
            let (column, row) = (place / rows, place % rows);
            assert_eq!(u64::from_le_bytes(*item), (row * columns + column) as u64);
        }
    }
}
