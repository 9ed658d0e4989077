//! Index arrays, masks and the functions of this file in programs.

use crate::evaluate::Value;
use crate::evaluate::test_support::{X, gives_on, run_on};
use ndarray::{ArrayD, arr1, arr2, arr3};

/// What a program gives on any engines, spread in any way.
#[track_caller]
fn gives(expression: &str, expected: ArrayD<i64>) {
    for place in [(1, "b,n"), (2, "c,b"), (3, "b,n"), (3, "c(2),c")] {
        gives_on(place, &format!("{X}{expression}"), "int64", &expected);
    }
}

#[track_caller]
fn is_refused(expression: &str, because: &str) {
    let program = format!("{X}{expression}");
    let error = match run_on(2, "b,n", &program) {
        Err(error) => error.render(&program),
        Ok(Value::Array(array)) => array.fetch_block().expect_err("it is refused").to_string(),
        Ok(other) => panic!("{expression}: {}", other.kind()),
    };
    assert!(error.contains(because), "{error}");
}

#[test]
fn brackets_take_arrays_lists_and_masks() {
    gives("x[[3, 0, -1]]", arr2(&[[30, 31, 32], [0, 1, 2], [30, 31, 32]]).into_dyn());
    gives("x[arange(3), arange(3)]", arr1(&[0, 11, 22]).into_dyn());
    gives("x[:, [2, 0]]", arr2(&[[2, 0], [12, 10], [22, 20], [32, 30]]).into_dyn());
    gives("x[[[0], [3]], [0, 2]]", arr2(&[[0, 2], [30, 32]]).into_dyn());
    gives("x[x > 20]", arr1(&[21, 22, 30, 31, 32]).into_dyn());
    gives("x[x[:, 0] > 10, 1:]", arr2(&[[21, 22], [31, 32]]).into_dyn());
    gives("x[1:, x[0] > 0]", arr2(&[[11, 12], [21, 22], [31, 32]]).into_dyn());
    gives("x[[True, False, False, True]]", arr2(&[[0, 1, 2], [30, 31, 32]]).into_dyn());
    gives("x[0, None, [1, 2]]", arr2(&[[1], [2]]).into_dyn());
    gives("x[None, 0, [1, 2]]", arr2(&[[1, 2]]).into_dyn());
    gives("x[0][True]", arr2(&[[0, 1, 2]]).into_dyn());
    gives("x[[]]", ArrayD::zeros(vec![0, 3]));
    gives("x[nonzero(x > 30)]", arr1(&[31, 32]).into_dyn());
    gives("x[where(x % 10 == 0)]", arr1(&[0, 10, 20, 30]).into_dyn());
    gives("stacked = x[:2, None, :] + 0; stacked[[1]]", arr3(&[[[10, 11, 12]]]).into_dyn());
}

#[test]
fn a_tuple_is_several_entries_and_a_list_is_one() {
    gives("t = (2, 1); x[t]", ndarray::arr0(21).into_dyn());
    gives("t = (..., 1); x[t]", arr1(&[1, 11, 21, 31]).into_dyn());
    gives("t = (); x[t][0]", arr1(&[0, 1, 2]).into_dyn());
    gives("l = [2, 1]; x[l]", arr2(&[[20, 21, 22], [10, 11, 12]]).into_dyn());
    gives("x[([0, 3], [1, 2])]", arr1(&[1, 32]).into_dyn());
    gives("t = ([0, 3], [1, 2]); x[t]", arr1(&[1, 32]).into_dyn());
    gives("x[(0, 3),]", arr2(&[[0, 1, 2], [30, 31, 32]]).into_dyn());
    gives("x[(0, 3), (1, 2)]", arr1(&[1, 32]).into_dyn());
    gives("v = arange(4); x[[v[3], 1]]", arr2(&[[30, 31, 32], [10, 11, 12]]).into_dyn());
    gives("v = arange(4); v[[[0, 1], [v[2], 1]]]", arr2(&[[0, 1], [2, 1]]).into_dyn());
    gives("v = arange(4); x[[v[0] == 0, False, False, v[1] == 1]][:, 0]", arr1(&[0, 30]).into_dyn());
    gives("x[[[]]]", ArrayD::zeros(vec![1, 0, 3]));
    gives("t = (1, 2); x[t] = 7; x[1]", arr1(&[10, 11, 7]).into_dyn());
    gives("add.at(x, ([0, 0, 3], [1, 1, 2]), 5); x[::3]", arr2(&[[0, 11, 2], [30, 31, 37]]).into_dyn());
    gives("minimum.at(x, (..., 1), 5); x[:, 1]", arr1(&[1, 5, 5, 5]).into_dyn());
    gives("maximum.at(x, [0, 1], 11); x[:2]", arr2(&[[11, 11, 11], [11, 11, 12]]).into_dyn());
    is_refused("t = (0, 1, 2); x[t]", "too many indices");
}

