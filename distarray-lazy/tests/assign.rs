//! Writing through indices: interleavings of reads, writes, clones and drops against a copying model.
#![allow(clippy::cast_possible_truncation, reason = "positions of small arrays")]

mod common;
#[path = "common/expression.rs"]
mod expression;

use common::layout;
use distarray_comm::threads;
use distarray_core::ufunc::Ufunc;
use distarray_core::{DType, Scalar};
use distarray_lazy::{Context, DistArray, Index, IndexTerm, ix};
use distarray_maps::Distribution;
use distarray_spmd::Error;
use expression::{indexed, term};
use ndarray::{ArrayD, IxDyn, Zip};
use proptest::prelude::*;

/// What is assigned.
#[derive(Clone, Debug)]
enum Value {
    Number(i64),
    /// This part of one of the arrays, whatever its shape.
    Part(usize, Vec<IndexTerm>),
    /// The part itself of one of the arrays, negated.
    Same(usize),
    /// As that, computed before.
    Computed(usize),
    /// The part itself of one of the arrays, turned round.
    Turned(usize),
}

/// One thing that is done to a few arrays of one shape.
#[derive(Clone, Debug)]
enum Action {
    Assign(usize, Vec<IndexTerm>, Value),
    Add(usize, Vec<IndexTerm>, Value),
    /// Another handle on an array takes the place of a third.
    Clone(usize, usize),
    /// A handle on part of an array is kept.
    Keep(usize, Vec<IndexTerm>),
    /// Kept handles are dropped.
    Drop,
    /// An array is stored.
    Compute(usize),
    /// An array is moved to blocks.
    Move(usize),
    Replace(usize),
}

const ARRAYS: usize = 3;

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => (-50_i64..50).prop_map(Value::Number),
        2 => (0..ARRAYS, prop::collection::vec(term(), 0..3)).prop_map(|(from, terms)| Value::Part(from, terms)),
        2 => (0..ARRAYS).prop_map(Value::Same),
        1 => (0..ARRAYS).prop_map(Value::Computed),
        2 => (0..ARRAYS).prop_map(Value::Turned),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    let terms = || prop::collection::vec(term(), 0..3);
    prop_oneof![
        6 => (0..ARRAYS, terms(), value()).prop_map(|(to, terms, value)| Action::Assign(to, terms, value)),
        3 => (0..ARRAYS, terms(), value()).prop_map(|(to, terms, value)| Action::Add(to, terms, value)),
        1 => (0..ARRAYS, 0..ARRAYS).prop_map(|(from, to)| Action::Clone(from, to)),
        1 => (0..ARRAYS, terms()).prop_map(|(from, terms)| Action::Keep(from, terms)),
        1 => Just(Action::Drop),
        1 => (0..ARRAYS).prop_map(Action::Compute),
        1 => (0..ARRAYS).prop_map(Action::Move),
        1 => (0..ARRAYS).prop_map(Action::Replace),
    ]
}

/// The flat positions that an index takes, or `None` where NumPy refuses it.
fn positions(shape: &[usize], terms: &[IndexTerm]) -> Option<ArrayD<usize>> {
    let size = shape.iter().product();
    indexed(&ArrayD::from_shape_vec(shape, (0..size).collect()).expect("as many"), terms)
}

/// What NumPy makes of a value that is assigned to a part of this shape.
fn broadcast(value: &ArrayD<i64>, shape: &[usize]) -> Option<ArrayD<i64>> {
    let mut value = value.clone();
    while value.ndim() > shape.len() && value.shape()[0] == 1 {
        value = value.index_axis_move(ndarray::Axis(0), 0);
    }
    value.broadcast(IxDyn(shape)).map(|view| view.to_owned())
}

struct World {
    arrays: Vec<DistArray>,
    models: Vec<ArrayD<i64>>,
    kept: Vec<(DistArray, ArrayD<i64>)>,
}

impl World {
    /// The value as the two sides see it; `None` where its own index is refused.
    fn value(&self, value: &Value, terms: &[IndexTerm]) -> Result<Option<(DistArray, ArrayD<i64>)>, Error> {
        let part = |from: usize, terms: &[IndexTerm]| {
            let found = self.arrays[from].index(Index::new(terms.to_vec()));
            indexed(&self.models[from], terms).map(|expected| (found, expected))
        };
        Ok(match value {
            Value::Number(number) => {
                let context = self.arrays[0].context();
                Some((context.full(([], ""), Scalar::Int64(*number)), ArrayD::from_elem(IxDyn(&[]), *number)))
            }
            Value::Part(from, terms) => part(*from, terms),
            Value::Same(from) => part(*from, terms).map(|(found, expected)| (-&found, -expected)),
            Value::Computed(from) => match part(*from, terms) {
                Some((found, expected)) => {
                    let negated = -&found;
                    negated.compute()?;
                    Some((negated, -expected))
                }
                None => None,
            },
            Value::Turned(from) => part(*from, terms).map(|(found, expected)| {
                if expected.ndim() == 0 {
                    return (found, expected);
                }
                let mut turned = expected;
                turned.invert_axis(ndarray::Axis(0));
                (found.flip(0), turned.as_standard_layout().to_owned())
            }),
        })
    }

