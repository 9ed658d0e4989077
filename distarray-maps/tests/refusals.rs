//! Descriptions that make no sense are refused, with the numbers; read ones as well as made ones.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use distarray_maps::{
    AxisMap, AxisRange, AxisSlice, Dimension, DistSpec, Distribution, Grid, MapError, Schedule,
};

fn spec(text: &str) -> DistSpec {
    text.parse().unwrap()
}

#[test]
fn maps_without_parts_or_with_empty_blocks() {
    assert_eq!(AxisMap::block(9, 0), Err(MapError::ZeroParts { length: 9 }));
    assert_eq!(AxisMap::cyclic(9, 0), Err(MapError::ZeroParts { length: 9 }));
    assert_eq!(AxisMap::unstructured(vec![]), Err(MapError::ZeroParts { length: 0 }));
    assert_eq!(AxisMap::block_with_intervals(3, &[]), Err(MapError::ZeroParts { length: 3 }));
    let error = AxisMap::block_cyclic(9, 2, 0).unwrap_err();
    assert_eq!(error, MapError::ZeroBlockSize { length: 9, parts: 2 });
    assert_eq!(error.to_string(), "the block size of an axis of 9 indices over 2 parts is 0");
}

#[test]
fn bounds_that_run_backwards_or_begin_late() {
    let error = AxisMap::block_with_bounds(&[0, 5, 3, 9]).unwrap_err();
    assert_eq!(error, MapError::BoundsDecrease { index: 2, bound: 3, previous: 5 });
    assert_eq!(error.to_string(), "block bound 2 is 3, below the bound 5 before it");
    assert_eq!(AxisMap::block_with_bounds(&[1, 5]), Err(MapError::BoundsStart { bounds: 2, first: Some(1) }));
    assert_eq!(AxisMap::block_with_bounds(&[0]), Err(MapError::BoundsStart { bounds: 1, first: Some(0) }));
    assert_eq!(AxisMap::block_with_bounds(&[]), Err(MapError::BoundsStart { bounds: 0, first: None }));
}

#[test]
fn intervals_that_overlap_or_leave_gaps() {
    let overlap = MapError::BlocksOverlap { part: 1, start: 3, stop: 8, previous: 4 };
    assert_eq!(AxisMap::block_with_intervals(8, &[(0, 4), (3, 8)]), Err(overlap));
    let gap = MapError::BlocksGap { start: 4, stop: 5, length: 8 };
    assert_eq!(AxisMap::block_with_intervals(8, &[(0, 4), (5, 8)]), Err(gap));
    let end = MapError::BlocksGap { start: 7, stop: 8, length: 8 };
    assert_eq!(AxisMap::block_with_intervals(8, &[(0, 4), (4, 7)]), Err(end));
    let beyond = MapError::BlockOutOfRange { part: 1, start: 4, stop: 9, length: 8 };
    assert_eq!(AxisMap::block_with_intervals(8, &[(0, 4), (4, 9)]), Err(beyond));
    assert_eq!(AxisMap::block_with_intervals(8, &[(0, 4), (4, 8)]), AxisMap::block(8, 2));
}

#[test]
fn indices_owned_twice_or_never() {
    let twice = AxisMap::unstructured(vec![vec![0, 3], vec![1, 3]]).unwrap_err();
    assert_eq!(twice, MapError::OwnedTwice { index: 3, first: 0, second: 1 });
    assert_eq!(twice.to_string(), "global index 3 is owned twice, by parts 0 and 1");
    let beyond = MapError::OwnedBeyondEnd { part: 1, index: 7, length: 3 };
    assert_eq!(AxisMap::unstructured(vec![vec![0, 1], vec![7]]), Err(beyond));
    let missing = MapError::NotOwned { index: 2, length: 4 };
    assert_eq!(AxisMap::unstructured_with_length(4, vec![vec![0, 1], vec![3]]), Err(missing));
    assert!(AxisMap::unstructured(vec![vec![], vec![]]).is_ok());
}

#[test]
fn grids_that_do_not_fit() {
    let error = Distribution::from_spec(&[8, 8], &spec("b,b").with_grid(&[3, 2]), 4).unwrap_err();
    assert_eq!(error, MapError::GridMismatch { ranks: 4, grid: vec![3, 2], cells: 6 });
    assert_eq!(error.to_string(), "4 ranks cannot fill a process grid of shape [3, 2] (6 cells)");
    let zero = Distribution::from_spec(&[8, 8], &spec("b,b").with_grid(&[0, 2]), 4);
    assert_eq!(zero, Err(MapError::GridShape { grid: vec![0, 2], ndim: 2 }));
    let long = Distribution::from_spec(&[8], &spec("b").with_grid(&[2, 2]), 4);
    assert_eq!(long, Err(MapError::GridShape { grid: vec![2, 2], ndim: 1 }));
    let undistributed = Distribution::from_spec(&[8, 8], &spec("b,n").with_grid(&[2, 2]), 4);
    assert_eq!(undistributed, Err(MapError::GridOnUndistributedAxis { axis: 1, parts: 2 }));
    let smaller = Distribution::from_spec(&[8, 8], &spec("b,b").with_grid(&[3]), 4).unwrap();
    assert_eq!(smaller.grid().shape(), [3, 1]);
    assert_eq!(Distribution::from_spec(&[8], &spec("b"), 0), Err(MapError::ZeroRanks { ranks: 0 }));
    assert_eq!(Distribution::replicated(&[8], 0), Err(MapError::ZeroRanks { ranks: 0 }));
}

