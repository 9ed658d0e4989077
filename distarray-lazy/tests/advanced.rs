//! Index arrays and masks among slices, reading and writing, against a model that walks every element.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "positions of small arrays")]

#[path = "common/expression.rs"]
mod expression;

use distarray_comm::threads;
use distarray_core::kernel::select::Scatter;
use distarray_core::{DType, Element, Scalar};
use distarray_lazy::{Context, DistArray, Index, IndexTerm, ix};
use distarray_maps::{AxisMap, Distribution, Grid};
use distarray_spmd::Error;
use expression::walked;
use ndarray::{ArrayD, Dimension, IxDyn, arr1, arr2};
use proptest::prelude::*;

/// One entry of an index, and how its array lies: on so many parts of this kind along its first axis.
#[derive(Clone, Debug)]
enum Term {
    At(i64),
    Slice(Option<i64>, Option<i64>, Option<i64>),
    NewAxis,
    Ellipsis,
    Array(ArrayD<i64>, Kind),
    List(ArrayD<i64>),
    Mask(ArrayD<bool>, Option<Kind>),
}

impl Term {
    fn axis_count(&self) -> usize {
        match self {
            Term::NewAxis | Term::Ellipsis => 0,
            Term::Mask(mask, _) => mask.ndim(),
            _ => 1,
        }
    }
}

/// How an array lies.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Rows,
    LastAxisCyclic,
    Everywhere,
    Shuffled,
}

impl Kind {
    fn distribution(self, shape: &[usize], ranks: usize) -> Distribution {
        let plain = Distribution::block_rows(shape, ranks).expect("a distribution");
        let along = |axis: usize, map: AxisMap| {
            let mut maps: Vec<AxisMap> = shape.iter().map(|length| AxisMap::replicated(*length)).collect();
            let mut grid = vec![1; shape.len()];
            grid[axis] = ranks;
            maps[axis] = map;
            Distribution::new(shape, maps, Grid::row_major(&grid).expect("a grid")).expect("a distribution")
        };
        match (self, shape.len()) {
            (Kind::Everywhere, _) => Distribution::replicated(shape, ranks).expect("a distribution"),
            (Kind::Rows, _) | (_, 0) => plain,
            (Kind::LastAxisCyclic, ndim) => {
                along(ndim - 1, AxisMap::cyclic(shape[ndim - 1], ranks).expect("a map"))
            }
            (Kind::Shuffled, _) => {
                let list =
                    |part: usize| (0..shape[0]).rev().filter(|index| index * 7 % ranks == part).collect();
                along(
                    0,
                    AxisMap::unstructured_with_length(shape[0], (0..ranks).map(list).collect())
                        .expect("a map"),
                )
            }
        }
    }

    fn spread<T: Element>(self, array: &ArrayD<T>, context: &Context) -> DistArray {
        context.array(array.view(), self.distribution(array.shape(), context.rank_count()))
    }
}

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![Kind::Rows, Kind::LastAxisCyclic, Kind::Everywhere, Kind::Shuffled])
}

/// An array of 1 to 3 axes, and an index for it. All index arrays broadcast together.
fn cases() -> impl Strategy<Value = (Vec<usize>, Vec<Term>)> {
    let shapes = prop::collection::vec(1_usize..6, 1..=3);
    let broadcast = prop::collection::vec(0_usize..5, 0..=2);
    (shapes, broadcast).prop_flat_map(|(shape, broadcast)| {
        let mut choices = Vec::new();
        for length in &shape {
            choices.push(axis_term(*length as i64, broadcast.clone()));
        }
        let extra = prop::collection::vec((0_usize..4, any::<bool>()), 0..2);
        let mask =
            (0..shape.len(), 1..=2_usize, any::<u64>(), prop::option::of(kind()), prop::bool::weighted(0.3));
        (Just(shape), choices, extra, mask, 0_usize..4).prop_map(
            |(shape, mut terms, extra, (axis, count, bits, kind, with_mask), named)| {
                let count = count.min(shape.len() - axis);
                let has_arrays = terms.iter().any(|term| matches!(term, Term::Array(..) | Term::List(_)));
                if with_mask && !has_arrays {
                    let mut bits = bits;
                    let mask = ArrayD::from_shape_simple_fn(&shape[axis..axis + count], || {
                        bits = bits.rotate_left(7).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                        bits >> 63 == 1
                    });
                    terms.splice(axis..axis + count, [Term::Mask(mask, kind)]);
                } else if named < terms.len()
                    && !terms[named..].iter().any(|term| matches!(term, Term::Array(..) | Term::List(_)))
                {
                    // The axes at the end need no entry.
                    terms.truncate(named.max(1));
                }
                for (place, is_ellipsis) in extra {
                    let named: usize = terms.iter().map(Term::axis_count).sum();
                    // What follows an ellipsis that stands for axes would index others than it was made for.
                    let at_end = is_ellipsis && named < shape.len();
                    let place = if at_end { terms.len() } else { place.min(terms.len()) };
                    let ellipses = terms.iter().any(|term| matches!(term, Term::Ellipsis));
                    if is_ellipsis && !ellipses {
                        terms.insert(place, Term::Ellipsis);
                    } else {
                        terms.insert(place, Term::NewAxis);
                    }
                }
                (shape, terms)
            },
        )
    })
}