    fn write(&mut self, to: usize, terms: &[IndexTerm], value: &Value, adds: bool) -> Result<(), Error> {
        let Some((given, given_model)) = self.value(value, terms)? else { return Ok(()) };
        let index = Index::new(terms.to_vec());
        let places = positions(self.models[to].shape(), terms);
        let fits = places.as_ref().and_then(|places| broadcast(&given_model, places.shape()));
        let part = self.arrays[to].index_mut(index);
        let outcome = match (value, adds) {
            (Value::Number(number), false) => part.assign(*number),
            (Value::Number(number), true) => part.add(*number),
            (_, false) => part.assign(&given),
            (_, true) => part.add(&given),
        };
        let leading = places.as_ref().is_some_and(|places| given_model.ndim() > places.ndim());
        // A single element is a number to NumPy, which takes no array with axes for one.
        let is_number = terms.len() == self.models[to].ndim()
            && terms.iter().all(|term| matches!(term, IndexTerm::At(_)));
        match (places, fits) {
            (Some(_), _) if is_number && given_model.ndim() > 0 => assert!(outcome.is_err()),
            // An operation in place has the shape of its operands, leading axes included.
            (Some(_), Some(_)) if adds && leading => assert!(outcome.is_err()),
            (Some(places), Some(fits)) => {
                outcome?;
                let model = &mut self.models[to];
                let flat = model.as_slice_mut().expect("in order");
                let before: Vec<i64> = flat.to_vec();
                Zip::from(&places).and(&fits).for_each(|place, value| {
                    flat[*place] = if adds { before[*place] + value } else { *value };
                });
            }
            _ => assert!(outcome.is_err(), "{terms:?} of {:?}", self.models[to].shape()),
        }
        Ok(())
    }

    fn apply(&mut self, action: &Action) -> Result<(), Error> {
        match action {
            Action::Assign(to, terms, value) => self.write(*to, terms, value, false)?,
            Action::Add(to, terms, value) => self.write(*to, terms, value, true)?,
            Action::Clone(from, to) => {
                self.arrays[*to] = self.arrays[*from].clone();
                self.models[*to] = self.models[*from].clone();
            }
            Action::Keep(from, terms) => {
                if let Some(expected) = indexed(&self.models[*from], terms) {
                    self.kept.push((self.arrays[*from].index(Index::new(terms.clone())), expected));
                }
            }
            Action::Drop => self.kept.clear(),
            Action::Compute(from) => {
                self.arrays[*from].compute()?;
            }
            Action::Move(from) => {
                let array = &self.arrays[*from];
                let blocks = Distribution::block_rows(array.shape(), array.context().rank_count())?;
                self.arrays[*from] = array.redistribute(blocks);
            }
            Action::Replace(from) => {
                self.arrays[*from] = &self.arrays[*from] * 2;
                self.models[*from] = &self.models[*from] * 2;
            }
        }
        Ok(())
    }
}

fn agrees(first: &Distribution, actions: &[Action]) {
    let shape = first.shape().to_vec();
    let size: usize = shape.iter().product();
    let outcome = threads::run(first.grid().max_rank() + 1, |comm| {
        let context = Context::spmd(&comm)?;
        let mut world = World { arrays: Vec::new(), models: Vec::new(), kept: Vec::new() };
        for number in 0..ARRAYS as i64 {
            let start = number * 1000;
            world.arrays.push(context.ramp(first.clone(), Scalar::Int64(start), Scalar::Int64(1)));
            let elements = (start..start + size as i64).collect();
            world.models.push(ArrayD::from_shape_vec(shape.clone(), elements).expect("as many elements"));
        }
        for action in actions {
            world.apply(action)?;
        }
        for (array, model) in
            world.arrays.iter().zip(&world.models).chain(world.kept.iter().map(|(a, m)| (a, m)))
        {
            assert_eq!(array.fetch::<i64>()?, model, "{actions:?}");
        }
        Ok::<_, Error>(())
    });
    outcome.expect("no rank fails");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn writes_agree_with_a_copying_model(distribution in layout(), actions in prop::collection::vec(action(), 1..8)) {
        agrees(&distribution, &actions);
    }
}

