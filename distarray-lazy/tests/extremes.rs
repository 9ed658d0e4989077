//! Numbers far beyond an array: padding, cutting, triangles and stencils, and lengths beside an empty axis.

use distarray_comm::threads;
use distarray_core::{DType, Scalar};
use distarray_lazy::{Context, DistArray, Pad, ix};
use distarray_maps::{Boundary, Distribution};
use distarray_spmd::Error;
use ndarray::{ArrayD, IxDyn, arr2};
use proptest::prelude::*;

const HUGE: usize = usize::MAX >> 1;

fn on_ranks(ranks: usize, program: impl Fn(&Context) -> Result<(), Error> + Sync) {
    threads::run(ranks, |comm| program(&Context::spmd(&comm)?)).expect("no rank fails");
}

fn said(array: &DistArray) -> String {
    array.error().expect("refused").to_string()
}

#[test]
fn more_padding_than_can_be_counted_is_refused_at_once() {
    on_ranks(2, |context| {
        let zero = Scalar::Int64(0);
        let modes = [Pad::Constant(vec![(zero, zero)]), Pad::Edge, Pad::Reflect, Pad::Symmetric, Pad::Wrap];
        for mode in modes {
            for widths in [(HUGE, HUGE), (HUGE, 0), (0, usize::MAX), (usize::MAX, usize::MAX)] {
                assert!(said(&context.arange(10).pad(&[widths], &mode)).contains("more than 2^63 elements"));
                let matrix = context.ramp([2, 3], zero, Scalar::Int64(1));
                assert!(said(&matrix.pad(&[(0, 0), widths], &mode)).contains("more than 2^63 elements"));
            }
        }
        let diagonal = context.arange(3).diag(i64::MAX);
        assert!(said(&diagonal).contains("more than 2^63 elements"));
        Ok(())
    });
}

/// Where NumPy's padding takes place `at` of an axis from.
fn source_of(at: i64, length: i64, mode: &Pad) -> usize {
    let place = match mode {
        Pad::Reflect if length == 1 => 0,
        Pad::Reflect => {
            let place = at.rem_euclid(2 * length - 2);
            place.min(2 * length - 2 - place)
        }
        Pad::Symmetric => {
            let place = at.rem_euclid(2 * length);
            place.min(2 * length - 1 - place)
        }
        _ => at.rem_euclid(length),
    };
    usize::try_from(place).expect("an index")
}