fn axis_term(length: i64, broadcast: Vec<usize>) -> impl Strategy<Value = Term> {
    let end = || prop::option::of(-6_i64..6);
    let step = prop::option::of(prop_oneof![-2_i64..0, 1_i64..3]);
    let array = (prop::collection::vec(any::<bool>(), broadcast.len()), 0..=broadcast.len()).prop_flat_map(
        move |(flat, missing)| {
            let lengths = broadcast.iter().zip(flat).skip(missing);
            let shape: Vec<usize> = lengths.map(|(length, flat)| if flat { 1 } else { *length }).collect();
            let elements = prop::collection::vec(-length..length, shape.iter().product::<usize>());
            elements
                .prop_map(move |elements| ArrayD::from_shape_vec(shape.clone(), elements).expect("as many"))
        },
    );
    prop_oneof![
        1 => (-length..length).prop_map(Term::At),
        3 => (end(), end(), step).prop_map(|(start, stop, step)| Term::Slice(start, stop, step)),
        1 => Just(Term::Slice(None, None, None)),
        3 => (array.clone(), kind()).prop_map(|(array, kind)| Term::Array(array, kind)),
        1 => array.prop_map(Term::List),
    ]
}

fn written(terms: &[Term], context: &Context) -> Index {
    let term = |term: &Term| match term {
        Term::At(index) => IndexTerm::At(*index),
        Term::Slice(start, stop, step) => IndexTerm::Slice { start: *start, stop: *stop, step: *step },
        Term::NewAxis => IndexTerm::NewAxis,
        Term::Ellipsis => IndexTerm::Ellipsis,
        Term::Array(array, kind) => IndexTerm::Array(kind.spread(array, context)),
        Term::List(list) => IndexTerm::List(list.clone()),
        Term::Mask(mask, Some(kind)) => IndexTerm::Array(kind.spread(mask, context)),
        Term::Mask(mask, None) => IndexTerm::Mask(mask.clone()),
    };
    Index::new(terms.iter().map(term).collect())
}

/// What an axis of the array is indexed by: an axis of the result, or the index arrays.
enum Along {
    Kept { axis: usize, indices: Vec<usize> },
    Arrays(ArrayD<i64>),
}

