//! Functions of several ufuncs in programs, and dtypes that are refused.

use crate::evaluate::Value;
use crate::evaluate::test_support::{gives_on, run_on};
use distarray_core::Element;
use ndarray::{ArrayD, arr0, arr1};

/// What a program gives on any engines, spread in any way.
#[track_caller]
fn gives<T: Element>(program: &str, dtype: &str, expected: ArrayD<T>) {
    for place in [(1, "b"), (2, "c"), (3, "b"), (4, "c(2)")] {
        gives_on(place, program, dtype, &expected);
    }
}

#[track_caller]
fn is_refused(program: &str, because: &str) {
    let error = match run_on(2, "b", program) {
        Err(error) => error.render(program),
        Ok(Value::Array(array)) => array.fetch_block().expect_err("it is refused").to_string(),
        Ok(other) => panic!("{program}: {}", other.kind()),
    };
    assert!(error.contains(because), "{error}");
}

#[test]
fn pairs_come_apart() {
    gives("q, r = divmod(array([7, -7, 5]), 3); 10 * q + r", "int64", arr1(&[21, -28, 12]).into_dyn());
    gives("divmod(7.5, array([2, 4]))[1]", "float64", arr1(&[1.5, 3.5]).into_dyn());
    gives("np.modf([2.5, -1.25])[0]", "float64", arr1(&[0.5, -0.25]).into_dyn());
    gives("frexp([8.0, -0.75, 0.0])[1]", "int32", arr1(&[4, 0, 0]).into_dyn());
    gives(
        "m, e = frexp([8.0, -0.75, 5e-324]); ldexp(m, e)",
        "float64",
        arr1(&[8.0, -0.75, 5e-324]).into_dyn(),
    );
}

#[test]
fn arrays_are_compared() {
    gives("isclose([1.0, 2.0], [1.0 + 1e-9, 2.1])", "bool", arr1(&[true, false]).into_dyn());
    gives("isclose(1e-9, [0.0, 1.0])", "bool", arr1(&[true, false]).into_dyn());
    gives("isclose([nan], nan, equal_nan=True)", "bool", arr1(&[true]).into_dyn());
    gives("allclose([100, 101], [100, 102], rtol=0.1)", "bool", arr0(true).into_dyn());
    gives("allclose(3, 3.1, atol=0.2)", "bool", arr0(true).into_dyn());
    gives("array_equal([1, 2], [1.0, 2.0])", "bool", arr0(true).into_dyn());
    gives("array_equal([1, 2], [1, 2, 3])", "bool", arr0(false).into_dyn());
    gives("array_equal([1, nan], [1, nan], equal_nan=True)", "bool", arr0(true).into_dyn());
    gives("array_equiv([1, 1], 1)", "bool", arr0(true).into_dyn());
}

#[test]
fn numbers_are_made_presentable() {
    gives("nan_to_num([nan, inf, 1.0], posinf=9)", "float64", arr1(&[0.0, 9.0, 1.0]).into_dyn());
    gives("nan_to_num([nan, 2.0], True, 5)", "float64", arr1(&[5.0, 2.0]).into_dyn());
    gives("nan_to_num([1, 2], nan=7)", "int64", arr1(&[1, 2]).into_dyn());
    gives("round([1.25, -3.75], 1)", "float64", arr1(&[1.2, -3.8]).into_dyn());
    gives("array([15, 25]).round(-1)", "int64", arr1(&[20, 20]).into_dyn());
    gives("angle([1j, -1], deg=True)", "float64", arr1(&[90.0, 180.0]).into_dyn());
    is_refused("round(array([True]), 2)", "bool is not rounded to 2 decimals");
    is_refused("round([1.0], 10 ** 12)", "out of range");
}

#[test]
fn sequences_and_sums_have_logarithms() {
    gives("logspace(0, 3, 4)", "float64", arr1(&[1.0, 10.0, 100.0, 1000.0]).into_dyn());
    gives("logspace(0, 4, 4, endpoint=False, base=2)", "float64", arr1(&[1.0, 2.0, 4.0, 8.0]).into_dyn());
    gives("geomspace(1, 256, num=9, dtype=int64)[[0, 8]]", "int64", arr1(&[1, 256]).into_dyn());
    gives("linspace(0, 1, 4, endpoint=False)", "float64", arr1(&[0.0, 0.25, 0.5, 0.75]).into_dyn());
    gives("logsumexp([1000.0, -1e308])", "float64", arr0(1000.0).into_dyn());
    gives(
        "logsumexp([[0.0], [-inf]], axis=1, keepdims=True)[:, 0]",
        "float64",
        arr1(&[0.0, f64::NEG_INFINITY]).into_dyn(),
    );
    is_refused("geomspace(0, 5)", "cannot include zero");
}

#[test]
fn numpys_other_dtypes_are_refused_by_what_they_are() {
    for (program, because) in [
        ("zeros(3).astype('float16')", "half precision"),
        ("zeros(3, dtype=float16)", "half precision"),
        ("zeros(3, dtype=np.float16)", "half precision"),
        ("astype(zeros(3), 'datetime64[s]')", "dates and times"),
        ("zeros(3, dtype='<U5')", "text"),
        ("zeros(3, dtype='<f2')", "numbers of an unusual size"),
        ("zeros(3, dtype='flaot64')", "is not the name of a dtype"),
    ] {
        is_refused(program, because);
    }
}
