//! Index expressions and rearranged axes in programs.

use crate::evaluate::test_support::{X, gives_on, run_on};
use ndarray::{ArrayD, arr1, arr2};

/// What a program gives on any engines, spread in any way.
#[track_caller]
fn gives(expression: &str, expected: ArrayD<i64>) {
    for engines in 1..=4 {
        for letters in ["b,n", "c,b", "c(2),c"] {
            gives_on((engines, letters), &format!("{X}{expression}"), "int64", &expected);
        }
    }
}

#[test]
fn brackets_take_what_they_take_in_numpy() {
    gives("x[1]", arr1(&[10, 11, 12]).into_dyn());
    gives("x[-1, ::-1]", arr1(&[32, 31, 30]).into_dyn());
    gives("x[::2, 1:]", arr2(&[[1, 2], [21, 22]]).into_dyn());
    gives("x[..., 2]", arr1(&[2, 12, 22, 32]).into_dyn());
    gives("x[3:0:-2, None, 0]", arr2(&[[30], [10]]).into_dyn());
    gives("x[1:3][1, 1:]", arr1(&[21, 22]).into_dyn());
    gives("x[()][2, sum(x[0, :2])]", ndarray::arr0(21).into_dyn());
    gives("x[5:]", ArrayD::zeros(vec![0, 3]));
    gives("x[1:] - x[:-1]", ArrayD::from_elem(vec![3, 3], 10));
}

#[test]
fn axes_are_rearranged_as_in_numpy() {
    let turned = arr2(&[[0, 10, 20, 30], [1, 11, 21, 31], [2, 12, 22, 32]]);
    for expression in ["x.T", "transpose(x)", "x.transpose(1, 0)", "swapaxes(x, 0, -1)", "moveaxis(x, 0, 1)"]
    {
        gives(expression, turned.clone().into_dyn());
    }
    gives("flip(x[:, 0])", arr1(&[30, 20, 10, 0]).into_dyn());
    gives("squeeze(expand_dims(x[0], 0))", arr1(&[0, 1, 2]).into_dyn());
    gives("broadcast_to(x[0], (2, 3))", arr2(&[[0, 1, 2], [0, 1, 2]]).into_dyn());
    gives("sum(x.T, axis=0)", arr1(&[3, 33, 63, 93]).into_dyn());
}

#[test]
fn shapes_change_as_in_numpy() {
    gives("x.reshape(2, -1)", arr2(&[[0, 1, 2, 10, 11, 12], [20, 21, 22, 30, 31, 32]]).into_dyn());
    gives("reshape(x.T, (6, 2))[:2]", arr2(&[[0, 10], [20, 30]]).into_dyn());
    gives("ravel(x[:2])", arr1(&[0, 1, 2, 10, 11, 12]).into_dyn());
    gives("tile(x[0], (2, 2))", arr2(&[[0, 1, 2, 0, 1, 2], [0, 1, 2, 0, 1, 2]]).into_dyn());
    gives("repeat(x[:2, 1:], 2, axis=1)", arr2(&[[1, 1, 2, 2], [11, 11, 12, 12]]).into_dyn());
    gives("x[0].repeat([1, 0, 2])", arr1(&[0, 2, 2]).into_dyn());
    gives("repeat(x[0], x[0])", arr1(&[1, 2, 2]).into_dyn());
    gives("roll(x, 1)[0]", arr1(&[32, 0, 1]).into_dyn());
    gives("roll(x, (1, -1), axis=(0, 1))[0]", arr1(&[31, 32, 30]).into_dyn());
    gives("rot90(x)[0]", arr1(&[2, 12, 22, 32]).into_dyn());
    gives("pad(x[0], (1, 2), constant_values=9.7)", arr1(&[9, 0, 1, 2, 9, 9]).into_dyn());
    gives("pad(x[0], 2, 'reflect')", arr1(&[2, 1, 0, 1, 2, 1, 0]).into_dyn());
    gives(
        "pad(x[:2, :2], ((0, 1), (1, 0)), mode='edge')",
        arr2(&[[0, 0, 1], [10, 10, 11], [10, 10, 11]]).into_dyn(),
    );
    gives("tril(x)[:2]", arr2(&[[0, 0, 0], [10, 11, 0]]).into_dyn());
    gives("triu(x, k=1)[:2]", arr2(&[[0, 1, 2], [0, 0, 12]]).into_dyn());
    gives("x.diagonal(-1)", arr1(&[10, 21, 32]).into_dyn());
    gives("diag(x[0, 1:], -1)", arr2(&[[0, 0, 0], [1, 0, 0], [0, 2, 0]]).into_dyn());
    gives("trace(x) + zeros(1, int)", arr1(&[33]).into_dyn());
}