/// Runs it on `ranks` threads; the rank 0's answer.
fn on<T: Send>(ranks: usize, work: impl Fn(&Context) -> Result<T, Error> + Sync) -> T {
    let mut answers = threads::run(ranks, |comm| work(&Context::spmd(&comm)?)).expect("no rank fails");
    answers.swap_remove(0)
}

#[test]
fn values_are_cast_as_numpy_does() {
    let found = on(2, |context| {
        let mut x = context.full(([6], "b"), Scalar::Int8(0));
        x.index_mut(ix![0]).assign(1.9)?;
        x.index_mut(ix![1..2]).assign(context.full(([1], "n"), Scalar::Float64(-2.9)))?;
        x.index_mut(ix![2]).assign(true)?;
        x.index_mut(ix![3]).assign(context.full(([], ""), Scalar::Int64(300)))?;
        x.index_mut(ix![4..]).assign(Scalar::Int64(259))?;
        let mut truth = context.full(([3], "b"), Scalar::Bool(false));
        truth.index_mut(ix![0]).assign(2.5)?;
        truth.index_mut(ix![1]).assign(f64::NAN)?;
        truth.index_mut(ix![2]).assign(context.full(([1], "n"), Scalar::Float64(0.5)))?;
        assert!(truth.index_mut(ix![2]).assign(context.arange(2)).is_err());
        assert_eq!(truth.fetch::<bool>()?, ndarray::arr1(&[true, true, true]).into_dyn());
        x.fetch::<i8>()
    });
    assert_eq!(found, ndarray::arr1(&[1, -2, 1, 44, 3, 3]).into_dyn());
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    on(2, |context| {
        let mut x = context.ramp(([4, 3], "b,n"), Scalar::Int64(0), Scalar::Int64(1));
        let before = x.fetch::<i64>()?;
        let wide = context.full(([2, 3], "n,n"), Scalar::Int64(1));
        let said = |outcome: Result<(), Error>| outcome.expect_err("it is wrong").to_string();
        assert!(
            said(x.index_mut(ix![4]).assign(1)).contains("index 4 is out of bounds for axis 0 with size 4")
        );
        assert!(said(x.index_mut(ix![0, 0, 0]).assign(1)).contains("too many indices"));
        assert!(said(x.index_mut(ix![1..2]).assign(&wide)).contains("from shape [2, 3] into shape [1, 3]"));
        assert!(
            said(x.index_mut(ix![1..2]).add(&wide))
                .contains("[1, 3] doesn't match the broadcast shape [2, 3]")
        );
        assert!(said(x.index_mut(ix![0]).add(0.5)).contains("from dtype('float64') to dtype('int64')"));
        assert!(said(x.index_mut(ix![0]).assign(f64::NAN)).contains("NaN"));
        assert!(said(x.astype(DType::Int8).index_mut(ix![0]).assign(300)).contains("300"));
        assert!(said(x.index_mut(ix![0]).apply(Ufunc::Sin, 1)).contains("sin"));
        assert_eq!(x.fetch::<i64>()?, before);
        Ok(())
    });
}

#[test]
fn a_failure_while_it_is_written_leaves_the_elements_as_they_were() {
    on(3, |context| {
        let mut x = context.ramp(([7], "b"), Scalar::Int64(1), Scalar::Int64(1));
        let before = x.fetch::<i64>()?;
        let exponents = context.ramp(([7], "b"), Scalar::Int64(2), Scalar::Int64(-1));
        x.index_mut(ix![..]).power(&exponents)?;
        let later = &x + 1;
        assert!(later.fetch::<i64>().is_err());
        assert_eq!(x.fetch::<i64>()?, before);
        x.index_mut(ix![&x.greater(2)]).power(context.full(([], ""), Scalar::Int64(-1)))?;
        assert!(context.synchronise().is_err());
        assert_eq!(x.fetch::<i64>()?, before);
        x.index_mut(ix![2..4]).assign(0)?;
        assert_eq!(x.sum(()).item()?, Scalar::Int64(28 - 3 - 4));
        Ok(())
    });
}