#[test]
fn grids_that_put_two_cells_on_one_rank() {
    let twice = |count, stride| Dimension { count, stride };
    let error = Grid::strided(0, &[twice(3, 1), twice(2, 2)], &[]).unwrap_err();
    assert_eq!(error, MapError::GridOverlap { count: 2, stride: 2, reach: 3 });
    assert!(Grid::strided(4, &[twice(3, 1), twice(2, 3)], &[twice(2, 6)]).is_ok());
    assert_eq!(Grid::with_ranks(&[3], 1, &[4, 2, 4]), Err(MapError::RankTwice { rank: 4 }));
    assert_eq!(
        Grid::with_ranks(&[3], 2, &[4, 2]),
        Err(MapError::GridMismatch { ranks: 2, grid: vec![3, 2], cells: 6 })
    );
    assert_eq!(Grid::with_ranks(&[3], 0, &[]), Err(MapError::GridShape { grid: vec![3, 0], ndim: 1 }));
    assert_eq!(Grid::strided(0, &[twice(0, 1)], &[]), Err(MapError::GridShape { grid: vec![0], ndim: 1 }));
    assert!(Grid::row_major(&[usize::MAX, 3]).is_err());
    assert!(Grid::with_ranks(&[usize::MAX, 3], 2, &[1]).is_err());
}

#[test]
fn pieces_that_do_not_belong_together() {
    let map = AxisMap::block(8, 2).unwrap();
    let grid = Grid::row_major(&[2]).unwrap();
    let length = Distribution::new(&[9], vec![map.clone()], grid.clone());
    assert_eq!(length, Err(MapError::LengthMismatch { axis: 0, length: 9, mapped: 8 }));
    let parts = Distribution::new(&[8], vec![map.clone()], Grid::row_major(&[3]).unwrap());
    assert_eq!(parts, Err(MapError::PartsMismatch { axis: 0, parts: 2, cells: 3 }));
    let axes = Distribution::new(&[8, 2], vec![map], grid);
    assert_eq!(axes, Err(MapError::DimensionMismatch { given: 1, ndim: 2 }));
}

#[test]
fn shapes_beyond_the_range_of_indices() {
    let shape = [1 << 32, 1 << 32];
    assert_eq!(Distribution::block_rows(&shape, 4), Err(MapError::SizeOverflow { shape: shape.to_vec() }));
    assert!(Distribution::block_rows(&[1 << 32, 0, 1 << 40], 4).is_ok());
    assert!(matches!(Distribution::block_rows(&[usize::MAX], 4), Err(MapError::AxisTooLong { .. })));
    assert!(Distribution::replicated(&[usize::MAX], 1).is_err());
}

#[test]
fn questions_outside_the_array() {
    let rows = Distribution::block_rows(&[6, 4], 3).unwrap();
    assert_eq!(rows.owner(&[1, 4]), Err(MapError::IndexOutOfRange { axis: 1, index: 4, length: 4 }));
    assert_eq!(rows.owner(&[1]), Err(MapError::DimensionMismatch { given: 1, ndim: 2 }));
    assert_eq!(rows.global_index(5, &[0, 0]), Err(MapError::NotHeld { rank: 5 }));
    let local = MapError::LocalOutOfRange { axis: 0, index: 2, rank: 1, count: 2 };
    assert_eq!(rows.global_index(1, &[2, 0]), Err(local));
    assert_eq!(rows.reduce(&[2], false), Err(MapError::AxisOutOfRange { axis: 2, ndim: 2 }));
    assert_eq!(rows.reduce(&[1, 1], false), Err(MapError::AxisTwice { axis: 1 }));
    let slice = [AxisSlice::full(6), AxisSlice::Index(9)];
    assert_eq!(rows.slice(&slice), Err(MapError::IndexOutOfRange { axis: 1, index: 9, length: 4 }));
    let range = AxisSlice::Range(AxisRange { start: 3, step: -2, count: 3 });
    let leaves = MapError::SliceOutOfRange { axis: 1, start: 3, step: -2, count: 3, length: 4 };
    assert_eq!(rows.slice(&[AxisSlice::full(6), range]), Err(leaves));
    let still = AxisSlice::Range(AxisRange { start: 0, step: 0, count: 2 });
    assert_eq!(rows.slice(&[still]), Err(MapError::ZeroStep { axis: 0 }));
    assert_eq!(rows.slice(&[AxisSlice::Index(0); 3]), Err(MapError::DimensionMismatch { given: 3, ndim: 2 }));
}