#[test]
fn bounds_are_integers_of_any_kind() {
    gives("v = arange(4); v[v[1]:v[3]]", arr1(&[1, 2]).into_dyn());
    gives("v = arange(4); s = v.max() - 1; v[s:]", arr1(&[2, 3]).into_dyn());
    gives("v = arange(4); v[::v[2]]", arr1(&[0, 2]).into_dyn());
    gives("v = arange(4); v[v[1]:3] = 9; v", arr1(&[0, 9, 9, 3]).into_dyn());
    gives("v = arange(4); v[:2**70]", arr1(&[0, 1, 2, 3]).into_dyn());
    is_refused("x[x[0]:]", "where an integer is needed");
    is_refused("x[x[1, 1] * 0.5:]", "where an integer is needed");
}

#[test]
fn functions_take_and_put() {
    gives("take(x, [])", ArrayD::zeros(vec![0]));
    gives("take(x, [], axis=1)", ArrayD::zeros(vec![4, 0]));
    gives("put(x, [], [7]); x[0]", arr1(&[0, 1, 2]).into_dyn());
    gives("take(x, [5, -1])", arr1(&[12, 32]).into_dyn());
    gives("x.take([2, 0], axis=1)[0]", arr1(&[2, 0]).into_dyn());
    gives("take(x, 1, 0)", arr1(&[10, 11, 12]).into_dyn());
    gives("take_along_axis(x, [[2], [1], [0], [2]], axis=1)", arr2(&[[2], [11], [20], [32]]).into_dyn());
    gives("compress([False, True], x, axis=0)", arr2(&[[10, 11, 12]]).into_dyn());
    gives("extract(x % 2 == 1, x)", arr1(&[1, 11, 21, 31]).into_dyn());
    gives("argwhere(x > 30)", arr2(&[[3, 1], [3, 2]]).into_dyn());
    gives("x.nonzero()[1]", arr1(&[1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]).into_dyn());
    gives("put(x, [0, -1], [7, 8]); x[::3, ::2]", arr2(&[[7, 2], [30, 8]]).into_dyn());
    gives("y = arange(4); add.at(y, [1, 3, 1, -1], 5); y", arr1(&[0, 11, 2, 13]).into_dyn());
    gives("np.maximum.at(x, x < 12, 11); x[:2, :2]", arr2(&[[11, 11], [11, 11]]).into_dyn());
    gives("y = x[0]; np.minimum.at(y, nonzero(y), -1); y", arr1(&[0, -1, -1]).into_dyn());
    gives("x[x > 20] = 0; x[2:, 0]", arr1(&[20, 0]).into_dyn());
    gives("x[[0, 0, 1]] += 1; x[:2, 0]", arr1(&[1, 11]).into_dyn());
    gives("x[x[:, 0] > 10, 1:] -= [[1, 2]]; x[2:, 1:]", arr2(&[[20, 20], [30, 30]]).into_dyn());
    gives("x[arange(3), [2, 1, 0]] = [7, 8, 9]; x[2, 0] + x[1, 1] + x[0, 2]", ndarray::arr0(24).into_dyn());
    gives("y = x + 0; y.put([1, 1], [3, 4]); y[0]", arr1(&[0, 4, 2]).into_dyn());
    gives("put_along_axis(x, [[0], [1], [2], [0]], -1, 1); x.min(axis=1)", arr1(&[-1; 4]).into_dyn());
    gives("count_nonzero(x > 10) + 0", ndarray::arr0(8).into_dyn());
}

#[test]
fn what_is_wrong_is_said_in_numpys_words() {
    is_refused("x[[0, 4]]", "index 4 is out of bounds for axis 0 with size 4");
    is_refused("x[x * 1.5]", "arrays used as indices must be of integer (or boolean) type");
    is_refused("x[[True, False]]", "boolean index did not match indexed array along axis 0");
    is_refused("x[[0, 1], [0, 1, 2]]", "could not be broadcast together");
    is_refused("put(x + 1, [0], 1); x", "put() changes a variable, and this is none");
    is_refused("put(x, [12], 1); x", "index 12 is out of bounds for axis 0 with size 12");
    is_refused("x['a']", "is no index");
    is_refused("x[99999999999999999999]", "index 99999999999999999999 is out of bounds");
    is_refused("x[0, -2**70]", "index -1180591620717411303424 is out of bounds");
    is_refused("take(x, array([]))", "integer");
}

#[test]
fn indices_are_brought_within_by_a_mode() {
    gives("take(x[:, 0], [-5, 1, 9], mode='wrap')", arr1(&[30, 10, 10]).into_dyn());
    gives("take(x, [-5, 1, 9], axis=1, mode='clip')[1]", arr1(&[10, 11, 12]).into_dyn());
    gives("x.take([-1, 12], mode='clip')", arr1(&[0, 32]).into_dyn());
    gives("y = arange(4); put(y, [5, -9], [70, 80], mode='wrap'); y", arr1(&[0, 70, 2, 80]).into_dyn());
    gives("y = arange(4); put(y, [5, -9], 7, mode='clip'); y", arr1(&[7, 1, 2, 7]).into_dyn());
    gives("take(x[0], [2, 0], mode='raise')", arr1(&[2, 0]).into_dyn());
    gives(
        "y = x + 0; put_along_axis(y, array([1, -1]), [7, 8], axis=None); y[::3]",
        arr2(&[[0, 7, 2], [30, 31, 8]]).into_dyn(),
    );
    is_refused("take(x, [1], mode='nearest')", "clipmode must be one of");
    is_refused("take(x[:0], [1], mode='wrap')", "index 1 is out of bounds");
}