#[test]
fn an_array_that_nobody_else_has_is_changed_where_it_lies() {
    on(2, |context| {
        let mut x = context.ramp(([1000, 100], "b,n"), Scalar::Float64(0.0), Scalar::Float64(1.0));
        x.compute()?;
        let held = |context: &Context| Ok::<_, Error>(context.statistics()?[0].held_bytes);
        let before = held(context)?;
        for step in 0..5 {
            x.index_mut(ix![1..-1, 1..-1]).multiply(2)?;
            let last = x.index(ix![-1, ..]);
            x.index_mut(ix![step, ..]).assign(&last)?;
            drop(last);
            let plan = context.explain()?;
            assert!(plan.peak_bytes.iter().all(|peak| *peak < 2 * before), "{plan}");
            x.compute()?;
            assert_eq!(held(context)?, before);
        }
        Ok(())
    });
}

#[test]
fn only_what_lies_elsewhere_moves() {
    let (ranks, rows, columns) = (4_u64, 400, 100);
    on(ranks as usize, |context| {
        let x = context.ramp(([rows, columns], "b,n"), Scalar::Float64(0.0), Scalar::Float64(1.0));
        x.compute()?;
        let difference = x.index(ix![1..]) - x.index(ix![..-1]);
        let plan = context.explain()?;
        let row_bytes = columns as u64 * 8;
        let before = context.statistics()?;
        difference.compute()?;
        let after = context.statistics()?;
        for (rank, (before, after)) in before.iter().zip(&after).enumerate() {
            let copied = after.meter.copied_bytes - before.meter.copied_bytes;
            assert_eq!(copied, plan.costs[rank].bytes_copied);
            assert!(copied <= row_bytes);
            assert_eq!(after.peak_bytes, plan.peak_bytes[rank]);
        }
        assert_eq!(
            difference.fetch::<f64>()?,
            ArrayD::from_elem(IxDyn(&[rows - 1, columns]), columns as f64)
        );
        Ok(())
    });
}

/// A write, and the elements that it writes into.
type Write = (&'static str, Vec<usize>, fn(&mut DistArray) -> Result<(), Error>);

/// Every way to write, whatever allocation is the one that is refused.
#[test]
fn a_write_that_gets_no_memory_leaves_the_elements_as_they_were() {
    let writes: [Write; 9] = [
        ("turned", vec![64], |x| {
            let turned = x.flip(0);
            x.index_mut(ix![..]).assign(turned)
        }),
        ("dealt", vec![64], |x| {
            let turned = x.index(ix![..;-2]);
            x.index_mut(ix![1..;2]).add(turned)
        }),
        ("reshaped", vec![8, 8], |x| {
            let turned = x.transpose(());
            x.index_mut(ix![.., ..]).assign(turned)
        }),
        ("a list", vec![64], |x| x.add_at(ix![[5, 60, 5]], 1)),
        ("a list on every row", vec![8, 8], |x| {
            let row = x.index(ix![1, ..3]);
            x.index_mut(ix![.., [7, 0, 3]]).assign(row)
        }),
        ("a mask", vec![64], |x| {
            let large = x.greater(30);
            x.index_mut(ix![&large]).multiply(2)
        }),
        ("all of it", vec![64], |x| {
            let turned = x.flip(0);
            x.index_mut(Index::new(vec![IndexTerm::from(true)])).assign(turned)
        }),
        ("put", vec![64], |x| {
            let indices = x.remainder(7);
            let values = -&*x;
            x.put(&indices, values)
        }),
        ("put without axes", vec![], |x| {
            let values = x.context().arange(4);
            let indices = x.context().zeros([3], DType::Int64);
            x.put(&indices, values)
        }),
    ];
    for (name, shape, write) in writes {
        let mut outcomes = [0, 0];
        for limit in (128..6000).step_by(64) {
            let is_written = threads::run(2, |comm| {
                let context = Context::spmd_with_limit(&comm, Some(limit))?;
                let layout = Distribution::block_rows(&shape, 2)?;
                let mut x = context.ramp(layout, Scalar::Int64(3), Scalar::Int64(1));
                let Ok(before) = x.fetch::<i64>() else { return Ok(None) };
                let outcome = write(&mut x).and_then(|()| context.synchronise());
                if outcome.is_err() {
                    assert_eq!(x.fetch::<i64>()?, before, "{name} with {limit} bytes");
                    return Ok(Some(false));
                }
                let is_changed = x.fetch::<i64>()? != before;
                assert!(is_changed, "{name} with {limit} bytes");
                Ok::<_, Error>(Some(true))
            })
            .unwrap_or_else(|error| panic!("{name} with {limit} bytes: {error}"));
            if let Some(is_written) = is_written[0] {
                outcomes[usize::from(is_written)] += 1;
            }
        }
        // What is chosen through a mask needs no memory of its own.
        assert!(outcomes[1] > 0 && (outcomes[0] > 0 || name == "a mask"), "{name}: {outcomes:?}");
    }
}