#[test]
fn shapes_that_do_not_go_together() {
    let rows = Distribution::block_rows(&[6, 4], 3).unwrap();
    let columns = Distribution::block_rows(&[4, 6], 3).unwrap();
    let mismatch = MapError::NotBroadcastable { left: vec![6, 4], right: vec![4, 6] };
    assert_eq!(Distribution::broadcast_result(&[&rows, &columns]), Err(mismatch));
    assert_eq!(Distribution::broadcast_result(&[]), Err(MapError::NoOperands { operands: 0 }));
    assert_eq!(rows.for_operand(&[3]), Err(MapError::NotBroadcastable { left: vec![6, 4], right: vec![3] }));
    assert_eq!(
        rows.for_operand(&[1, 6, 4]),
        Err(MapError::NotBroadcastable { left: vec![6, 4], right: vec![1, 6, 4] })
    );
    let shapes = MapError::ShapeMismatch { source_shape: vec![6, 4], target_shape: vec![4, 6] };
    assert_eq!(Schedule::new(&rows, &columns, 0), Err(shapes));
    assert_eq!(
        Distribution::from_spec(&[4], &spec("b,b"), 2),
        Err(MapError::SpecTooLong { axes: 2, ndim: 1 })
    );
}

/// What comes over the wire is checked as what is made here.
#[test]
fn bad_descriptions_are_refused_when_read() {
    let good = serde_json::to_value(Distribution::from_spec(&[9, 4], &spec("c(2),b"), 4).unwrap()).unwrap();
    assert!(serde_json::from_value::<Distribution>(good.clone()).is_ok());
    let broken = |from: &str, to: &str| {
        let text = good.to_string();
        assert!(text.contains(from), "{from} is not in {text}");
        serde_json::from_str::<Distribution>(&text.replacen(from, to, 1)).unwrap_err().to_string()
    };
    assert!(broken("\"block_size\":2", "\"block_size\":0").contains("block size"));
    assert!(broken("\"offset\":0", "\"offset\":99").contains("offset 99"));
    assert!(broken("\"step\":1", "\"step\":77").contains("step 77"));
    assert!(broken("\"count\":2", "\"count\":0").contains("grid"));
    assert!(
        broken("\"parts\":", "\"parts\":9").contains("beyond")
            || broken("\"parts\":", "\"parts\":9").contains("parts")
    );
    for (text, mistake) in [
        (r#"{"Unstructured":[[0,1],[1]]}"#, "owned twice"),
        (r#"{"Block":{"Bounds":{"bounds":[0,4,2],"length":2,"offset":0,"step":1}}}"#, "below the bound"),
        (r#"{"Block":{"Bounds":{"bounds":[0,4,6],"length":9,"offset":0,"step":1}}}"#, "leaves axis"),
        (
            r#"{"Block":{"Even":{"length":5,"parts":0,"block_size":1,"offset":0,"step":1}}}"#,
            "at least one part",
        ),
    ] {
        let error = serde_json::from_str::<AxisMap>(text).unwrap_err().to_string();
        assert!(error.contains(mistake), "{error}");
    }
    let grid = r#"{"first":0,"axes":[{"count":2,"stride":1}],"copies":[{"count":2,"stride":1}],"list":null}"#;
    assert!(serde_json::from_str::<Grid>(grid).unwrap_err().to_string().contains("overlaps"));
    let grid = r#"{"first":0,"axes":[{"count":3,"stride":1}],"copies":[],"list":[4,2]}"#;
    assert!(serde_json::from_str::<Grid>(grid).unwrap_err().to_string().contains("cannot fill"));
}

#[test]
fn what_the_original_refused_works_here() {
    for ranks in 1..9 {
        for (shape, text) in
            [(&[0][..], "b"), (&[0, 5], "b,b"), (&[1, 1], "b,b"), (&[3, 3], "c,c"), (&[], ""), (&[2], "c(5)")]
        {
            let distribution = Distribution::from_spec(shape, &spec(text), ranks).unwrap();
            assert!(distribution.grid().max_rank() < ranks);
            assert_eq!(
                (0..ranks).map(|rank| distribution.local_size(rank)).sum::<usize>(),
                distribution.size()
            );
        }
    }
    let shape = [2; 9];
    let nine = Distribution::from_spec(&shape, &spec("b,c,b,c,b,c,b,c,b"), 100).unwrap();
    assert_eq!(nine.ndim(), 9);
    assert_eq!((0..100).map(|rank| nine.local_size(rank)).sum::<usize>(), 512);
    let turned = Distribution::from_spec(&shape, &spec("n,n,n,n,n,n,n,n,c"), 2).unwrap();
    let moved: usize = (0..100)
        .map(|rank| Schedule::new(&nine, &turned, rank).unwrap())
        .map(|own| own.received() + own.kept())
        .sum();
    assert_eq!(moved, 512);
}
