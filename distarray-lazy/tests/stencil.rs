//! Stencils of handles: what `explain` foretells, and where results lie.

use distarray_comm::threads;
use distarray_core::DType;
use distarray_lazy::Context;
use distarray_maps::{Boundary, Distribution};
use distarray_spmd::Error;
use distarray_spmd::compute::stencil::Stencil;

/// `explain` says what the meter counts, and steps of a loop are one plan whose results take turns in memory.
#[test]
fn sweeps_cost_what_was_foretold() {
    let counted = threads::run(3, |comm| {
        let context = Context::spmd(&comm)?;
        let mut x = context.full(([30, 40], "b,n"), 1.0.into()) + context.points([40], 0.0, 1.0);
        x.compute()?;
        let mean = [([-1, 0], 0.25), ([1, 0], 0.25), ([0, -1], 0.25), ([0, 1], 0.25)];
        for _ in 0..5 {
            x = x.stencil(mean, Boundary::None);
        }
        let explained = context.explain()?;
        let sweeps: Vec<_> = explained.steps.iter().filter(|step| step.name == "stencil").collect();
        let foretold = explained.costs[comm.rank()];
        let before = context.statistics()?[comm.rank()].meter;
        x.compute()?;
        let counted = context.statistics()?[comm.rank()].meter - before;
        let rows: Vec<u64> = sweeps.iter().map(|step| step.costs[comm.rank()].bytes_copied).collect();
        Ok::<_, Error>((rows, foretold.bytes_copied, counted.copied_bytes))
    });
    let row = 40 * 8;
    for (rank, (rows, foretold, counted)) in counted.expect("no rank fails").into_iter().enumerate() {
        assert_eq!(rows, [row * [1, 2, 1][rank]; 5]);
        assert_eq!((foretold, counted), (5 * row * [1, 2, 1][rank], 5 * row * [1, 2, 1][rank]));
    }
}

#[test]
fn cyclic_axes_are_brought_to_blocks_and_others_stay() {
    let laid = threads::run(2, |comm| {
        let context = Context::spmd(&comm)?;
        let lies = |letters: &str| Distribution::from_spec(&[6, 4], &letters.parse()?, 2);
        let x = context.full(lies("c,n")?, 2_i32.into());
        let along = x.stencil(&ndarray::arr2(&[[1_i8, 1, 1]]), Boundary::Periodic);
        assert_eq!(along.meta()?.distribution, lies("c,n")?);
        assert_eq!(along.dtype()?, DType::Int32);
        let across = x.stencil(&ndarray::arr2(&[[1.0], [0.0], [0.5]]), Boundary::Constant);
        assert_eq!(across.meta()?.distribution, lies("b,n")?);
        let steps: Vec<String> = context.explain()?.steps.into_iter().map(|step| step.name).collect();
        let moved = steps.iter().any(|name| name == "redistribute");
        Ok::<_, Error>((along.fetch::<i32>()?, across.fetch::<f64>()?, moved))
    });
    for (along, across, moved) in laid.expect("no rank fails") {
        assert!(moved);
        assert!(along.iter().all(|value| *value == 6));
        let expected = |row| {
            if row == 0 {
                1.0
            } else if row == 5 {
                2.0
            } else {
                3.0
            }
        };
        assert!(across.indexed_iter().all(|(index, value)| *value == expected(index[0])));
    }
}

#[test]
fn a_wrong_stencil_is_a_failed_handle() {
    let refusals = threads::run(1, |comm| {
        let context = Context::spmd(&comm)?;
        let x = context.full([4, 4], 1.0.into());
        let line = x.stencil([([1], 1.0)], Boundary::None);
        let each = x.stencil(&Stencil::new([(vec![0, 0], 1.0)])?, [Boundary::None; 3]);
        let text = |array: &distarray_lazy::DistArray| array.error().expect("a failed handle").to_string();
        Ok::<_, Error>([text(&line), text(&each)])
    });
    let [line, each] = &refusals.expect("no rank fails")[0];
    assert!(line.starts_with("stencil at ") && line.contains("1 axes do not match an array of 2"), "{line}");
    assert!(each.contains("3 axes do not match an array of 2"), "{each}");
}
