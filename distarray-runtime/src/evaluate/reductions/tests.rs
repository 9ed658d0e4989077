//! Reductions and their kin in programs.

use crate::evaluate::test_support::{X, gives_on, run_on};
use ndarray::{ArrayD, arr0, arr1, arr2};

/// What a program gives on any engines, spread in any way.
#[track_caller]
fn gives(expression: &str, dtype: &str, expected: ArrayD<f64>) {
    for place in [(1, "b,n"), (2, "c,b"), (3, "b,n"), (3, "c(2),c")] {
        gives_on(place, &format!("{X}{expression}"), dtype, &expected);
    }
}

#[test]
fn reductions_take_numpys_arguments() {
    gives("sum(x, axis=0, where=x > 10)", "int64", arr1(&[50.0, 63.0, 66.0]).into_dyn());
    gives("x.sum(axis=1, initial=100)", "int64", arr1(&[103.0, 133.0, 163.0, 193.0]).into_dyn());
    gives("sum(x, dtype=int8, axis=1)", "int8", arr1(&[3.0, 33.0, 63.0, 93.0]).into_dyn());
    gives("min(x, axis=0, where=x > 10, initial=99)", "int64", arr1(&[20.0, 11.0, 12.0]).into_dyn());
    gives("mean(x, axis=0, where=x < 20, keepdims=True)", "float64", arr2(&[[5.0, 6.0, 7.0]]).into_dyn());
    gives("var(x, axis=1, ddof=1, where=x % 10 < 2)", "float64", arr1(&[0.5; 4]).into_dyn());
    gives("sum(x / 4, axis=0, reproducible=True)", "float64", arr1(&[15.0, 16.0, 17.0]).into_dyn());
    gives("std(x[:, 0], reproducible=True) ** 2", "float64", arr0(125.000_000_000_000_01).into_dyn());
}

#[test]
fn places_norms_and_scans_are_numpys() {
    gives("argmax(x % 7)", "int64", arr0(6.0).into_dyn());
    gives("x.argmin(axis=1)", "int64", arr1(&[0.0; 4]).into_dyn());
    gives("ptp(x, axis=0)", "int64", arr1(&[30.0; 3]).into_dyn());
    gives("linalg.norm(x[1:3, 0] * 0.1 * array([3, 2]), 1)", "float64", arr0(7.0).into_dyn());
    gives("linalg.norm(x, inf, axis=(0, 1))", "float64", arr0(93.0).into_dyn());
    gives("average(x[:, 0], weights=[0, 1, 1, 0])", "float64", arr0(15.0).into_dyn());
    gives("cumsum(x, axis=0)[3]", "int64", arr1(&[60.0, 64.0, 68.0]).into_dyn());
    gives("x.cumsum()[::4]", "int64", arr1(&[0.0, 24.0, 99.0]).into_dyn());
    gives("maximum.accumulate(x[::-1, 0])", "int64", arr1(&[30.0; 4]).into_dyn());
    gives("diff(x[:, 1], n=2)", "int64", arr1(&[0.0; 2]).into_dyn());
    gives("nansum(x[0] / x[0])", "float64", arr0(2.0).into_dyn());
    gives("nanargmax(x[0] / x[0])", "int64", arr0(1.0).into_dyn());
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (expression, because) in [
        ("min(x, where=x > 1)", "has to specify 'initial'"),
        ("mean(x, initial=1)", "initial"),
        ("argmax(x[:0])", "argmax"),
        ("linalg.norm(x, 2, axis=(0, 1))", "singular values"),
        ("linalg.norm(x, 'nuc')", "Invalid norm order 'nuc'"),
        ("linalg.svd(x)", "svd"),
        ("sum(x, out=x)", "out="),
        ("cumsum(x, axis=2)", "axis 2 is out of bounds"),
    ] {
        let error = run_on(2, "b,n", &format!("{X}{expression}")).expect_err(expression);
        assert!(error.message.contains(because), "{}", error.message);
    }
}
