//! Index expressions and rearranged axes in programs.

use crate::calc::{CalcError, parse};
use crate::evaluate::{Surroundings, Value, Variables, evaluate};
use crate::launch::Launch;
use distarray_lazy::Context;
use ndarray::{ArrayD, arr1, arr2};

/// `x` is `[[0, 1, 2], [10, 11, 12], [20, 21, 22], [30, 31, 32]]`.
const X: &str = "x = 10 * arange(4)[:, None] + arange(3); ";

fn run_on(engines: usize, letters: &str, program: &str) -> Result<Value, CalcError> {
    let context = Context::local(engines).expect("engines start");
    let letters = Some(letters.parse().expect("letters of this test"));
    let surroundings = Surroundings::new(context, letters);
    let value = evaluate(&parse(program)?, &surroundings, &mut Variables::new(), &[])?;
    Ok(value.expect("the program ends with an expression"))
}

/// What a program gives on any engines, spread in any way.
#[track_caller]
fn gives(expression: &str, expected: ArrayD<i64>) {
    let program = format!("{X}{expression}");
    for engines in 1..=4 {
        for letters in ["b,n", "c,b", "c(2),c"] {
            match run_on(engines, letters, &program) {
                Ok(Value::Array(array)) => {
                    let found = array.fetch::<i64>().expect("nothing fails");
                    assert_eq!(found, expected, "{expression} on {engines} engines by {letters}");
                }
                Ok(other) => panic!("{expression}: {}", other.kind()),
                Err(error) => panic!("{}", error.render(&program)),
            }
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
fn what_is_out_of_bounds_is_refused_in_numpys_words() {
    for (expression, message) in [
        ("x[4]", "index 4 is out of bounds for axis 0 with size 4"),
        ("x[0, -4]", "index -4 is out of bounds for axis 1 with size 3"),
        ("x[0, 0, 0]", "too many indices for array: array is 2-dimensional, but 3 were indexed"),
        ("x[1.5]", "a float is no index: use integers, slices, arrays of integers or bools, `...` and None"),
        ("squeeze(x, 0)", "axis 0 of length 4 is refused: only axes of length 1 can be squeezed out"),
    ] {
        let refused = run_on(2, "b,n", &format!("{X}{expression}")).expect_err(expression);
        assert_eq!(refused.message, message);
    }
}