/// For each element of the result the indices of the element it is.
fn origins(shape: &[usize], terms: &[Term]) -> ArrayD<Vec<usize>> {
    let named: usize = terms.iter().map(Term::axis_count).sum();
    let rest = shape.len() - named;
    let has_arrays =
        terms.iter().any(|term| matches!(term, Term::Array(..) | Term::List(_) | Term::Mask(..)));
    let mut along = Vec::new();
    // Lengths of the axes of the result but for those of the index arrays, which stand before number `place`.
    let mut lengths = Vec::new();
    let (mut place, mut separated, mut ended) = (None, false, false);
    let whole =
        |axis: usize, number: usize| Along::Kept { axis: number, indices: (0..shape[axis]).collect() };
    for term in terms
        .iter()
        .chain([&Term::Ellipsis])
        .take(terms.len() + usize::from(!terms.iter().any(|term| matches!(term, Term::Ellipsis))))
    {
        let axis = along.len();
        let is_advanced = has_arrays && !matches!(term, Term::NewAxis | Term::Ellipsis | Term::Slice(..));
        if is_advanced {
            separated |= ended;
            place = place.or(Some(lengths.len()));
        } else {
            ended = place.is_some();
        }
        match term {
            Term::NewAxis => lengths.push(1),
            Term::Ellipsis => {
                for (axis, length) in shape.iter().enumerate().skip(axis).take(rest) {
                    along.push(whole(axis, lengths.len()));
                    lengths.push(*length);
                }
            }
            Term::Slice(start, stop, step) => {
                let indices = walked(shape[axis], *start, *stop, step.unwrap_or(1));
                lengths.push(indices.len());
                along.push(Along::Kept { axis: lengths.len() - 1, indices });
            }
            Term::At(index) => along.push(Along::Arrays(ArrayD::from_elem(IxDyn(&[]), *index))),
            Term::Array(array, _) | Term::List(array) => along.push(Along::Arrays(array.clone())),
            Term::Mask(mask, _) => {
                let found: Vec<_> =
                    mask.indexed_iter().filter(|(_, is_true)| **is_true).map(|(at, _)| at).collect();
                for axis in 0..mask.ndim() {
                    let indices: Vec<i64> = found.iter().map(|at| at[axis] as i64).collect();
                    along.push(Along::Arrays(arr1(&indices).into_dyn()));
                }
            }
        }
    }
    let mut joint: Vec<usize> = Vec::new();
    for array in along.iter().filter_map(|along| match along {
        Along::Arrays(array) => Some(array),
        Along::Kept { .. } => None,
    }) {
        let missing = joint.len().max(array.ndim());
        let length = |shape: &[usize], place: usize| {
            (place + shape.len()).checked_sub(missing).map_or(1, |own| shape[own])
        };
        joint = (0..missing)
            .map(|place| {
                if length(&joint, place) == 1 { length(array.shape(), place) } else { length(&joint, place) }
            })
            .collect();
    }
    let place = if separated { 0 } else { place.unwrap_or(0) };
    let result = [&lengths[..place], &joint, &lengths[place..]].concat();
    ArrayD::from_shape_fn(result, |index| {
        let index = index.slice();
        let new = &index[place..place + joint.len()];
        let wrap =
            |index: i64, length: usize| (if index < 0 { index + length as i64 } else { index }) as usize;
        along
            .iter()
            .zip(shape)
            .map(|(along, length)| match along {
                Along::Kept { axis, indices } => {
                    indices[index[if *axis < place { *axis } else { axis + joint.len() }]]
                }
                Along::Arrays(array) => {
                    wrap(array.broadcast(&joint[..]).expect("it broadcasts")[IxDyn(new)], *length)
                }
            })
            .collect()
    })
}

fn counted(shape: &[usize]) -> ArrayD<i64> {
    ArrayD::from_shape_vec(shape, (0..shape.iter().product::<usize>() as i64).collect()).expect("as many")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_agrees_with_a_walk((shape, terms) in cases(), kind in kind(), ranks in 1_usize..5) {
        let array = counted(&shape);
        let expected = origins(&shape, &terms).mapv(|origin| array[IxDyn(&origin)]);
        let outcome = threads::run(ranks, |comm| {
            let context = Context::spmd(&comm)?;
            let found = kind.spread(&array, &context).index(written(&terms, &context));
            assert_eq!(found.check()?.shape(), expected.shape(), "{terms:?}");
            assert_eq!(found.fetch::<i64>()?, expected, "{terms:?}");
            Ok::<_, Error>(())
        });
        outcome.expect("no rank fails");
    }

    #[test]
    fn writing_agrees_with_a_walk(
        (shape, terms) in cases(),
        kind in kind(),
        ranks in 1_usize..5,
        mode in prop::sample::select(vec![Scatter::Set, Scatter::Add, Scatter::Minimum, Scatter::Maximum]),
        flat in prop::collection::vec(any::<bool>(), 8),
        missing in 0_usize..8,
    ) {
        let array = counted(&shape);
        let origins = origins(&shape, &terms);
        let own: Vec<usize> = origins.shape().iter().zip(&flat).skip(missing).map(|(length, flat)| if *flat { 1 } else { *length }).collect();
        let values = counted(&own).mapv(|value| value * 37 % 23 - 5);
        let mut expected = array.clone();
        let spread = values.broadcast(origins.shape()).expect("it broadcasts");
        for (origin, value) in origins.iter().zip(spread) {
            let element = &mut expected[IxDyn(origin)];
            *element = match mode {
                Scatter::Set => *value,
                Scatter::Add => *element + value,
                Scatter::Minimum => *value.min(element),
                Scatter::Maximum => *value.max(element),
            };
        }
        let outcome = threads::run(ranks, |comm| {
            let context = Context::spmd(&comm)?;
            let before = kind.spread(&array, &context);
            let mut changed = before.clone();
            // A number and an array of one element are the same.
            if values.ndim() == 0 {
                changed.scatter(written(&terms, &context), values[IxDyn(&[])], mode)?;
            } else {
                changed.scatter(written(&terms, &context), Kind::Rows.spread(&values, &context), mode)?;
            }
            assert!(changed.distribution()?.same_placement(before.distribution()?));
            assert_eq!(changed.fetch::<i64>()?, expected, "{terms:?}");
            assert_eq!(before.fetch::<i64>()?, array, "the version before");
            Ok::<_, Error>(())
        });
        outcome.expect("no rank fails");
    }
}

