//! Schedules, played out on a world of seven ranks: every element must arrive exactly once, where it belongs.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{RANKS, flat, held, layout, shape};
use distarray_maps::{AxisMap, AxisRange, Distribution, Grid, Schedule, Transfer};
use proptest::prelude::*;

/// The (source, target) local flat places of a message, in its order.
fn places(transfer: &Transfer, source_shape: &[usize], target_shape: &[usize]) -> Vec<(usize, usize)> {
    let mut all = vec![(0, 0)];
    for (axis, runs) in transfer.axes.iter().enumerate() {
        let along: Vec<(usize, usize)> =
            runs.iter().flat_map(|run| run.elements().collect::<Vec<_>>()).collect();
        let (source_length, target_length) = (source_shape[axis], target_shape[axis]);
        all = all
            .iter()
            .flat_map(|&(source, target)| {
                along.iter().map(move |&(s, t)| (source * source_length + s, target * target_length + t))
            })
            .collect();
    }
    all
}

/// Plays the schedules of all ranks and checks every law of a schedule.
fn play(source: &Distribution, target: &Distribution) -> Result<(), TestCaseError> {
    let schedules: Vec<Schedule> =
        (0..RANKS).map(|rank| Schedule::new(source, target, rank).unwrap()).collect();
    let blocks: Vec<Option<Vec<usize>>> = (0..RANKS).map(|rank| held(source, rank)).collect();
    for rank in 0..RANKS {
        let schedule = &schedules[rank];
        let target_shape = target.local_shape(rank);
        let mut block: Vec<Option<usize>> = vec![None; target.local_size(rank)];
        for transfer in schedule.receives().iter().chain(schedule.local()) {
            let from = transfer.peer;
            if from == rank {
                prop_assert_eq!(schedule.local(), Some(transfer));
            } else {
                let sent: Vec<&Transfer> =
                    schedules[from].sends().iter().filter(|sent| sent.peer == rank).collect();
                prop_assert_eq!(sent.len(), 1, "rank {} expects one message from {}", rank, from);
                prop_assert_eq!(&sent[0].axes, &transfer.axes, "rank {} and rank {} differ", from, rank);
                prop_assert!(source.is_primary(from));
                prop_assert!(!source.holds(rank) || source.grid().coords(rank) != source.grid().coords(from));
            }
            let places = places(transfer, &source.local_shape(from), &target_shape);
            prop_assert_eq!(places.len(), transfer.count);
            prop_assert!(transfer.count > 0);
            for (source_place, target_place) in places {
                prop_assert!(block[target_place].is_none(), "an element arrives twice");
                block[target_place] = Some(blocks[from].as_ref().unwrap()[source_place]);
            }
        }
        let expected = held(target, rank).unwrap_or_default();
        prop_assert_eq!(block, expected.into_iter().map(Some).collect::<Vec<_>>(), "rank {}", rank);
        for sent in schedule.sends() {
            let answers =
                schedules[sent.peer].receives().iter().filter(|received| received.peer == rank).count();
            prop_assert_eq!(answers, 1, "rank {} does not expect what rank {} sends", sent.peer, rank);
        }
        let peers: Vec<usize> = schedule.sends().iter().map(|sent| sent.peer).collect();
        prop_assert!(peers.is_sorted());
        prop_assert_eq!(schedule.received() + schedule.kept(), target.local_size(rank));
    }
    Ok(())
}

/// Checks that every message fills one box of its target from one box of its source.
fn play_patches(source: &Distribution, target: &Distribution) -> Result<(), TestCaseError> {
    for rank in 0..RANKS {
        let schedule = Schedule::new(source, target, rank).unwrap();
        let transfers: Vec<Transfer> =
            schedule.local().into_iter().chain(schedule.receives()).cloned().collect();
        let (_, local, patches) = schedule.into_patches();
        let target_shape = target.local_shape(rank);
        for (transfer, patch) in transfers.iter().zip(local.into_iter().chain(patches)) {
            let source_shape = source.local_shape(transfer.peer);
            let within = |starts: &[usize], index: &[usize]| -> Vec<usize> {
                starts.iter().zip(index).map(|(start, along)| start + along).collect()
            };
            let boxed: Vec<(usize, usize)> = common::indices(&patch.lengths)
                .iter()
                .map(|index| {
                    let from = flat(&source_shape, &within(&patch.source_starts, index));
                    (from, flat(&target_shape, &within(&patch.starts, index)))
                })
                .collect();
            let mut moved = places(transfer, &source_shape, &target_shape);
            moved.sort_unstable();
            prop_assert_eq!(moved, boxed, "rank {}", rank);
        }
    }
    Ok(())
}

/// Whether each rank holds the same under both.
fn placed_alike(left: &Distribution, right: &Distribution) -> bool {
    left.shape() == right.shape() && (0..RANKS).all(|rank| held(left, rank) == held(right, rank))
}

