//! What the original DistArray answers, where its answers are right: see `golden/PROVENANCE.md`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use distarray_maps::{AxisMap, AxisRange, AxisSlice, DistSpec, Distribution, Grid, automatic_shape};
use serde_json::Value;

/// The rows of a table.
fn table(name: &str) -> Vec<Vec<Value>> {
    let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

#[test]
fn automatic_grids_are_those_of_the_original() {
    let mut refused = 0;
    for row in table("grid_shapes") {
        let (shape, letters, ranks): (Vec<usize>, String, usize) =
            (read(&row[0]), read(&row[1]), read(&row[2]));
        let letters: Vec<char> = letters.chars().collect();
        let grid = automatic_shape(&shape, &letters, ranks).unwrap();
        match read::<Option<Vec<usize>>>(&row[3]) {
            Some(original) => assert_eq!(grid, original, "{row:?}"),
            None => refused += 1,
        }
        assert!(grid.iter().product::<usize>() <= ranks);
        assert!(grid.iter().zip(&shape).all(|(&parts, &length)| parts <= length.max(1)));
        assert!(grid.iter().zip(&letters).all(|(&parts, &letter)| parts == 1 || letter != 'n'));
    }
    assert_eq!(refused, 157);
}

#[test]
fn even_blocks_end_where_the_original_ends_them() {
    for row in table("block_bounds") {
        let (length, parts, stops): (usize, usize, Vec<usize>) =
            (read(&row[0]), read(&row[1]), read(&row[2]));
        let map = AxisMap::block(length, parts).unwrap();
        let mut stop = 0;
        for (part, expected) in stops.into_iter().enumerate() {
            stop += map.count(part);
            assert_eq!(stop, expected, "{row:?}");
        }
    }
}

#[test]
fn slices_of_blocks_lie_where_the_original_leaves_them() {
    for row in table("block_slices") {
        let (length, stops): (usize, Vec<usize>) = (read(&row[0]), read(&row[1]));
        let bounds: Vec<usize> = [0].into_iter().chain(stops).collect();
        let [start, stop, step]: [Option<isize>; 3] = read(&row[2]);
        let range = AxisRange::python(start, stop, step, length).unwrap();
        let map = AxisMap::block_with_bounds(&bounds).unwrap().slice(&range).unwrap();
        assert_eq!(range.count, read::<usize>(&row[5]));
        let owners: Vec<usize> = (0..map.parts()).filter(|&part| map.count(part) > 0).collect();
        assert_eq!(owners, read::<Vec<usize>>(&row[3]), "{row:?}");
        let mut place = 0;
        for (&owner, [low, high]) in owners.iter().zip(read::<Vec<[usize; 2]>>(&row[4])) {
            assert_eq!((place, place + map.count(owner)), (low, high), "{row:?}");
            place = high;
        }
    }
}

#[test]
fn blocks_number_their_indices_as_the_original() {
    for row in table("local_block") {
        let (length, parts, part): (usize, usize, usize) = (read(&row[0]), read(&row[1]), read(&row[2]));
        let map = AxisMap::block(length, parts).unwrap();
        agrees(&map, part, &read::<Vec<usize>>(&row[4]), &read::<Vec<Option<usize>>>(&row[5]));
    }
}

#[test]
fn lists_of_indices_are_numbered_as_in_the_original() {
    for row in table("local_unstructured") {
        let (length, parts, part): (usize, usize, usize) = (read(&row[0]), read(&row[1]), read(&row[2]));
        let indices: Vec<usize> = read(&row[3]);
        let others = (0..length).filter(|index| !indices.contains(index)).collect();
        let mut lists = vec![vec![]; parts];
        lists[if part == 0 { parts - 1 } else { 0 }] = others;
        lists[part] = indices.clone();
        let map = AxisMap::unstructured(lists).unwrap();
        agrees(&map, part, &indices, &read::<Vec<Option<usize>>>(&row[4]));
    }
}

/// A part holds these global indices, and each index of the axis has that local index or belongs to another part.
fn agrees(map: &AxisMap, part: usize, globals: &[usize], locals: &[Option<usize>]) {
    assert_eq!(
        (0..map.count(part)).map(|local| map.global(part, local).unwrap()).collect::<Vec<_>>(),
        globals
    );
    for (global, local) in locals.iter().enumerate() {
        let owner = map.owner(global).unwrap();
        assert_eq!((owner.0 == part).then_some(owner.1), *local);
    }
}

#[test]
fn round_and_round_as_it_should_be_even_where_the_original_errs() {
    let mut corrected = 0;
    for row in table("local_cyclic") {
        let numbers: Vec<usize> = row[..4].iter().map(read).collect();
        let map = AxisMap::block_cyclic(numbers[0], numbers[1], numbers[3]).unwrap();
        let globals: Vec<usize> = read(&row[4]);
        assert_eq!(map.count(numbers[2]), globals.len());
        assert_eq!(
            (0..globals.len()).map(|local| map.global(numbers[2], local).unwrap()).collect::<Vec<_>>(),
            globals
        );
        corrected += usize::from(!read::<bool>(&row[5]));
    }
    assert_eq!(corrected, 120);
}

#[test]
fn owners_are_those_of_the_original() {
    for row in table("client_owners") {
        let (kind, length, parts): (String, usize, usize) = (read(&row[0]), read(&row[1]), read(&row[2]));
        let map = match kind.strip_prefix('c') {
            Some(block_size) => AxisMap::block_cyclic(length, parts, block_size.parse().unwrap()),
            None if kind == "n" => Ok(AxisMap::replicated(length)),
            None => AxisMap::block(length, parts),
        };
        let map = map.unwrap();
        for (global, owners) in read::<Vec<Vec<usize>>>(&row[3]).into_iter().enumerate() {
            assert_eq!(vec![map.owner(global).unwrap().0], owners, "{row:?}");
        }
    }
}

#[test]
fn distributions_are_those_of_the_original() {
    for row in table("distributions") {
        let (shape, letters): (Vec<usize>, Option<String>) = (read(&row[0]), read(&row[1]));
        let default = if shape.is_empty() { "" } else { "b" };
        let mut spec: DistSpec = letters.as_deref().unwrap_or(default).parse().unwrap();
        if let Some(grid) = read::<Option<Vec<usize>>>(&row[3]) {
            spec = spec.with_grid(&grid);
        }
        let mut ranks: Vec<usize> =
            read::<Option<_>>(&row[4]).unwrap_or_else(|| (0..read(&row[2])).collect());
        ranks.sort_unstable();
        let distribution = Distribution::from_spec_on(&shape, &spec, &ranks).unwrap();
        let Some((grid, ranks, local_shapes)) =
            read::<Option<(Vec<usize>, Vec<usize>, Vec<Vec<usize>>)>>(&row[5])
        else {
            continue;
        };
        // A grid that was asked for stays as it is; the original takes the ranks off it whose blocks are empty.
        let explicit = !row[3].is_null();
        assert!(explicit || distribution.grid().shape() == grid, "{row:?}");
        let filled = |&rank: &usize| !explicit || distribution.local_size(rank) > 0;
        assert_eq!(distribution.grid().ranks().filter(filled).collect::<Vec<_>>(), ranks, "{row:?}");
        for (&rank, local_shape) in ranks.iter().zip(local_shapes) {
            assert_eq!(distribution.local_shape(rank), local_shape, "{row:?}");
        }
    }
}

#[test]
fn results_of_reductions_belong_to_the_ranks_of_the_original() {
    for row in table("distribution_reduce") {
        let (shape, letters, grid): (Vec<usize>, String, Vec<usize>) =
            (read(&row[0]), read(&row[1]), read(&row[2]));
        let spec = letters.parse::<DistSpec>().unwrap().with_grid(&grid);
        let distribution = Distribution::from_spec(&shape, &spec, read(&row[3])).unwrap();
        let ndim = shape.len();
        let axes = read::<Option<Vec<isize>>>(&row[4]).unwrap_or_else(|| (0..ndim.cast_signed()).collect());
        let axes: Vec<usize> =
            axes.iter().map(|&axis| axis.rem_euclid(ndim.cast_signed()).unsigned_abs()).collect();
        let result = distribution.reduce(&axes, false).unwrap();
        let owners: Vec<usize> = result.grid().primaries().collect();
        assert_eq!(owners, read::<Vec<usize>>(&row[5]), "{row:?}");
        let local_shapes: Vec<Vec<usize>> = owners.iter().map(|&rank| result.local_shape(rank)).collect();
        let expected: Vec<Vec<usize>> = read(&row[6]);
        assert!(
            local_shapes == expected || (expected.is_empty() && local_shapes.concat().is_empty()),
            "{row:?}"
        );
        assert_eq!(result.text().replace(',', ""), read::<String>(&row[7]));
    }
}

#[test]
fn blocks_cover_the_flat_intervals_of_the_original() {
    for row in table("global_flat_indices") {
        let (shape, letters, grid): (Vec<usize>, String, Vec<usize>) =
            (read(&row[0]), read(&row[1]), read(&row[2]));
        let spec = letters.parse::<DistSpec>().unwrap().with_grid(&grid);
        let distribution = Distribution::from_spec(&shape, &spec, 64).unwrap();
        for (rank, intervals) in read::<Vec<Vec<[usize; 2]>>>(&row[3]).into_iter().enumerate() {
            let expected: Vec<usize> = intervals.into_iter().flat_map(|[start, stop]| start..stop).collect();
            assert_eq!(held(&distribution, rank), expected);
        }
    }
}

/// The flat places of what a rank holds.
fn held(distribution: &Distribution, rank: usize) -> Vec<usize> {
    let shape = distribution.shape();
    let size: usize = shape.iter().product();
    let owned = |&place: &usize| {
        let mut rest = place;
        let mut index = vec![0; shape.len()];
        for axis in (0..shape.len()).rev() {
            (index[axis], rest) = (rest % shape[axis], rest / shape[axis]);
        }
        distribution.owner(&index).unwrap().0 == rank
    };
    (0..size).filter(owned).collect()
}

/// A strided interval meets a block: the slice's share of the block is the intersection.
#[test]
fn strided_intervals_meet_as_in_the_original() {
    for row in table("tuple_intersection") {
        let strided: Vec<usize> = read(&row[0]);
        let [low, high]: [usize; 2] = read(&row[1]);
        let (start, stop, step) = (strided[0], strided[1], strided.get(2).copied().unwrap_or(1));
        let length = stop.max(high) + 1;
        let map = AxisMap::block_with_bounds(&[0, low, high, length]).unwrap();
        let range =
            AxisRange { start, step: step.cast_signed(), count: stop.saturating_sub(start).div_ceil(step) };
        let shared = map.slice(&range).unwrap();
        let found = shared.intervals(1).next().map(|interval| {
            let (first, last) = (range.index(interval.start), range.index(interval.stop - 1));
            vec![first, last + 1, step]
        });
        let expected: Option<Vec<usize>> = read(&row[2]);
        assert_eq!(
            found.map(|found| found[..2].to_vec()),
            expected.map(|expected| expected[..2].to_vec()),
            "{row:?}"
        );
    }
}

#[test]
fn a_slice_of_a_row_of_blocks_is_owned_by_whom_the_original_asks() {
    let grid = Grid::row_major(&[2, 2]).unwrap();
    let maps = vec![AxisMap::block(8, 2).unwrap(), AxisMap::block(8, 2).unwrap()];
    let distribution = Distribution::new(&[8, 8], maps, grid).unwrap();
    assert_eq!(distribution.owners_of_slice(&[AxisSlice::Index(5)]), Ok(vec![2, 3]));
    assert_eq!(distribution.owners_of_slice(&[AxisSlice::range(0, 4), AxisSlice::range(1, 2)]), Ok(vec![0]));
    assert_eq!(distribution.owners_of_slice(&[]), Ok(vec![0, 1, 2, 3]));
}
