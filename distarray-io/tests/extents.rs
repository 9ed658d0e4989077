//! The closed form of a rank's part against listing its elements.

mod common;

use common::{Chance, distribution, flat, indices};
use distarray_core::DType;
use distarray_io::{Extent, Order, Part, SaveNpy};
use distarray_maps::{AxisMap, Distribution, Grid};
use distarray_spmd::ArrayMeta;

/// (place in the file, place in the block) of every element, in the order of the file.
fn listed(distribution: &Distribution, rank: usize, order: Order) -> Vec<(usize, usize)> {
    if !distribution.holds(rank) {
        return Vec::new();
    }
    let local_shape = distribution.local_shape(rank);
    let mut pairs: Vec<(usize, usize)> = indices(&local_shape)
        .iter()
        .enumerate()
        .map(|(local, index)| {
            let mut global = distribution.global_index(rank, index).expect("a local index");
            let mut shape = distribution.shape().to_vec();
            if order == Order::Fortran {
                global.reverse();
                shape.reverse();
            }
            (flat(&shape, &global), local)
        })
        .collect();
    pairs.sort_unstable();
    pairs
}

fn extents(distribution: &Distribution, rank: usize, order: Order) -> Vec<Extent> {
    Part::new(distribution, rank, 4, order).map_or(Vec::new(), |part| part.extents().collect())
}

#[test]
fn extents_are_the_elements_in_the_order_of_the_file() {
    let mut chance = Chance(7);
    for case in 0..3000 {
        let distribution = distribution(&mut chance, 4);
        for order in [Order::C, Order::Fortran] {
            for rank in 0..5 {
                let pairs: Vec<(usize, usize)> = extents(&distribution, rank, order)
                    .iter()
                    .flat_map(|extent| {
                        let extent = *extent;
                        (0..extent.items).map(move |item| {
                            let local = extent.local_offset + item * extent.local_stride;
                            assert_eq!((extent.file_offset % 4, local % 4), (0, 0));
                            (extent.file_offset / 4 + item, local / 4)
                        })
                    })
                    .collect();
                assert_eq!(
                    pairs,
                    listed(&distribution, rank, order),
                    "case {case}, rank {rank}, {order:?}, {distribution:?}"
                );
            }
        }
    }
}

#[test]
fn blocks_of_rows_are_one_extent() {
    let rows = Distribution::block_rows(&[10, 3, 5], 3).expect("small");
    assert_eq!(
        extents(&rows, 1, Order::C),
        [Extent { items: 60, file_offset: 240, local_offset: 0, local_stride: 4 }]
    );
    let columns = Distribution::from_spec(&[3, 10], &"n,b".parse().expect("a spec"), 2);
    let columns = columns.expect("small");
    assert_eq!(extents(&columns, 0, Order::Fortran).len(), 5);
    assert_eq!(
        extents(&columns, 1, Order::C)[2],
        Extent { items: 5, file_offset: 100, local_offset: 40, local_stride: 4 }
    );
}

#[test]
fn huge_arrays_take_no_memory() {
    let length = 1_usize << 40;
    let axes = vec![AxisMap::replicated(1 << 10), AxisMap::cyclic(length, 4).expect("a map")];
    let grid = Grid::row_major(&[1, 4]).expect("a grid");
    let distribution = Distribution::new(&[1 << 10, length], axes, grid).expect("large");
    let part = Part::new(&distribution, 3, 8, Order::C).expect("holds something");
    assert_eq!(
        part.extents().nth(1),
        Some(Extent { items: 1, file_offset: 56, local_offset: 8, local_stride: 8 })
    );
    assert_eq!(part.staging_bytes(), 1 << 20);
}

#[test]
fn many_short_runs_are_better_moved_first() {
    let faster = |shape: &[usize], spec: &str| {
        let distribution = Distribution::from_spec(shape, &spec.parse().expect("a spec"), 4).expect("small");
        let meta = ArrayMeta { dtype: DType::Float64, distribution };
        SaveNpy::faster_distribution(&meta, 4)
    };
    let rows = Distribution::block_rows(&[2000, 1000], 4).ok();
    assert_eq!(faster(&[2000, 1000], "n,c"), rows);
    assert_eq!(faster(&[2000, 1000], "n,b"), rows);
    assert_eq!(faster(&[2000, 1000], "b"), None);
    assert_eq!(faster(&[2000, 1000], "c"), None);
    assert_eq!(faster(&[20, 20], "c,c"), None);
    assert_eq!(faster(&[1000, 8000], "n,b"), None);
}