proptest! {
    #![proptest_config(common::cases(2000))]

    #[test]
    fn every_element_arrives_once((source, target) in shape().prop_flat_map(|shape| (layout(shape.clone()), layout(shape)))) {
        play(&source.distribution(), &target.distribution())?;
    }

    #[test]
    fn what_meets_in_boxes_moves_in_boxes((source, target) in shape().prop_flat_map(|shape| (layout(shape.clone()), layout(shape)))) {
        let (source, target) = (source.distribution(), target.distribution());
        if source.meets_in_boxes(&target) {
            play_patches(&source, &target)?;
        }
    }

    #[test]
    fn long_axes_fold_and_still_arrive((source, target) in (60usize..700).prop_flat_map(|length| (layout(vec![length]), layout(vec![length])))) {
        play(&source.distribution(), &target.distribution())?;
    }

    #[test]
    fn the_same_placement_needs_no_message((source, target) in shape().prop_flat_map(|shape| (layout(shape.clone()), layout(shape)))) {
        let (source, target) = (source.distribution(), target.distribution());
        if source.same_placement(&target) {
            prop_assert!(placed_alike(&source, &target));
        }
        if source.covers(&target) {
            for rank in 0..RANKS {
                prop_assert!(held(&target, rank).is_none_or(|needed| held(&source, rank) == Some(needed)));
            }
        }
        prop_assert!(source.same_placement(&source) && source.covers(&source));
        if source == target {
            prop_assert!(source.same_placement(&target));
            prop_assert_eq!(source.digest(), target.digest());
        } else {
            prop_assert!(source.digest() != target.digest());
        }
    }

    #[test]
    fn elements_lie_where_the_maps_say(layout in shape().prop_flat_map(layout)) {
        let distribution = layout.distribution();
        let twins: Vec<common::Twin> = layout.axes.iter().map(common::Recipe::twin).collect();
        for index in common::indices(distribution.shape()) {
            let (rank, local) = distribution.owner(&index).unwrap();
            prop_assert!(distribution.is_primary(rank));
            prop_assert_eq!(distribution.global_index(rank, &local).unwrap(), index.clone());
            prop_assert_eq!(distribution.local_index(rank, &index).unwrap(), Some(local.clone()));
            let coords = distribution.grid().coords(rank).unwrap();
            for (axis, twin) in twins.iter().enumerate() {
                prop_assert_eq!((coords[axis], local[axis]), twin.owners[index[axis]]);
            }
            let copies: Vec<usize> = distribution.grid().copies_of(&coords).collect();
            prop_assert_eq!(copies[0], rank);
            for copy in copies {
                prop_assert_eq!(distribution.local_index(copy, &index).unwrap(), Some(local.clone()));
            }
        }
        let mut owned = vec![0; distribution.size()];
        for rank in (0..RANKS).filter(|&rank| distribution.is_primary(rank)) {
            for place in held(&distribution, rank).unwrap() {
                owned[place] += 1;
            }
        }
        prop_assert!(owned.iter().all(|&times| times == 1));
        let mut ranks: Vec<usize> = distribution.grid().ranks().collect();
        ranks.sort_unstable();
        prop_assert_eq!(&ranks, &(0..RANKS).filter(|&rank| distribution.holds(rank)).collect::<Vec<_>>());
        prop_assert_eq!(distribution.grid().max_rank(), *ranks.last().unwrap());
        prop_assert_eq!(distribution.grid().rank_count(), ranks.len());
    }

    #[test]
    fn a_distribution_survives_the_wire(layout in shape().prop_flat_map(layout)) {
        let distribution = layout.distribution();
        let config = bincode::config::standard();
        let bytes = bincode::serde::encode_to_vec(&distribution, config).unwrap();
        let (read, _): (Distribution, usize) = bincode::serde::decode_from_slice(&bytes, config).unwrap();
        prop_assert_eq!(&read, &distribution);
        prop_assert_eq!(read.digest(), distribution.digest());
        prop_assert_eq!(read.shape(), distribution.shape());
    }
}

/// Where two rows of a whole array go, element by element.
#[test]
fn the_first_schedule_by_hand() {
    let rows = Distribution::from_spec(&[4, 4], &"b,n".parse().unwrap(), 2).unwrap();
    let columns = Distribution::from_spec(&[4, 4], &"n,b".parse().unwrap(), 2).unwrap();
    let schedule = Schedule::new(&rows, &columns, 1).unwrap();
    let sent = &schedule.sends()[0];
    assert_eq!((sent.peer, sent.count), (0, 4));
    assert_eq!(places(sent, &[2, 4], &[4, 2]), [(0, 4), (1, 5), (4, 6), (5, 7)]);
    assert_eq!(flat(&[4, 2], &[2, 0]), 4);
    assert_eq!(
        (schedule.sent(), schedule.received(), schedule.kept(), schedule.message_count()),
        (4, 4, 4, 1)
    );
}

/// One block for each part is one for each part whatever the bounds, and a second lap is not.
#[test]
fn blocks_meet_in_boxes() {
    let of = |map: AxisMap| Distribution::new(&[9], vec![map], Grid::row_major(&[3]).unwrap()).unwrap();
    let slice = |map: AxisMap, start, step| map.slice(&AxisRange { start, step, count: 9 }).unwrap();
    let long = AxisMap::block(13, 3).unwrap();
    let dealt = AxisMap::block_cyclic(30, 3, 4).unwrap();
    let blocks = [
        AxisMap::block_with_bounds(&[0, 4, 4, 9]).unwrap(),
        AxisMap::block(9, 3).unwrap(),
        slice(long.clone(), 2, 1),
        slice(long, 12, -1),
        AxisMap::block_cyclic(9, 3, 4).unwrap(),
        slice(dealt.clone(), 3, 1),
    ];
    for source in &blocks {
        for target in &blocks {
            let (source, target) = (of(source.clone()), of(target.clone()));
            assert!(source.meets_in_boxes(&target), "{source:?} {target:?}");
            play_patches(&source, &target).unwrap();
        }
    }
    for laps in [slice(dealt.clone(), 5, 3), slice(dealt, 20, -2), AxisMap::cyclic(9, 3).unwrap()] {
        let laps = of(laps);
        assert!(laps.meets_in_boxes(&laps) && !laps.meets_in_boxes(&of(blocks[1].clone())));
    }
}
