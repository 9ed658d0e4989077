//! Halos, played out on a world of seven ranks: padded blocks get the cells that `numpy.pad` would put there.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{RANKS, cases, indices, layout, shape};
use distarray_maps::{Boundary, Distribution, Halo, HaloShare, HaloTransfer, MapError, Margin};
use proptest::prelude::*;

fn margin() -> impl Strategy<Value = Margin> {
    let boundary =
        prop::sample::select(vec![Boundary::None, Boundary::Constant, Boundary::Periodic, Boundary::Reflect]);
    let width = || prop_oneof![3 => 0usize..3, 1 => 3usize..30];
    (width(), width(), boundary).prop_map(|(before, after, boundary)| Margin { before, after, boundary })
}

/// The index of the axis that stands at a place which may lie beyond it: step by step, as one would walk.
fn walked(index: isize, length: usize, boundary: Boundary) -> Option<usize> {
    let last = length as isize - 1;
    let mut at = index;
    while !(0..=last).contains(&at) {
        at = match boundary {
            Boundary::None | Boundary::Constant => return None,
            Boundary::Periodic if at < 0 => at + length as isize,
            Boundary::Periodic => at - length as isize,
            Boundary::Reflect if length == 1 => 0,
            Boundary::Reflect if at < 0 => -at,
            Boundary::Reflect => 2 * last - at,
        };
    }
    Some(at as usize)
}

/// The (owner's, padded) flat places of a transfer, in its order.
fn places(transfer: &HaloTransfer, source_shape: &[usize], padded_shape: &[usize]) -> Vec<(usize, usize)> {
    let mut all = vec![(0, 0)];
    for (axis, runs) in transfer.axes.iter().enumerate() {
        let along: Vec<(usize, usize)> =
            runs.iter().flat_map(|run| run.elements().collect::<Vec<_>>()).collect();
        let lengths = (source_shape[axis], padded_shape[axis]);
        all = all
            .iter()
            .flat_map(|&(source, target)| {
                along.iter().map(move |&(s, t)| (source * lengths.0 + s, target * lengths.1 + t))
            })
            .collect();
    }
    all
}

/// The cell that a padded block should have at an index: its global indices.
fn expected(halo: &Halo, rank: usize, index: &[usize]) -> Option<Vec<usize>> {
    let (distribution, before) = (halo.distribution(), halo.before(rank));
    let corner = distribution.global_index(rank, &vec![0; index.len()]).unwrap();
    let along = |axis: usize| {
        let margin = halo.margins()[axis];
        if !margin.is_wide() {
            let mut local = vec![0; index.len()];
            local[axis] = index[axis];
            return Some(distribution.global_index(rank, &local).unwrap()[axis]);
        }
        let place = corner[axis] as isize + index[axis] as isize - before[axis] as isize;
        walked(place, distribution.shape()[axis], margin.boundary)
    };
    (0..index.len()).map(along).collect()
}

/// Fills the padded blocks of all ranks by their shares and checks every cell.
fn play(halo: &Halo) -> Result<(), TestCaseError> {
    let distribution = halo.distribution();
    let shares: Vec<HaloShare> = (0..RANKS).map(|rank| halo.share(rank)).collect();
    let mut travels = false;
    for rank in 0..RANKS {
        let padded = halo.padded_shape(rank);
        let mut block: Vec<Option<Vec<usize>>> = vec![None; padded.iter().product()];
        if !distribution.holds(rank) || distribution.local_size(rank) == 0 {
            prop_assert_eq!(&shares[rank], &HaloShare::default());
            continue;
        }
        for transfer in shares[rank].receives().iter().chain(shares[rank].local()) {
            let from = transfer.peer;
            if from != rank {
                travels = true;
                let sent: Vec<_> = shares[from].sends().iter().filter(|sent| sent.peer == rank).collect();
                prop_assert_eq!(sent.len(), 1, "rank {} expects one message from {}", rank, from);
                prop_assert_eq!((&sent[0].axes, sent[0].count), (&transfer.axes, transfer.count));
            }
            let held = distribution.local_shape(from);
            let places = places(transfer, &held, &padded);
            prop_assert_eq!(places.len(), transfer.count);
            prop_assert!(transfer.count > 0);
            let cells: Vec<Vec<usize>> =
                indices(&held).iter().map(|local| distribution.global_index(from, local).unwrap()).collect();
            for (source, target) in places {
                prop_assert!(block[target].is_none(), "a cell arrives twice");
                block[target] = Some(cells[source].clone());
            }
        }
        for (place, index) in indices(&padded).iter().enumerate() {
            prop_assert_eq!(&block[place], &expected(halo, rank, index), "rank {} at {:?}", rank, index);
        }
        for sent in shares[rank].sends() {
            prop_assert!(sent.peer != rank);
            let answers =
                shares[sent.peer].receives().iter().filter(|received| received.peer == rank).count();
            prop_assert_eq!(answers, 1, "rank {} expects nothing from {}", sent.peer, rank);
        }
    }
    prop_assert!(!travels || halo.communicates());
    Ok(())
}