fn padded(array: &ArrayD<i64>, widths: &[(usize, usize)], mode: &Pad) -> ArrayD<i64> {
    let lengths = array.shape().iter().zip(widths);
    let shape: Vec<usize> = lengths.map(|(length, (before, after))| before + length + after).collect();
    ArrayD::from_shape_fn(IxDyn(&shape), |index| {
        let place = |axis: usize| {
            let at = index[axis] as i64 - widths[axis].0 as i64;
            source_of(at, array.shape()[axis] as i64, mode)
        };
        array[IxDyn(&(0..widths.len()).map(place).collect::<Vec<_>>())]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn padding_many_times_an_axis_is_numpys(
        shape in prop::collection::vec(1_usize..6, 1..4),
        widths in prop::collection::vec(prop_oneof![(0_usize..80, 0_usize..80), (0_usize..3, 0_usize..3)], 3),
        mode in prop_oneof![Just(Pad::Reflect), Just(Pad::Symmetric), Just(Pad::Wrap)],
        letters in prop::sample::select(vec!["b", "n", "c", "n,b", "b,b", "n,n,b"]),
        ranks in 1_usize..5,
    ) {
        let widths: Vec<(usize, usize)> = (0..shape.len())
            .map(|axis| if axis < 2 { widths[axis] } else { (widths[axis].0 % 4, widths[axis].1 % 4) })
            .collect();
        let size: usize = shape.iter().product();
        let model = ArrayD::from_shape_vec(IxDyn(&shape), (0_i64..).take(size).collect()).expect("as many");
        let expected = padded(&model, &widths, &mode);
        let letters: Vec<&str> = letters.split(',').take(shape.len()).collect();
        let letters = letters.join(",");
        on_ranks(ranks, |context| {
            let layout = Distribution::from_spec(&shape, &letters.parse()?, ranks)?;
            let array = context.ramp(&layout, Scalar::Int64(0), Scalar::Int64(1)).pad(&widths, &mode);
            assert_eq!(array.fetch::<i64>()?, expected);
            // Blocks and whole axes stay what they are.
            for (map, before) in array.distribution()?.axes().iter().zip(layout.axes()) {
                assert_eq!(map.parts(), before.parts());
            }
            Ok(())
        });
    }
}

#[test]
fn padding_by_millions_takes_a_few_steps() {
    on_ranks(2, |context| {
        for mode in [Pad::Reflect, Pad::Symmetric, Pad::Wrap] {
            let array = context.arange(10).pad(&[(3_000_000, 1_000_000)], &mode);
            assert!(context.explain()?.steps.len() < 10);
            assert_eq!(array.shape(), [4_000_010]);
            for at in [0_i64, 7, 2_999_999, 3_000_000, 3_000_009, 3_000_010, 4_000_009] {
                let expected = source_of(at - 3_000_000, 10, &mode) as i64;
                assert_eq!(array.index(ix![at]).item()?, Scalar::Int64(expected));
            }
        }
        // Beside an axis without elements, which is not padded.
        let nothing = context.zeros([0, 3], DType::Int64).pad(&[(0, 0), (500, 600)], &Pad::Wrap);
        assert_eq!(nothing.fetch::<i64>()?.shape(), [0, 1103]);
        assert!(
            said(&context.zeros([0, 3], DType::Int64).pad(&[(500, 600)], &Pad::Wrap)).contains("empty axis")
        );
        Ok(())
    });
}

#[test]
fn more_sections_than_memory_can_name_are_refused() {
    on_ranks(2, |context| {
        let line = context.arange(10);
        for sections in [HUGE, usize::MAX] {
            assert!(line.array_split(sections, 0).is_err());
            assert!(context.arange(0).split(sections, 0).is_err());
        }
        assert_eq!(line.array_split(13_usize, 0)?.len(), 13);
        Ok(())
    });
}

#[test]
fn triangles_far_off_are_all_or_nothing() {
    on_ranks(2, |context| {
        let matrix = context.ramp([2, 3], Scalar::Int64(1), Scalar::Int64(1));
        let (whole, nothing) = (arr2(&[[1, 2, 3], [4, 5, 6]]).into_dyn(), arr2(&[[0; 3]; 2]).into_dyn());
        for far in [2, 3, 4, i64::MAX - 1, i64::MAX] {
            assert_eq!(matrix.tril(far).fetch::<i64>()?, whole);
            assert_eq!(matrix.tril(-far).fetch::<i64>()?, nothing);
            assert_eq!(matrix.triu(-far).fetch::<i64>()?, whole);
            assert_eq!(matrix.triu(far + i64::from(far == 2)).fetch::<i64>()?, nothing);
        }
        assert_eq!(matrix.tril(i64::MIN).fetch::<i64>()?, nothing);
        assert_eq!(matrix.triu(i64::MIN).fetch::<i64>()?, whole);
        for far in [i64::MIN, i64::MAX] {
            assert_eq!(context.eye(2, 3, far, DType::Int64).fetch::<i64>()?, nothing);
            assert_eq!(matrix.diagonal(far, (0, 1)).fetch::<i64>()?.len(), 0);
        }
        Ok(())
    });
}

#[test]
fn stencils_that_reach_round_an_axis_too_often_are_refused() {
    on_ranks(2, |context| {
        let line = context.arange(10);
        let far = |offset: isize, boundary| line.stencil([([offset], 1_i64)], boundary);
        for boundary in [Boundary::Periodic, Boundary::Reflect] {
            for offset in [1_000_000_000, -1_000_000_000, isize::MAX, isize::MIN] {
                assert!(said(&far(offset, boundary)).contains("ghost cells"));
            }
        }
        assert_eq!(far(100_003, Boundary::Periodic).index(ix![9]).item()?, Scalar::Int64(2));
        assert_eq!(far(1_000_000_000_000, Boundary::None).fetch::<i64>()?, line.fetch::<i64>()?);
        assert!(said(&far(isize::MAX, Boundary::None)).contains("ghost cells"));
        Ok(())
    });
}

#[test]
fn lengths_beside_an_empty_axis_count_nothing() {
    on_ranks(2, |context| {
        let none = || ix![..0];
        for shape in [vec![0, HUGE], vec![0, HUGE, HUGE], vec![HUGE, HUGE, 0], vec![HUGE, 0, HUGE, HUGE]] {
            let array = context.zeros(&shape[..], DType::Float64);
            let sliced = array.index(none());
            sliced.compute()?;
            assert_eq!((sliced.shape()[0], sliced.size()), (0, 0));
            let empty = context.zeros([0], DType::Int64);
            let taken = array.take(&empty, 0);
            taken.compute()?;
            assert_eq!((taken.shape()[0], taken.size()), (0, 0));
            let last = shape.len() as isize - 1;
            let taken = array.take(&empty, last);
            taken.compute()?;
            assert_eq!(taken.size(), 0);
        }
        let rows = context.zeros([HUGE, 5, 0], DType::Float64).take(&context.arange(3), 1);
        rows.compute()?;
        assert_eq!(rows.shape(), [HUGE, 3, 0]);
        Ok(())
    });
}