#[test]
fn arrays_are_joined_cut_and_made_as_in_numpy() {
    gives("concatenate((x[:1], x[3:]))", arr2(&[[0, 1, 2], [30, 31, 32]]).into_dyn());
    gives("concatenate([x[0], x[1]], axis=None)", arr1(&[0, 1, 2, 10, 11, 12]).into_dyn());
    gives("stack((x[0], x[1]), axis=1)", arr2(&[[0, 10], [1, 11], [2, 12]]).into_dyn());
    gives("hstack((x[0], [7]))", arr1(&[0, 1, 2, 7]).into_dyn());
    gives("vstack((x[0], x[2:]))", arr2(&[[0, 1, 2], [20, 21, 22], [30, 31, 32]]).into_dyn());
    gives("column_stack((x[0], x[1]))[0]", arr1(&[0, 10]).into_dyn());
    gives("a, b = split(x, 2); b", arr2(&[[20, 21, 22], [30, 31, 32]]).into_dyn());
    gives("array_split(x[0], 2)[1]", arr1(&[2]).into_dyn());
    gives("hsplit(x, [1, 2])[1]", arr2(&[[1], [11], [21], [31]]).into_dyn());
    gives("eye(2, 3, k=1, dtype=int)", arr2(&[[0, 1, 0], [0, 0, 1]]).into_dyn());
    gives("indices((2, 2))[1]", arr2(&[[0, 1], [0, 1]]).into_dyn());
    gives("u, v = meshgrid(x[0], x[0, :2]); u + 10 * v", arr2(&[[0, 1, 2], [10, 11, 12]]).into_dyn());
    gives("full_like(x[0], 2.5)", arr1(&[2, 2, 2]).into_dyn());
}

#[test]
fn what_is_out_of_bounds_is_refused_in_numpys_words() {
    for (expression, message) in [
        ("x[4]", "index 4 is out of bounds for axis 0 with size 4"),
        ("x[0, -4]", "index -4 is out of bounds for axis 1 with size 3"),
        ("x[0, 0, 0]", "too many indices for array: array is 2-dimensional, but 3 were indexed"),
        ("x[1.5]", "a float is no index: use integers, slices, arrays of integers or bools, `...` and None"),
        ("reshape(x, (5, 2))", "cannot reshape array of size 12 into shape [5, 2]"),
        ("split(x, 3)", "array split does not result in an equal division: 4 into 3"),
        (
            "concatenate((x, x[0]))",
            "all the input arrays must have same number of dimensions, but the array at index 0 has 2 \
          dimension(s) and the array at index 1 has 1 dimension(s)",
        ),
        ("repeat(x, -x[0])", "repeats may not contain negative values."),
        ("repeat(x, x[0] / 2)", "Cannot cast array data from dtype('float64') to dtype('int64')"),
        ("pad(x, -1)", "index can't contain negative values"),
        ("pad(x, 1, mode='odd')", "mode 'odd' is not supported"),
        ("squeeze(x, 0)", "axis 0 of length 4 is refused: only axes of length 1 can be squeezed out"),
    ] {
        let refused = run_on(2, "b,n", &format!("{X}{expression}")).expect_err(expression);
        assert_eq!(refused.message, message);
    }
}

#[test]
fn elements_are_assigned_as_in_numpy() {
    gives("x[1:3] = 0; x[:, 0]", arr1(&[0, 0, 0, 30]).into_dyn());
    gives("x[-1, ::-1] = [7, 8, 9]; x[3]", arr1(&[9, 8, 7]).into_dyn());
    gives("x[::2, 1:] += 100; x[2]", arr1(&[20, 121, 122]).into_dyn());
    gives("x[..., 2] -= x[:, 0]; x[:, 2]", arr1(&[2, 2, 2, 2]).into_dyn());
    gives("x[1:] = x[:-1]; x[:, 1]", arr1(&[1, 1, 11, 21]).into_dyn());
    gives("x[0], x[1] = x[1], x[0]; x[:2, 0]", arr1(&[10, 0]).into_dyn());
    gives("x[2] = x[0][::-1] * 2.9; x[2]", arr1(&[5, 2, 0]).into_dyn());
    gives("x[()] = 4; x[0, :]", arr1(&[4, 4, 4]).into_dyn());
    gives("y = x; x[0, 0] = 5; y[0]", arr1(&[0, 1, 2]).into_dyn());
}

#[test]
fn what_numpy_does_not_assign_is_refused() {
    let refused = |program: &str| {
        let error = run_on(2, "b,n", &format!("{X}{program}; x")).expect_err("it is wrong");
        error.message
    };
    assert!(refused("x[4] = 0").contains("index 4 is out of bounds for axis 0 with size 4"));
    assert!(refused("x[0] = [1, 2]").contains("shape [2] into shape [3]"));
    assert!(refused("x[0] += 0.5").contains("same_kind"));
    assert!(refused("x[0, 0] = 1j").contains("complex"));
    assert!(refused("sum[0] = 1").contains("no elements"));
}