/// Which own cells have their neighbourhood inside the array, or beyond an end that has cells.
fn is_surrounded(distribution: &Distribution, margins: &[Margin], global: &[usize]) -> bool {
    (0..global.len()).all(|axis| {
        let Margin { before, after, boundary } = margins[axis];
        boundary != Boundary::None
            || (global[axis] >= before && global[axis] + after < distribution.shape()[axis])
    })
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn padded_blocks_get_the_cells_around_them(
        (layout, margins) in shape().prop_flat_map(|shape| {
            let ndim = shape.len();
            (layout(shape), prop::collection::vec(margin(), ndim))
        })
    ) {
        let distribution = layout.distribution();
        let refused = distribution.axes().iter().zip(&margins)
            .position(|(map, margin)| margin.is_wide() && !Halo::can_widen(map));
        match Halo::new(&distribution, &margins) {
            Ok(halo) => {
                prop_assert_eq!(refused, None);
                play(&halo)?;
                for rank in 0..RANKS {
                    let surrounded = halo.surrounded(rank);
                    for local in indices(&distribution.local_shape(rank)) {
                        if !distribution.holds(rank) { break }
                        let global = distribution.global_index(rank, &local).unwrap();
                        let inside = local.iter().zip(&surrounded)
                            .all(|(index, (first, end))| (first..end).contains(&index));
                        prop_assert_eq!(inside, is_surrounded(&distribution, &margins, &global));
                    }
                }
            }
            Err(MapError::NoNeighbours { axis, letter, .. }) => {
                prop_assert_eq!(Some(axis), refused);
                prop_assert_eq!(letter, distribution.axis(axis).letter());
                prop_assert!(letter == 'c' || letter == 'u');
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

#[test]
fn a_margin_wider_than_its_neighbours_reaches_beyond_them() {
    let map = distarray_maps::AxisMap::block_with_bounds(&[0, 4, 5, 5, 9]).unwrap();
    let grid = distarray_maps::Grid::row_major(&[4]).unwrap();
    let cut = Distribution::new(&[9], vec![map], grid).unwrap();
    let halo = Halo::new(&cut, &[Margin { before: 3, after: 0, boundary: Boundary::None }]).unwrap();
    let share = halo.share(3);
    let received: Vec<_> = share.receives().iter().map(|ghosts| (ghosts.peer, ghosts.count)).collect();
    assert_eq!(received, [(0, 2), (1, 1)]);
    assert_eq!(halo.share(2), HaloShare::default());
    assert_eq!(halo.padded_shape(0), [4]);
}

#[test]
fn margins_beyond_the_range_of_indices_are_refused() {
    let line = Distribution::from_spec(&[5], &"b".parse().unwrap(), 2).unwrap();
    let wide = Halo::new(&line, &[Margin::even(usize::MAX / 2, Boundary::Periodic)]);
    assert!(matches!(wide, Err(MapError::HaloTooWide { axis: 0, length: 5, .. })));
    assert!(matches!(Halo::new(&line, &[]), Err(MapError::DimensionMismatch { given: 0, ndim: 1 })));
}