/// Runs `program` on three ranks.
fn on_ranks(program: impl Fn(&Context) -> Result<(), Error> + Sync) {
    threads::run(3, |comm| program(&Context::spmd(&comm)?)).expect("no rank fails");
}

#[test]
fn functions_of_numpy() {
    on_ranks(|context| {
        let x = Kind::LastAxisCyclic.spread(&arr2(&[[4_i64, 0, 6], [0, 8, 0]]).into_dyn(), context);
        let places = |list: &[i64]| context.array(arr1(list).into_dyn().view(), [list.len()]);
        let found = x.nonzero()?;
        assert_eq!(found[0].fetch::<i64>()?, arr1(&[0, 0, 1]).into_dyn());
        assert_eq!(found[1].fetch::<i64>()?, arr1(&[0, 2, 1]).into_dyn());
        assert_eq!(x.argwhere().fetch::<i64>()?, arr2(&[[0, 0], [0, 2], [1, 1]]).into_dyn());
        assert_eq!(x.extract(&x.greater(5)).fetch::<i64>()?, arr1(&[6, 8]).into_dyn());
        let condition = context.array(arr1(&[false, true]).into_dyn().view(), [2]);
        assert_eq!(x.compress(&condition, 0).fetch::<i64>()?, arr2(&[[0, 8, 0]]).into_dyn());
        assert_eq!(x.compress(&condition, 1).fetch::<i64>()?, arr2(&[[0], [8]]).into_dyn());
        assert_eq!(x.compress(&condition, None).fetch::<i64>()?, arr1(&[0]).into_dyn());
        assert_eq!(x.take(&places(&[4, -1, 0]), None).fetch::<i64>()?, arr1(&[8, 0, 4]).into_dyn());
        assert_eq!(x.take(&places(&[2, 0]), -1).fetch::<i64>()?, arr2(&[[6, 4], [0, 0]]).into_dyn());
        let one = context.full(Vec::new(), Scalar::Int64(1));
        assert_eq!(x.take(&one, 0).fetch::<i64>()?, arr1(&[0, 8, 0]).into_dyn());
        let along = Kind::Rows.spread(&arr2(&[[2_i64, 0], [1, -1]]).into_dyn(), context);
        assert_eq!(x.take_along_axis(&along, 1).fetch::<i64>()?, arr2(&[[6, 4], [8, 0]]).into_dyn());

        let mut changed = x.clone();
        changed.put_along_axis(&along, -1, 1)?;
        assert_eq!(changed.fetch::<i64>()?, arr2(&[[-1, 0, -1], [0, -1, -1]]).into_dyn());
        let mut changed = x.clone();
        changed.put(&places(&[0, -1, 1, 2]), places(&[7, 9]))?;
        assert_eq!(changed.fetch::<i64>()?, arr2(&[[7, 7, 9], [0, 8, 9]]).into_dyn());
        assert_eq!(x.fetch::<i64>()?, arr2(&[[4, 0, 6], [0, 8, 0]]).into_dyn());
        Ok(())
    });
}

#[test]
fn masks_without_axes_give_an_axis() {
    on_ranks(|context| {
        let x = context.arange(4);
        let yes = IndexTerm::from(true);
        let no = IndexTerm::Array(context.full(Vec::new(), Scalar::Bool(false)));
        assert_eq!(x.index(Index::new(vec![yes.clone()])).fetch::<i64>()?, arr2(&[[0, 1, 2, 3]]).into_dyn());
        assert_eq!(x.index(Index::new(vec![no.clone()])).fetch::<i64>()?.shape(), [0, 4]);
        let mut y = x.clone();
        y.scatter(Index::new(vec![no]), 9, Scatter::Set)?;
        assert_eq!(y.fetch::<i64>()?, arr1(&[0, 1, 2, 3]).into_dyn());
        y.scatter(Index::new(vec![yes]), 9, Scatter::Set)?;
        assert_eq!(y.fetch::<i64>()?, arr1(&[9, 9, 9, 9]).into_dyn());
        Ok(())
    });
}

#[test]
fn a_mask_over_blocks_moves_no_element() {
    on_ranks(|context| {
        let x = context.arange(3000).astype(DType::Float64);
        let mask = x.remainder(3.0).equal(0.0);
        x.compute()?;
        mask.compute()?;
        let before = context.statistics()?;
        let some = x.index(ix![&mask]);
        some.compute()?;
        let after = context.statistics()?;
        assert_eq!(some.distribution()?.text(), "b");
        assert_eq!(some.distribution()?.local_shape(1), [333]);
        let copied = |statistics: &[distarray_lazy::backend::RankStatistics]| {
            statistics.iter().map(|rank| rank.meter.copied_bytes).sum::<u64>()
        };
        // The counts are fetched; no more.
        assert!(copied(&after) - copied(&before) <= 3 * 8);
        Ok(())
    });
}

#[test]
fn what_numpy_refuses_is_refused_with_its_numbers() {
    on_ranks(|context| {
        let x = context.zeros([3, 4], DType::Int32);
        let refused = |index: Index| x.index(index).error().expect("a bad index").to_string();
        let floats = context.zeros([2], DType::Float64);
        assert!(
            refused(ix![&floats]).contains("arrays used as indices must be of integer (or boolean) type")
        );
        assert!(refused(ix![.., [0, 4]]).contains("index 4 is out of bounds for axis 1 with size 4"));
        let mask = context.zeros([4], DType::Bool);
        assert!(refused(ix![&mask]).contains(
            "boolean index did not match indexed array along axis 0; size of axis is 3 but size of corresponding boolean axis is 4"
        ));
        assert!(
            refused(ix![[0, 1], [0, 1, 2]])
                .contains("could not be broadcast together with shapes [[2], [3]]")
        );
        assert!(refused(ix![0, 0, [0]]).contains("too many indices"));
        let list = context.arange(5);
        let late = x.index(ix![.., &list]);
        assert!(late.error().is_none());
        let error = late.fetch::<i32>().expect_err("out of bounds").to_string();
        assert!(error.contains("index 4 is out of bounds for axis 1 with size 4"), "{error}");

        let mut y = x.clone();
        let error = y.add_at(ix![.., &list], 1).expect_err("out of bounds").to_string();
        assert!(error.contains("index 4 is out of bounds for axis 1 with size 4"), "{error}");
        let error = y.add_at(ix![[0, 1]], 1.5).expect_err("a float").to_string();
        assert!(error.contains("Cannot cast") || error.contains("cannot cast ufunc 'add' output"), "{error}");
        let wide = context.zeros([3], DType::Int32);
        let error =
            y.scatter(ix![[0, 1]], &wide, Scatter::Set).expect_err("it does not broadcast").to_string();
        assert!(error.contains("shape mismatch: value array of shape [3]"), "{error}");
        let error = y.scatter(ix![[0, 1]], 1_i64 << 40, Scatter::Set).expect_err("too large").to_string();
        assert!(error.contains("out of bounds for int32"), "{error}");
        assert_eq!(y.fetch::<i32>()?, ArrayD::zeros(IxDyn(&[3, 4])));
        Ok(())
    });
}
